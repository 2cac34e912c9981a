"""The log of acts: what is in it stays, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from desk import staff_tables as s
from desk.audit import AuditLog, write_in
from desk.database import Database
from desk.staff import Act
from tests.desk.kit import Clock


@dataclass
class Room:
    log: AuditLog
    database: Database
    clock: Clock

    async def write(self, *acts: str, agent: str = "li") -> None:
        for act in acts:
            await self.log.write_now(agent, act)
            self.clock.pass_by(minutes=1)

    async def acts(self, **wanted: object) -> list[str]:
        return [line.act for line in await self.log.read(**wanted)]  # type: ignore[arg-type]


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    database, clock = Database(database_url), Clock()
    yield Room(AuditLog(database, clock), database, clock)
    await database.close()


async def test_what_was_done_is_read_as_written(room: Room) -> None:
    act = Act(room.clock(), "li", "接入", "c1", "从排队")
    await room.log.write(act)
    [line] = await room.log.read()
    assert (line.at, line.agent, line.act, line.subject, line.detail) == (act.at, "li", "接入", "c1", "从排队")


async def test_the_newest_comes_first_and_the_rest_below_it(room: Room) -> None:
    await room.write("一", "二", "三", "四")
    first = await room.log.read(limit=2)
    assert [line.act for line in first] == ["四", "三"]
    assert await room.acts(before_id=first[-1].id) == ["二", "一"]


async def test_lines_are_found_by_who_what_and_when(room: Room) -> None:
    began = room.clock()
    await room.write("登录", "接入")
    await room.write("登录", agent="wang")
    assert await room.acts(agent="wang") == ["登录"]
    assert await room.acts(act="登录") == ["登录", "登录"]
    assert await room.acts(since=began + timedelta(minutes=1)) == ["登录", "接入"]
    assert await room.acts(until=began + timedelta(minutes=1)) == ["登录"]


async def test_what_is_too_long_is_cut_and_not_refused(room: Room) -> None:
    await room.log.write(Act(room.clock(), "li", "备注", "长" * 500, "长" * 5000))
    [line] = await room.log.read()
    assert (len(line.subject), len(line.detail)) == (120, 500)


async def test_a_line_stands_or_falls_with_what_was_done(room: Room) -> None:
    async def fail() -> None:
        async with room.database.write() as db:
            await write_in(db, Act(room.clock(), "li", "接入"))
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError):
        await fail()
    assert await room.acts() == []


@pytest.mark.parametrize(
    "change",
    [
        update(s.audit).values(agent="somebody else"),
        delete(s.audit),
        delete(s.audit).where(s.audit.c.id > 0),
        text("UPDATE audit SET at = at"),
        text("INSERT INTO audit SELECT * FROM audit"),
    ],
    ids=["update", "delete", "delete-one", "plain-update", "same-id"],
)
async def test_nobody_changes_or_takes_out_a_line(room: Room, change: object) -> None:
    await room.write("接入")
    with pytest.raises(DBAPIError):
        async with room.database.write() as db:
            await db.execute(change)  # type: ignore[arg-type]
    [line] = await room.log.read()
    assert (line.agent, line.act) == ("li", "接入")


async def test_nobody_gets_around_the_triggers(room: Room) -> None:
    around = "INSERT OR REPLACE INTO audit SELECT id, at, 'x', act, subject, detail FROM audit"
    await room.write("接入")
    with pytest.raises(DBAPIError):
        async with room.database.write() as db:
            await db.execute(text(around if room.database.is_sqlite else "TRUNCATE audit"))
