"""Pictures that customers send: fetched at once, because the platform keeps them for three days only."""

import asyncio
import logging

from channels.wechat.api import Api
from desk.errors import NotCarried, Refused
from desk.model import Message
from desk.ports import Album

log = logging.getLogger(__name__)

PAUSES = (1.0, 5.0, 30.0, 120.0)


class Pictures:
    """Fetches in the background; `close` lets what runs end."""

    def __init__(self, api: Api, album: Album) -> None:
        self._api, self._album = api, album
        self._tasks: set[asyncio.Task[None]] = set()

    def fetch(self, message: Message) -> None:
        """Put the picture of this message into the album."""
        media = message.data.get("media") or {}
        if media.get("id"):
            task = asyncio.create_task(self._fetch(message.id, str(media["id"])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self, patience: float = 5.0) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()

    async def _fetch(self, message: str, media_id: str) -> None:
        for pause in (*PAUSES, 0.0):
            try:
                await self._album.keep(message, await self._api.download(media_id))
            except (Refused, ValueError) as refused:
                log.error("the picture of message %s is not kept: %s", message, refused)
                return
            except NotCarried as trouble:
                log.warning("the picture of message %s: %s", message, trouble)
                await asyncio.sleep(pause)
            else:
                return
        log.error("the picture of message %s could not be fetched", message)
