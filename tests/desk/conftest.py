"""Each test of the desk runs on SQLite and on PostgreSQL, on a fresh copy of a database migrated once."""

import shutil
from pathlib import Path

import pytest

from desk.migrate import migrate
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("desk") / "empty.db"
    migrate(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    url = postgres.new_database()
    migrate(_asynchronous(url))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "desk.db")
        return f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return _asynchronous(postgres.new_database(template=request.getfixturevalue("migrated_postgres")))


def _asynchronous(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://")
