"""Grants for those who decide about them, and the news of decisions for the desk to read on from where it was."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.compensation_applications import follow, words
from backend.granting import decide, decide_page
from backend.parts import Now, Reading, Writing
from backend.refusals import IMPOSSIBLE, MISSING, Responses
from backend.tables import BindingRow, CompensationApplicationRow, GrantNewsRow, GrantRow
from utility.compensation import (
    ApplicationState,
    Breach,
    CompensationGrant,
    GrantDecision,
    GrantNews,
    GrantState,
    StaffGrant,
)

router = APIRouter(tags=["停电补偿"])

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]
NOTHING: Final = Decimal("0.00")
DECIDED: Responses = {409: IMPOSSIBLE[409] | {"description": "已经作出另外的决定"}}


def grant_of(row: GrantRow) -> CompensationGrant:
    return CompensationGrant(
        id=row.id,
        outage_id=row.outage_id,
        account_masked=row.account_no[-4:],
        breach=Breach(row.breach),
        rule=row.rule_name,
        state=GrantState(row.state),
        amount=row.amount,
        reason=row.reason,
        decision=row.decision,
        source=row.source,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def _for_staff(row: GrantRow) -> StaffGrant:
    return StaffGrant(
        grant=grant_of(row), rule_id=row.rule_id, rule_version=row.rule_version, decided_by=row.decided_by
    )


@router.get("/staff/grants", summary="补偿发放列表")
async def staff_grants(
    session: Reading,
    state: GrantState | None = None,
    outage_id: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 100,
) -> list[StaffGrant]:
    """The oldest first; read on after the last one's id."""
    query = select(GrantRow).where(GrantRow.id > after)
    query = query.where(GrantRow.state == state) if state else query
    query = query.where(GrantRow.outage_id == outage_id) if outage_id else query
    return [_for_staff(row) for row in await session.scalars(query.order_by(GrantRow.id).limit(limit))]


@router.post("/staff/grants/{id}/approve", summary="同意发放", responses=MISSING | DECIDED)
async def approve(id: Id, wish: GrantDecision, session: Writing, now: Now) -> StaffGrant:
    """Once: again it changes nothing, and nobody is told twice. 409 when it was refused before."""
    row = await decide(session, id, GrantState.GRANTED, wish, now)
    await follow(session, row.outage_id, [row.account_no], now)
    return _for_staff(row)


@router.post("/staff/grants/{id}/reject", summary="不予发放", responses=MISSING | DECIDED)
async def reject(id: Id, wish: GrantDecision, session: Writing, now: Now) -> StaffGrant:
    """Once: again it changes nothing, and nobody is told twice. 409 when it was given before."""
    row = await decide(session, id, GrantState.REJECTED, wish, now)
    await follow(session, row.outage_id, [row.account_no], now)
    return _for_staff(row)


@router.post("/staff/outages/{outage_id}/grants/approve", summary="同意发放一次停电的全部补偿")
async def approve_all(
    outage_id: Annotated[str, Path(max_length=60)], wish: GrantDecision, session: Writing, now: Now
) -> int:
    """Every grant of the outage that still waits; how many there were. It may be broken off at any moment and asked
    for again: none is decided twice."""
    count = 0
    while rows := await decide_page(session, outage_id, GrantState.GRANTED, wish, now):
        await follow(session, outage_id, [row.account_no for row in rows], now)
        count += len(rows)
        await session.commit()
        session.expunge_all()
    return count


# --- news -------------------------------------------------------------------------------------------------------


@router.get("/grant-news", summary="补偿决定流")
async def grant_news(
    session: Reading, after: Annotated[int, Query(ge=0, le=2**62)] = 0, limit: Limit = 100
) -> list[GrantNews]:
    """What was decided since, in order: each once, none ever skipped. Who was answered at once is not among those to
    be told."""
    query = select(GrantNewsRow).where(GrantNewsRow.id > after).order_by(GrantNewsRow.id).limit(limit)
    rows = (await session.scalars(query)).all()
    grants = {row.id: row for row in await session.scalars(_of(GrantRow, [row.grant_id for row in rows]))}
    answered = _of(CompensationApplicationRow, [row.application_id for row in rows])
    applications = {row.id: row for row in await session.scalars(answered)}
    told = await _conversations(session, list(grants.values()))
    return [
        _of_application(row, applications[row.application_id])
        if row.application_id
        else _of_grant(row, grants[row.grant_id or 0], told[row.grant_id or 0])
        for row in rows
    ]


def _of[T: (GrantRow, CompensationApplicationRow)](table: type[T], ids: Sequence[int | None]) -> Select[T]:
    return select(table).where(table.id.in_({id for id in ids if id}))


async def _conversations(session: AsyncSession, grants: Sequence[GrantRow]) -> dict[int, list[str]]:
    """Those that bound the account, then those that applied."""
    bound, applied = await _bound(session, grants), await _applied(session, grants)
    return {
        grant.id: [*bound.get(grant.account_no, []), *applied.get((grant.outage_id, grant.account_no), [])]
        for grant in grants
    }


def _of_grant(news: GrantNewsRow, grant: GrantRow, conversations: Sequence[str]) -> GrantNews:
    return GrantNews(
        id=news.id,
        grant_id=grant.id,
        application_id=None,
        outage_id=grant.outage_id,
        account_masked=grant.account_no[-4:],
        state=ApplicationState(news.state),
        amount=grant.amount if news.state == GrantState.GRANTED else NOTHING,
        reason=words(grant),
        at=news.at,
        conversations=[each for each in dict.fromkeys(conversations) if each != news.told],
    )


def _of_application(news: GrantNewsRow, application: CompensationApplicationRow) -> GrantNews:
    return GrantNews(
        id=news.id,
        grant_id=None,
        application_id=application.id,
        outage_id=application.outage_id,
        account_masked=application.account_no[-4:],
        state=ApplicationState(news.state),
        amount=application.amount or NOTHING,
        reason=application.decision,
        at=news.at,
        conversations=[application.conversation],
    )


async def _bound(session: AsyncSession, grants: Sequence[GrantRow]) -> dict[str, list[str]]:
    numbers = {grant.account_no for grant in grants}
    query = select(BindingRow.account_no, BindingRow.conversation).where(BindingRow.account_no.in_(numbers))
    found: dict[str, list[str]] = {}
    for no, conversation in await session.execute(query.order_by(BindingRow.at, BindingRow.conversation)):
        found.setdefault(no, []).append(conversation)
    return found


async def _applied(session: AsyncSession, grants: Sequence[GrantRow]) -> dict[tuple[str, str], list[str]]:
    table = CompensationApplicationRow
    wanted = [(grant.outage_id, grant.account_no) for grant in grants]
    query = select(table.outage_id, table.account_no, table.conversation)
    query = query.where(tuple_(table.outage_id, table.account_no).in_(wanted)).order_by(table.id)
    found: dict[tuple[str, str], list[str]] = {}
    for outage, no, conversation in await session.execute(query):
        found.setdefault((outage or "", no), []).append(conversation)
    return found


@router.get("/grant-news/last", summary="最新补偿决定编号")
async def last_grant_news(session: Reading) -> int:
    """Where a new reader begins; 0 when nothing has been decided yet."""
    return await session.scalar(select(func.max(GrantNewsRow.id))) or 0
