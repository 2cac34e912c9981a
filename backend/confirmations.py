"""来电了吗: the answers of customers after a restoration, and what follows when the power is not back."""

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.breaches import extents_of
from backend.confirmation_counts import over, round_of
from backend.figures import whole
from backend.incident_files import LOCK
from backend.incident_work import reopen
from backend.joining import ONE_HOUSEHOLD
from backend.locks import hold
from backend.parts import Now, Writing
from backend.problems import Impossible, Missing
from backend.refusals import IMPOSSIBLE, MISSING, Responses
from backend.tables import (
    AccountRow,
    BindingRow,
    ConfirmationRow,
    IncidentRow,
    OutagePlaceRow,
    OutageRow,
    TicketPartyRow,
    TicketRow,
)
from backend.ticket_making import make
from backend.ticket_numbers import PREFIXES
from utility.incidents import Confirmation, ConfirmationWish, IncidentState, Outcome
from utility.models import TicketKind, TicketRequest

router = APIRouter(tags=["停电"])

WINDOW: Final = "incident_reopen_minutes"
NOT_BEGUN: Final[Responses] = {409: IMPOSSIBLE[409] | {"description": "停电已取消或还没有开始"}}


@router.post("/outages/{outage_id}/confirmations", summary="来电确认", responses=MISSING | NOT_BEGUN)
async def answer(outage_id: str, wish: ConfirmationWish, session: Writing, now: Now) -> Confirmation:
    """One per conversation, the last word counts; the same answer again is harmless. A no within the hour opens the
    fault again, once per conversation; a later one becomes a repair ticket."""
    await hold(session, f"tickets:{PREFIXES[TicketKind.REPAIR]}")  # before the incidents', as whoever reports does
    await hold(session, LOCK)
    outage = await session.get(OutageRow, outage_id)
    if outage is None or outage.draft:
        raise Missing("no such outage")
    if outage.cancelled or outage.starts_at > now:
        raise Impossible("there is nothing to confirm")
    incident = await session.get(IncidentRow, outage_id)
    row = await session.get(ConfirmationRow, (outage_id, wish.conversation))
    this_round = round_of(outage, incident, now)
    if row and _said_before(row, wish, this_round):
        return await _told(session, row)
    if row is None:
        row = ConfirmationRow(outage_id=outage_id, conversation=wish.conversation, reopened=False)
        session.add(row)
    row.round, row.powered, row.at, row.ticket_no = this_round, wish.powered, now, None
    row.outcome = Outcome.RECORDED
    await session.flush()
    if not wish.powered:
        await _follow(session, row, outage, incident, wish, now)
    await session.flush()
    return await _told(session, row)


def _said_before(row: ConfirmationRow, wish: ConfirmationWish, this_round: int) -> bool:
    """While it is still worked on, the same words may mean something else later."""
    same = row.round == this_round and row.powered == wish.powered
    return same and row.outcome != Outcome.UNDER_REPAIR


async def _follow(
    session: AsyncSession,
    row: ConfirmationRow,
    outage: OutageRow,
    incident: IncidentRow | None,
    wish: ConfirmationWish,
    now: datetime,
) -> None:
    """The power is not back."""
    if not over(outage, now):
        row.outcome = Outcome.UNDER_REPAIR
    elif incident and not row.reopened and await _in_time(session, incident, now):
        row.outcome, row.reopened = Outcome.REOPENED, True
        await reopen(session, incident, outage, wish.conversation, now)
    else:
        row.outcome = Outcome.TICKET
        row.ticket_no = await _ticket(session, row, outage, wish, now)


async def _in_time(session: AsyncSession, incident: IncidentRow, now: datetime) -> bool:
    if incident.state != IncidentState.CONFIRMED or incident.restored_at is None:
        return False
    return now <= incident.restored_at + timedelta(minutes=await whole(session, WINDOW))


async def _ticket(
    session: AsyncSession, row: ConfirmationRow, outage: OutageRow, wish: ConfirmationWish, now: datetime
) -> str:
    """A repair of the own home, from what is known of who answers; an open ticket of theirs is joined."""
    own = await _own_words(session, outage, wish.conversation)
    account = own.account_no if own and own.account_no else await _own_account(session, outage, wish.conversation)
    places = select(OutagePlaceRow.place_id).where(OutagePlaceRow.outage_id == outage.id)
    only = list(await session.scalars(places.limit(2)))
    known = own.place_id if own else None
    request = TicketRequest(
        kind=TicketKind.REPAIR,
        channel=wish.channel,
        conversation=wish.conversation,
        phone=own.phone if own else None,
        account_no=account,
        place_id=known or (None if account else only[0] if len(only) == 1 else None),
        address=own.address if own else "",
        symptom=say.NOT_BACK_SYMPTOM,
        scope=ONE_HOUSEHOLD,
        description=say.NOT_BACK_WORDS,
    )
    key = f"confirmation:{outage.id}:{wish.conversation}:{row.round}"
    return (await make(session, request, key, now)).ticket.no


async def _own_words(session: AsyncSession, outage: OutageRow, conversation: str) -> TicketPartyRow | None:
    """What they said when they reported this outage."""
    mine = select(TicketPartyRow).join(TicketRow, TicketRow.no == TicketPartyRow.ticket_no)
    mine = mine.where(TicketPartyRow.conversation == conversation, TicketRow.outage_id == outage.id)
    return await session.scalar(mine.order_by(TicketPartyRow.at.desc()).limit(1))


async def _own_account(session: AsyncSession, outage: OutageRow, conversation: str) -> str | None:
    """The account of theirs that was off; the first bound one if there are several."""
    extent = (await extents_of(session, [outage]))[outage.id]
    for part in extent.parts():
        mine = select(BindingRow.account_no).join(AccountRow, AccountRow.account_no == BindingRow.account_no)
        mine = mine.where(BindingRow.conversation == conversation, part).order_by(BindingRow.at).limit(1)
        if found := await session.scalar(mine):
            return found
    return None


async def _told(session: AsyncSession, row: ConfirmationRow) -> Confirmation:
    ticket = await session.get(TicketRow, row.ticket_no) if row.ticket_no else None
    outcome = Outcome(row.outcome)
    note = say.ANSWERS[row.powered, outcome]
    return Confirmation(
        outage_id=row.outage_id,
        powered=row.powered,
        outcome=outcome,
        ticket_no=row.ticket_no,
        note=note.format(ticket=ticket.no, contact=ticket.contact) if ticket else note,
        at=row.at,
    )
