"""Important customers are told by a named person, who says whom they told, how and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.masking import mask_name
from backend.parts import Now, Reading, Writing
from backend.problems import Impossible, Invalid, Missing
from backend.refusals import IMPOSSIBLE, MISSING, Responses
from backend.tables import AccountRow, NoticeTaskRow, OutageRow, PlanRow
from backend.tickets import Key
from utility.notice_tasks import NoticeTask, Ticks, Told
from utility.plans import OutageFact

router = APIRouter(tags=["停电计划"])

REFUSED: Final[Responses] = {409: IMPOSSIBLE[409] | {"description": "已办结，或停电信息已有新的变化"}}

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/staff/notice-tasks", summary="重要用户通知任务")
async def notice_tasks(
    session: Reading,
    now: Now,
    open: bool = False,
    overdue: bool = False,
    person: Annotated[str, Query(max_length=100)] = "",
    outage_id: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[NoticeTask]:
    """The earliest due first. `open`: not told yet and not superseded; `overdue`: those whose time has passed."""
    query = select(NoticeTaskRow)
    if open or overdue:
        query = query.where(NoticeTaskRow.closed_at.is_(None), NoticeTaskRow.superseded.is_(False))
    query = query.where(NoticeTaskRow.due_at < now) if overdue else query
    query = query.where(NoticeTaskRow.person == person) if person else query
    query = query.where(NoticeTaskRow.outage_id == outage_id) if outage_id else query
    query = query.order_by(NoticeTaskRow.due_at, NoticeTaskRow.id).limit(limit).offset(offset)
    return await _listed(session, (await session.scalars(query)).all(), now)


@router.post("/staff/notice-tasks/{id}/close", summary="办结通知任务", responses=MISSING | REFUSED)
async def close(id: Id, told: Told, key: Key, session: Writing, now: Now) -> NoticeTask:
    """Once per key, and once at all: 409 for who comes second, 422 without who was told, how and when."""
    row = await _locked(session, id)
    if row.close_key != (own := f"{id}:{key}"):
        if row.closed_at:
            raise Impossible(say.TASK_CLOSED)
        if row.superseded:
            raise Impossible(say.TASK_SUPERSEDED)
        if told.told_at > now:
            raise Invalid(f"body.told_at: {say.TOLD_IN_FUTURE}")
        row.closed_at, row.closed_by, row.close_key = now, told.staff, own
        row.told_whom, row.told_how, row.told_at = told.whom, told.how, told.told_at
        row.notified = True
        await session.flush()
    return (await _listed(session, [row], now))[0]


@router.post("/staff/notice-tasks/{id}/ticks", summary="服务、通知、报告、督导到位", responses=MISSING)
async def tick(id: Id, ticks: Ticks, session: Writing, now: Now) -> NoticeTask:
    """May be repeated: sets those that are given."""
    row = await _locked(session, id)
    for name, value in ticks.model_dump(exclude={"staff"}, exclude_none=True).items():
        setattr(row, name, value)
    row.ticked_by = ticks.staff
    await session.flush()
    return (await _listed(session, [row], now))[0]


async def _locked(session: AsyncSession, id: int) -> NoticeTaskRow:
    row = await session.scalar(select(NoticeTaskRow).where(NoticeTaskRow.id == id).with_for_update())
    if row is None:
        raise Missing("no such task")
    return row


async def _listed(session: AsyncSession, rows: Sequence[NoticeTaskRow], now: datetime) -> list[NoticeTask]:
    """Everything is read once for all of them."""
    outages = select(OutageRow).where(OutageRow.id.in_({row.outage_id for row in rows}))
    plans = select(PlanRow).where(PlanRow.outage_id.in_({row.outage_id for row in rows}))
    homes = select(AccountRow).where(AccountRow.account_no.in_({row.account_no for row in rows}))
    scopes = {row.id: row.scope for row in await session.scalars(outages)}
    begins = {row.outage_id: row.planned_start for row in await session.scalars(plans)}
    accounts = {row.account_no: row for row in await session.scalars(homes)}
    return [_task(row, accounts.get(row.account_no), scopes[row.outage_id], begins[row.outage_id], now) for row in rows]


def _task(row: NoticeTaskRow, home: AccountRow | None, scope: str, starts_at: datetime, now: datetime) -> NoticeTask:
    kind = home.important_kind if home else None
    holder = home.holder if home else ""
    return NoticeTask(
        id=row.id,
        outage_id=row.outage_id,
        version=row.version,
        fact=OutageFact(row.fact),
        scope_text=scope,
        starts_at=starts_at,
        person=row.person,
        account_no=row.account_no,
        customer=holder if kind else mask_name(holder),
        important_kind=kind,
        life_support=home.life_support if home else False,
        due_at=row.due_at,
        overdue=row.closed_at is None and not row.superseded and row.due_at < now,
        superseded=row.superseded,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        told_whom=row.told_whom,
        told_how=row.told_how,
        told_at=row.told_at,
        served=row.served,
        notified=row.notified,
        reported=row.reported,
        supervised=row.supervised,
        ticked_by=row.ticked_by,
    )
