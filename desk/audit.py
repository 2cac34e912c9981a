"""The log of what people did at the desk. Lines are added; the database itself refuses everything else."""

from datetime import datetime

from sqlalchemy import insert, select

from desk import staff_tables as s
from desk.database import Database, Transaction
from desk.ports import Clock
from desk.staff import Act

LONGEST = 500
u = s.audit.c


async def write_in(db: Transaction, act: Act) -> None:
    """As part of what is being done: both or neither."""
    row = {"at": act.at, "agent": act.agent, "act": act.act, "subject": act.subject, "detail": act.detail[:LONGEST]}
    await db.execute(insert(s.audit).values(row))


class AuditLog:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def write_now(self, agent: str, act: str, subject: str = "", detail: str = "") -> None:
        async with self._db.write() as db:
            await write_in(db, Act(self._clock(), agent, act, subject, detail))

    async def read(
        self,
        *,
        agent: str = "",
        act: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> list[Act]:
        """The newest first."""
        query = select(s.audit).order_by(u.id.desc()).limit(limit)
        if agent:
            query = query.where(u.agent == agent)
        if act:
            query = query.where(u.act == act)
        if since:
            query = query.where(u.at >= since)
        if until:
            query = query.where(u.at < until)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return [Act(row.at, row.agent, row.act, row.subject, row.detail) for row in rows]
