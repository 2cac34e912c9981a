"""Passwords for one time, new ones, forgotten ones. On SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from desk.agents import AgentUnknown, NameTaken
from desk.passwords import Unfit
from desk.sign_in import BadName, BadPassword, Locked, Refused, SignIn, must_set_up
from desk.staff import Agent, Role
from tests.console.sign_in_kit import GOOD
from tests.desk.sign_in_room import WRONG, Room, sign_in_room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with sign_in_room(database_url) as made:
        yield made


async def test_a_new_agent_comes_with_a_password_for_one_time(room: Room) -> None:
    password = await room.sign_in.add(Agent("wang", "4号客服", Role.AGENT), by="zhao")
    assert must_set_up((await room.sign_in.sign_in("wang", password)).agent)
    await room.sign_in.change_password("wang", password, "a-word-of-my-own")
    assert not must_set_up((await room.sign_in.sign_in("wang", "a-word-of-my-own")).agent)
    assert (await room.acts())[1:] == ["新建坐席", "登录", "修改密码", "登录"]
    with pytest.raises(NameTaken):
        await room.sign_in.add(Agent("wang", "5号客服", Role.AGENT), by="zhao")


@pytest.mark.parametrize("name", ["", "a", "has space", "a" * 41, "ｌｉ", "<b>"])
async def test_an_agent_cannot_be_called_anything(room: Room, name: str) -> None:
    with pytest.raises(BadName):
        await room.sign_in.add(Agent(name, "4号客服", Role.AGENT), by="zhao")


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("too-short", Unfit.SHORT),
        ("x" * 201, Unfit.LONG),
        ("LI-is-my-name", Unfit.LIKE_NAME),
        (GOOD, Unfit.LIKE_BEFORE),
        ("ｃorrect-horse-9", Unfit.LIKE_BEFORE),
    ],
)
async def test_a_new_password_has_to_be_one(room: Room, new: str, why: Unfit) -> None:
    with pytest.raises(BadPassword) as bad:
        await room.sign_in.change_password("li", GOOD, new)
    assert bad.value.why is why


async def test_whoever_does_not_know_the_old_password_does_not_change_it_and_is_locked_out(room: Room) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            await room.sign_in.change_password("li", WRONG, "a-word-of-my-own")
    with pytest.raises(Locked):
        await room.sign_in.change_password("li", GOOD, "a-word-of-my-own")


async def test_a_reset_opens_the_lock_and_ends_the_session(room: Room) -> None:
    token = (await room.sign_in.sign_in("li", GOOD)).token
    await room.fails(5)
    password = await room.sign_in.reset_password("li", by="zhao")
    assert not await room.sign_in.alive(token)
    assert (await room.sign_in.sign_in("li", password)).agent.must_change
    assert (await room.audit.read(act="重置密码"))[0].agent == "zhao"
    with pytest.raises(Refused):
        await room.sign_in.sign_in("li", GOOD)
    with pytest.raises(AgentUnknown):
        await room.sign_in.reset_password("nobody", by="zhao")


async def test_the_loop_serves_others_while_a_password_is_looked_at(room: Room) -> None:
    """The hasher of production takes about a tenth of a second."""
    sign_in = SignIn(room.database, room.clock)
    attempt = asyncio.create_task(sign_in.sign_in("nobody", WRONG))
    turns = 0
    while not attempt.done():
        await asyncio.sleep(0.002)
        turns += 1
    assert turns > 5
    with pytest.raises(Refused):
        await attempt
