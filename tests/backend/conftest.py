"""The backend over HTTP, in process, on both databases, at a moment that the test holds in its hand."""

import asyncio
import inspect
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.app import create_app
from backend.clock import LOCAL
from backend.database import Database
from backend.schema import upgrade
from backend.seed import seed
from backend.tables import (
    BindingRow,
    IdempotencyRow,
    IdentityAttemptRow,
    IncidentAreaRow,
    IncidentCheckRow,
    IncidentEventRow,
    IncidentReportRow,
    IncidentRow,
    LockRow,
    OutageNewsRow,
    OutagePlaceRow,
    OutageRow,
    OutageStepRow,
    TicketEventRow,
    TicketNumberRow,
    TicketPartyRow,
    TicketRow,
)
from backend.town.gazetteer import read_gazetteer
from backend.town.planting import renew_tickets
from tests.postgres import Postgres
from utility.client import UtilityClient
from utility.models import Grant, IdentityCheck, TicketKind, TicketRequest

MONDAY = datetime(2026, 11, 23, 10, 5, tzinfo=LOCAL)
"""A working day within desk hours: the moment of seeding and the hand clock's first time."""

SECRET = "s3cret-for-tests"
SITES = read_gazetteer()
WRITTEN_BY_CUSTOMERS = (
    BindingRow,
    IdempotencyRow,
    IncidentReportRow,
    TicketEventRow,
    TicketPartyRow,
    TicketRow,
    TicketNumberRow,
    IdentityAttemptRow,
    LockRow,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of the backend, so that they can share two applications and their connections."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


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

    @property
    def database(self) -> Database:
        database: Database = self.app.state.parts.database
        return database

    async def grant(self, account_no: str, tail: str, requester: str = "conversation") -> Grant:
        return await self.client.check_identity(
            IdentityCheck(account_no=account_no, phone_tail=tail, requester=requester)
        )


def repair(conversation: str = "c1", **known: object) -> TicketRequest:
    """A repair report; what is not said is left out."""
    return TicketRequest.model_validate(
        {"kind": TicketKind.REPAIR, "channel": "web", "conversation": conversation, **known}
    )


# --- seeded databases -----------------------------------------------------------------------------------------------


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
def copied_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A seeded database of the test's own, to change whatever it likes."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('seeded_sqlite'), tmp_path / 'town.db')}"
    template: str = request.getfixturevalue("seeded_postgres")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(template)


# --- applications over them -----------------------------------------------------------------------------------------


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Town]:
    """The application over a database, until the block ends."""
    clock = HandClock()
    app = create_app(database_url=url, secret=SECRET, clock=clock)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend", headers=headers) as http,
    ):
        yield Town(url, app, clock, http, UtilityClient(http, secret=SECRET, budget=20))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def on_sqlite(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    copy = shutil.copy(seeded_sqlite, tmp_path_factory.mktemp("shared") / "town.db")
    async with opened(f"sqlite:///{copy}") as town:
        yield town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def on_postgres(seeded_postgres: str, postgres: Postgres) -> AsyncIterator[Town]:
    async with opened(postgres.new_database(seeded_postgres)) as town:
        yield town


def at_hand(town: Town) -> Town:
    """The shared town with a clock of the test's own."""
    clock = HandClock()
    town.app.state.parts = replace(town.app.state.parts, clock=clock)
    return replace(town, clock=clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def reading(request: pytest.FixtureRequest) -> Town:
    """The shared town, for tests that write nothing."""
    return at_hand(request.getfixturevalue("on_sqlite" if request.param == "sqlite" else "on_postgres"))


@pytest_asyncio.fixture(loop_scope="session")
async def town(reading: Town) -> AsyncIterator[Town]:
    """The shared town, for tests that do what customers do: all of it is taken back afterwards."""
    yield reading
    async with reading.database.write() as session, session.begin():
        for table in WRITTEN_BY_CUSTOMERS:
            await session.execute(delete(table))
        await forget_incidents(session)
        await renew_tickets(session, SITES, MONDAY)


async def forget_incidents(session: AsyncSession) -> None:
    """What the reports of customers proposed."""
    made = list(await session.scalars(select(IncidentRow.outage_id)))
    for table in (IncidentAreaRow, IncidentCheckRow, IncidentEventRow, IncidentRow):
        await session.execute(delete(table))
    for table in (OutagePlaceRow, OutageStepRow, OutageNewsRow):
        await session.execute(delete(table).where(table.outage_id.in_(made)))
    await session.execute(delete(OutageRow).where(OutageRow.id.in_(made)))


@pytest.fixture
def quick(on_sqlite: Town) -> Town:
    """The shared town on SQLite alone, for what is decided before any database."""
    return at_hand(on_sqlite)


@pytest_asyncio.fixture(loop_scope="session")
async def own_town(copied_url: str) -> AsyncIterator[Town]:
    """A town whose rules the test may change."""
    async with opened(copied_url) as town:
        yield town
