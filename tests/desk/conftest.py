"""Each test of the desk runs on SQLite and on PostgreSQL."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from desk.migrate import migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database."""
    url = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    migrate(url)
    return url
