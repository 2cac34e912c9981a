"""The web address that Telegram calls. An update is committed, then acknowledged; the answer is delivered."""

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Request, Response
from telegram import Bot, Update

from channels.telegram.carrier import TelegramCarrier
from channels.telegram.incoming import read
from desk.model import Message
from desk.ports import Album, Desk

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # its name, not its value
LARGEST_BODY = 256 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024


def router(desk: Desk, *, bot: Bot, carrier: TelegramCarrier, secret: str, album: Album) -> APIRouter:
    """`/telegram`. Raises ValueError for an empty secret: it would let everybody in."""
    if not secret:
        raise ValueError("Telegram's webhook needs a secret")
    endpoint = _Endpoint(desk, bot, carrier, secret, album)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await endpoint.close()

    made = APIRouter(prefix="/telegram", tags=["telegram"], lifespan=lifespan)
    made.add_api_route("", endpoint.receive, methods=["POST"], summary="An update", response_class=Response)
    return made


class _Endpoint:
    def __init__(self, desk: Desk, bot: Bot, carrier: TelegramCarrier, secret: str, album: Album) -> None:
        self._desk, self._bot, self._carrier, self._secret, self._album = desk, bot, carrier, secret, album
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._carrier.close()

    async def receive(self, request: Request) -> Response:
        """200 once it is committed; Telegram sends again what got no 2xx."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return Response(status_code=403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(body), self._bot)
            inbound = read(update)
        except Exception as error:  # the library raises whatever its classes raise on what is no update
            log.warning("Telegram's address: no update: %s", type(error).__name__)
            return Response(status_code=200)
        if inbound is None:
            return Response(status_code=200)
        turn = await self._desk.receive(inbound)
        if not turn.duplicate:
            self._after(update, turn.message)
        return Response(status_code=200)

    def _after(self, update: Update, message: Message) -> None:
        """What may take its time."""
        if update.callback_query:
            self._later(self._carrier.answer_press(update.callback_query.id))
        if media := message.data.get("media"):
            self._later(self._fetch(message.id, str(media["id"])))

    async def _fetch(self, message: str, file_id: str) -> None:
        try:
            file = await self._bot.get_file(file_id)
            if (file.file_size or 0) > LARGEST_PHOTO:
                raise ValueError("it is too large")
            await self._album.keep(message, bytes(await file.download_as_bytearray()))
        except Exception as trouble:
            log.error("the photo of message %s is not kept: %s", message, type(trouble).__name__)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
