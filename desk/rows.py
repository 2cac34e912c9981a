"""Turns database rows into the desk's values and back."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from desk import tables as t
from desk.database import Transaction
from desk.errors import UnknownConversation
from desk.model import (
    CARRIED,
    Author,
    Button,
    Conversation,
    DeliveryState,
    Draft,
    Errand,
    Json,
    Kind,
    Message,
    Status,
)
from desk.ports import Inbound
from desk.statements import INSERT_LINES


async def insert_lines(db: Transaction, lines: Sequence[Json]) -> None:
    if lines:
        await db.execute(INSERT_LINES, list(lines))


async def queue_lines(db: Transaction, lines: Sequence[Json], due: datetime) -> None:
    """Have these lines carried from `due` on, where the channel is one that has to be carried to."""
    rows = [
        {
            "message": line["id"],
            "conversation": line["conversation"],
            "seq": line["seq"],
            "channel": line["channel"],
            "state": DeliveryState.QUEUED,
            "due_at": due,
            "attempts": 0,
        }
        for line in lines
        if line["channel"] in CARRIED
    ]
    if rows:
        await db.execute(insert(t.delivery), rows)


async def grant_allowance(db: Transaction, conversation: str, inbound: Inbound, now: datetime) -> None:
    """A platform's allowance is renewed, not added to; what was held for want of one may go."""
    a, d, allowance = t.allowance.c, t.delivery.c, inbound.allowance
    if allowance is None:
        return
    new = {"left": allowance.messages, "until": now + allowance.lasts}
    mine = (a.conversation == conversation) & (a.source == allowance.source)
    if not (await db.execute(update(t.allowance).where(mine).values(new))).rowcount:
        await db.execute(insert(t.allowance).values(conversation=conversation, source=allowance.source, **new))
    await db.execute(
        update(t.delivery)
        .where(d.conversation == conversation, d.state == DeliveryState.HELD)
        .values(state=DeliveryState.QUEUED, due_at=now + CARRIED[inbound.channel])
    )


async def insert_errands(db: Transaction, errands: Sequence[Errand], now: datetime) -> None:
    """An errand that is known by its key is the same errand: a turn that is answered again does not double it."""
    if not errands:
        return
    keys = [errand.key for errand in errands]
    known = set((await db.scalars(select(t.errand.c.key).where(t.errand.c.key.in_(keys)))).all())
    rows = [asdict(errand) | {"attempts": 0, "due_at": now} for errand in errands if errand.key not in known]
    if rows:
        await db.execute(insert(t.errand), rows)


def _blank(conversation: str, channel: str, seq: int, now: datetime) -> Json:
    return {
        "id": uuid.uuid4().hex,
        "conversation": conversation,
        "channel": channel,
        "seq": seq,
        "at": now,
        "buttons": [],
        "data": {},
        "external_id": None,
        "payload": None,
        "reply_to": None,
        "answered_at": None,
    }


def draft_line(draft: Draft, conversation: str, channel: str, seq: int, now: datetime) -> Json:
    return _blank(conversation, channel, seq, now) | {
        "author": draft.author,
        "kind": draft.kind,
        "text": draft.text,
        "buttons": [asdict(button) for button in draft.buttons],
        "data": draft.data,
    }


def customer_line(inbound: Inbound, conversation: str, seq: int, now: datetime) -> Json:
    return _blank(conversation, inbound.channel, seq, now) | {
        "author": Author.CUSTOMER,
        "kind": inbound.kind,
        "text": inbound.text,
        "data": inbound.data,
        "external_id": inbound.external_id,
        "payload": inbound.payload,
    }


def from_line(line: Json) -> Message:
    fields = {key: value for key, value in line.items() if key != "channel"}
    fields["buttons"] = tuple(Button(**button) for button in line["buttons"])
    fields["author"] = Author(line["author"])
    fields["kind"] = Kind(line["kind"])
    return Message(**fields)


def message_of(row: Row[Any]) -> Message:
    return from_line(dict(row._mapping))


def conversation_of(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        user=row.user,
        status=Status(row.status),
        last_seq=row.last_seq,
        belief=row.belief,
        agent=row.agent,
    )


async def say(db: Transaction, conversation: str, draft: Draft, now: datetime) -> Message:
    """Number a draft that answers nothing, and write it."""
    c = t.conversation.c
    row = (
        await db.execute(
            update(t.conversation)
            .where(c.id == conversation)
            .values(last_seq=c.last_seq + 1)
            .returning(c.last_seq, c.channel)
        )
    ).first()
    if row is None:
        raise UnknownConversation(conversation)
    line = draft_line(draft, conversation, row.channel, row.last_seq, now)
    await insert_lines(db, [line])
    await queue_lines(db, [line], now)
    return from_line(line)
