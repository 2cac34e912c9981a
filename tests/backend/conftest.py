"""The backend over HTTP, in process, on both databases, at a moment that the test holds in its hand."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from backend.app import create_app
from backend.clock import LOCAL
from backend.schema import upgrade
from backend.seed import seed
from tests.postgres import Postgres
from utility.client import UtilityClient
from utility.models import Grant, IdentityCheck, TicketKind, TicketRequest

MONDAY = datetime(2026, 11, 23, 10, 5, tzinfo=LOCAL)
"""A working day within desk hours: the moment of seeding and the hand clock's first time."""

SECRET = "s3cret-for-tests"


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def set(self, *, day: int = 23, hour: int = 10, minute: int = 5) -> None:
        self.now = datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@dataclass(frozen=True)
class Town:
    """A seeded backend: typed through `client`, raw through `http` (with the secret)."""

    url: str
    app: FastAPI
    clock: HandClock
    http: httpx.AsyncClient
    client: UtilityClient

    async def grant(self, account_no: str, tail: str, requester: str = "conversation") -> Grant:
        return await self.client.check_identity(
            IdentityCheck(account_no=account_no, phone_tail=tail, requester=requester)
        )


def repair(conversation: str = "c1", **known: object) -> TicketRequest:
    """A repair report; what is not said is left out."""
    return TicketRequest.model_validate(
        {"kind": TicketKind.REPAIR, "channel": "web", "conversation": conversation, **known}
    )


def _seeded(url: str) -> str:
    upgrade(url)
    asyncio.run(seed(url, MONDAY))
    return url


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("town") / "town.db"
    _seeded(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def seeded_postgres(postgres: Postgres) -> str:
    return _seeded(postgres.new_database())


@pytest.fixture(params=["sqlite", "postgresql"])
def town_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A copy of the seeded town that the test may change."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("seeded_sqlite"), tmp_path / "town.db")
        return f"sqlite:///{file}"
    template = request.getfixturevalue("seeded_postgres")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(template)


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The seeded town itself, for tests that only read."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('seeded_sqlite')}"
    else:
        yield request.getfixturevalue("seeded_postgres_to_read")


@pytest.fixture(scope="session")
def seeded_postgres_to_read(postgres: Postgres, seeded_postgres: str) -> str:
    """A copy of its own: a template may have no connections."""
    return postgres.new_database(seeded_postgres)


async def _open(url: str) -> AsyncIterator[Town]:
    clock = HandClock()
    app = create_app(database_url=url, secret=SECRET, clock=clock)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend", headers=headers) as http,
    ):
        yield Town(url, app, clock, http, UtilityClient(http, secret=SECRET, budget=20))


@pytest.fixture
async def town(town_url: str) -> AsyncIterator[Town]:
    """A town of the test's own."""
    async for opened in _open(town_url):
        yield opened


@pytest.fixture
async def reading(shared_url: str) -> AsyncIterator[Town]:
    """The town that all reading tests share."""
    async for opened in _open(shared_url):
        yield opened


@pytest.fixture
async def quick(seeded_sqlite: Path) -> AsyncIterator[Town]:
    """The shared town on SQLite alone, for what is decided before any database."""
    async for opened in _open(f"sqlite:///{seeded_sqlite}"):
        yield opened
