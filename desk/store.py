"""Keeps the transcript and what was promised: every rule of "written", "once" and "in order" is one transaction here.

A conversation is answered by one holder at a time. The holder is a token made afresh whenever a message finds the
conversation free; it is written in the same transaction as the message, and given back in the same transaction as
the last reply. A holder that died is overtaken when its lease has run out, and whatever it still says is refused.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from desk import statements as sql
from desk import tables as t
from desk.database import Database, Transaction
from desk.errors import UnknownConversation
from desk.handoffs import begin_episode, note_word
from desk.model import (
    CARRIED,
    Accepted,
    Button,
    Conversation,
    DeliveryState,
    Draft,
    Errand,
    Finished,
    Handoff,
    Message,
    Outcome,
    Pending,
    Rating,
    Status,
    Step,
    after,
)
from desk.notices import acknowledge
from desk.ports import Inbound
from desk.rows import (
    conversation_of,
    customer_line,
    draft_line,
    from_line,
    grant_allowance,
    insert_errands,
    insert_lines,
    message_of,
    queue_lines,
    say,
)
from desk.staff_tables import handoff


class Store:
    def __init__(self, database: Database, lease: timedelta = timedelta(seconds=10)) -> None:
        self._db = database
        self._lease = lease

    # --- conversations -------------------------------------------------------------------------------------------

    async def open(self, channel: str, user: str, greeting: Sequence[Draft], now: datetime) -> str:
        """The conversation of this user, made with its greeting when there is none."""
        if found := await self._find(channel, user):
            return found
        new = uuid.uuid4().hex
        try:
            async with self._db.write() as db:
                await db.execute(
                    insert(t.conversation).values(
                        id=new,
                        channel=channel,
                        user=user,
                        status=Status.BOT,
                        last_seq=len(greeting),
                        belief={},
                        created_at=now,
                    )
                )
                await insert_lines(db, [draft_line(draft, new, channel, n, now) for n, draft in enumerate(greeting, 1)])
        except IntegrityError:  # somebody opened it at the same moment
            return await self._find(channel, user) or new
        return new

    async def forget(self, channel: str, user: str, now: datetime) -> None:
        """Drop what is believed of this user and what was to be carried to them; what was said stays said."""
        conversation = await self._find(channel, user)
        if conversation is None:
            return
        d = t.delivery.c
        open_ = d.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HELD))
        gone = {"state": DeliveryState.FAILED, "reason": "the customer left", "settled_at": now}
        async with self._db.write() as db:
            await db.execute(update(t.conversation).where(t.conversation.c.id == conversation).values(belief={}))
            await db.execute(delete(t.allowance).where(t.allowance.c.conversation == conversation))
            await db.execute(update(t.delivery).where(d.conversation == conversation, open_).values(gone))
            leaving = Errand(f"unbind:{conversation}:{now.timestamp():.0f}", "unbind", {}, conversation)
            await insert_errands(db, [leaving], now)

    async def _find(self, channel: str, user: str) -> str | None:
        query = select(t.conversation.c.id).where(t.conversation.c.channel == channel, t.conversation.c.user == user)
        async with self._db.read() as db:
            found: str | None = await db.scalar(query)
        return found

    async def conversation(self, id: str) -> Conversation:
        async with self._db.read() as db:
            row = (await db.execute(sql.CONVERSATION, {"of": id})).first()
        if row is None:
            raise UnknownConversation(id)
        return conversation_of(row)

    async def transcript(self, conversation: str, after: int = 0) -> list[Message]:
        async with self._db.read() as db:
            rows = (await db.execute(sql.TRANSCRIPT, {"of": conversation, "after": after})).all()
        return [message_of(row) for row in rows]

    async def offered(self, conversation: str) -> list[Button]:
        """The buttons that the last messages of this conversation offered, the newest first."""
        async with self._db.read() as db:
            rows = (await db.execute(sql.BUTTONS, {"of": conversation})).all()
        return [Button(**button) for row in rows for button in row.buttons]

    async def offers(self, conversation: str, seq: int | None = None) -> list[Button]:
        """The buttons of one message (its number), or of all that was said since the customer last wrote, in order."""
        query = sql.LAST_BUTTONS if seq is None else sql.BUTTONS_OF
        async with self._db.read() as db:
            rows = (await db.execute(query, {"of": conversation, "seq": seq})).all()
        return [Button(**button) for row in rows for button in row.buttons]

    # --- a turn --------------------------------------------------------------------------------------------------

    async def accept(
        self,
        conversation: str,
        inbound: Inbound,
        now: datetime,
        advice: Sequence[Draft] = (),
        errands: Sequence[Errand] = (),
    ) -> Accepted:
        """Write an inbound message, what must be said at once (advice) and done (errands), in one transaction."""
        token = uuid.uuid4().hex
        try:
            async with self._db.write() as db:
                row = await self._next_seq(db, conversation, 1 + len(advice), token, now)
                asked = row.status == Status.BOT
                line = customer_line(inbound, conversation, row.last_seq - len(advice), now)
                line["answered_at"] = None if asked else now
                first = row.last_seq - len(advice) + 1
                said = [draft_line(d, conversation, inbound.channel, first + n, now) for n, d in enumerate(advice)]
                await insert_lines(db, [line, *said])
                await queue_lines(db, said, now)
                await grant_allowance(db, conversation, inbound, now)
                await insert_errands(db, errands, now)
                if not asked:
                    await note_word(db, conversation, inbound.text, now)
                pending = await self._pending(db, row) if row.holder == token else None
        except IntegrityError:
            if known := await self._by_external_id(inbound):
                return Accepted(known, duplicate=True)
            raise
        return Accepted(
            from_line(line),
            duplicate=False,
            holder=token if pending else None,
            pending=pending,
            advice=tuple(map(from_line, said)),
            status=Status(row.status),
        )

    async def _next_seq(self, db: Transaction, id: str, count: int, token: str, now: datetime) -> Row[Any]:
        """Number `count` new lines, and take the conversation with `token` when it is the bot's and free."""
        taking = {"token": token, "until": now + self._lease, "now": now}
        row = (await db.execute(sql.NUMBER, {"of": id, "lines": count, **taking})).first()
        if row is None:
            raise UnknownConversation(id)
        return row

    async def _by_external_id(self, inbound: Inbound) -> Message | None:
        query = select(t.message).where(
            t.message.c.channel == inbound.channel, t.message.c.external_id == inbound.external_id
        )
        async with self._db.read() as db:
            row = (await db.execute(query)).first()
        return message_of(row) if row else None

    async def pending(self, conversation: str) -> Pending | None:
        async with self._db.read() as db:
            owner = (await db.execute(sql.CONVERSATION, {"of": conversation})).one()
            return await self._pending(db, owner)

    async def _pending(self, db: Transaction, owner: Row[Any]) -> Pending | None:
        row = (await db.execute(sql.OLDEST_UNANSWERED, {"of": owner.id})).first()
        return Pending(message_of(row), conversation_of(owner)) if row else None

    async def finish(self, message: Message, holder: str, outcome: Outcome, now: datetime) -> Finished | None:
        """Write the replies of a turn and mark its message answered; None when the holder was overtaken."""
        changes = {
            "of": message.conversation,
            "message": message.id,
            "token": holder,
            "lines": len(outcome.replies),
            "until": now + self._lease,
        }
        statement = sql.FINISH
        if outcome.belief is not None:
            statement, changes["new_belief"] = sql.FINISH_WITH_BELIEF, outcome.belief
        async with self._db.write() as db:
            await self._lock(db, message.conversation)
            row = (await db.execute(statement, changes)).first()
            if row is None:
                return None
            await db.execute(sql.ANSWERED, {"message": message.id, "now": now})
            await insert_errands(db, outcome.errands, now)
            if row.status != Status.BOT:  # people took it meanwhile: what the bot would have said is not said
                return Finished((), more=row.holder is not None)
            if outcome.rating:
                await self._rate(db, message.conversation, outcome.rating, now)
            if outcome.acknowledged:
                await acknowledge(db, outcome.acknowledged, message.conversation, now)
            first = row.last_seq - len(outcome.replies) + 1
            lines = [
                draft_line(draft, message.conversation, row.channel, first + n, now) | {"reply_to": message.id}
                for n, draft in enumerate(outcome.replies)
            ]
            await insert_lines(db, lines)
            await queue_lines(db, lines, message.at + CARRIED.get(row.channel, timedelta(0)))
            if outcome.handoff is not None:
                await self._escalate(db, message.conversation, row.channel, outcome.handoff, now)
        return Finished(tuple(map(from_line, lines)), more=row.holder is not None)

    async def _escalate(
        self, db: Transaction, conversation: str, channel: str, handoff: Handoff, now: datetime
    ) -> None:
        waiting = update(t.conversation).where(t.conversation.c.id == conversation)
        await db.execute(waiting.values(status=after(Status.BOT, Step.ESCALATE)))
        await begin_episode(db, conversation, channel, handoff, now)

    async def _rate(self, db: Transaction, conversation: str, rating: Rating, now: datetime) -> None:
        """The first word on a hand-over counts; one of another conversation is none."""
        h = handoff.c
        unrated = (h.id == rating.handoff) & (h.conversation == conversation) & h.score.is_(None)
        await db.execute(update(handoff).where(unrated).values(score=rating.score, scored_at=now))

    async def _lock(self, db: Transaction, conversation: str) -> None:
        """PostgreSQL's statements see what was committed before they began: one that waited for the row would not see
        the message it waited for. So the waiting is a statement of its own. SQLite has one writer and needs none.
        """
        if not self._db.is_sqlite:
            row = select(t.conversation.c.id).where(t.conversation.c.id == conversation)
            await db.execute(row.with_for_update())

    async def replies(self, message: str) -> list[Message] | None:
        """The replies to a message whose turn is over; None while it is not."""
        async with self._db.read() as db:
            done = await db.scalar(select(t.message.c.answered_at).where(t.message.c.id == message))
            if done is None:
                return None
            rows = (
                await db.execute(select(t.message).where(t.message.c.reply_to == message).order_by(t.message.c.seq))
            ).all()
        return [message_of(row) for row in rows]

    async def take_abandoned(self, now: datetime, limit: int = 50) -> list[tuple[str, str]]:
        """Take over (conversation, holder) pairs whose unanswered messages nobody is answering."""
        c, m = t.conversation.c, t.message.c
        waiting = exists().where(m.conversation == c.id, t.UNANSWERED)
        free = or_(c.holder.is_(None), c.lease_until < now)
        async with self._db.read() as db:
            rows = (await db.execute(select(c.id, c.holder).where(free, waiting).limit(limit))).all()
        taken = []
        for row in rows:
            token = uuid.uuid4().hex
            async with self._db.write() as db:
                unchanged = c.holder.is_(None) if row.holder is None else c.holder == row.holder
                done = await db.execute(
                    update(t.conversation)
                    .where(c.id == row.id, unchanged)
                    .values(holder=token, lease_until=now + self._lease)
                )
            if done.rowcount:
                taken.append((row.id, token))
        return taken

    # --- what is said outside a turn ------------------------------------------------------------------------------

    async def say(self, conversation: str, draft: Draft, now: datetime) -> Message:
        """Add a line that answers nothing: an agent's word, a mark in the transcript."""
        async with self._db.write() as db:
            return await say(db, conversation, draft, now)
