"""What colleagues read of a conversation: its lines from the end, how far they were carried, what may still be said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from desk import staff_tables as s
from desk import tables as t
from desk.database import Database
from desk.model import DeliveryState, Message
from desk.rows import message_of

m, d, a, c, h = t.message.c, t.delivery.c, t.allowance.c, t.conversation.c, s.handoff.c


@dataclass(frozen=True)
class Carried:
    """How far a line got on its way to a platform; `reason` is why it got no further."""

    state: DeliveryState
    reason: str = ""


@dataclass(frozen=True)
class Remaining:
    """So many messages a platform still takes for this customer, until then."""

    messages: int
    until: datetime


class Reading:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def lines(self, conversation: str, before: int | None = None, limit: int = 100) -> list[Message]:
        """The last lines, or the last before one (its number), oldest first."""
        query = select(t.message).where(m.conversation == conversation)
        if before is not None:
            query = query.where(m.seq < before)
        async with self._db.read() as db:
            rows = (await db.execute(query.order_by(m.seq.desc()).limit(limit))).all()
        return [message_of(row) for row in reversed(rows)]

    async def carried(self, conversation: str, limit: int = 60) -> dict[str, Carried]:
        """Of the last lines that have to be carried, by id."""
        query = select(d.message, d.state, d.reason).where(d.conversation == conversation)
        async with self._db.read() as db:
            rows = (await db.execute(query.order_by(d.seq.desc()).limit(limit))).all()
        return {row.message: Carried(DeliveryState(row.state), row.reason or "") for row in rows}

    async def remaining(self, conversation: str, now: datetime) -> Remaining | None:
        """None where the channel counts nothing."""
        found = select(func.sum(a.left).label("left"), func.max(a.until).label("until"))
        found = found.where(a.conversation == conversation, a.until > now)
        async with self._db.read() as db:
            row = (await db.execute(found)).one()
        return Remaining(row.left, row.until) if row.until else None

    async def search(self, words: str, limit: int = 20) -> list[tuple[str, Message]]:
        """(channel, line): the newest lines that hold these words, of conversations that people have had."""
        people = select(h.conversation)
        query = select(t.message, c.channel).join(t.conversation, c.id == m.conversation)
        query = query.where(m.text.contains(words, autoescape=True), or_(c.agent.is_not(None), c.id.in_(people)))
        async with self._db.read() as db:
            rows = (await db.execute(query.order_by(m.at.desc()).limit(limit))).all()
        return [(row[-1], message_of(row)) for row in rows]
