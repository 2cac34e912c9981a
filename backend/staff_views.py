"""Tickets as staff see them: with who did what, what belongs to them, and masked contacts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours import Desk, desk
from backend.masking import mask_address, mask_phone
from backend.tables import PlaceRow, TicketEventRow, TicketPartyRow, TicketRow
from backend.ticket_steps import possible
from utility.models import Grade, TicketKind, TicketStatus
from utility.staff import StaffEvent, StaffParty, StaffTicket, StaffTicketDetail

RELATED_DAYS: Final = 30
SHORT: Final = 60


async def detail(session: AsyncSession, row: TicketRow, now: datetime) -> StaffTicketDetail:
    parties = (
        await session.scalars(
            select(TicketPartyRow).where(TicketPartyRow.ticket_no == row.no).order_by(TicketPartyRow.at)
        )
    ).all()
    events = (
        await session.scalars(
            select(TicketEventRow).where(TicketEventRow.ticket_no == row.no).order_by(TicketEventRow.id)
        )
    ).all()
    return StaffTicketDetail(
        ticket=(await listed(session, [row], now))[0],
        parties=[_party(party) for party in parties],
        timeline=[
            StaffEvent(name=e.name, at=e.at, note=e.note, staff=e.staff or "", internal=bool(e.internal))
            for e in events
        ],
        related=await _related(session, row, now),
        steps=possible(row),
    )


def _party(party: TicketPartyRow) -> StaffParty:
    return StaffParty(
        conversation=party.conversation,
        phone_masked=mask_phone(party.phone) if party.phone else None,
        account_masked=party.account_no[-4:] if party.account_no else None,
        address=mask_address(party.address),
        symptom=party.symptom,
        description=party.description,
        at=party.at,
    )


async def _related(session: AsyncSession, row: TicketRow, now: datetime) -> list[StaffTicket]:
    same = [and_(TicketRow.place_id == row.place_id, TicketRow.building == row.building)] if row.building else []
    same += [TicketRow.account_no == row.account_no] if row.account_no else []
    same += [TicketRow.outage_id == row.outage_id] if row.outage_id else []
    if not same:
        return []
    query = select(TicketRow).where(TicketRow.no != row.no, TicketRow.created_at > now - timedelta(days=RELATED_DAYS))
    found = (await session.scalars(query.where(or_(*same)).order_by(TicketRow.created_at.desc()).limit(10))).all()
    return await listed(session, found, now)


async def listed(session: AsyncSession, rows: Sequence[TicketRow], now: datetime) -> list[StaffTicket]:
    """The first party's words stand for the ticket; everything is read once for all of them."""
    if not rows:
        return []
    numbers = [row.no for row in rows]
    query = select(TicketPartyRow).where(TicketPartyRow.ticket_no.in_(numbers)).order_by(TicketPartyRow.at.desc())
    parties = (await session.scalars(query)).all()
    first, counts = {party.ticket_no: party for party in parties}, await conversations(session, numbers)
    wanted = {row.place_id for row in rows if row.place_id}
    places = {p.id: p for p in await session.scalars(select(PlaceRow).where(PlaceRow.id.in_(wanted)))}
    hours = await desk(session, now.date())
    return [_row(row, first.get(row.no), places, len(counts.get(row.no, [])), hours, now) for row in rows]


def _row(
    row: TicketRow,
    party: TicketPartyRow | None,
    places: dict[str, PlaceRow],
    parties: int,
    hours: Desk,
    now: datetime,
) -> StaffTicket:
    place = places.get(row.place_id or "")
    said = " ".join(filter(None, (party.symptom, party.description))) if party else ""
    return StaffTicket(
        no=row.no,
        kind=TicketKind(row.kind),
        status=TicketStatus(row.status),
        grade=Grade(row.grade),
        team=row.contact,
        place=f"{place.district}{place.name}" if place else "",
        description=said[:SHORT],
        channel=row.channel,
        created_at=row.created_at,
        due_at=row.due_at,
        seconds_left=_seconds_left(row, hours, row.paused_at or now),
        paused=row.paused_at is not None,
        urged=row.urged,
        parties=parties,
        outage_id=row.outage_id,
    )


def _seconds_left(row: TicketRow, hours: Desk, now: datetime) -> int:
    """Below zero once it is overdue, by the clock."""
    if row.due_at > now and row.limits and row.limits[0].working_days:
        return int(hours.open_for(now, row.due_at).total_seconds())
    return int((row.due_at - now).total_seconds())


async def conversations(session: AsyncSession, numbers: Sequence[str]) -> dict[str, list[str]]:
    query = select(TicketPartyRow.ticket_no, TicketPartyRow.conversation).where(TicketPartyRow.ticket_no.in_(numbers))
    found: dict[str, list[str]] = {}
    for no, conversation in await session.execute(query.order_by(TicketPartyRow.at)):
        found.setdefault(no, []).append(conversation)
    return found
