"""Incidents for those who work on them: the list, one of them, and everything that is done with it."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from backend.incident_checks import put_cause, rules, tick
from backend.incident_making import confirm, create, withdraw
from backend.incident_views import detail, listed
from backend.incident_work import estimate, restore, take_step
from backend.parts import Now, Reading, Writing
from backend.refusals import IMPOSSIBLE, MISSING, Responses
from backend.tables import IncidentRow
from backend.tickets import Key
from utility.incidents import (
    CauseWish,
    CheckWish,
    EstimateWish,
    Incident,
    IncidentConfirm,
    IncidentDetail,
    IncidentRules,
    IncidentState,
    IncidentWish,
    IncidentWithdraw,
    RestoreWish,
    StepWish,
)

router = APIRouter(tags=["故障事件"])

REFUSED: Final[Responses] = {409: IMPOSSIBLE[409] | {"description": "故障事件当前不允许这样做"}}
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Item = Annotated[str, Path(max_length=60, description="id of an item of the checklist", examples=["HV-1"])]


@router.get("/staff/incidents", summary="故障事件列表")
async def incidents(
    session: Reading,
    now: Now,
    state: IncidentState | None = None,
    active: bool | None = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[Incident]:
    """Open ones first, the newest before others. Each with how many customers and alarms speak for it."""
    query = select(IncidentRow)
    query = query.where(IncidentRow.state == state) if state else query
    query = query.where(IncidentRow.active.is_(active)) if active is not None else query
    query = query.order_by(IncidentRow.active.desc(), IncidentRow.opened_at.desc(), IncidentRow.outage_id)
    return await listed(session, (await session.scalars(query.limit(limit).offset(offset))).all(), now)


@router.get("/staff/incident-rules", summary="故障类型、检查项和原因代码")
async def incident_rules(session: Reading) -> IncidentRules:
    """Types of faults with their checklists and bans, and the causes; each with its source."""
    return await rules(session)


@router.get("/staff/incidents/{outage_id}", summary="一个故障事件的全部", responses=MISSING)
async def one_incident(outage_id: str, session: Reading, now: Now) -> IncidentDetail:
    """What speaks for it (masked), its progress and estimates, the checklist, answers to 来电了吗, who did what."""
    return await detail(session, outage_id, now)


@router.post("/staff/incidents", status_code=201, summary="人工建立故障事件", responses=REFUSED)
async def create_incident(wish: IncidentWish, key: Key, session: Writing, now: Now) -> IncidentDetail:
    """Once per key. Proposals on its transformer areas are taken up; 409 where a confirmed one is open already."""
    return await detail(session, (await create(session, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/confirm", summary="确认故障事件", responses=MISSING | REFUSED)
async def confirm_incident(
    outage_id: str, wish: IncidentConfirm, key: Key, session: Writing, now: Now
) -> IncidentDetail:
    """Customers see it from now on and are told; tickets that speak for it follow it. Harmless when repeated."""
    return await detail(session, (await confirm(session, outage_id, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/withdraw", summary="撤销故障事件", responses=MISSING | REFUSED)
async def withdraw_incident(
    outage_id: str, wish: IncidentWithdraw, key: Key, session: Writing, now: Now
) -> IncidentDetail:
    """There was no such fault. Who knew of it is told; its tickets stand alone again. 409 once it is over."""
    return await detail(session, (await withdraw(session, outage_id, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/steps", summary="抢修进展一步", responses=MISSING | REFUSED)
async def incident_step(outage_id: str, wish: StepWish, key: Key, session: Writing, now: Now) -> IncidentDetail:
    """受理 派单 接单 到达 修复 回访: forward only, a step taken twice is harmless. 409 for one left behind."""
    return await detail(session, (await take_step(session, outage_id, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/estimate", summary="预计恢复时间", responses=MISSING | REFUSED)
async def incident_estimate(outage_id: str, wish: EstimateWish, key: Key, session: Writing, now: Now) -> IncidentDetail:
    """The newest word holds, the older ones stay on record. Told once; the same word again is not told."""
    return await detail(session, (await estimate(session, outage_id, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/restore", summary="恢复供电", responses=MISSING | REFUSED)
async def restore_incident(outage_id: str, wish: RestoreWish, key: Key, session: Writing, now: Now) -> IncidentDetail:
    """The actual end. Its tickets are repaired with it, and everybody concerned is told once."""
    return await detail(session, (await restore(session, outage_id, wish, key, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/checklist/{item}", summary="检查项完成或违规登记", responses=MISSING)
async def incident_check(outage_id: str, item: Item, wish: CheckWish, session: Writing, now: Now) -> IncidentDetail:
    """Who went through it and when; of a ban like 绕线热修 also what was done against it. Harmless when repeated."""
    return await detail(session, (await tick(session, outage_id, item, wish, now)).outage_id, now)


@router.post("/staff/incidents/{outage_id}/cause", summary="原因和责任单位", responses=MISSING)
async def incident_cause(outage_id: str, wish: CauseWish, key: Key, session: Writing, now: Now) -> IncidentDetail:
    """Why it happened and who answers for it, once that is known; staff alone see it."""
    return await detail(session, (await put_cause(session, outage_id, wish, key, now)).outage_id, now)
