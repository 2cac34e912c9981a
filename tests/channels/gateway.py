"""Our side of a channel in tests: router, desk and delivery on a real database, and a bot that says what it is told."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI

from channels.chart import ChartRenderer, DrawingFailed
from desk.answer import Answerer
from desk.database import Database
from desk.delivery import Delivery
from desk.feed import Feed
from desk.handoffs import Handoffs
from desk.ledger import Ledger
from desk.migrate import migrate
from desk.model import Message
from desk.ports import Carrier
from desk.store import Store
from desk.switchboard import Switchboard
from tests.desk.kit import HAZARDS, PHRASES, FakeBot, FakePeople


class FakeChart(ChartRenderer):
    """A picture without a font, or none at all."""

    def __init__(self) -> None:
        self.broken = False

    async def png(self, chart: Any) -> bytes:
        if self.broken:
            raise DrawingFailed("told to fail")
        return b"\x89PNG\r\n\x1a\n" + chart.title.encode()


@dataclass
class Clock:
    """The real time, and what a test adds to it."""

    added: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.added

    def pass_by(self, **span: float) -> None:
        self.added += timedelta(**span)


@dataclass
class Gateway:
    """`do` runs something of ours in the loop that everything lives in."""

    url: str
    channel: str
    switchboard: Switchboard
    ledger: Ledger
    chart: FakeChart
    clock: Clock
    folder: Path
    do: Callable[[Coroutine[Any, Any, Any]], Any]

    def lines(self, user: str) -> list[Message]:
        """The transcript of this customer."""

        async def read() -> list[Message]:
            return await self.switchboard.transcript(await self.switchboard.open(self.channel, user))

        found: list[Message] = self.do(read())
        return found

    def states(self, user: str) -> list[tuple[str, str | None]]:
        """State and reason of everything that was to be carried to this customer, in order."""

        async def read() -> list[tuple[str, str | None]]:
            conversation = await self.switchboard.open(self.channel, user)
            states = await self.ledger.states(conversation)
            return [states[line.id] for line in await self.switchboard.transcript(conversation) if line.id in states]

        found: list[tuple[str, str | None]] = self.do(read())
        return found

    def agent_says(self, user: str, text: str) -> None:
        """Something that answers no call: as an agent or a finished errand would say it."""

        async def say() -> None:
            await self.switchboard.tell(await self.switchboard.open(self.channel, user), text)

        self.do(say())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with ThreadPoolExecutor(1) as thread:  # a browser's test has a loop of its own, and Alembic makes another
            thread.submit(migrate, f"sqlite+aiosqlite:///{folder}/desk.db").result()
        return (Path(folder) / "desk.db").read_bytes()


def fresh_database(folder: Path) -> str:
    """The URL of an empty, migrated database in this folder."""
    file = folder / "desk.db"
    file.write_bytes(_migrated())
    return f"sqlite+aiosqlite:///{file}"


@dataclass
class Parts:
    """What a channel is made of on our side."""

    app: FastAPI
    database: Database
    clock: Clock
    chart: FakeChart
    folder: Path
    switchboard: Switchboard
    port: int
    closing: list[Callable[[], Coroutine[Any, Any, Any]]]


Connect = Callable[[Parts], tuple[Carrier | None, Callable[[Delivery], APIRouter]]]


@contextmanager
def gateway(
    connect: Connect, path: str, channel: str, database_url: str, folder: Path, bot: FakeBot, port: int = 0
) -> Iterator[Gateway]:
    """Runs in a thread of its own. `connect` makes the channel's carrier, and its router once delivery is there."""
    made: list[Gateway] = []
    clock, chart = Clock(), FakeChart()
    listening = socket.create_server(("127.0.0.1", port))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        database, feed = Database(database_url), Feed()
        store, ledger = Store(database), Ledger(database)
        answerer = Answerer(bot, HAZARDS, PHRASES, clock, FakePeople())
        switchboard = Switchboard(store, Handoffs(database), answerer, feed, PHRASES, clock, lambda: None)
        parts = Parts(app, database, clock, chart, folder, switchboard, listening.getsockname()[1], [])
        carrier, router = connect(parts)
        delivery = Delivery(ledger, [carrier] if carrier else [], PHRASES, clock)
        feed.watch(delivery.wake)
        app.include_router(router(delivery))
        tasks = [asyncio.create_task(delivery.run(pause=0.1)), asyncio.create_task(switchboard.watch())]

        def do(work: Coroutine[Any, Any, Any]) -> Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=20)

        made.append(Gateway("", channel, switchboard, ledger, chart, clock, folder, do))
        yield
        await switchboard.close(patience=1.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for close in parts.closing:
            await close()
        await database.close()

    server = uvicorn.Server(uvicorn.Config(FastAPI(lifespan=lifespan), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    made[0].url = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
    try:
        yield made[0]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
