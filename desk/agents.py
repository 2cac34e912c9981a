"""Keeps the agents: who they are, what they can, and whether they are here."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from desk import staff_tables as s
from desk.audit import write_in
from desk.database import Database
from desk.errors import DeskError
from desk.staff import Act, Agent, Presence, Role

a = s.agent.c


class AgentUnknown(DeskError):
    """Nobody has this name."""


class NameTaken(DeskError):
    """Somebody has this name already."""


class AgentStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create(self, agent: Agent, password_hash: str, now: datetime, *, by: str = "") -> None:
        """`must_change` says whether the password is one for the first time only; `by` is who did it, for the audit
        log. Raises NameTaken."""
        row = {
            "name": agent.name,
            "title": agent.title,
            "role": agent.role,
            "skills": list(agent.skills),
            "capacity": agent.capacity,
            "presence": Presence.AWAY,
            "active": agent.active,
            "password": password_hash,
            "must_change": agent.must_change,
            "totp_used": 0,
            "failures": 0,
            "created_at": now,
        }
        try:
            async with self._db.write() as db:
                await db.execute(insert(s.agent).values(row))
                if by:
                    await write_in(db, Act(now, by, "新建坐席", agent.name, agent.role))
        except IntegrityError:
            raise NameTaken(agent.name) from None

    async def change(self, agent: Agent) -> None:
        """Title, role, skills, capacity, and whether they may sign in. Who may not, or is somebody else now, is out:
        an open page would go on with the old rights. Raises AgentUnknown."""
        row = {"title": agent.title, "role": agent.role, "skills": list(agent.skills), "capacity": agent.capacity}
        row["active"] = agent.active
        async with self._db.write() as db:
            before = await db.scalar(select(a.role).where(a.name == agent.name).with_for_update())
            if before is None:
                raise AgentUnknown(agent.name)
            if not agent.active or before != agent.role:
                await db.execute(delete(s.agent_session).where(s.agent_session.c.agent == agent.name))
                row["presence"] = Presence.AWAY
            await db.execute(update(s.agent).where(a.name == agent.name).values(row))

    async def all(self) -> list[Agent]:
        """By name, those who left among them."""
        async with self._db.read() as db:
            return [agent_of(row) for row in (await db.execute(select(s.agent).order_by(a.name))).all()]

    async def get(self, name: str) -> Agent:
        """Raises AgentUnknown."""
        async with self._db.read() as db:
            row = (await db.execute(select(s.agent).where(a.name == name))).first()
        if row is None:
            raise AgentUnknown(name)
        return agent_of(row)

    async def set_presence(self, name: str, presence: Presence, now: datetime) -> None:
        """Whoever says so is alive: `seen_at` moves too, unless they go."""
        changes: dict[str, Any] = {"presence": presence}
        if presence.here:
            changes["seen_at"] = now
        async with self._db.write() as db:
            await db.execute(update(s.agent).where(a.name == name).values(changes))

    async def beat(self, name: str, now: datetime) -> None:
        """A sign of life of the agent's browser."""
        async with self._db.write() as db:
            await db.execute(update(s.agent).where(a.name == name).values(seen_at=now))

    async def gone(self, before: datetime) -> list[str]:
        """Who is here, as they said, but has shown no sign of life since."""
        here = (a.presence != Presence.AWAY) & (a.seen_at < before)
        async with self._db.read() as db:
            return list((await db.scalars(select(a.name).where(here))).all())


def agent_of(row: Row[Any]) -> Agent:
    return Agent(
        name=row.name,
        title=row.title,
        role=Role(row.role),
        skills=tuple(row.skills),
        capacity=row.capacity,
        presence=Presence(row.presence),
        seen_at=row.seen_at,
        assigned_at=row.assigned_at,
        active=row.active,
        must_change=row.must_change,
        has_totp=bool(row.totp),
        locked_until=row.locked_until,
    )
