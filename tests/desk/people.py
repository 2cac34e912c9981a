"""A desk with people at it: agents, board, dispatcher, on a hand clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from desk.agents import AgentStore
from desk.answer import Answerer
from desk.board import Board
from desk.database import Database
from desk.dispatch import Dispatcher
from desk.duty import Duty
from desk.errands import ErrandStore
from desk.feed import Feed
from desk.handoffs import Handoffs
from desk.model import Author, Draft, Handoff, Kind, Message, Status
from desk.ports import Inbound
from desk.rules import RuleStore
from desk.staff import Agent, Episode, Presence, Role
from desk.store import Store
from desk.switchboard import Switchboard
from tests.desk.kit import HAZARDS, PHRASES, Clock, FakeBot
from utility.errors import UtilityUnavailable
from utility.models import ServiceHours


@dataclass
class FakeHours:
    """Stands in for the utility: open, closed, or away."""

    open_now: bool = True
    away: bool = False

    async def service_hours(self) -> ServiceHours:
        if self.away:
            raise UtilityUnavailable("told to be away")
        at = datetime(2026, 11, 27, tzinfo=UTC)
        return ServiceHours(text="工作日", open_now=self.open_now, next_open_at=at, source="t", valid_from=at.date())


def agent(name: str, *skills: str, capacity: int = 5, role: Role = Role.AGENT) -> Agent:
    return Agent(name, f"{name}号", role, skills, capacity)


def said(text: str) -> Draft:
    return Draft(Author.AGENT, Kind.TEXT, text)


@dataclass
class Room:
    switchboard: Switchboard
    handoffs: Handoffs
    agents: AgentStore
    board: Board
    duty: Duty
    dispatcher: Dispatcher
    rules: RuleStore
    errands: ErrandStore
    store: Store
    clock: Clock
    bot: FakeBot
    hours: FakeHours
    database: Database
    feed: Feed
    seen: list[str] = field(default_factory=list)

    async def comes(self, *agents: Agent, presence: Presence = Presence.READY) -> None:
        """Agents who are made when they are new, and say that they are here."""
        known = {each.name for each in await self.agents.all()}
        for each in agents:
            if each.name not in known:
                await self.agents.create(each, "", self.clock())
            await self.agents.set_presence(each.name, presence, self.clock())
        await self.board.look()

    async def wants(self, user: str, **wish: Any) -> str:
        """A customer in the queue; the conversation."""
        conversation = await self.switchboard.open("webchat", user)
        await self.switchboard.escalate(conversation, Handoff(**{"reason": "客户要求人工", **wish}))
        self.clock.pass_by(seconds=1)
        return conversation

    async def writes(self, user: str, text: str, **more: Any) -> None:
        id = f"{user}:{text}:{self.clock().timestamp()}"
        await self.switchboard.receive(Inbound("webchat", user, id, text, **more))

    async def lines(self, conversation: str) -> list[Message]:
        return await self.switchboard.transcript(conversation)

    async def texts(self, conversation: str) -> list[str]:
        return [line.text for line in await self.lines(conversation)]

    async def status(self, conversation: str) -> tuple[Status, str | None]:
        found = await self.store.conversation(conversation)
        return found.status, found.agent

    async def episode(self, conversation: str) -> Episode:
        return (await self.handoffs.of(conversation))[0]


@asynccontextmanager
async def room(url: str, bot: FakeBot | None = None) -> AsyncIterator[Room]:
    database, clock, feed, bot, hours = Database(url), Clock(), Feed(), bot or FakeBot(), FakeHours()
    agents, handoffs, rules, store = AgentStore(database), Handoffs(database), RuleStore(database), Store(database)
    board = Board(database, handoffs, agents, feed, clock)
    duty = Duty(board, handoffs, rules, hours, clock)  # type: ignore[arg-type]
    answerer = Answerer(bot, HAZARDS, PHRASES, clock, duty)
    switchboard = Switchboard(store, handoffs, answerer, feed, PHRASES, clock, lambda: None)
    dispatcher = Dispatcher(board, duty, handoffs, agents, switchboard, PHRASES, clock)
    made = Room(
        switchboard=switchboard,
        handoffs=handoffs,
        agents=agents,
        board=board,
        duty=duty,
        dispatcher=dispatcher,
        rules=rules,
        errands=ErrandStore(database),
        store=store,
        clock=clock,
        bot=bot,
        hours=hours,
        database=database,
        feed=feed,
    )
    try:
        yield made
    finally:
        await switchboard.close(patience=1.0)
        await database.close()
