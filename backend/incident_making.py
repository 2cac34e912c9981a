"""How an incident begins and is called off: proposed by what speaks for it or opened by hand, confirmed, withdrawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend import wording
from backend.figures import figures
from backend.incident_files import begin, check_type, incident_there, keep, next_id
from backend.incident_scope import Whole, customers_of, whole_of
from backend.locks import insert
from backend.outage_news import tell
from backend.plan_outages import step
from backend.problems import Impossible, Invalid
from backend.promises import contact
from backend.tables import (
    AlarmRow,
    IncidentAreaRow,
    IncidentReportRow,
    IncidentRow,
    OutagePlaceRow,
    OutageRow,
    TicketEventRow,
    TicketRow,
)
from backend.ticket_steps import OPEN
from utility.incidents import (
    IncidentConfirm,
    IncidentOrigin,
    IncidentState,
    IncidentStep,
    IncidentWish,
    IncidentWithdraw,
)
from utility.models import OutageKind, TicketKind
from utility.plans import OutageFact, PlanScope

MINUTES: Final = "incident_minutes"
"""The policy: for how long what was said is evidence."""


@dataclass(frozen=True)
class Beginning:
    """How an incident becomes known; `staff` is empty when nobody did it."""

    origin: IncidentOrigin
    starts_at: datetime
    drill: bool
    staff: str = ""
    text: str = ""
    reason: str = ""
    fault_type: str | None = None
    expected_at: datetime | None = None


async def create(session: AsyncSession, wish: IncidentWish, key: str, now: datetime) -> IncidentRow:
    """By hand. Invalid: it makes no sense. Impossible: a confirmed one is open on one of the areas."""
    key = f"create:{key}"
    if made := await begin(session, key):
        return made
    if wish.scope.accounts:
        raise Invalid(f"body.scope: {say.ACCOUNTS}")
    starts_at = wish.starts_at or now
    if starts_at > now:
        raise Invalid(f"body.starts_at: {say.IN_FUTURE}")
    _check_expected(wish.expected_at, now)
    await check_type(session, wish.fault_type)
    beginning = Beginning(
        IncidentOrigin.HAND,
        starts_at,
        wish.drill,
        wish.staff,
        wish.scope_text,
        wish.reason,
        wish.fault_type,
        wish.expected_at,
    )
    incident = await propose(session, await whole_of(session, wish.scope), beginning, key, now)
    if wish.confirm:
        await publish(session, incident, wish.staff, now)
    return incident


def _check_expected(expected_at: datetime | None, now: datetime) -> None:
    if expected_at and expected_at <= now:
        raise Invalid(f"body.expected_at: {say.IN_PAST}")


async def propose_on(session: AsyncSession, areas: list[str], beginning: Beginning, now: datetime) -> IncidentRow:
    """On transformer areas, nobody having asked for it."""
    whole = await whole_of(session, PlanScope(transformer_areas=areas))
    return await propose(session, whole, beginning, None, now)


async def propose(
    session: AsyncSession, whole: Whole, beginning: Beginning, key: str | None, now: datetime
) -> IncidentRow:
    """Invisible to customers. Call it while holding the incidents' lock."""
    id = await next_id(session, now)
    outage = OutageRow(
        id=id,
        kind=OutageKind.FAULT,
        cancelled=False,
        buildings=whole.buildings,
        scope=beginning.text or whole.text,
        feeder=whole.feeder,
        transformer_areas=whole.areas,
        reason=beginning.reason or say.LOOKING,
        starts_at=beginning.starts_at,
        ends_at=None,
        expected_at=beginning.expected_at,
        published_at=now,
        source=wording.OUTAGES,
        drill=beginning.drill,
        draft=True,
    )
    incident = IncidentRow(
        outage_id=id,
        state=IncidentState.PROPOSED,
        origin=beginning.origin,
        active=True,
        stage="",
        fault_type=beginning.fault_type or say.UNKNOWN_TYPE,
        responsible_unit="",
        team=await contact(session, TicketKind.REPAIR, whole.district),
        opened_at=now,
        confirmed_by="",
        reopened=0,
        flagged=False,
    )
    session.add(outage)
    await session.flush()
    session.add(incident)
    session.add_all([OutagePlaceRow(outage_id=id, place_id=place) for place in whole.place_ids])
    await session.flush()
    await take_areas(session, incident, outage, now)
    await keep(session, id, key, say.PROPOSED, beginning.staff, beginning.origin, now)
    return incident


async def take_areas(session: AsyncSession, incident: IncidentRow, outage: OutageRow, now: datetime) -> None:
    """Proposals there are taken up. Impossible when a confirmed incident is open on one of the areas."""
    held = select(IncidentAreaRow).where(
        IncidentAreaRow.transformer_area.in_(outage.transformer_areas), IncidentAreaRow.drill == outage.drill
    )
    for row in list(await session.scalars(held)):
        other = await session.get_one(IncidentRow, row.outage_id)
        if other.state == IncidentState.CONFIRMED:
            raise Impossible(say.AREA_TAKEN.format(area=row.transformer_area, id=other.outage_id))
        if other.active:
            await _absorb(session, other, incident, now)
    rows = [
        {"transformer_area": area, "drill": outage.drill, "outage_id": outage.id} for area in outage.transformer_areas
    ]
    if rows:
        await session.execute(insert(session, IncidentAreaRow), rows)
        await _take_evidence(session, outage, now)


async def _take_evidence(session: AsyncSession, outage: OutageRow, now: datetime) -> None:
    """What was said of the areas lately, and speaks for no incident yet, speaks for this one."""
    since = now - timedelta(minutes=int((await figures(session, MINUTES))[MINUTES].value))
    for evidence in (IncidentReportRow, AlarmRow):
        spoken = update(evidence).where(
            evidence.transformer_area.in_(outage.transformer_areas),
            evidence.at > since,
            evidence.drill == outage.drill,
            evidence.outage_id.is_(None),
        )
        await session.execute(spoken.values(outage_id=outage.id))


async def _absorb(session: AsyncSession, old: IncidentRow, new: IncidentRow, now: datetime) -> None:
    """What spoke for a proposal speaks for the incident that takes it up."""
    for evidence in (IncidentReportRow, AlarmRow):
        moved = update(evidence).where(evidence.outage_id == old.outage_id).values(outage_id=new.outage_id)
        await session.execute(moved)
    await close(session, old, IncidentState.WITHDRAWN)
    await keep(session, old.outage_id, None, say.ABSORBED.format(id=new.outage_id), "", "", now)


async def close(session: AsyncSession, incident: IncidentRow, state: IncidentState) -> None:
    """Its areas are free again."""
    incident.state, incident.active, incident.flagged = state, False, False
    await session.execute(delete(IncidentAreaRow).where(IncidentAreaRow.outage_id == incident.outage_id))


# --- confirmed, withdrawn -----------------------------------------------------------------------------------------


async def confirm(session: AsyncSession, outage_id: str, wish: IncidentConfirm, key: str, now: datetime) -> IncidentRow:
    """Harmless when it is confirmed already. Impossible once it is over."""
    key = f"confirm:{key}"
    if made := await begin(session, key):
        return made
    incident, outage = await incident_there(session, outage_id)
    if not incident.active:
        raise Impossible(say.OVER)
    if incident.state == IncidentState.CONFIRMED:
        return incident
    _check_expected(wish.expected_at, now)
    await check_type(session, wish.fault_type)
    outage.reason = wish.reason or outage.reason
    outage.expected_at = wish.expected_at or outage.expected_at
    incident.fault_type = wish.fault_type or incident.fault_type
    await keep(session, outage_id, key, say.CONFIRMED, wish.staff, wish.reason, now)
    await publish(session, incident, wish.staff, now)
    return incident


async def publish(session: AsyncSession, incident: IncidentRow, staff: str, now: datetime) -> None:
    """Customers see it and are told; the tickets that speak for it are attached to it."""
    outage = await session.get_one(OutageRow, incident.outage_id)
    incident.state, incident.confirmed_at, incident.confirmed_by = IncidentState.CONFIRMED, now, staff
    incident.stage = IncidentStep.RECEIVED
    incident.customers = await customers_of(session, outage)
    outage.draft, outage.published_at = False, now
    note = say.RECEIVED[IncidentOrigin(incident.origin)]
    await step(session, outage.id, IncidentStep.RECEIVED, note, incident.opened_at)
    mine = select(IncidentReportRow.ticket_no).where(IncidentReportRow.outage_id == outage.id)
    waiting = select(TicketRow).where(TicketRow.no.in_(mine), TicketRow.outage_id.is_(None), TicketRow.status.in_(OPEN))
    for ticket in await session.scalars(waiting.order_by(TicketRow.no).with_for_update()):
        attach(session, ticket, outage, now)
    await tell(session, outage.id, OutageFact.PUBLISHED, "", now)


def attach(session: AsyncSession, ticket: TicketRow, outage: OutageRow, now: datetime) -> None:
    """The ticket follows the outage from now on."""
    ticket.outage_id = outage.id
    note = wording.ATTACHED_NOTE.format(scope=outage.scope, reason=outage.reason)
    session.add(TicketEventRow(ticket_no=ticket.no, name=wording.ATTACHED, at=now, note=note))


async def withdraw(
    session: AsyncSession, outage_id: str, wish: IncidentWithdraw, key: str, now: datetime
) -> IncidentRow:
    """There was no such fault. Who knew of it is told; its tickets stand alone again. Impossible once it is over."""
    key = f"withdraw:{key}"
    if made := await begin(session, key):
        return made
    incident, outage = await incident_there(session, outage_id)
    if not incident.active:
        raise Impossible(say.OVER)
    known = incident.state == IncidentState.CONFIRMED
    await close(session, incident, IncidentState.WITHDRAWN)
    outage.cancelled = True
    await keep(session, outage_id, key, say.WITHDRAWN, wish.staff, wish.reason, now)
    if known:
        await step(session, outage_id, OutageFact.CANCELLED, wish.reason, now)
        await _detach(session, outage_id, now)
        await tell(session, outage_id, OutageFact.CANCELLED, wish.reason, now)
    return incident


async def _detach(session: AsyncSession, outage_id: str, now: datetime) -> None:
    mine = select(TicketRow).where(TicketRow.outage_id == outage_id, TicketRow.status.in_(OPEN))
    for ticket in await session.scalars(mine.order_by(TicketRow.no).with_for_update()):
        ticket.outage_id = None
        session.add(TicketEventRow(ticket_no=ticket.no, name=say.DETACHED, at=now, note=say.DETACHED_NOTE))
