"""Tickets for those who work on them: the list, one of them, and its steps."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, Select, false, or_, select

from backend.parts import Now, Reading, Writing
from backend.problems import Missing
from backend.refusals import IMPOSSIBLE, MISSING
from backend.staff_views import detail, listed
from backend.tables import RevealRow, TeamRow, TicketPartyRow, TicketRow
from backend.ticket_steps import OPEN, take
from backend.tickets import Key
from utility.models import Grade, TicketKind, TicketStatus
from utility.staff import Contact, StaffTicket, StaffTicketDetail, StepRequest

router = APIRouter(tags=["工单处理"])

Limit = Annotated[int, Query(ge=1, le=200)]
Text = Annotated[str, Query(max_length=200)]


@router.get("/staff/tickets", summary="工单列表")
async def staff_tickets(
    session: Reading,
    now: Now,
    kind: TicketKind | None = None,
    status: TicketStatus | None = None,
    grade: Grade | None = None,
    team: Text = "",
    text: Text = "",
    conversation: Text = "",
    open: bool = False,
    overdue: bool = False,
    limit: Limit = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[StaffTicket]:
    """Open ones first, 重大 before others, the earliest due first. `text` looks at number, address and words."""
    query = select(TicketRow)
    equal = {TicketRow.kind: kind, TicketRow.status: status, TicketRow.grade: grade, TicketRow.contact: team or None}
    for column, wanted in equal.items():
        query = query.where(column == wanted) if wanted is not None else query
    if open or overdue:
        query = query.where(TicketRow.status.in_(OPEN))
    if overdue:
        query = query.where(TicketRow.due_at < now, TicketRow.paused_at.is_(None))
    if text or conversation:
        query = query.where(TicketRow.no.in_(_parties_with(text, conversation)) | _number_is(text))
    closed = TicketRow.status.not_in(OPEN)
    query = query.order_by(closed, TicketRow.grade != Grade.MAJOR, TicketRow.due_at, TicketRow.no)
    rows = (await session.scalars(query.limit(limit).offset(offset))).all()
    return await listed(session, rows, now)


def _parties_with(text: str, conversation: str) -> Select[str]:
    found = select(TicketPartyRow.ticket_no)
    if conversation:
        found = found.where(TicketPartyRow.conversation == conversation)
    if text:
        columns = (TicketPartyRow.address, TicketPartyRow.description, TicketPartyRow.symptom)
        found = found.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    return found


def _number_is(text: str) -> ColumnElement[bool]:
    return TicketRow.no.contains(text.upper(), autoescape=True) if text else false()


@router.get("/staff/tickets/{no}", summary="一张工单的全部", responses=MISSING)
async def staff_ticket(no: str, session: Reading, now: Now) -> StaffTicketDetail:
    """Parties with masked contacts, who did what, what belongs to it, and what can be done now."""
    row = await session.get(TicketRow, no)
    if row is None:
        raise Missing("no such ticket")
    return await detail(session, row, now)


@router.post("/staff/tickets/{no}/steps", summary="处理一步", responses=MISSING | IMPOSSIBLE)
async def take_step(no: str, wish: StepRequest, key: Key, session: Writing, now: Now) -> StaffTicketDetail:
    """Once per key; 409 where the ticket's status does not allow the step."""
    return await detail(session, await take(session, no, wish, key, now), now)


@router.get("/staff/tickets/{no}/contact", summary="查看联系电话", responses=MISSING)
async def reveal_contact(
    no: str,
    session: Writing,
    now: Now,
    conversation: Annotated[str, Query(min_length=1, max_length=200)],
    staff: Annotated[str, Query(min_length=1, max_length=60)],
    reason: Annotated[str, Query(min_length=1, max_length=200)],
) -> Contact:
    """In full; that it was asked for is kept before it leaves."""
    party = await session.get(TicketPartyRow, (no, conversation))
    if party is None:
        raise Missing("no such party")
    session.add(RevealRow(staff=staff, subject=f"{no} {conversation}", reason=reason, at=now))
    return Contact(phone=party.phone)


@router.get("/staff/teams", summary="可派的班组")
async def teams(session: Reading) -> list[str]:
    """Every team that works on tickets."""
    return sorted(set((await session.scalars(select(TeamRow.name))).all()))
