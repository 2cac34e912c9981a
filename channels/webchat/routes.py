"""Web chat as a router: its addresses, their documents, and what they are made of."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response, Security
from fastapi.security import HTTPBearer

from channels.picture import PictureSource
from channels.webchat import errors as e
from channels.webchat.endpoints import EVENT_STREAM, PNG, Endpoints
from channels.webchat.inbound import MessageRequest, SessionRequest
from channels.webchat.limiter import Accepted, Limiter
from channels.webchat.outbound import PREFIX, Rendering
from channels.webchat.refusals import Refusals
from channels.webchat.schemas import EVENTS_EXAMPLE, AcceptedOut, MessageOut, SessionOut
from channels.webchat.stream import Streams, before_shutdown
from channels.webchat.tokens import Tokens
from desk.ports import Clock, Desk

SESSION_RATE = "60/minute;600/hour"
TOKEN_ERRORS = (e.TokenMissing, e.TokenInvalid, e.TokenExpired)
BODY_ERRORS = (e.BadJson, e.BodyTooLarge, e.InvalidRequest)
TEXT_ERRORS = (e.TextTooLong, e.TextEmpty, e.ControlCharacters)


def router(
    desk: Desk,
    *,
    secret: str,
    token_hours: int,
    rate: str,
    global_rate: str,
    phrases: Mapping[str, str],
    clock: Clock,
    pictures: PictureSource,
    session_rate: str = SESSION_RATE,
) -> APIRouter:
    """Rates as `20/minute;200/hour`: messages of one visitor, of all, and sessions from one address.

    `phrases` has a sentence for each of errors.REQUIRED_PHRASES. The router's lifespan ends its streams when the
    server is asked to stop; what `pictures` draw with is closed by whoever made it.
    """
    refusals = Refusals(phrases)
    rendering = Rendering(phrases[e.ALT_PHRASE])
    streams = Streams(rendering)
    endpoints = Endpoints(
        desk=desk,
        tokens=Tokens(secret, timedelta(hours=token_hours), clock),
        limiter=Limiter(visitor=rate, everybody=global_rate, sessions=session_rate),
        accepted=Accepted(),
        rendering=rendering,
        streams=streams,
        pictures=pictures,
    )
    return _routed(endpoints, refusals, streams)


def _routed(endpoints: Endpoints, refusals: Refusals, streams: Streams) -> APIRouter:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        with before_shutdown(streams.close):
            yield

    made = APIRouter(prefix=PREFIX, tags=["webchat"], route_class=refusals.route_class(), lifespan=lifespan)
    _add_writing(made, endpoints, refusals)
    _add_reading(made, endpoints, refusals)
    return made


def _add_writing(made: APIRouter, endpoints: Endpoints, refusals: Refusals) -> None:
    bearer = Security(HTTPBearer(auto_error=False))
    made.add_api_route(
        "/session",
        endpoints.open_session,
        methods=["POST"],
        summary="Begin or continue",
        dependencies=[bearer],
        responses={
            200: {"model": SessionOut, "description": "A token for the next hours."},
            **refusals.documented(e.TokenInvalid, *BODY_ERRORS, e.RateLimited),
        },
        openapi_extra=_body_of(SessionRequest, required=False) | {"security": [{}]},
    )
    made.add_api_route(
        "/messages",
        endpoints.send_message,
        methods=["POST"],
        summary="Say something",
        status_code=202,
        dependencies=[bearer],
        responses={
            202: {"model": AcceptedOut, "description": "Stored; also for every repetition of the same id."},
            **refusals.documented(*TOKEN_ERRORS, *BODY_ERRORS, *TEXT_ERRORS, e.RateLimited, e.Busy),
        },
        openapi_extra=_body_of(MessageRequest, required=True),
    )

    made.add_api_route(
        "/typing",
        endpoints.note_typing,
        methods=["POST"],
        summary="Composing something",
        status_code=204,
        dependencies=[bearer],
        responses=refusals.documented(*TOKEN_ERRORS),
    )


def _add_reading(made: APIRouter, endpoints: Endpoints, refusals: Refusals) -> None:
    bearer = Security(HTTPBearer(auto_error=False))
    refused = refusals.documented(*TOKEN_ERRORS, e.InvalidRequest)
    made.add_api_route(
        "/messages",
        endpoints.read_messages,
        methods=["GET"],
        summary="What was said",
        dependencies=[bearer],
        responses={200: {"model": list[MessageOut], "description": "Oldest first."}, **refused},
    )
    made.add_api_route(
        "/events",
        endpoints.follow_events,
        methods=["GET"],
        summary="What is being said",
        response_class=Response,
        dependencies=[bearer],
        responses={200: _content(EVENT_STREAM, "string", EVENTS_EXAMPLE), **refused},
    )
    made.add_api_route(
        "/images/{seq}",
        endpoints.draw_image,
        methods=["GET"],
        summary="A chart or a photo",
        response_class=Response,
        dependencies=[bearer],
        responses={
            200: _content(PNG, "binary"),
            **refusals.documented(*TOKEN_ERRORS, e.InvalidRequest, e.ImageNotFound),
        },
    )


def _body_of(model: type[SessionRequest | MessageRequest], *, required: bool) -> dict[str, Any]:
    """The body's document; the route reads the body itself, because FastAPI would read any number of bytes."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}


def _content(media_type: str, form: str, example: str | None = None) -> dict[str, Any]:
    schema = {"type": "string"} | ({"format": form} if form != "string" else {})
    content: dict[str, Any] = {"schema": schema} | ({"example": example} if example else {})
    return {"description": media_type, "content": {media_type: content}}
