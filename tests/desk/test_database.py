"""A transaction stands or falls alone, whoever shares the commit, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from desk.database import Database
from desk.tables import conversation

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


async def add(database: Database, id: str, *, pause: float = 0.0) -> None:
    line = {"id": id, "channel": "webchat", "user": id, "status": "bot", "last_seq": 0, "belief": {}, "created_at": NOW}
    async with database.write() as db:
        await db.execute(insert(conversation), line)
        await asyncio.sleep(pause)


async def ids(database: Database) -> list[str]:
    async with database.read() as db:
        return list(await db.scalars(select(conversation.c.id).order_by(conversation.c.id)))


async def test_what_many_write_at_once_is_all_there_when_each_goes_on(database: Database) -> None:
    async def add_and_look(id: str) -> bool:
        await add(database, id)
        return id in await ids(database)

    assert all(await asyncio.gather(*[add_and_look(f"c{n:02}") for n in range(40)]))


async def test_who_fails_takes_nothing_with_them_but_their_own(database: Database) -> None:
    async def fail(id: str) -> None:
        async with database.write() as db:
            await db.execute(update(conversation).values(user=conversation.c.id + id))
            raise ValueError(id)

    some = [add(database, f"c{n}") if n % 2 else fail(f"c{n}") for n in range(6)]
    results = await asyncio.gather(*some, return_exceptions=True)
    assert [str(result) for result in results[::2]] == ["c0", "c2", "c4"]
    assert await ids(database) == ["c1", "c3", "c5"]
    async with database.read() as db:
        assert list(await db.scalars(select(conversation.c.user).order_by(conversation.c.id))) == ["c1", "c3", "c5"]


async def test_what_was_in_the_way_can_be_read_once_the_conflict_is_known(database: Database) -> None:
    async def add_or_find(id: str) -> list[str]:
        try:
            await add(database, id)
        except IntegrityError:
            return await ids(database)
        return [id]

    assert await asyncio.gather(*[add_or_find("c1") for _ in range(8)]) == [["c1"]] * 8


async def test_who_is_cancelled_leaves_nothing_half_done(database: Database) -> None:
    leaving = asyncio.create_task(add(database, "c1", pause=60))
    await asyncio.sleep(0.1)
    leaving.cancel()
    staying = asyncio.create_task(add(database, "c2"))
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await staying
    assert await ids(database) == ["c2"]


async def test_a_transaction_of_another_process_is_waited_for(database: Database, database_url: str) -> None:
    other = Database(database_url)
    first = asyncio.create_task(add(other, "c1", pause=0.3))
    await asyncio.sleep(0.1)
    await add(database, "c2")
    assert "c2" in await ids(database)
    await first
    await other.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_when_the_commit_fails_nobody_goes_on_as_if_it_had_not(database: Database) -> None:
    async def break_it() -> None:
        async with database.write() as db:
            await db.execute(text("PRAGMA defer_foreign_keys=ON"))
            lost = "('k', 'ticket', '{}', 'nobody', 0, '2026-11-22', NULL, NULL)"
            await db.execute(text(f"INSERT INTO errand VALUES {lost}"))

    results = await asyncio.gather(add(database, "c1"), break_it(), add(database, "c2"), return_exceptions=True)
    assert all(isinstance(result, Exception) for result in results), results
    assert await ids(database) == []
    await add(database, "c3")
    assert await ids(database) == ["c3"]
