"""Tickets over HTTP: make, see, urge, add to."""

import hmac
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.bindings import company
from backend.identity import Guesses
from backend.parts import Now, Reading, Writing
from backend.policies import policies
from backend.problems import Missing
from backend.refusals import LOCKED, MISSING, Responses
from backend.tables import IdempotencyRow, TicketPartyRow, TicketRow
from backend.ticket_making import make, tell
from backend.ticket_views import view
from utility.models import Ticket, TicketNote, TicketRequest

router = APIRouter(tags=["工单"])

Key = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="The same key is carried out once."),
]
Conversation = Annotated[str, Query(min_length=1, max_length=200, description="会话编号（不透明）")]
Tail = Annotated[str | None, Query(pattern=r"^[0-9]{4}$", description="报修电话后四位", examples=["5678"])]

MADE: Responses = {
    200: {"model": Ticket, "description": "该键已受理过：返回第一次的工单"},
    201: {"model": Ticket, "description": "新工单，或并入的未结工单(joined)"},
}


@router.post("/tickets", status_code=201, summary="提交工单", responses=MADE)
async def create_ticket(request: TicketRequest, key: Key, session: Writing, now: Now, response: Response) -> Ticket:
    """A repair report that meets an open ticket for the same trouble within 24 hours is added to it (`joined`).

    A place with an ongoing fault: the ticket is attached to it (`outage_id`) and follows its progress.
    """
    made = await make(session, request, key, now)
    response.status_code = 201 if made.fresh else 200
    return await view(session, made.ticket, made.party, now, made.joined)


@router.get("/tickets/{no}", summary="一张工单", responses=MISSING | LOCKED)
async def one_ticket(
    no: str, conversation: Conversation, reading: Reading, writing: Writing, now: Now, phone_tail: Tail = None
) -> Ticket:
    """For the conversations that made or joined it, and for who knows the last four digits of a phone given with it.

    Otherwise 404: whether it exists is not revealed. Wrong tails are counted like wrong identity checks. A
    conversation that knew the tail has become one of the ticket's own.
    """
    found = await _own(reading, no, conversation)
    if found is None and phone_tail is not None:
        found = await _admit(writing, no, conversation, phone_tail, now)
    if found is None:
        raise Missing("no such ticket")
    return await view(reading, *found, now)


@router.get("/tickets", summary="本会话的工单")
async def tickets(conversation: Conversation, session: Reading, now: Now) -> list[Ticket]:
    """Every ticket the customer made or joined, newest first: in this conversation, and in those that are bound to one
    of its accounts."""
    own = select(TicketRow, TicketPartyRow).join(TicketPartyRow, TicketPartyRow.ticket_no == TicketRow.no)
    own = own.where(TicketPartyRow.conversation.in_(await company(session, conversation)))
    rows = await session.execute(own.order_by(TicketRow.created_at.desc(), TicketRow.no.desc(), TicketPartyRow.at))
    seen: dict[str, Part] = {}
    for ticket, party in rows:
        seen.setdefault(ticket.no, (ticket, party))
    return [await view(session, ticket, party, now) for ticket, party in seen.values()]


@router.post("/tickets/{no}/urge", summary="催办", responses=MISSING)
async def urge(no: str, note: TicketNote, key: Key, session: Writing, now: Now) -> Ticket:
    """Counts once per key. Only for the ticket's own conversations."""
    ticket, party = await _own_to_write(session, no, note)
    if await _first_time(session, "urge", key, ticket, note, now):
        ticket.urged += 1
        tell(session, ticket, wording.URGED, wording.URGED_NOTE.format(contact=ticket.contact), now)
        if note.text:
            tell(session, ticket, wording.ADDED, note.text, now, note.conversation)
    await session.flush()
    return await view(session, ticket, party, now)


@router.post("/tickets/{no}/notes", summary="补充说明", responses=MISSING)
async def add_note(no: str, note: TicketNote, key: Key, session: Writing, now: Now) -> Ticket:
    """Written once per key; the words are shown to their author only. Only for the ticket's own conversations."""
    ticket, party = await _own_to_write(session, no, note)
    if await _first_time(session, "note", key, ticket, note, now):
        tell(session, ticket, wording.ADDED, note.text, now, note.conversation)
    await session.flush()
    return await view(session, ticket, party, now)


Part = tuple[TicketRow, TicketPartyRow]


async def _own(session: AsyncSession, no: str, conversation: str) -> Part | None:
    party = await _party(session, no, conversation)
    return (await session.get_one(TicketRow, no), party) if party else None


async def _party(session: AsyncSession, no: str, conversation: str) -> TicketPartyRow | None:
    """The customer's part in a ticket, in whichever of their conversations."""
    for own in await company(session, conversation):
        if party := await session.get(TicketPartyRow, (no, own)):
            return party
    return None


async def _own_to_write(session: AsyncSession, no: str, note: TicketNote) -> Part:
    """One writer at a time per ticket, so that no urging is lost."""
    locked = select(TicketRow).where(TicketRow.no == no).with_for_update()
    ticket = await session.scalar(locked)
    party = await _party(session, no, note.conversation)
    if ticket is None or party is None:
        raise Missing("no such ticket")
    return ticket, party


async def _first_time(
    session: AsyncSession, operation: str, key: str, ticket: TicketRow, note: TicketNote, now: datetime
) -> bool:
    if await session.get(IdempotencyRow, (operation, key)):
        return False
    session.add(
        IdempotencyRow(
            operation=operation, key=key, ticket_no=ticket.no, conversation=note.conversation, joined=False, at=now
        )
    )
    return True


async def _admit(session: AsyncSession, no: str, conversation: str, tail: str, now: datetime) -> Part | None:
    """None for a wrong tail as for an unknown number; the try is counted either way. Locked after too many."""
    guesses = Guesses(session, await policies(session), conversation, f"ticket:{no}", now)
    await guesses.begin()
    parties = await session.scalars(select(TicketPartyRow).where(TicketPartyRow.ticket_no == no))
    fitting = [
        party for party in parties if party.phone and hmac.compare_digest(party.phone[-4:].encode(), tail.encode())
    ]
    if not fitting:
        await guesses.wrong()
        return None
    await guesses.right()
    return await session.get_one(TicketRow, no), await _let_in(session, fitting[0], conversation, now)


async def _let_in(session: AsyncSession, known: TicketPartyRow, conversation: str, now: datetime) -> TicketPartyRow:
    """The same person in another conversation: the same words, phone and address."""
    own = TicketPartyRow(
        ticket_no=known.ticket_no,
        conversation=conversation,
        phone=known.phone,
        account_no=known.account_no,
        place_id=known.place_id,
        address=known.address,
        symptom=known.symptom,
        scope=known.scope,
        description=known.description,
        joined=known.joined,
        at=now,
    )
    session.add(own)
    await session.flush()
    return own
