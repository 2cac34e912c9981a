"""Plans as staff see them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.plan_impact import judge
from backend.plan_making import told_at
from backend.plan_versions import history, plan_there
from backend.tables import OutageRow, PlanRow
from utility.models import OutageKind
from utility.plans import Measure, Plan, PlanDetail, PlanStatus, PlanWish

SAID = 500
"""A scope may be made longer than it may be written."""

WAITING = (PlanStatus.PUBLISHED, PlanStatus.CHANGED)


def overdue_since(now: datetime) -> ColumnElement[bool]:
    """It should have begun, or ended, and nobody said so."""
    silent = or_(
        and_(PlanRow.planned_start < now, PlanRow.actual_start.is_(None)),
        and_(PlanRow.planned_end < now, PlanRow.actual_end.is_(None)),
    )
    return and_(PlanRow.status.in_(WAITING), silent)


async def listed(session: AsyncSession, rows: Sequence[PlanRow], now: datetime) -> list[Plan]:
    """Everything is read once for all of them."""
    ids = [row.outage_id for row in rows]
    outages = {row.id: row for row in await session.scalars(select(OutageRow).where(OutageRow.id.in_(ids)))}
    return [_plan(row, outages[row.outage_id], now) for row in rows]


def _plan(row: PlanRow, outage: OutageRow, now: datetime) -> Plan:
    late = (row.planned_start < now and not row.actual_start) or (row.planned_end < now and not row.actual_end)
    return Plan(
        outage_id=row.outage_id,
        kind=OutageKind(outage.kind),
        status=PlanStatus(row.status),
        version=row.version,
        scope=row.scope,
        scope_text=outage.scope,
        reason=row.reason,
        starts_at=row.planned_start,
        ends_at=row.planned_end,
        actual_start=row.actual_start,
        actual_end=row.actual_end,
        actual_areas=row.actual_areas,
        deviation_reason=row.deviation_reason,
        overdue=row.status in WAITING and late,
        duty=row.duty,
        template=row.template,
        measure=Measure(row.measure) if row.measure else None,
        approved_list=row.approved_list,
        drill=outage.drill,
        lead_minutes=row.lead_minutes,
        lead_breach=row.lead_breach,
        lead_reason=row.lead_reason,
        peak_reason=row.peak_reason,
        created_by=row.created_by,
        created_at=row.created_at,
        published_at=row.published_at,
    )


async def detail(session: AsyncSession, outage_id: str, now: datetime) -> PlanDetail:
    """Missing when there is no such plan. What was announced is judged as of then."""
    row, outage = await plan_there(session, outage_id)
    judged = await judge(session, _wish(row, outage), now, told_at(row))
    return PlanDetail(plan=_plan(row, outage, now), impact=judged.impact, history=await history(session, outage_id))


def _wish(row: PlanRow, outage: OutageRow) -> PlanWish:
    """The plan as it would be asked for again."""
    return PlanWish(
        staff=row.created_by,
        kind=OutageKind(outage.kind),
        scope=row.scope,
        scope_text=outage.scope[:SAID],
        starts_at=row.planned_start,
        ends_at=row.planned_end,
        reason=row.reason,
        lead_reason=row.lead_reason,
        peak_reason=row.peak_reason,
        measure=Measure(row.measure) if row.measure else None,
        approved_list=row.approved_list,
        drill=outage.drill,
    )
