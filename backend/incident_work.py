"""How an incident is worked on: steps, estimates, restoration, and the way back when the power was not there."""

from datetime import datetime
from typing import Final

from sqlalchemy import insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.incident_files import begin, going_on, incident_there, keep
from backend.incident_making import close
from backend.locks import insert as upsert
from backend.outage_news import tell
from backend.plan_outages import step
from backend.problems import Impossible, Invalid
from backend.tables import (
    IncidentAreaRow,
    IncidentRow,
    OutageRow,
    OutageStepRow,
    TicketEventRow,
    TicketPartyRow,
    TicketRow,
)
from backend.ticket_steps import OPEN
from utility.incidents import EstimateWish, IncidentState, IncidentStep, RestoreWish, StepWish
from utility.models import TicketStatus
from utility.plans import OutageFact
from utility.staff import Step

ORDER: Final = list(IncidentStep)
TOLD: Final = (IncidentStep.DISPATCHED, IncidentStep.ARRIVED)
"""Steps that are told to everybody concerned; 修复 is told as the restoration."""


def possible(incident: IncidentRow) -> list[IncidentStep]:
    """The steps that are still to come."""
    if incident.state != IncidentState.CONFIRMED:
        return []
    if not incident.active:
        return [IncidentStep.REVISITED] if incident.stage == IncidentStep.FIXED else []
    return ORDER[_reached(incident) + 1 : ORDER.index(IncidentStep.REVISITED)]


def _reached(incident: IncidentRow) -> int:
    return ORDER.index(IncidentStep(incident.stage)) if incident.stage else -1


async def take_step(session: AsyncSession, outage_id: str, wish: StepWish, key: str, now: datetime) -> IncidentRow:
    """Forward only, some may be left out; one that was taken already is harmless.

    Impossible: not confirmed, behind the stage that is reached, or over. Invalid: a time that cannot be.
    """
    if wish.step is IncidentStep.FIXED:
        return await restore(session, outage_id, RestoreWish(staff=wish.staff, at=wish.at, note=wish.note), key, now)
    key = f"step:{key}"
    if made := await begin(session, key):
        return made
    incident, outage = await incident_there(session, outage_id)
    if incident.state != IncidentState.CONFIRMED:
        raise Impossible(say.NOT_CONFIRMED if incident.active else say.OVER)
    if wish.step not in possible(incident):
        return await _taken(session, incident, wish.step)
    at = await _moment(session, outage, wish.at, now)
    if wish.step is IncidentStep.DISPATCHED:
        incident.team = wish.team or incident.team
    if wish.step is IncidentStep.ARRIVED:
        incident.arrived_at = incident.arrived_at or at
    incident.stage = wish.step
    note = wish.note or say.STEPS[wish.step].format(team=incident.team)
    await keep(session, outage_id, key, wish.step, wish.staff, wish.note, now)
    await step(session, outage_id, wish.step, note, at)
    if wish.step in TOLD:
        await tell(session, outage_id, OutageFact.PROGRESS, note, at)
    return incident


async def _taken(session: AsyncSession, incident: IncidentRow, wanted: IncidentStep) -> IncidentRow:
    """Harmless when it was taken."""
    there = select(OutageStepRow.name).where(OutageStepRow.outage_id == incident.outage_id)
    if wanted in set(await session.scalars(there)):
        return incident
    if wanted is IncidentStep.REVISITED:
        raise Impossible(say.NOT_RESTORED)
    raise Impossible(say.STEP_BEHIND.format(stage=incident.stage, step=wanted))


async def _moment(session: AsyncSession, outage: OutageRow, at: datetime | None, now: datetime) -> datetime:
    """When it happened: not in the future, not before the outage or the step before it."""
    if at is None:
        return now
    names = OutageStepRow.name.in_(ORDER[1:])
    done = select(OutageStepRow.at).where(OutageStepRow.outage_id == outage.id, names)
    if at > now:
        raise Invalid(f"body.at: {say.IN_FUTURE}")
    if at < max([outage.starts_at, *await session.scalars(done)]):
        raise Invalid(f"body.at: {say.TOO_EARLY}")
    return at


async def estimate(session: AsyncSession, outage_id: str, wish: EstimateWish, key: str, now: datetime) -> IncidentRow:
    """What was said before stays on record; the same word again is harmless. Impossible, Invalid."""
    key = f"estimate:{key}"
    if made := await begin(session, key):
        return made
    incident, outage = await going_on(session, outage_id)
    if wish.expected_at <= now:
        raise Invalid(f"body.expected_at: {say.IN_PAST}")
    if wish.expected_at == await newest_estimate(session, outage):
        return incident
    await keep(session, outage_id, key, say.ESTIMATED, wish.staff, wish.reason, now)
    await step(session, outage_id, say.PROGRESS, wish.reason, now)
    newest = select(OutageStepRow).where(OutageStepRow.outage_id == outage_id)
    row = (await session.scalars(newest.order_by(OutageStepRow.position.desc()).limit(1))).one()
    row.expected_at = wish.expected_at
    await tell(session, outage_id, OutageFact.EXPECTED, wish.reason, now)
    return incident


async def newest_estimate(session: AsyncSession, outage: OutageRow) -> datetime | None:
    said = select(OutageStepRow.expected_at).where(
        OutageStepRow.outage_id == outage.id, OutageStepRow.expected_at.is_not(None)
    )
    return await session.scalar(said.order_by(OutageStepRow.position.desc()).limit(1)) or outage.expected_at


async def restore(session: AsyncSession, outage_id: str, wish: RestoreWish, key: str, now: datetime) -> IncidentRow:
    """The power is back: its tickets are repaired with it. Harmless when it is restored already."""
    key = f"restore:{key}"
    if made := await begin(session, key):
        return made
    incident, _outage = await incident_there(session, outage_id)
    if incident.restored_at and not incident.active:
        return incident
    incident, outage = await going_on(session, outage_id)
    at = await _moment(session, outage, wish.at, now)
    await close(session, incident, IncidentState.CONFIRMED)
    incident.restored_at = outage.ends_at = at
    incident.stage = IncidentStep.FIXED
    note = wish.note or say.STEPS[IncidentStep.FIXED]
    await keep(session, outage_id, key, IncidentStep.FIXED, wish.staff, wish.note, now)
    await step(session, outage_id, IncidentStep.FIXED, note, at)
    await _repair_tickets(session, outage_id, wish.staff, now)
    await tell(session, outage_id, OutageFact.RESTORED, note, at)
    return incident


async def _repair_tickets(session: AsyncSession, outage_id: str, staff: str, now: datetime) -> None:
    """Not by `ticket_steps.take`: that makes news of each ticket, and its parties are told once, with the outage."""
    mine = TicketRow.outage_id == outage_id, TicketRow.status.in_(OPEN)
    numbers = select(
        TicketRow.no, literal(Step.FIX.value), literal(now, TicketEventRow.at.type),
        literal(say.FIXED_WITH.format(id=outage_id)), literal(staff), literal(True),
    ).where(*mine)  # fmt: skip
    columns = ["ticket_no", "name", "at", "note", "staff", "internal"]
    await session.execute(insert(TicketEventRow).from_select(columns, numbers, include_defaults=False))
    await session.execute(update(TicketRow).where(*mine).values(status=TicketStatus.FIXED, paused_at=None))


async def reopen(
    session: AsyncSession, incident: IncidentRow, outage: OutageRow, conversation: str, now: datetime
) -> None:
    """Somebody has no power: it is worked on again, flagged, and the tickets of who said so are open again."""
    incident.active, incident.flagged = True, True
    incident.reopened += 1
    incident.restored_at = outage.ends_at = None
    incident.stage = IncidentStep.RECEIVED
    rows = [
        {"transformer_area": area, "drill": outage.drill, "outage_id": outage.id} for area in outage.transformer_areas
    ]
    if rows:  # where another one is open by now, that one stands for the area
        await session.execute(upsert(session, IncidentAreaRow).on_conflict_do_nothing(), rows)
    own = select(TicketPartyRow.ticket_no).where(TicketPartyRow.conversation == conversation)
    fixed = TicketRow.outage_id == outage.id, TicketRow.status == TicketStatus.FIXED, TicketRow.no.in_(own)
    for ticket in await session.scalars(select(TicketRow).where(*fixed).order_by(TicketRow.no).with_for_update()):
        ticket.status = TicketStatus.OPEN
        session.add(TicketEventRow(ticket_no=ticket.no, name=Step.REOPEN, at=now, note=say.NOT_BACK))
    await keep(session, outage.id, None, say.REOPENED, "", say.NOT_BACK, now)
    await step(session, outage.id, say.PROGRESS, say.NOT_BACK, now)
    await tell(session, outage.id, OutageFact.PROGRESS, say.NOT_BACK, now)
