"""The web address that WeChat calls: GET once, when it is set up; POST for everything that happens.

WeChat waits five seconds, then calls again, three times in all. So a message is committed first; its answer goes back
with the call when it is there within PATIENCE; else `success` does, and delivery sends the answer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from channels.wechat.carrier import WeChatCarrier
from channels.wechat.door import LARGEST_BODY, Door
from channels.wechat.errors import Forged, Malformed, TooLarge
from channels.wechat.incoming import Address, Ignored, Left, read
from channels.wechat.media import Pictures
from channels.wechat.passive import NOTHING, answer
from channels.wechat.rendering import Rendering, Text
from desk.model import Message
from desk.ports import Desk, Inbound, Outbox, Turn

log = logging.getLogger(__name__)

PATIENCE = 4.5  # seconds of WeChat's five
COMMIT_PATIENCE = 4.0
HELD_AT_ONCE = 200  # so many calls may wait for their answers; further ones are told `success` at once
LATE = 60.0


def router(
    desk: Desk,
    outbox: Outbox,
    *,
    door: Door,
    rendering: Rendering,
    carrier: WeChatCarrier,
    pictures: Pictures,
    patience: float = PATIENCE,
    held_at_once: int = HELD_AT_ONCE,
) -> APIRouter:
    """`/wechat`, GET and POST."""
    endpoint = _Endpoint(desk, outbox, door, rendering, carrier, pictures, patience, held_at_once)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await endpoint.close()

    made = APIRouter(prefix="/wechat", tags=["wechat"], lifespan=lifespan)
    made.add_api_route(
        "", endpoint.welcome, methods=["GET"], summary="The platform's first visit", response_class=Response
    )
    made.add_api_route(
        "", endpoint.receive, methods=["POST"], summary="What happens at WeChat", response_class=Response
    )
    return made


class _Endpoint:
    def __init__(
        self,
        desk: Desk,
        outbox: Outbox,
        door: Door,
        rendering: Rendering,
        carrier: WeChatCarrier,
        pictures: Pictures,
        patience: float,
        held_at_once: int,
    ) -> None:
        self._desk, self._outbox, self._door, self._rendering = desk, outbox, door, rendering
        self._carrier, self._pictures, self._patience = carrier, pictures, patience
        self._room, self._tasks = held_at_once, set[asyncio.Task[None]]()

    async def close(self) -> None:
        await self._pictures.close()
        for task in self._tasks:
            task.cancel()

    async def welcome(self, request: Request) -> Response:
        try:
            return _text(self._door.welcome(request.query_params))
        except Forged as forged:
            return _refused(403, forged)

    async def receive(self, request: Request) -> Response:
        deadline = asyncio.get_running_loop().time() + self._patience
        query: Mapping[str, str] = request.query_params
        try:
            letter = self._door.open(query, await _body(request))
        except TooLarge as large:
            return _refused(413, large)
        except Forged as forged:
            return _refused(403, forged)
        except Malformed as malformed:
            return _ignored(malformed)
        try:
            what, address = read(letter.xml)
        except Malformed as malformed:
            return _ignored(malformed)
        if isinstance(what, Ignored):
            return _ignored(what.what)
        if isinstance(what, Left):
            await self._desk.forget("wechat", what.user)
            return _text(NOTHING)
        said = await self._answered(what, address, deadline)
        return _xml(self._door.seal(said) if letter.sealed else said) if said else _text(NOTHING)

    async def _answered(self, inbound: Inbound, address: Address, deadline: float) -> str:
        """The XML to go back with the call; empty for none."""
        turn = await self._received(inbound)
        if turn.duplicate and (before := await self._as_before(turn, address)):
            return before
        if not turn.duplicate:
            self._pictures.fetch(turn.message)
        if self._room <= 0:
            self._later(self._release(turn))
            return ""
        self._room -= 1
        try:
            replies = await turn.replies(max(deadline - asyncio.get_running_loop().time(), 0.0))
        finally:
            self._room += 1
        if replies is None:
            self._later(self._carrier.typing(inbound.user))
            return ""
        return await self._take_along(turn, address)

    async def _received(self, inbound: Inbound) -> Turn:
        """Commit, again and again while WeChat waits: once it has hung up, it will call again."""
        try:
            async with asyncio.timeout(COMMIT_PATIENCE):
                while True:
                    try:
                        return await self._desk.receive(inbound)
                    except Exception:
                        log.exception("a message could not be committed")
                        await asyncio.sleep(0.5)
        except TimeoutError:
            await asyncio.sleep(self._patience + 1.0 - COMMIT_PATIENCE)
            raise

    async def _take_along(self, turn: Turn, address: Address) -> str:
        messages = await self._outbox.take(turn.message.conversation, turn.message.id)
        if messages:
            return await self._carry(messages, turn, address)
        before = await self._as_before(turn, address)
        if not before:  # something urgent is just being sent
            await self._outbox.release(turn.message.conversation)
        return before

    async def _as_before(self, turn: Turn, address: Address) -> str:
        """What an earlier call for the same message took along, into a line that was dead already: WeChat asks again
        only when it got nothing. That call's process may have died too, so it is noted once more."""
        before = await self._outbox.answer_to(turn.message.id)
        return await self._carry(before, turn, address) if before else ""

    async def _carry(self, messages: list[Message], turn: Turn, address: Address) -> str:
        """One text goes along; what does not fit in is sent by itself."""
        parcel, *others = self._rendering.pack(messages)
        rest = {id for other in others for id in other.messages}
        taken = [id for id in parcel.messages if id not in rest] if isinstance(parcel.body, Text) else []
        await self._outbox.carried(taken, turn.message.id)
        await self._outbox.give_back([message.id for message in messages if message.id not in taken])
        return answer(address, self._rendering.plain(parcel.body)) if taken else ""

    async def _release(self, turn: Turn) -> None:
        """No call waits for this answer: have it sent as soon as it is there."""
        if await turn.replies(LATE) is not None:
            await self._outbox.release(turn.message.conversation)

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _body(request: Request) -> bytes:
    """Raises TooLarge without reading on, and Malformed when the caller left before the end."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise TooLarge(f"more than {LARGEST_BODY} bytes")
    except ClientDisconnect:
        raise Malformed("the caller left before its end") from None
    return bytes(body)


def _text(text: str) -> Response:
    return Response(text, media_type="text/plain")


def _xml(xml: str) -> Response:
    return Response(xml, media_type="application/xml")


def _refused(status: int, error: Exception) -> Response:
    log.warning("WeChat's address: refused with %s: %s", status, error)
    return Response(status_code=status)


def _ignored(what: object) -> Response:
    log.info("from WeChat, ignored: %s", what)
    return _text(NOTHING)
