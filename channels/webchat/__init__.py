"""The web chat channel: a signed token per visitor, messages in, messages and server-sent events out."""

from channels.webchat.errors import REQUIRED_PHRASES
from channels.webchat.pages import allow_origins, pages
from channels.webchat.routes import router

__all__ = ["REQUIRED_PHRASES", "allow_origins", "pages", "router"]
