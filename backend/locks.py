"""Named locks inside a transaction: whoever holds one checks and writes alone, on SQLite and PostgreSQL alike."""

import zlib
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backend.tables import Base, LockRow

BUCKETS = 256


def insert(session: AsyncSession, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect at hand."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


async def hold(session: AsyncSession, name: str) -> None:
    """Wait for the lock and keep it until the transaction ends. Held rows are few and known: see `bucket`."""
    statement = insert(session, LockRow).values(name=name)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"name": name}))


def bucket(prefix: str, subject: str) -> str:
    """A lock for one of many subjects: 256 rows however many there are, and nothing personal in them."""
    return f"{prefix}:{zlib.crc32(subject.encode()) % BUCKETS:03d}"
