"""What happened in a month: each fault and plan with its times and how many customers it took off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import LOCAL
from backend.incident_scope import customers_of
from backend.tables import (
    IncidentRow,
    OutagePlaceRow,
    OutageRow,
    OutageStepRow,
    PlaceRow,
    PlanRow,
    PlanVersionRow,
)
from utility.incidents import IncidentStep
from utility.models import Area, OutageKind

CHUNK: Final = 500
PLANNED: Final = (OutageKind.PLANNED, OutageKind.TEMPORARY)
BEGINNING: Final = (OutageRow.starts_at, OutageRow.id)
SLOWEST: Final = (Area.REMOTE, Area.RURAL, Area.CITY)
"""An outage of several areas is held to the slowest promise: nothing is counted as broken that was not promised."""


@dataclass(frozen=True)
class Interruption:
    """`ended_at` is none while it goes on; `customers` are accounts."""

    outage_id: str
    area: Area | None
    known_at: datetime
    starts_at: datetime
    arrived_at: datetime | None
    ended_at: datetime | None
    customers: int
    cause: str
    unit: str
    reopened: int

    def minutes(self, now: datetime) -> int:
        end = self.ended_at or now
        return max(round((end - self.starts_at).total_seconds() / 60), 0)


def bounds(month: str) -> tuple[datetime, datetime]:
    """From the first moment of the month to that of the next one."""
    first = date(int(month[:4]), int(month[5:]), 1)
    last = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time(0), LOCAL), datetime.combine(last, time(0), LOCAL)


async def faults_of(session: AsyncSession, month: str, now: datetime) -> list[Interruption]:
    """Faults that began in the month; without exercises, proposals and what was withdrawn."""
    faults = OutageRow.kind == OutageKind.FAULT
    rows = (await session.scalars(select(OutageRow).where(faults, *_real(month, now)).order_by(*BEGINNING))).all()
    ids = [outage.id for outage in rows]
    areas, steps = await areas_of_outages(session, ids), await _steps(session, ids, now)
    found = select(IncidentRow).join(OutageRow, OutageRow.id == IncidentRow.outage_id).where(*_real(month, now))
    incidents = {row.outage_id: row for row in await session.scalars(found)}
    return [
        await _fault(session, outage, incidents.get(outage.id), areas.get(outage.id), steps.get(outage.id, {}), now)
        for outage in rows
    ]


async def _fault(
    session: AsyncSession,
    outage: OutageRow,
    incident: IncidentRow | None,
    area: Area | None,
    steps: dict[str, datetime],
    now: datetime,
) -> Interruption:
    """What staff wrote down; of a fault that has no file, what its steps say."""
    return Interruption(
        outage_id=outage.id,
        area=area,
        known_at=incident.opened_at if incident else steps.get(IncidentStep.RECEIVED, outage.published_at),
        starts_at=outage.starts_at,
        arrived_at=incident.arrived_at if incident else steps.get(IncidentStep.ARRIVED),
        ended_at=outage.ends_at if outage.ends_at and outage.ends_at <= now else None,
        customers=await _customers(session, outage, incident),
        cause=(incident.cause_code or "") if incident else "",
        unit=incident.responsible_unit if incident else "",
        reopened=incident.reopened if incident else 0,
    )


async def _customers(session: AsyncSession, outage: OutageRow, incident: IncidentRow | None) -> int:
    known = incident.customers if incident else None
    return await customers_of(session, outage) if known is None else known


async def plans_of(session: AsyncSession, month: str, now: datetime) -> list[Interruption]:
    """Planned and temporary outages that began in the month. One of which nobody said that it began did not happen."""
    query = select(OutageRow).where(OutageRow.kind.in_(PLANNED), *_real(month, now)).order_by(*BEGINNING)
    rows = (await session.scalars(query)).all()
    found = select(PlanRow).join(OutageRow, OutageRow.id == PlanRow.outage_id).where(*_real(month, now))
    plans = {plan.outage_id: plan for plan in await session.scalars(found)}
    counts = await _planned_accounts(session, list(plans))
    return [
        await _plan(session, outage, plans.get(outage.id), counts, now)
        for outage in rows
        if outage.id not in plans or plans[outage.id].actual_start
    ]


async def _plan(
    session: AsyncSession, outage: OutageRow, plan: PlanRow | None, counts: dict[str, int], now: datetime
) -> Interruption:
    end = plan.actual_end if plan else outage.ends_at
    return Interruption(
        outage_id=outage.id,
        area=None,
        known_at=outage.published_at,
        starts_at=outage.starts_at,
        arrived_at=None,
        ended_at=end if end and end <= now else None,
        customers=counts[outage.id] if outage.id in counts else await customers_of(session, outage),
        cause="",
        unit="",
        reopened=0,
    )


def _real(month: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    begins, ends = bounds(month)
    public = OutageRow.drill.is_(False), OutageRow.draft.is_(False), OutageRow.cancelled.is_(False)
    return (OutageRow.starts_at >= begins, OutageRow.starts_at < ends, OutageRow.starts_at <= now, *public)


async def areas_of_outages(session: AsyncSession, ids: Sequence[str]) -> dict[str, Area]:
    """The slowest area of each outage's places."""
    found: dict[str, Area] = {}
    for some in chunks(ids):
        query = select(OutagePlaceRow.outage_id, PlaceRow.area).join(PlaceRow, PlaceRow.id == OutagePlaceRow.place_id)
        for id, name in await session.execute(query.where(OutagePlaceRow.outage_id.in_(some))):
            found[id] = min(Area(name), found.get(id, Area.CITY), key=SLOWEST.index)
    return found


async def _steps(session: AsyncSession, ids: Sequence[str], now: datetime) -> dict[str, dict[str, datetime]]:
    """When each step of an outage was first taken, as far as its time has come."""
    found: dict[str, dict[str, datetime]] = {}
    for some in chunks(ids):
        query = select(OutageStepRow).where(OutageStepRow.outage_id.in_(some), OutageStepRow.at <= now)
        for step in await session.scalars(query.order_by(OutageStepRow.position)):
            found.setdefault(step.outage_id, {}).setdefault(step.name, step.at)
    return found


async def _planned_accounts(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    """As many as the newest version concerns."""
    found: dict[str, int] = {}
    for some in chunks(ids):
        query = select(PlanVersionRow).where(PlanVersionRow.outage_id.in_(some)).order_by(PlanVersionRow.version)
        found |= {row.outage_id: row.accounts for row in await session.scalars(query)}
    return found


def chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
