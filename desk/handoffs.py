"""Keeps the hand-overs: every step of one is a single transaction with its mark in the transcript.

`conversation.status` and `conversation.agent` decide who answers, by compare-and-set; the episode beside them is the
record of how it came to that. Nobody but this module and `Store.finish` changes either.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, bindparam, case, func, insert, select, update

from desk import staff_tables as s
from desk import tables as t
from desk.composing import Composing
from desk.database import Database, Transaction
from desk.errors import BadTransition, ClaimedByOther, NotYours, UnknownConversation
from desk.model import Author, Draft, Errand, Handoff, Json, Message, Status, Step, after
from desk.rows import insert_errands, say
from desk.staff import Ending, Episode, Presence, Summary

c, h, m = t.conversation.c, s.handoff.c, t.message.c
# A belief with this mark is of before the hand-over: what was being talked about then is over (actions/belief.py).
CLOSED = "handoff_closed"
LAST_TEXT = 200


@dataclass(frozen=True)
class Change:
    """One step of a hand-over. `agent` is who has it afterwards, `by` who must have it before (None: whoever);
    `mark` is said in the transcript, `ask` after it; `note` is left for colleagues."""

    step: Step
    mark: Draft | None = None
    ask: Draft | None = None
    agent: str | None = None
    by: str | None = None
    handoff: Handoff | None = None
    wanted: str | None = None
    ending: Ending | None = None
    summary: Summary | None = None
    note: str = ""
    errands: tuple[Errand, ...] = ()


async def begin_episode(db: Transaction, conversation: str, channel: str, handoff: Handoff, now: datetime) -> None:
    """The record of a wish for people, with the customer's last word."""
    last = select(m.text).where(m.conversation == conversation, m.author == Author.CUSTOMER)
    text = await db.scalar(last.order_by(m.seq.desc()).limit(1))
    await db.execute(
        insert(s.handoff).values(
            id=uuid.uuid4().hex,
            conversation=conversation,
            channel=channel,
            reason=handoff.reason[:80],
            skill=handoff.skill[:40],
            priority=handoff.priority,
            facts=handoff.facts,
            began_at=now,
            queued_at=now,
            customer_at=now,
            awaiting_since=now,
            last_text=(text or "")[:LAST_TEXT],
        )
    )


async def note_word(db: Transaction, conversation: str, text: str, now: datetime) -> None:
    """The customer wrote while people have the conversation."""
    changes = {"customer_at": now, "awaiting_since": _first(h.awaiting_since, now), "last_text": text[:200]}
    await db.execute(update(s.handoff).where(_open(conversation)).values(changes))


class Handoffs:
    def __init__(self, database: Database) -> None:
        self._db = database
        self.composing = Composing(database)

    async def open(self) -> list[Episode]:
        """Every hand-over that is not closed."""
        async with self._db.read() as db:
            return [episode_of(row) for row in (await db.execute(_episodes().where(h.closed_at.is_(None)))).all()]

    async def of(self, conversation: str, limit: int = 10) -> list[Episode]:
        """The hand-overs of a conversation, the newest first."""
        query = _episodes().where(h.conversation == conversation).order_by(h.began_at.desc()).limit(limit)
        async with self._db.read() as db:
            return [episode_of(row) for row in (await db.execute(query)).all()]

    async def last_agent(self, conversation: str, since: datetime) -> str | None:
        """Who served this customer last."""
        served = select(h.agent).where(h.conversation == conversation, h.agent.is_not(None), h.closed_at >= since)
        async with self._db.read() as db:
            agent: str | None = await db.scalar(served.order_by(h.closed_at.desc()).limit(1))
        return agent

    async def pace(self, last: int = 30) -> timedelta | None:
        """How long a conversation takes an agent: the median of the last ones; None where there are too few."""
        ended = select(h.claimed_at, h.closed_at).where(h.claimed_at.is_not(None), h.closed_at.is_not(None))
        async with self._db.read() as db:
            rows = (await db.execute(ended.order_by(h.closed_at.desc()).limit(last))).all()
        spans = sorted(row.closed_at - row.claimed_at for row in rows)
        return spans[len(spans) // 2] if len(spans) >= 3 else None

    async def asked_since(self, conversation: str, since: datetime) -> bool:
        """Whether the customer was asked for their satisfaction since then."""
        asked = select(func.count()).select_from(s.handoff).where(h.conversation == conversation, h.asked_at >= since)
        async with self._db.read() as db:
            return bool(await db.scalar(asked))

    async def told(self, episode: Episode, place: int, now: datetime) -> bool:
        """The customer is told their place; False when somebody else tells it."""
        mine = (h.id == episode.id) & h.told_place.is_not_distinct_from(episode.told_place)
        async with self._db.write() as db:
            done = await db.execute(update(s.handoff).where(mine).values(told_place=place, told_at=now))
        return bool(done.rowcount)

    async def change(self, conversation: str, change: Change, now: datetime) -> list[Message]:
        """Take one step, all of it or nothing; what was said in it.

        Raises ClaimedByOther for a claim that comes second, NotYours for an act on somebody else's conversation,
        BadTransition where the status does not allow the step.
        """
        async with self._db.write() as db:
            before = await self._before(db, conversation)
            _allow(before, change)
            to = after(Status(before.status), change.step)
            await db.execute(update(t.conversation).where(c.id == conversation).values(_owner(before, change, to)))
            await self._record(db, before, change, now)
            await insert_errands(db, change.errands, now)
            drafts = [draft for draft in (change.mark, change.ask) if draft]
            return [await say(db, conversation, draft, now) for draft in drafts]

    async def _before(self, db: Transaction, conversation: str) -> Row[Any]:
        """The row, ours until the transaction ends."""
        row = (await db.execute(select(t.conversation).where(c.id == conversation).with_for_update())).first()
        if row is None:
            raise UnknownConversation(conversation)
        return row

    async def _record(self, db: Transaction, before: Row[Any], change: Change, now: datetime) -> None:
        if change.step is Step.ESCALATE:
            await begin_episode(db, before.id, before.channel, change.handoff or Handoff("转人工"), now)
            return
        changes = _EPISODE[change.step](before, change, now)
        await db.execute(update(s.handoff).where(_open(before.id)).values(changes))
        if change.agent:
            await _hold(db, change.agent, now)
        if change.note:
            await write_note(db, before, change.by or change.agent or "", change.note, now)

    async def reply(self, conversation: str, agent: str, draft: Draft, now: datetime) -> Message:
        """An agent's word, in a conversation that is theirs; raises NotYours."""
        async with self._db.write() as db:
            before = await self._before(db, conversation)
            if before.status != Status.HUMAN or before.agent != agent:
                raise NotYours(before.agent)
            changes = {"replied_at": _first(h.replied_at, now), "awaiting_since": None}
            await db.execute(update(s.handoff).where(_open(conversation)).values(changes))
            return await say(db, conversation, draft, now)


async def write_note(
    db: Transaction, conversation: Row[Any], agent: str, text: str, now: datetime, *, whisper: bool = False
) -> None:
    """Below what was said last."""
    row: Json = {"id": uuid.uuid4().hex, "conversation": conversation.id, "agent": agent, "text": text, "at": now}
    await db.execute(insert(s.note).values(row | {"whisper": whisper, "after": conversation.last_seq}))


async def _hold(db: Transaction, agent: str, now: datetime) -> None:
    """Whoever takes a conversation is here, though not for whatever comes next; else it would be taken from them."""
    was_away = s.agent.c.presence == Presence.AWAY
    here = {
        "presence": case((was_away, Presence.BUSY.value), else_=s.agent.c.presence),
        "seen_at": case((was_away, bindparam(None, now, type_=t.UtcDateTime(), unique=True)), else_=s.agent.c.seen_at),
    }
    await db.execute(update(s.agent).where(s.agent.c.name == agent).values(assigned_at=now, **here))


def _allow(before: Row[Any], change: Change) -> None:
    if change.step is Step.CLAIM and before.agent:
        raise ClaimedByOther(before.agent)
    if change.by is not None and before.agent != change.by:
        raise NotYours(before.agent)
    if change.step is Step.TAKE_OVER and before.agent == change.agent:
        raise BadTransition("the conversation is theirs already")


def _owner(before: Row[Any], change: Change, to: Status) -> Json:
    changes: Json = {"status": to, "agent": change.agent if to is Status.HUMAN else None}
    if to is Status.BOT:
        changes["belief"] = before.belief | {CLOSED: True}
    return changes


def _claimed(before: Row[Any], change: Change, now: datetime) -> Json:
    first = {"claimed_at": _first(h.claimed_at, now), "first_agent": func.coalesce(h.first_agent, change.agent)}
    return first | {"agent": change.agent, "wanted_agent": None, "awaiting_since": _anew(now)}


def _transferred(before: Row[Any], change: Change, now: datetime) -> Json:
    """The place in the queue stays; who hands over on purpose may not get it back by routing."""
    changes: Json = {"agent": None, "wanted_agent": change.wanted, "left_by": before.agent, "told_place": None}
    changes["awaiting_since"] = _first(h.awaiting_since, now)
    if change.handoff:
        changes |= {"skill": change.handoff.skill[:40], "reason": change.handoff.reason[:80]}
        changes["priority"] = change.handoff.priority
    return changes


def _taken_over(before: Row[Any], change: Change, now: datetime) -> Json:
    return {"agent": change.agent, "left_by": before.agent, "awaiting_since": _anew(now)}


def _closed(before: Row[Any], change: Change, now: datetime) -> Json:
    summary = change.summary or Summary("")
    changes: Json = {"closed_at": now, "outcome": change.ending or Ending.RESOLVED, "code": summary.code}
    return changes | {"result": summary.result, "asked_at": now if change.ask else None, "awaiting_since": None}


_EPISODE = {
    Step.CLAIM: _claimed,
    Step.TRANSFER: _transferred,
    Step.TAKE_OVER: _taken_over,
    Step.RESOLVE: _closed,
    Step.EXPIRE: _closed,
}


def _first(column: Column[Any], now: datetime) -> ColumnElement[datetime]:
    """What is there already, else now, written as the column writes its times."""
    return func.coalesce(column, bindparam(None, now, type_=t.UtcDateTime(), unique=True))


def _anew(now: datetime) -> ColumnElement[datetime]:
    """Who waits for a word waits for it from whoever has just taken the conversation."""
    moment = bindparam(None, now, type_=t.UtcDateTime(), unique=True)
    return case((h.awaiting_since.is_not(None), moment), else_=h.awaiting_since)


def _open(conversation: str) -> Any:
    return (h.conversation == conversation) & h.closed_at.is_(None)


def _episodes() -> Select[Any]:
    return select(s.handoff, c.status, c.last_seq).join(t.conversation, c.id == h.conversation)


def episode_of(row: Row[Any]) -> Episode:
    fields = {name: getattr(row, name) for name in Episode.__dataclass_fields__}
    return Episode(**fields | {"status": Status(row.status)})


def waiting(episodes: Sequence[Episode]) -> list[Episode]:
    """The queue, whose turn comes first first."""
    return sorted((e for e in episodes if e.status is Status.WAITING), key=lambda e: e.turn)
