"""The parts a talk is made of: the real backend over a copy of the seeded town, a clock, and a line to cut."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from actions.dialogue import Dialogue, Service
from backend.app import create_app
from backend.schema import upgrade
from backend.seed import seed
from tests.actions.talk import Talk
from utility.client import UtilityClient

CHINA = timezone(timedelta(hours=8))
# A Monday morning: people sit at their desks, two communities are without power (backend/town/disruptions.py).
SEEDED_AT = datetime(2026, 11, 23, 10, 5, tzinfo=CHINA)
SECRET = "secret-of-the-tests"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = SEEDED_AT

    def __call__(self) -> datetime:
        return self.now

    def move(self, **how_far: float) -> None:
        """move(minutes=50)"""
        self.now += timedelta(**how_far)


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to the utility. `away` cuts it, `deaf` only for what writes."""

    inner: httpx.AsyncBaseTransport
    away: bool = False
    deaf: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away or (self.deaf and request.method != "GET"):
            raise httpx.ConnectError("the line is cut", request=request)
        return await self.inner.handle_async_request(request)


class NoPause:
    """A breaker that never opens: a test cuts the line when it means to."""

    def admit(self) -> bool:
        return True

    def succeeded(self) -> None: ...

    def failed(self) -> None: ...

    def abandoned(self) -> None: ...


@pytest.fixture(scope="session")
def seeded_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and seeded database file, made once; tests work on copies."""
    file = tmp_path_factory.mktemp("town") / "town.db"
    url = f"sqlite:///{file}"
    upgrade(url)
    asyncio.run(seed(url, SEEDED_AT))
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def line(seeded_town: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Line]:
    """The real backend over a copy of the town. Set `line.away` to cut it."""
    file = tmp_path / "backend.db"
    shutil.copy(seeded_town, file)
    app = create_app(database_url=f"sqlite:///{file}", secret=SECRET, clock=clock)
    yield Line(httpx.ASGITransport(app))
    await app.state.parts.database.close()


@pytest.fixture
async def utility(line: Line) -> AsyncIterator[UtilityClient]:
    async with httpx.AsyncClient(transport=line, base_url="http://utility") as http:
        yield UtilityClient(http, secret=SECRET, budget=20, breaker=NoPause())  # type: ignore[arg-type]


TalkTo = Callable[..., Talk]


@pytest.fixture
def talk_to(utility: UtilityClient, clock: Clock) -> TalkTo:
    """talk_to(OutageService(), RepairService()): a new conversation with a bot that has these services."""

    def begin(*services: Service, conversation: str = "talk-1", humans_on_duty: bool = False) -> Talk:
        return Talk(Dialogue(services), utility, clock, conversation, humans_on_duty)

    return begin
