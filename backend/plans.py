"""Planned outages for those who plan them: what a plan would do, the plan, its changes, how it went, and the report."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from sqlalchemy import select

from backend.clock import LOCAL
from backend.parts import Now, Reading, Writing
from backend.plan_actuals import record
from backend.plan_approval import lists_on
from backend.plan_impact import judge
from backend.plan_making import cancel, change, create
from backend.plan_report import report
from backend.plan_views import detail, listed, overdue_since
from backend.refusals import IMPOSSIBLE, MISSING, Responses
from backend.tables import OutagePlaceRow, PlanRow, PlanTemplateRow
from backend.tickets import Key
from utility.models import OutageKind
from utility.plan_report import PlanReport
from utility.plans import (
    ApprovedList,
    Plan,
    PlanActual,
    PlanCancel,
    PlanChange,
    PlanDetail,
    PlanImpact,
    PlanStatus,
    PlanTemplate,
    PlanWish,
)

router = APIRouter(tags=["停电计划"])

REFUSED: Final[Responses] = {409: IMPOSSIBLE[409] | {"description": "计划当前不允许这样做，或已被他人修改"}}


def _in_our_time(day: date) -> date:
    if not 2000 <= day.year < 2100:
        raise ValueError("not in this century")
    return day


Day = Annotated[date, AfterValidator(_in_our_time)]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


@router.post("/staff/plans/preview", summary="试算一个计划")
async def preview(wish: PlanWish, session: Reading, now: Now) -> PlanImpact:
    """What the plan would do, and what keeps it from being published. Nothing is written."""
    return (await judge(session, wish, now)).impact


@router.post("/staff/plans", status_code=201, summary="建立计划", responses=REFUSED)
async def create_plan(wish: PlanWish, key: Key, session: Writing, now: Now) -> PlanDetail:
    """Once per key. Published at once, or kept as a draft. 422 where a reason is wanting, 409 where something forbids
    it or the same plan is there."""
    return await detail(session, (await create(session, wish, key, now)).outage_id, now)


@router.get("/staff/plans", summary="计划列表")
async def plans(
    session: Reading,
    now: Now,
    status: PlanStatus | None = None,
    since: Annotated[Day | None, Query(alias="from", description="ends on that day or later")] = None,
    until: Annotated[Day | None, Query(alias="to", description="begins on that day or earlier")] = None,
    place: Annotated[str, Query(max_length=100, description="id of a community or street")] = "",
    overdue: bool = False,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[Plan]:
    """By planned beginning. `overdue`: it should have begun or ended, and nobody said so."""
    query = select(PlanRow)
    query = query.where(PlanRow.status == status) if status else query
    query = query.where(PlanRow.planned_end >= _midnight(since)) if since else query
    query = query.where(PlanRow.planned_start < _midnight(until + timedelta(days=1))) if until else query
    query = query.where(overdue_since(now)) if overdue else query
    if place:
        here = select(OutagePlaceRow.outage_id).where(OutagePlaceRow.place_id == place)
        query = query.where(PlanRow.outage_id.in_(here))
    query = query.order_by(PlanRow.planned_start, PlanRow.outage_id).limit(limit).offset(offset)
    return await listed(session, (await session.scalars(query)).all(), now)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), LOCAL)


@router.get("/staff/plans/{outage_id}", summary="一个计划的全部", responses=MISSING)
async def one_plan(outage_id: str, session: Reading, now: Now) -> PlanDetail:
    """The plan, what it does, and every version of it with who, when and what."""
    return await detail(session, outage_id, now)


@router.put("/staff/plans/{outage_id}", summary="变更计划", responses=MISSING | REFUSED)
async def change_plan(outage_id: str, wish: PlanChange, key: Key, session: Writing, now: Now) -> PlanDetail:
    """Once per key. 409 for who read an older version. A draft is published with `publish`; what customers see is told
    to them when it changes."""
    await change(session, outage_id, wish, key, now)
    return await detail(session, outage_id, now)


@router.post("/staff/plans/{outage_id}/cancel", summary="取消计划", responses=MISSING | REFUSED)
async def cancel_plan(outage_id: str, wish: PlanCancel, key: Key, session: Writing, now: Now) -> PlanDetail:
    """Once per key; the reason is told to whoever was told of the plan. 409 once it has begun."""
    await cancel(session, outage_id, wish, key, now)
    return await detail(session, outage_id, now)


@router.post("/staff/plans/{outage_id}/actual", summary="登记实际停送电", responses=MISSING | REFUSED)
async def record_actual(outage_id: str, wish: PlanActual, key: Key, session: Writing, now: Now) -> PlanDetail:
    """Once per key: when the power went off, when it was back. 422 without a reason where it differs too much."""
    await record(session, outage_id, wish, key, now)
    return await detail(session, outage_id, now)


@router.get("/staff/plan-templates", summary="计划模板")
async def templates(session: Reading) -> list[PlanTemplate]:
    """What a usual plan begins with: kind, reason, length, who is responsible, what to think of."""
    rows = await session.scalars(select(PlanTemplateRow).order_by(PlanTemplateRow.name))
    return [
        PlanTemplate(
            name=row.name,
            kind=OutageKind(row.kind),
            reason=row.reason,
            minutes=row.minutes,
            duty=row.duty,
            checklist=row.checklist,
            source=row.source,
        )
        for row in rows
    ]


@router.get("/staff/approved-lists", summary="有序用电名单")
async def approved_lists(session: Reading, now: Now) -> list[ApprovedList]:
    """The lists in force today: 错峰 before 避峰 before 限电 before 拉路, each with whom it may touch."""
    return await lists_on(session, now.date())


@router.get("/staff/plan-report", summary="计划执行偏差月报")
async def plan_report(
    session: Reading, now: Now, month: Month, months: Annotated[int, Query(ge=1, le=24)] = 1
) -> PlanReport:
    """Each plan of the month against how it went, and the figures of so many months up to it."""
    return await report(session, month, months, now)
