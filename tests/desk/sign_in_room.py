"""A desk with two agents and a clock, for the tests of who gets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest

from desk.agents import AgentStore
from desk.audit import AuditLog
from desk.database import Database
from desk.sign_in import Refused, SignIn
from desk.staff import Agent, Role
from tests.console.sign_in_kit import GOOD, SECRET, quick
from tests.desk.kit import Clock

WRONG = "not-the-password"


@dataclass
class Room:
    sign_in: SignIn
    agents: AgentStore
    audit: AuditLog
    clock: Clock
    database: Database

    async def fails(self, times: int, name: str = "li") -> list[Exception]:
        """What each try in vain was told."""
        said: list[Exception] = []
        for _ in range(times):
            with pytest.raises(Refused) as caught:
                await self.sign_in.sign_in(name, WRONG)
            said.append(caught.value)
        return said

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(SECRET).at(self.clock() + timedelta(seconds=30 * steps))

    async def acts(self) -> list[str]:
        """The oldest first."""
        return [line.act for line in reversed(await self.audit.read())]


@asynccontextmanager
async def sign_in_room(database_url: str) -> AsyncIterator[Room]:
    """With 坐席 li, and 管理员 zhao who has codes of SECRET."""
    database, clock = Database(database_url), Clock()
    sign_in, agents = SignIn(database, clock, passwords=quick()), AgentStore(database)
    for agent in (Agent("li", "3号客服", Role.AGENT), Agent("zhao", "管理员", Role.ADMIN)):
        await agents.create(agent, await sign_in.hash(GOOD), clock())
    made = Room(sign_in, agents, AuditLog(database, clock), clock, database)
    assert await sign_in.confirm_totp("zhao", SECRET, made.code())
    clock.pass_by(seconds=30)
    try:
        yield made
    finally:
        await database.close()
