"""What the desk offers to channels, and what it needs from the outside, as protocols and plain values."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from desk.model import BotTurn, Json, Message


@dataclass(frozen=True)
class Inbound:
    """A customer's message as a channel hands it over.

    `external_id` names the message on its channel and is unique there: a second delivery of the same one joins the
    first. `payload` is that of a pressed button; the switchboard checks that it was offered. `data` carries media or
    location.
    """

    channel: str
    user: str
    external_id: str
    text: str
    payload: str | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Typing:
    """Not part of the transcript: somebody is composing an answer."""

    conversation: str
    on: bool


FeedItem = Message | Typing


class Turn(Protocol):
    """A message that was accepted, and the way to its answer."""

    @property
    def message(self) -> Message: ...

    @property
    def duplicate(self) -> bool:
        """True when this delivery was a retry of a message that was known already."""

    async def replies(self, timeout: float) -> list[Message] | None:
        """The replies of this turn, oldest first; None when they did not come within `timeout` seconds."""


class Desk(Protocol):
    """What a channel may ask of the switchboard."""

    async def open(self, channel: str, user: str) -> str:
        """The conversation id of this user; made, and greeted, when there is none yet."""

    async def receive(self, inbound: Inbound) -> Turn:
        """Commit a customer's message; when this returns, it is safe. Never waits for the answer."""

    async def transcript(self, conversation: str, after: int = 0) -> list[Message]:
        """Everything with a sequence number above `after`, in order. Raises UnknownConversation."""

    def follow(self, conversation: str, after: int = 0) -> AsyncIterator[FeedItem]:
        """The gap since `after`, then live, each message once and in order; ends only when the caller leaves."""


class Bot(Protocol):
    """Asks Rasa. Raises BotFailure."""

    async def ask(self, message: Message, belief: Json, facts: Json) -> BotTurn: ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware."""
