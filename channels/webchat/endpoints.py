"""What web chat does for each request."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from channels.chart import BadChart
from channels.picture import PhotoMissing, PictureSource, mime_of, picture_of
from channels.webchat.errors import ImageNotFound
from channels.webchat.inbound import MessageRequest, SessionRequest, checked_text, parse, read_body
from channels.webchat.limiter import Accepted, Limiter
from channels.webchat.outbound import Rendering, external_id
from channels.webchat.stream import Streams
from channels.webchat.tokens import Tokens, Visitor, new_user
from desk.model import Author, Message
from desk.ports import Desk, Inbound

CHANNEL = "webchat"
JSON, EVENT_STREAM, PNG = "application/json", "text/event-stream", "image/png"
LAST = 2**31 - 1  # what every database takes for an integer
# Two visitors of one browser have pictures at the same address: the token must be part of the cache's key.
PICTURE_CACHING = {"Cache-Control": "private, max-age=86400, immutable", "Vary": "Authorization, Origin"}
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

After = Annotated[int, Query(ge=0, le=LAST, description="Only what comes after this sequence number.")]
Seq = Annotated[int, Path(ge=1, le=LAST, description="The sequence number of the message.")]


@dataclass(frozen=True)
class Endpoints:
    desk: Desk
    tokens: Tokens
    limiter: Limiter
    accepted: Accepted
    rendering: Rendering
    streams: Streams
    pictures: PictureSource

    async def open_session(self, request: Request) -> Response:
        """Begin a conversation, or continue that of an earlier token, which may have expired."""
        body = await read_body(request)
        wanted = parse(SessionRequest, body) if body else SessionRequest()
        user = self._user(request, wanted)
        await self.limiter.session(request.client.host if request.client else None)
        visitor = Visitor(user, await self.desk.open(CHANNEL, user))
        token, expires_at = self.tokens.issue(visitor)
        session = {"token": token, "conversation": visitor.conversation, "expires_at": expires_at}
        return Response(orjson.dumps(session), headers={"Cache-Control": "no-store"}, media_type=JSON)

    async def send_message(self, request: Request) -> Response:
        """Say something. Answers as soon as it is stored; the reply comes over the events."""
        visitor = self._visitor(request)
        message = parse(MessageRequest, await read_body(request))
        seq = await self._accept(visitor, message, checked_text(message))
        return Response(b'{"seq":%d}' % seq, 202, media_type=JSON)

    async def note_typing(self, request: Request) -> Response:
        """The visitor is composing something. An agent who talks with them sees it for a few seconds."""
        await self.desk.typing(self._visitor(request).conversation, Author.CUSTOMER)
        return Response(status_code=204)

    async def read_messages(self, request: Request, after: After = 0) -> Response:
        """What was said, in order."""
        messages = await self.desk.transcript(self._visitor(request).conversation, after)
        return Response(self.rendering.many(messages), headers={"Cache-Control": "no-store"}, media_type=JSON)

    async def follow_events(self, request: Request, after: After = 0) -> Response:
        """What was said since, then what is being said. `Last-Event-ID` counts when it is later than `after`."""
        conversation = self._visitor(request).conversation
        await self.desk.transcript(conversation, LAST)  # raises UnknownConversation while a status can still be sent
        events = self._events(conversation, max(after, _last_event_id(request)))
        return StreamingResponse(events, headers=STREAM_HEADERS, media_type=EVENT_STREAM)

    async def draw_image(self, request: Request, seq: Seq) -> Response:
        """The picture of a message: a chart, or a photo from an agent."""
        following = await self.desk.transcript(self._visitor(request).conversation, seq - 1)
        picture = await self._picture(following[0] if following else None)
        return Response(picture, headers=PICTURE_CACHING, media_type=mime_of(picture))

    def _visitor(self, request: Request) -> Visitor:
        return self.tokens.read(request.headers.get("authorization"))

    def _user(self, request: Request, wanted: SessionRequest) -> str:
        authorization = request.headers.get("authorization")
        if wanted.restart or not authorization:
            return new_user()
        return self.tokens.read_to_renew(authorization).user

    async def _accept(self, visitor: Visitor, message: MessageRequest, text: str) -> int:
        name = external_id(visitor.conversation, message.id)
        seq = self.accepted.seq(name)
        if seq is None:
            inbound = Inbound(CHANNEL, visitor.user, name, text, message.payload)
            seq = await self._receive(inbound)
            self.accepted.note(name, seq)
        return seq

    async def _receive(self, inbound: Inbound) -> int:
        """Charged before it is stored, so that a burst cannot slip through; given back when nothing new was stored."""
        await self.limiter.message(inbound.user)
        stored = False
        try:
            turn = await self.desk.receive(inbound)
            stored = not turn.duplicate
        finally:
            if not stored:
                await self.limiter.refund_message(inbound.user)
        return turn.message.seq

    def _events(self, conversation: str, after: int) -> AsyncIterator[bytes]:
        return self.streams.events(self.desk.follow(conversation, after))

    async def _picture(self, message: Message | None) -> bytes:
        try:
            picture = picture_of(message, "") if message else None
            if picture is None:
                raise ImageNotFound
            return await self.pictures.content(picture)
        except (BadChart, PhotoMissing):
            raise ImageNotFound from None


def _last_event_id(request: Request) -> int:
    """What a browser's EventSource says after a break; nonsense counts as nothing."""
    value = request.headers.get("last-event-id", "")
    return min(int(value), LAST) if value.isascii() and value.isdigit() and len(value) < 20 else 0
