"""The log of what people did at the desk. Lines are added; the database itself refuses everything else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from desk import staff_tables as s
from desk.database import Database, Transaction
from desk.ports import Clock
from desk.staff import Act

SUBJECT, DETAIL = 120, 500  # characters that are kept
u = s.audit.c


@dataclass(frozen=True)
class Line(Act):
    """As it stands in the log; `id` grows with time."""

    id: int = 0


async def write_in(db: Transaction, act: Act) -> None:
    """As part of what is being done: both or neither."""
    row = {"at": act.at, "agent": act.agent, "act": act.act}
    row |= {"subject": act.subject[:SUBJECT], "detail": act.detail[:DETAIL]}
    await db.execute(insert(s.audit).values(row))


class AuditLog:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def write(self, act: Act) -> None:
        async with self._db.write() as db:
            await write_in(db, act)

    async def write_now(self, agent: str, act: str, subject: str = "", detail: str = "") -> None:
        await self.write(Act(self._clock(), agent, act, subject, detail))

    async def read(
        self,
        *,
        agent: str = "",
        act: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[Line]:
        """The newest first; `before_id` goes on below a line that was read. `until` is not part of the span."""
        query = select(s.audit).order_by(u.id.desc()).limit(limit)
        if agent:
            query = query.where(u.agent == agent)
        if act:
            query = query.where(u.act == act)
        if since:
            query = query.where(u.at >= since)
        if until:
            query = query.where(u.at < until)
        if before_id is not None:
            query = query.where(u.id < before_id)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return [Line(row.at, row.agent, row.act, row.subject, row.detail, row.id) for row in rows]
