"""How a request becomes a ticket: new, added to an open one, or attached to a known outage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.buildings import building_of
from backend.clustering import gather
from backend.incident_scope import Spot
from backend.joining import ONE_HOUSEHOLD, Trouble, open_ticket_for
from backend.locks import hold
from backend.outages import outages_of
from backend.policies import policies
from backend.problems import Invalid
from backend.promises import contact, promise
from backend.tables import AccountRow, IdempotencyRow, PlaceRow, TicketEventRow, TicketPartyRow, TicketRow
from backend.ticket_numbers import PREFIXES, next_number
from backend.ticket_steps import DRILL
from utility.models import Area, Outage, OutageKind, OutageStatus, TicketKind, TicketRequest, TicketStatus

CREATE = "create"


@dataclass(frozen=True)
class Made:
    """`fresh` is False when the key had been carried out before."""

    ticket: TicketRow
    party: TicketPartyRow
    joined: bool
    fresh: bool


@dataclass(frozen=True)
class Whereabouts:
    """What is known of the place: as asked for, else as the account's."""

    place: PlaceRow | None
    building: str
    account: AccountRow | None


async def make(session: AsyncSession, request: TicketRequest, key: str, now: datetime) -> Made:
    """Serialised per kind, so that two reports of one trouble at the same moment still meet. Invalid: unknown place."""
    await hold(session, f"tickets:{PREFIXES[request.kind]}")
    if before := await session.get(IdempotencyRow, (CREATE, key)):
        return await made_before(session, before)
    where = await _whereabouts(session, request)
    ticket = await _open_one(session, request, where, now) if request.kind is TicketKind.REPAIR else None
    joined = ticket is not None
    if ticket is None:
        ticket = await _new(session, request, where, now)
    party = await _take_part(session, ticket, request, joined, now)
    await gather(session, ticket, party, Spot(where.place, where.building, where.account, request.scope), now)
    session.add(
        IdempotencyRow(
            operation=CREATE, key=key, ticket_no=ticket.no, conversation=party.conversation, joined=joined, at=now
        )
    )
    await session.flush()
    return Made(ticket, party, joined, fresh=True)


async def made_before(session: AsyncSession, before: IdempotencyRow) -> Made:
    """The answer that the key had the first time."""
    ticket = await session.get_one(TicketRow, before.ticket_no)
    party = await session.get_one(TicketPartyRow, (before.ticket_no, before.conversation))
    return Made(ticket, party, before.joined, fresh=False)


async def _whereabouts(session: AsyncSession, request: TicketRequest) -> Whereabouts:
    """An unknown account number is a customer's slip and does not stop a ticket; an unknown place id is a caller's."""
    account = await session.get(AccountRow, request.account_no) if request.account_no else None
    place_id = request.place_id or (account.place_id if account else None)
    place = await session.get(PlaceRow, place_id) if place_id else None
    if request.place_id and place is None:
        raise Invalid("body.place_id: no such place")
    building = building_of(request.address)
    if not building and account and place and account.place_id == place.id:
        building = account.building
    return Whereabouts(place, building, account)


async def _open_one(
    session: AsyncSession, request: TicketRequest, where: Whereabouts, now: datetime
) -> TicketRow | None:
    hours = (await policies(session)).joining_hours
    trouble = Trouble(
        request.conversation,
        where.place.id if where.place else None,
        where.building,
        request.account_no,
        request.address,
        request.scope,
    )
    found = await open_ticket_for(session, trouble, now, timedelta(hours=hours))
    return None if found and await _is_anothers(session, found, request) else found


async def _is_anothers(session: AsyncSession, ticket: TicketRow, request: TicketRequest) -> bool:
    """An exercise is never mixed with what is real; where the neighbours have power, a ticket that waits for a known
    outage is theirs."""
    if (ticket.channel == DRILL) != (request.channel == DRILL):
        return True
    own = await session.get(TicketPartyRow, (ticket.no, request.conversation))
    return request.scope == ONE_HOUSEHOLD and ticket.outage_id is not None and own is None


async def _new(session: AsyncSession, request: TicketRequest, where: Whereabouts, now: datetime) -> TicketRow:
    alone = request.scope == ONE_HOUSEHOLD or request.channel == DRILL  # no trouble of the neighbours'
    outage = None if alone else await _known_trouble(session, request.kind, where, now)
    area = Area(where.place.area) if where.place else None
    promised = await promise(session, request.kind, request.skill, area, outage, now)
    ticket = TicketRow(
        no=await next_number(session, request.kind, now.date()),
        kind=request.kind,
        status=TicketStatus.OPEN,
        grade=request.grade,
        channel=request.channel,
        place_id=where.place.id if where.place else None,
        building=where.building,
        account_no=None if request.anonymous else request.account_no,
        complaint_class=request.complaint_class,
        skill=request.skill,
        created_at=now,
        due_at=promised.due_at,
        limits=promised.limits,
        contact=await contact(session, request.kind, where.place.district if where.place else ""),
        outage_id=outage.id if outage else None,
        urged=0,
        seeded=False,
    )
    session.add(ticket)
    await session.flush()
    _tell_beginning(session, ticket, outage, unknown_account=bool(request.account_no) and where.account is None)
    return ticket


async def _known_trouble(session: AsyncSession, kind: TicketKind, where: Whereabouts, now: datetime) -> Outage | None:
    """The ongoing interruption that a repair report of this place belongs to."""
    if kind is not TicketKind.REPAIR or where.place is None:
        return None
    known = await outages_of(session, where.place, where.building, now)
    ongoing = (outage for outage in known if outage.status is OutageStatus.ONGOING)
    return next((outage for outage in ongoing if outage.kind is not OutageKind.RESTRICTED), None)


def _tell_beginning(session: AsyncSession, ticket: TicketRow, outage: Outage | None, unknown_account: bool) -> None:
    tell(session, ticket, wording.RECEIVED, wording.RECEIVED_NOTE.format(contact=ticket.contact), ticket.created_at)
    if unknown_account:
        tell(session, ticket, wording.UNKNOWN_ACCOUNT, wording.UNKNOWN_ACCOUNT_NOTE, ticket.created_at)
    if outage:
        note = wording.ATTACHED_NOTE.format(scope=outage.scope, reason=outage.reason)
        tell(session, ticket, wording.ATTACHED, note, ticket.created_at)


def tell(
    session: AsyncSession, ticket: TicketRow, name: str, note: str, at: datetime, conversation: str | None = None
) -> None:
    """A line of the time line; with a conversation the note is for it alone."""
    session.add(TicketEventRow(ticket_no=ticket.no, name=name, at=at, note=note, conversation=conversation))


async def _take_part(
    session: AsyncSession, ticket: TicketRow, request: TicketRequest, joined: bool, now: datetime
) -> TicketPartyRow:
    """Who reports twice keeps the first words and adds the new ones as a note."""
    if joined:
        tell(session, ticket, wording.JOINED, wording.JOINED_NOTE, now)
    party = await session.get(TicketPartyRow, (ticket.no, request.conversation))
    if party is not None:
        if request.description:
            tell(session, ticket, wording.ADDED, request.description, now, request.conversation)
        return party
    party = TicketPartyRow(
        ticket_no=ticket.no,
        conversation=request.conversation,
        phone=None if request.anonymous else request.phone,
        account_no=None if request.anonymous else request.account_no,
        place_id=request.place_id,
        address=request.address,
        symptom=request.symptom,
        scope=request.scope,
        description=request.description,
        joined=joined,
        at=now,
    )
    session.add(party)
    await session.flush()
    return party
