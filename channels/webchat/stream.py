"""Server-sent events: a visitor's feed as bytes, ended when they leave or when the server stops."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from channels.webchat.outbound import Rendering
from desk.model import Author
from desk.ports import FeedItem, Typing

log = logging.getLogger(__name__)

OPENING = b"retry: 1000\n\n"
KEEP_ALIVE = b": keep-alive\n\n"
KEEP_ALIVE_SECONDS = 15.0
TYPING = {True: b'event: typing\ndata: {"on":true}\n\n', False: b'event: typing\ndata: {"on":false}\n\n'}


class Streams:
    """All open streams. `close` ends each of them, and those that are opened afterwards."""

    def __init__(self, rendering: Rendering, keep_alive: float = KEEP_ALIVE_SECONDS) -> None:
        self._rendering = rendering
        self._keep_alive = keep_alive
        self._feeds: set[asyncio.Task[None]] = set()
        self._closed = False

    def close(self) -> None:
        self._closed = True
        for feed in self._feeds:
            feed.cancel()

    async def events(self, feed: AsyncIterator[FeedItem]) -> AsyncIterator[bytes]:
        """The feed runs in a task of its own, so that leaving is one cancellation, wherever it waits."""
        yield OPENING
        items: asyncio.Queue[FeedItem | None] = asyncio.Queue()
        task = self._follow(feed, items)
        try:
            while (chunk := await self._next(items)) is not None:
                yield chunk
        finally:
            task.cancel()

    def _follow(self, feed: AsyncIterator[FeedItem], items: asyncio.Queue[FeedItem | None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_pour(feed, items))
        self._feeds.add(task)
        task.add_done_callback(self._feeds.discard)
        # Not inside the task: one that is cancelled before its first step runs none of its own code.
        task.add_done_callback(lambda _: items.put_nowait(None))
        if self._closed:
            task.cancel()
        return task

    async def _next(self, items: asyncio.Queue[FeedItem | None]) -> bytes | None:
        """The next events, or a sign of life when there are none for a while; None at the end."""
        try:
            async with asyncio.timeout(self._keep_alive):
                item = await items.get()
        except TimeoutError:
            return KEEP_ALIVE
        return None if item is None else self._chunk(item, items)

    def _chunk(self, item: FeedItem, items: asyncio.Queue[FeedItem | None]) -> bytes:
        """One event with those that are there already: an answer and the end of typing leave together."""
        chunk = self._event(item)
        while not items.empty():
            following = items.get_nowait()
            if following is None:  # the end, for the next look
                items.put_nowait(None)
                break
            chunk += self._event(following)
        return chunk

    def _event(self, item: FeedItem) -> bytes:
        if isinstance(item, Typing):
            return b"" if item.by is Author.CUSTOMER else TYPING[item.on]
        return b"event: message\nid: %d\ndata: %b\n\n" % (item.seq, self._rendering.one(item))


async def _pour(feed: AsyncIterator[FeedItem], items: asyncio.Queue[FeedItem | None]) -> None:
    try:
        async for item in feed:
            items.put_nowait(item)
    except Exception:
        log.exception("webchat: a feed broke off")  # the stream ends, the client comes back and names what it has


@contextmanager
def before_shutdown(act: Callable[[], None]) -> Iterator[None]:
    """Calls `act` when a signal asks the server to stop, then the server's own handler.

    uvicorn ends open responses by waiting for them, and tells the application that it stops only afterwards: a
    stream without end would hold it up for ever.
    """
    loop = asyncio.get_running_loop()
    installed: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        installed[number](number, frame)

    for number in (signal.SIGINT, signal.SIGTERM):
        previous = signal.getsignal(number)
        if callable(previous) and _may_install():
            installed[number] = previous
            signal.signal(number, handle)
    try:
        yield
    finally:
        act()
        for restored, previous in installed.items():
            signal.signal(restored, previous)


def _may_install() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()
