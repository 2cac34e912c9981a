"""Plans against how they went, month by month: late or early, grown, announced late, important customers told."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import LOCAL
from backend.plan_rules import PlanRules, plan_rules
from backend.tables import NoticeTaskRow, OutageRow, PlanRow, PlanVersionRow
from utility.models import OutageKind
from utility.plan_report import PlanDeviation, PlanMonth, PlanReport
from utility.plans import PlanScope, PlanStatus

CHUNK = 500


async def report(session: AsyncSession, month: str, months: int, now: datetime) -> PlanReport:
    """The plans of `month` (YYYY-MM), and the figures of `months` months up to it. Drafts and drills do not count."""
    rules = await plan_rules(session)
    whole = [(each, await _deviations(session, each)) for each in _months_until(month, months)]
    return PlanReport(
        month=month,
        tolerance_minutes=rules.tolerance_minutes,
        source=rules.tolerance_source,
        plans=whole[-1][1],
        months=[await _figures(session, each, plans, rules) for each, plans in whole],
        as_of=now,
    )


def _months_until(month: str, count: int) -> list[str]:
    number = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(number - count + 1, number + 1)]


def _bounds(month: str) -> tuple[datetime, datetime]:
    first = date(int(month[:4]), int(month[5:]), 1)
    last = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time(0), LOCAL), datetime.combine(last, time(0), LOCAL)


async def _deviations(session: AsyncSession, month: str) -> list[PlanDeviation]:
    begins, ends = _bounds(month)
    query = select(PlanRow, OutageRow).join(OutageRow, OutageRow.id == PlanRow.outage_id)
    query = query.where(PlanRow.planned_start >= begins, PlanRow.planned_start < ends)
    query = query.where(PlanRow.published_at.is_not(None), OutageRow.drill.is_(False))
    rows = (await session.execute(query.order_by(PlanRow.planned_start, PlanRow.outage_id))).all()
    versions = await _versions(session, [plan.outage_id for plan, _outage in rows])
    return [_deviation(plan, outage, versions[plan.outage_id]) for plan, outage in rows]


async def _versions(session: AsyncSession, ids: Sequence[str]) -> dict[str, list[PlanVersionRow]]:
    found: dict[str, list[PlanVersionRow]] = {id: [] for id in ids}
    for start in range(0, len(ids), CHUNK):
        query = select(PlanVersionRow).where(PlanVersionRow.outage_id.in_(ids[start : start + CHUNK]))
        for row in await session.scalars(query.order_by(PlanVersionRow.version)):
            found[row.outage_id].append(row)
    return found


def _deviation(plan: PlanRow, outage: OutageRow, versions: list[PlanVersionRow]) -> PlanDeviation:
    announced = next(version for version in versions if plan.published_at and version.at >= plan.published_at)
    return PlanDeviation(
        outage_id=plan.outage_id,
        kind=OutageKind(outage.kind),
        status=PlanStatus(plan.status),
        scope_text=outage.scope,
        duty=plan.duty,
        starts_at=plan.planned_start,
        ends_at=plan.planned_end,
        start_late=_minutes(plan.planned_start, plan.actual_start),
        end_late=_minutes(plan.planned_end, plan.actual_end),
        scope_added=sorted(_names(plan.scope) - _names(announced.scope)) + plan.actual_areas,
        deviation_reason=plan.deviation_reason,
        lead_minutes=plan.lead_minutes,
        lead_breach=plan.lead_breach,
        lead_reason=plan.lead_reason,
        accounts=versions[-1].accounts,
    )


def _minutes(planned: datetime, actual: datetime | None) -> int | None:
    return None if actual is None else round((actual - planned).total_seconds() / 60)


def _names(scope: PlanScope) -> set[str]:
    return {name for names in scope.model_dump(exclude={"accounts"}).values() for name in names}


async def _figures(session: AsyncSession, month: str, plans: list[PlanDeviation], rules: PlanRules) -> PlanMonth:
    starts = [plan.start_late for plan in plans if plan.start_late is not None]
    ends = [plan.end_late for plan in plans if plan.end_late is not None]
    tasks = await _tasks(session, [plan.outage_id for plan in plans])
    ticked = sum(task.served and task.notified and task.reported and task.supervised for task in tasks)
    return PlanMonth(
        month=month,
        plans=len(plans),
        cancelled=sum(plan.status is PlanStatus.CANCELLED for plan in plans),
        begun=len(starts),
        ended=len(ends),
        started_otherwise=sum(abs(minutes) > rules.tolerance_minutes for minutes in starts),
        ended_otherwise=sum(abs(minutes) > rules.tolerance_minutes for minutes in ends),
        mean_start_late=_mean(starts),
        mean_end_late=_mean(ends),
        lead_breaches=sum(plan.lead_breach for plan in plans),
        scope_added=sum(bool(plan.scope_added) for plan in plans),
        tasks=len(tasks),
        tasks_closed=sum(task.closed_at is not None for task in tasks),
        served=sum(task.served for task in tasks),
        notified=sum(task.notified for task in tasks),
        reported=sum(task.reported for task in tasks),
        supervised=sum(task.supervised for task in tasks),
        in_place=_share(ticked, len(tasks)),
    )


def _mean(minutes: list[int]) -> Decimal | None:
    return (Decimal(sum(minutes)) / len(minutes)).quantize(Decimal("0.1")) if minutes else None


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


async def _tasks(session: AsyncSession, ids: list[str]) -> list[NoticeTaskRow]:
    """Without those that a newer version superseded before anybody was told."""
    found: list[NoticeTaskRow] = []
    for start in range(0, len(ids), CHUNK):
        query = select(NoticeTaskRow).where(NoticeTaskRow.outage_id.in_(ids[start : start + CHUNK]))
        found += await session.scalars(query.where(NoticeTaskRow.superseded.is_(False)))
    return found
