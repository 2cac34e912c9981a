"""A ticket as one of its parties may see it: own words, own phone, the time line that all share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.masking import mask_address, mask_phone
from backend.outages import known_outage
from backend.tables import PlaceRow, TicketEventRow, TicketPartyRow, TicketRow
from utility.models import (
    ComplaintClass,
    Grade,
    Outage,
    OutageStatus,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketStatus,
)

_REACHED: Final = {
    "派单": TicketStatus.DISPATCHED,
    "接单": TicketStatus.ACCEPTED,
    "到达": TicketStatus.ARRIVED,
}
_ORDER: Final = list(TicketStatus)


async def view(
    session: AsyncSession, row: TicketRow, party: TicketPartyRow, now: datetime, joined: bool | None = None
) -> Ticket:
    """`joined` says it of the request at hand; without it, of the party."""
    outage = await known_outage(session, row.outage_id, now) if row.outage_id else None
    return Ticket(
        no=row.no,
        kind=TicketKind(row.kind),
        status=_status(TicketStatus(row.status), outage),
        grade=Grade(row.grade),
        place_id=party.place_id,
        address_masked=await _address(session, party),
        symptom=party.symptom,
        scope=party.scope,
        description=party.description,
        complaint_class=ComplaintClass(row.complaint_class) if row.complaint_class else None,
        phone_masked=mask_phone(party.phone) if party.phone else None,
        created_at=row.created_at,
        due_at=row.due_at,
        limits=row.limits,
        contact=row.contact,
        joined=party.joined if joined is None else joined,
        outage_id=row.outage_id,
        urged=row.urged,
        timeline=_timeline(await _events(session, row.no), party, outage, row.created_at),
        as_of=now,
        source=wording.TICKETS,
    )


def _status(own: TicketStatus, outage: Outage | None) -> TicketStatus:
    """A ticket that waits for a known outage is as far as the crew of that outage, never less far than itself.

    Repaired is what is restored: a fault that was opened again was not.
    """
    reached = [own]
    if outage:
        reached += [_REACHED[step.name] for step in outage.steps if step.name in _REACHED]
        reached += [TicketStatus.FIXED] if outage.status is OutageStatus.RESTORED else []
    return max(reached, key=_ORDER.index)


async def _address(session: AsyncSession, party: TicketPartyRow) -> str:
    """Community level, and only of what the party itself said: an account number does not buy an address."""
    place = await session.get(PlaceRow, party.place_id) if party.place_id else None
    return f"{place.district}{place.name}" if place else mask_address(party.address)


async def _events(session: AsyncSession, no: str) -> Sequence[TicketEventRow]:
    events = select(TicketEventRow).where(TicketEventRow.ticket_no == no, TicketEventRow.internal.is_(False))
    return (await session.scalars(events.order_by(TicketEventRow.id))).all()


def _timeline(
    events: Sequence[TicketEventRow], party: TicketPartyRow, outage: Outage | None, since: datetime
) -> list[TicketEvent]:
    """In order of time; a private note is shown to its author, to others only that there was one."""
    lines = [
        TicketEvent(
            name=event.name, at=event.at, note=event.note if event.conversation in (None, party.conversation) else ""
        )
        for event in events
    ]
    steps = outage.steps if outage else []
    lines += [TicketEvent(name=step.name, at=step.at, note=step.note) for step in steps if step.at > since]
    return sorted(lines, key=lambda line: line.at)
