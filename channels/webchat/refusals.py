"""Errors as answers: the border where an exception becomes JSON, and what the OpenAPI document says of it."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from channels.webchat.errors import REQUIRED_PHRASES, InvalidRequest, TokenInvalid, TooFast, Unavailable, WebChatError
from channels.webchat.schemas import ErrorOut
from desk.errors import UnknownConversation

log = logging.getLogger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


class Refusals:
    """Raises ValueError when a sentence is missing."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        missing = [name for name in REQUIRED_PHRASES if not phrases.get(name)]
        if missing:
            raise ValueError(f"web chat has no sentence for {', '.join(missing)}: add them to the responses")
        self._phrases = phrases

    def response(self, error: WebChatError) -> Response:
        message, headers = self._phrases[error.phrase], {}
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooFast):
            message = message.replace("{seconds}", str(error.seconds))
            headers["Retry-After"] = str(error.seconds)
        body = orjson.dumps({"code": error.code, "message": message})
        return Response(body, error.status, headers, media_type="application/json")

    def documented(self, *errors: type[WebChatError]) -> dict[int | str, dict[str, Any]]:
        """The `responses` of a route that may raise these, and that may fail as any route may."""
        documents: dict[int | str, dict[str, Any]] = {}
        raised: tuple[type[WebChatError], ...] = (*errors, Unavailable)
        for error in raised:
            document = documents.setdefault(error.status, {"model": ErrorOut, "description": "", "content": {}})
            document["description"] = " · ".join(filter(None, (document["description"], error.code)))
            examples = document["content"].setdefault("application/json", {}).setdefault("examples", {})
            examples[error.code] = {"value": {"code": error.code, "message": self._phrases[error.phrase]}}
            if issubclass(error, TooFast):
                document["headers"] = RETRY_AFTER
        return documents

    def route_class(self) -> type[APIRoute]:
        refusals = self

        class WebChatRoute(APIRoute):
            """A route that answers its own errors, so that they keep their shape in whatever application it is."""

            def get_route_handler(self) -> Handler:
                return refusals._guarded(super().get_route_handler())

        return WebChatRoute

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                return self.response(_refusal(error, request))

        return guarded


def _refusal(error: Exception, request: Request) -> WebChatError:
    if isinstance(error, WebChatError):
        return error
    if isinstance(error, RequestValidationError):
        return InvalidRequest()
    if isinstance(error, UnknownConversation):
        return TokenInvalid()
    log.error("webchat: %s %s failed", request.method, request.url.path, exc_info=error)
    return Unavailable()
