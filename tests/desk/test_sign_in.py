"""Who gets in, who is kept out and for how long, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import staff_tables as s
from desk import tables as t
from desk.sign_in import Locked, Refused, Session, SignIn
from desk.staff import Agent, Presence, Role
from tests.console.sign_in_kit import GOOD, quick
from tests.desk.sign_in_room import WRONG, Room, sign_in_room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with sign_in_room(database_url) as made:
        yield made


def told(errors: list[Exception]) -> list[object]:
    return [each.until if isinstance(each, Locked) else getattr(each, "left", None) for each in errors]


async def test_the_right_password_opens_a_session(room: Room) -> None:
    session = await room.sign_in.sign_in("li", GOOD, address="10.0.0.1")
    found = await room.sign_in.session(session.token)
    assert found and (found.agent.name, found.csrf) == ("li", session.csrf)
    assert await room.acts() == ["启用动态口令", "登录"]
    assert (await room.audit.read())[0].detail == "10.0.0.1"


async def test_a_chinese_keyboards_wide_letters_are_the_same(room: Room) -> None:
    assert (await room.sign_in.sign_in(" ｌｉ ", "ｃorrect-horse-９")).agent.name == "li"


async def test_the_database_holds_no_password_and_no_token(room: Room) -> None:
    session = await room.sign_in.sign_in("li", GOOD)
    async with room.database.read() as db:
        rows = (await db.execute(select(s.agent.c.password, s.agent_session).join(s.agent_session))).all()
    assert rows[0].password.startswith("$argon2id$") and GOOD not in str(rows)
    assert session.token not in str(rows) and len(rows[0].token) == 64


async def test_five_in_vain_lock_a_name_for_a_quarter_of_an_hour(room: Room) -> None:
    until = room.clock() + timedelta(minutes=15)
    assert told(await room.fails(7)) == [4, 3, 2, 1, until, until, until]
    with pytest.raises(Locked):
        await room.sign_in.sign_in("li", GOOD)
    assert (await room.agents.get("li")).locked_until == until
    room.clock.pass_by(minutes=15, seconds=1)
    assert await room.sign_in.sign_in("li", GOOD)
    assert (await room.agents.get("li")).locked_until is None


async def test_each_further_lock_takes_twice_as_long_up_to_four_hours(room: Room) -> None:
    pauses = []
    for _ in range(7):
        last = (await room.fails(5))[-1]
        assert isinstance(last, Locked)
        pauses.append((last.until - room.clock()) // timedelta(minutes=1))
        room.clock.now = last.until + timedelta(seconds=1)
    assert pauses == [15, 30, 60, 120, 240, 240, 240]


async def test_a_success_forgets_what_was_in_vain(room: Room) -> None:
    await room.fails(4)
    await room.sign_in.sign_in("li", GOOD)
    assert told(await room.fails(1)) == [4]


async def test_after_a_day_what_was_in_vain_is_forgotten(room: Room) -> None:
    await room.fails(4)
    room.clock.pass_by(hours=24, seconds=1)
    assert told(await room.fails(1)) == [4]


@pytest.mark.parametrize("name", ["nobody", "gone", "", "' OR 1=1 --"])
async def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(room: Room, name: str) -> None:
    await room.agents.create(
        Agent("gone", "离职", Role.AGENT, active=False), await room.sign_in.hash(GOOD), room.clock()
    )
    assert told(await room.fails(6, name)) == told(await room.fails(6))


async def test_who_left_does_not_get_in_with_the_right_password(room: Room) -> None:
    await room.agents.create(
        Agent("gone", "离职", Role.AGENT, active=False), await room.sign_in.hash(GOOD), room.clock()
    )
    with pytest.raises(Refused):
        await room.sign_in.sign_in("gone", GOOD)


async def test_a_name_that_nobody_has_costs_a_whole_hash(room: Room) -> None:
    """With the cheap hasher of the tests the work itself cannot be timed; that it is done can be seen."""
    passwords, asked = quick(), list[str]()
    verify = passwords._verify
    passwords._verify = lambda hashed, password: asked.append(hashed) or verify(hashed, password)  # type: ignore[method-assign, func-returns-value]
    sign_in = SignIn(room.database, room.clock, passwords=passwords)
    for name in ("nobody", "li"):
        with pytest.raises(Refused):
            await sign_in.sign_in(name, WRONG)
    assert [each.rsplit("$", 2)[0] for each in asked] == ["$argon2id$v=19$m=8,t=1,p=1"] * 2
    assert len({len(each) for each in asked}) == 1


async def test_what_was_typed_as_a_name_nobody_has_is_written_down_nowhere(room: Room) -> None:
    await room.fails(5, "my-secret-password")
    assert "my-secret" not in str(await room.audit.read())
    async with room.database.read() as db:
        assert "my-secret" not in str((await db.execute(select(t.shelf))).all())
    assert {line.agent for line in await room.audit.read(act="登录失败")} == {"—"}


async def test_many_guesses_at_once_are_many_guesses(room: Room) -> None:
    tries = (room.sign_in.sign_in("li", f"{WRONG}{n}") for n in range(12))
    said = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(type(each) is Refused for each in said) == 4
    assert sum(isinstance(each, Locked) for each in said) == 8
    assert len(await room.audit.read(act="登录失败")) == 5


async def test_many_guesses_at_once_for_a_name_nobody_has_are_many_too(room: Room) -> None:
    said = await asyncio.gather(*(room.sign_in.sign_in("nobody", WRONG) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(each, Locked) for each in said) == 8


async def test_a_lock_is_on_record_once(room: Room) -> None:
    await room.fails(8)
    assert await room.acts() == ["启用动态口令", *["登录失败"] * 5, "登录锁定"]


async def test_an_agent_has_one_session_and_a_new_one_ends_it(room: Room) -> None:
    first, second = await room.sign_in.sign_in("li", GOOD), await room.sign_in.sign_in("li", GOOD)
    assert not await room.sign_in.alive(first.token)
    assert await room.sign_in.alive(second.token)
    assert (await room.audit.read())[0].detail == "原会话已结束"


async def test_two_sign_ins_at_once_leave_one_session(room: Room) -> None:
    both: list[Session] = await asyncio.gather(*(room.sign_in.sign_in("li", GOOD) for _ in range(4)))
    assert sum([await room.sign_in.alive(each.token) for each in both]) == 1


async def test_a_session_nobody_uses_ends_after_half_an_hour(room: Room) -> None:
    token = (await room.sign_in.sign_in("li", GOOD)).token
    await room.agents.set_presence("li", Presence.READY, room.clock())
    room.clock.pass_by(minutes=30)
    assert await room.sign_in.alive(token)
    room.clock.pass_by(seconds=1)
    assert await room.sign_in.session(token) is None
    assert (await room.agents.get("li")).presence is Presence.AWAY
    assert (await room.acts())[-1] == "会话到期"


async def test_to_use_a_session_keeps_it_and_to_ask_does_not(room: Room) -> None:
    used, asked = [
        (await room.sign_in.sign_in(name, GOOD, code)).token for name, code in (("li", ""), ("zhao", room.code()))
    ]
    for _ in range(4):
        room.clock.pass_by(minutes=10)
        await room.sign_in.session(used)
        await room.sign_in.alive(asked)
    assert await room.sign_in.alive(used)
    assert not await room.sign_in.alive(asked)


async def test_a_session_ends_after_twelve_hours_of_work(room: Room) -> None:
    token = (await room.sign_in.sign_in("li", GOOD)).token
    for _ in range(12 * 3):
        room.clock.pass_by(minutes=20)
        assert await room.sign_in.session(token)
    room.clock.pass_by(seconds=1)
    assert await room.sign_in.session(token) is None


async def test_a_session_is_written_at_most_every_half_minute(room: Room) -> None:
    token = (await room.sign_in.sign_in("li", GOOD)).token

    async def used_at() -> object:
        async with room.database.read() as db:
            return await db.scalar(select(s.agent_session.c.seen_at))

    before = await used_at()
    room.clock.pass_by(seconds=29)
    await room.sign_in.session(token)
    assert await used_at() == before
    room.clock.pass_by(seconds=1)
    await room.sign_in.session(token)
    assert await used_at() == room.clock()


async def test_whoever_signs_out_is_away_and_out(room: Room) -> None:
    token = (await room.sign_in.sign_in("li", GOOD)).token
    await room.agents.set_presence("li", Presence.READY, room.clock())
    await room.sign_in.sign_out(token)
    await room.sign_in.sign_out(token)
    assert not await room.sign_in.alive(token)
    assert (await room.agents.get("li")).presence is Presence.AWAY
    assert (await room.acts()).count("退出") == 1
