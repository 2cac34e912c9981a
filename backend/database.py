"""The way to the database: SQLite by default, PostgreSQL by URL; one engine, a session to read and one to write."""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
BUSY_MILLISECONDS = 5000


def async_url(url: str) -> URL:
    """`sqlite:///var/backend.db` or `postgresql://…` with the driver that does not block."""
    given = make_url(url)
    return given.set(drivername=DRIVERS.get(given.drivername, given.drivername))


@dataclass(frozen=True)
class Database:
    """`read` begins a plain transaction; `write` takes SQLite's write lock at once, so that it never has to give up."""

    engine: AsyncEngine
    read: async_sessionmaker[AsyncSession]
    write: async_sessionmaker[AsyncSession]

    async def close(self) -> None:
        await self.engine.dispose()


def open_database(url: str) -> Database:
    """Parameters are personal data: hidden from errors, and from what aiosqlite would write when debugging."""
    address = async_url(url)
    engine = create_async_engine(address, hide_parameters=True, pool_pre_ping=address.drivername.startswith("postgres"))
    if engine.dialect.name == "sqlite":
        logging.getLogger("aiosqlite").setLevel(logging.INFO)
        _prepare_sqlite(engine.sync_engine)
    return Database(
        engine,
        read=async_sessionmaker(engine, expire_on_commit=False),
        write=async_sessionmaker(engine.execution_options(writes=True), expire_on_commit=False),
    )


def _prepare_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
