"""Who the agents are, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from desk.agents import AgentStore, AgentUnknown, NameTaken
from desk.audit import AuditLog
from desk.database import Database
from desk.sign_in import SignIn
from desk.staff import Agent, Presence, Role
from tests.console.sign_in_kit import GOOD, quick
from tests.desk.kit import Clock

LI = Agent("li", "3号客服", Role.AGENT, ("报修", "电费"), 4)


@dataclass
class Room:
    agents: AgentStore
    sign_in: SignIn
    audit: AuditLog
    clock: Clock

    async def hire(self, agent: Agent = LI) -> None:
        await self.agents.create(agent, await self.sign_in.hash(GOOD), self.clock())


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    database, clock = Database(database_url), Clock()
    sign_in = SignIn(database, clock, passwords=quick())
    yield Room(AgentStore(database), sign_in, AuditLog(database, clock), clock)
    await database.close()


async def test_an_agent_is_kept_as_made(room: Room) -> None:
    await room.hire()
    assert await room.agents.get("li") == LI
    assert await room.agents.all() == [LI]


async def test_a_name_is_given_once(room: Room) -> None:
    await room.hire()
    with pytest.raises(NameTaken):
        await room.hire(replace(LI, title="另一个"))
    assert (await room.agents.get("li")).title == "3号客服"


async def test_who_made_an_agent_is_on_record(room: Room) -> None:
    await room.agents.create(LI, "", room.clock(), by="guanli")
    [line] = await room.audit.read()
    assert (line.agent, line.act, line.subject, line.detail) == ("guanli", "新建坐席", "li", "坐席")


async def test_an_agent_that_was_not_made_leaves_nothing_on_record(room: Room) -> None:
    await room.hire()
    with pytest.raises(NameTaken):
        await room.agents.create(LI, "", room.clock(), by="guanli")
    assert await room.audit.read() == []


async def test_an_unknown_name_is_nobody(room: Room) -> None:
    with pytest.raises(AgentUnknown):
        await room.agents.get("wang")
    with pytest.raises(AgentUnknown):
        await room.agents.change(LI)


async def test_an_agent_is_changed(room: Room) -> None:
    await room.hire()
    await room.agents.change(replace(LI, title="5号客服", skills=("投诉",), capacity=2))
    assert await room.agents.get("li") == replace(LI, title="5号客服", skills=("投诉",), capacity=2)


async def test_a_new_title_does_not_end_a_session(room: Room) -> None:
    await room.hire()
    session = await room.sign_in.sign_in("li", GOOD)
    await room.agents.change(replace(LI, title="5号客服"))
    assert await room.sign_in.alive(session.token)


@pytest.mark.parametrize("changed", [replace(LI, active=False), replace(LI, role=Role.SUPERVISOR)])
async def test_who_may_not_or_is_somebody_else_now_is_out(room: Room, changed: Agent) -> None:
    await room.hire()
    session = await room.sign_in.sign_in("li", GOOD)
    await room.agents.set_presence("li", Presence.READY, room.clock())
    await room.agents.change(changed)
    assert not await room.sign_in.alive(session.token)
    assert (await room.agents.get("li")).presence is Presence.AWAY


async def test_who_is_here_and_shows_no_sign_of_life_is_gone(room: Room) -> None:
    for name, presence in (("li", Presence.READY), ("wang", Presence.BREAK), ("zhao", Presence.AWAY)):
        await room.hire(replace(LI, name=name))
        await room.agents.set_presence(name, presence, room.clock())
    room.clock.pass_by(minutes=3)
    await room.agents.beat("wang", room.clock())
    assert await room.agents.gone(room.clock() - timedelta(minutes=2)) == ["li"]


async def test_whoever_goes_shows_no_sign_of_life_by_it(room: Room) -> None:
    await room.hire()
    await room.agents.set_presence("li", Presence.READY, room.clock())
    came = room.clock()
    room.clock.pass_by(minutes=1)
    await room.agents.set_presence("li", Presence.AWAY, room.clock())
    assert (await room.agents.get("li")).seen_at == came
