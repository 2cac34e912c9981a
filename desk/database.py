"""Opens the desk's database: SQLite in WAL mode with one writer, or PostgreSQL, by URL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, CursorResult, Engine, Executable, ScalarResult, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# How often and how many times we look whether another process is done writing: for 10 seconds.
LOOK_EVERY, LOOKS = 0.01, 1000
JSON: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": lambda kept: orjson.loads(kept) if isinstance(kept, str | bytes) else kept,
}
"""SQLite keeps a JSON number as a number."""


class Transaction(Protocol):
    """What is executed here stands or falls together."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]: ...

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any: ...

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> ScalarResult[Any]: ...


class Database:
    """`write()` and `read()` give a transaction; leaving `write()` commits it, an exception takes it back."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._engine: _Sqlite | _Postgres = _Sqlite(url) if self.is_sqlite else _Postgres(url)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._engine.write()

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self._engine.read()

    async def version(self) -> int | None:
        """A number that is another one after every commit, by whatever process; None where the database has none."""
        return await self._engine.version()

    async def close(self) -> None:
        await self._engine.close()


class _Postgres:
    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(url, pool_size=10, max_overflow=0, **JSON)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self._engine.connect() as connection:
            yield connection

    async def version(self) -> int | None:
        return None

    async def close(self) -> None:
        await self._engine.dispose()


class _Sqlite:
    """One writer, as SQLite has it, and a commit for all who wrote in the meantime.

    A statement takes microseconds, less than handing it to a thread and back, so it runs where it stands. What waits
    is the commit, for the disc: it has a thread. Whoever writes meanwhile is next, all of them in one transaction, each
    inside a savepoint of its own, and none goes on before the commit that holds its work.
    """

    def __init__(self, url: str) -> None:
        self._engine = _sqlite(url.replace("+aiosqlite", "", 1))
        self._turn = asyncio.Lock()  # first come, first served: a commit comes after all who were there before it
        self._thread = ThreadPoolExecutor(1, "desk-commit")
        self._opened: Connection | None = None
        self._commit: asyncio.Task[None] | None = None
        self._watching: Connection | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        refused = None
        async with self._turn:
            commit = self._commit = self._commit or await self._begin()
            self._say("SAVEPOINT one")
            try:
                yield _Inline(self._connection())
            except BaseException as error:
                self._say("ROLLBACK TO one")
                if not isinstance(error, Exception):
                    raise
                refused = error
            finally:
                self._say("RELEASE one")
        await asyncio.shield(commit)
        if refused:  # only now: what stood in its way can be read, and not only by us
            raise refused

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield _Inline(connection)

    async def version(self) -> int | None:
        if self._watching is None:
            self._watching = self._engine.connect()
        version: int = self._watching.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._watching.rollback()
        return version

    async def close(self) -> None:
        if self._watching:
            self._watching.close()
        if self._commit:
            await asyncio.wait([self._commit])
        self._thread.shutdown()
        if self._opened:
            self._opened.close()
        self._engine.dispose()

    async def _begin(self) -> asyncio.Task[None]:
        """Another process may be writing: look again until it is done."""
        for last in [False] * LOOKS + [True]:
            try:
                self._say("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                if last:
                    raise
                await asyncio.sleep(LOOK_EVERY)
        return asyncio.create_task(self._end())

    async def _end(self) -> None:
        async with self._turn:
            self._commit = None
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._say, "COMMIT")
            except sqlite3.Error:
                self._say("ROLLBACK")
                raise

    def _say(self, command: str) -> None:
        """Past SQLAlchemy, which knows nothing of transactions that several share."""
        connection: sqlite3.Connection = self._connection().connection.dbapi_connection  # type: ignore[assignment]
        connection.execute(command)

    def _connection(self) -> Connection:
        if self._opened is None:
            self._opened = self._engine.connect()
            self._say("PRAGMA busy_timeout=0")  # SQLite's own waiting would hold up everybody
        return self._opened


class _Inline:
    """A SQLite connection that looks like an asynchronous one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any:
        return self._connection.scalar(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> ScalarResult[Any]:
        return self._connection.scalars(statement, parameters)


def _sqlite(url: str) -> Engine:
    arguments = {"check_same_thread": False, "timeout": 10}
    engine = create_engine(url, connect_args=arguments, pool_size=4, max_overflow=-1, **JSON)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # FULL: what was acknowledged survives a power cut, not only a crash.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
