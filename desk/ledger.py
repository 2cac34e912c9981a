"""What has to be carried to a platform: queued → sending → sent, or held, or failed, each with its reason.

Whoever takes lines has them for LEASE; who dies with them in hand loses them to the next, so nothing stays unsaid. One
conversation's lines are in one hand at a time and go out in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from desk import tables as t
from desk.database import Database, Transaction
from desk.model import DeliveryState as State
from desk.model import Message
from desk.rows import message_of

LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Load:
    """What one conversation has to be told, oldest first. `attempts` counts the sends that failed before."""

    conversation: str
    channel: str
    user: str
    messages: tuple[Message, ...]
    attempts: int


d, m, c, a = t.delivery.c, t.message.c, t.conversation.c, t.allowance.c


class Ledger:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def due(self, now: datetime, limit: int = 50) -> list[str]:
        """Conversations that have something to be carried now, the longest waiting first."""
        query = select(d.conversation, d.due_at).where(_open(), d.due_at <= now).order_by(d.due_at).limit(limit * 4)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return list(dict.fromkeys(row.conversation for row in rows))[:limit]

    async def take(self, conversation: str, now: datetime) -> Load | None:
        """What is due in this conversation; None when there is nothing, or when another hand is sending there."""
        return await self._take(conversation, and_(_open(), d.due_at <= now), now)

    async def take_all(self, conversation: str, now: datetime, answer_to: str) -> Load | None:
        """What waits there, due or not, and what is held, for the answer to a message that has just come."""
        free = or_(d.state.in_((State.QUEUED, State.HELD)), and_(d.state == State.SENDING, d.due_at <= now))
        waits = exists().where(d.conversation == conversation, free)
        async with self._db.read() as db:  # mostly there is nothing, and to see that is cheaper than to try to take it
            if not await db.scalar(select(waits)):
                return None
        return await self._take(conversation, free, now, answer_to)

    async def _take(
        self, conversation: str, which: ColumnElement[bool], now: datetime, answer_to: str | None = None
    ) -> Load | None:
        busy = exists().where(d.conversation == conversation, d.state == State.SENDING, d.due_at > now)
        async with self._db.write() as db:
            owner = (await db.execute(select(c.channel, c.user).where(c.id == conversation).with_for_update())).one()
            if await db.scalar(select(busy)):
                return None
            taken = (
                await db.execute(
                    update(t.delivery)
                    .where(d.conversation == conversation, which)
                    .values(state=State.SENDING, due_at=now + LEASE, answer_to=answer_to)
                    .returning(d.message, d.attempts)
                )
            ).all()
            messages = await _messages(db, [row.message for row in taken])
        if not taken:
            return None
        return Load(conversation, owner.channel, owner.user, messages, max(row.attempts for row in taken))

    async def sent(self, messages: Sequence[str], now: datetime, answer_to: str | None = None) -> None:
        """These (ids) are on their way; with `answer_to`, as the answer to the request that brought that message."""
        await self._settle(messages, State.SENT, now, answer_to=answer_to, reason=None)

    async def failed(self, messages: Sequence[str], now: datetime, reason: str) -> None:
        await self._settle(messages, State.FAILED, now, reason=reason)

    async def hold(self, messages: Sequence[str], now: datetime, reason: str) -> None:
        """Until the customer writes again."""
        await self._settle(messages, State.HELD, now, reason=reason)

    async def holds(self, conversation: str, reason: str) -> bool:
        """Whether something is held there for this reason."""
        held = exists().where(d.conversation == conversation, d.state == State.HELD, d.reason == reason)
        async with self._db.read() as db:
            return bool(await db.scalar(select(held)))

    async def postpone(self, messages: Sequence[str], due: datetime, reason: str | None, *, tried: bool) -> None:
        """To be carried from `due` on; `tried` counts a failed attempt."""
        changes = {"state": State.QUEUED, "due_at": due, "reason": reason, "answer_to": None}
        changes["attempts"] = d.attempts + (1 if tried else 0)
        async with self._db.write() as db:
            await db.execute(update(t.delivery).where(d.message.in_(messages)).values(changes))

    async def release(self, conversation: str, now: datetime) -> None:
        """What waits for a call there is due now."""
        waits = and_(d.conversation == conversation, d.state == State.QUEUED, d.attempts == 0, d.due_at > now)
        async with self._db.write() as db:
            await db.execute(update(t.delivery).where(waits).values(due_at=now))

    async def answer_to(self, message: str) -> list[Message]:
        """What went out with the request that brought this message."""
        query = select(t.message).join(t.delivery, d.message == m.id).where(d.answer_to == message).order_by(m.seq)
        async with self._db.read() as db:
            return [message_of(row) for row in (await db.execute(query)).all()]

    async def states(self, conversation: str) -> dict[str, tuple[State, str | None]]:
        """Message id → state and reason, of all that was to be carried there."""
        query = select(d.message, d.state, d.reason).where(d.conversation == conversation)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return {row.message: (State(row.state), row.reason) for row in rows}

    # --- how much may be sent ------------------------------------------------------------------------------------

    async def left(self, conversation: str, now: datetime) -> int:
        """How many messages may still be sent there."""
        query = select(a.left).where(a.conversation == conversation, a.until > now)
        async with self._db.read() as db:
            return sum((await db.scalars(query)).all())

    async def spend(self, conversation: str, now: datetime) -> None:
        """One of the allowance that ends first."""
        which = (
            select(a.source)
            .where(a.conversation == conversation, a.until > now, a.left > 0)
            .order_by(a.until)
            .limit(1)
            .scalar_subquery()
        )
        spent = update(t.allowance).where(a.conversation == conversation, a.source == which).values(left=a.left - 1)
        async with self._db.write() as db:
            await db.execute(spent)

    async def close_window(self, conversation: str) -> None:
        """The platform says that nothing is left, whatever our book says."""
        async with self._db.write() as db:
            await db.execute(update(t.allowance).where(a.conversation == conversation).values(left=0))

    async def _settle(
        self, messages: Sequence[str], state: State, now: datetime, *, reason: str | None, answer_to: str | None = None
    ) -> None:
        changes = {"state": state, "reason": reason, "settled_at": now, "answer_to": answer_to}
        async with self._db.write() as db:
            await db.execute(update(t.delivery).where(d.message.in_(messages)).values(changes))


def _open() -> ColumnElement[bool]:
    return t.OPEN  # type: ignore[return-value]  # the same words as the index, so that it is used


async def _messages(db: Transaction, ids: Sequence[str]) -> tuple[Message, ...]:
    if not ids:
        return ()
    rows = (await db.execute(select(t.message).where(m.id.in_(ids)).order_by(m.seq))).all()
    return tuple(message_of(row) for row in rows)
