"""Compensation over HTTP: rules, the search for whom an outage hurt, applications, and what a customer has of it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import compensation_wording as say
from backend.access import GrantHeader, covered
from backend.breaches import case_of, find_breaches
from backend.compensation_applications import answer_waiting, apply, decide_application
from backend.compensation_rules import rules_in_force
from backend.granting import alone, first_state, give
from backend.grants import DECIDED, grant_of
from backend.parts import Now, Reading, Secret, Writing
from backend.problems import Missing
from backend.refusals import FORBIDDEN, MISSING
from backend.tables import BindingRow, CompensationApplicationRow, GrantRow, OutageRow
from backend.tickets import Conversation, Key
from utility.compensation import (
    ApplicationDecision,
    ApplicationRequest,
    ApplicationState,
    Compensation,
    CompensationApplication,
    CompensationRequest,
    CompensationRule,
    CompensationRun,
    GrantState,
)

router = APIRouter(tags=["停电补偿"])

SHOWN: Final = 50
"""So many grants and applications a customer is shown, the newest."""


@router.get("/compensation-rules", summary="停电补偿规则")
async def compensation_rules(session: Reading, now: Now) -> list[CompensationRule]:
    """What holds today, each with its source. Empty: nothing is promised."""
    return await rules_in_force(session, now.date())


@router.post("/staff/compensation/run", summary="查找并补偿受影响户", responses=MISSING)
async def run_compensation(wish: CompensationRequest, session: Writing, now: Now) -> CompensationRun:
    """After an outage: whoever a rule gives something is granted it, at once or for approval, and waiting applications
    are answered. However often and however many ask, each account gets each rule once. It may be broken off at any
    moment and asked for again."""
    return await run(session, wish.outage_id, now)


async def run(session: AsyncSession, outage_id: str, now: datetime) -> CompensationRun:
    """Commits page by page, so that others can write meanwhile and memory stays flat. Missing."""
    outage = await session.get(OutageRow, outage_id)
    if outage is None or outage.draft:
        raise Missing("no such outage")
    case, state = await case_of(session, outage, now), await first_state(session)
    new, already, amount = 0, 0, Decimal("0.00")
    async for found in find_breaches(session, outage, now):
        await alone(session)
        fresh = await give(session, outage_id, found, state, now)
        await session.commit()
        new, already = new + len(fresh), already + len(found) - len(fresh)
        amount += sum(one.due.amount for one in fresh)
    return CompensationRun(
        outage_id=outage_id,
        over=case is not None,
        rules=len(case.broken()) if case else 0,
        granted=new if state is GrantState.GRANTED else 0,
        pending=new if state is GrantState.PENDING else 0,
        already=already,
        amount=amount,
        applications=await answer_waiting(session, outage_id, now) if case else 0,
        as_of=now,
    )


# --- applications -----------------------------------------------------------------------------------------------


@router.post("/compensation/applications", status_code=201, summary="申请停电补偿", responses=FORBIDDEN)
async def apply_for_compensation(
    wish: ApplicationRequest, key: Key, session: Writing, now: Now, secret: Secret, token: GrantHeader = None
) -> CompensationApplication:
    """Carried out once per key. Answered at once where a rule decides; 待核实 while the outage goes on or is not known.
    The account is bound to the conversation, or its grant is sent along."""
    if await session.get(BindingRow, (wish.conversation, wish.account_no)) is None:
        await covered(wish.account_no, now, secret, token)
    return _application(await apply(session, wish, key, now))


def _application(row: CompensationApplicationRow) -> CompensationApplication:
    return CompensationApplication(
        id=row.id,
        account_masked=row.account_no[-4:],
        outage_id=row.outage_id,
        state=ApplicationState(row.state),
        amount=row.amount,
        reason=row.reason,
        decision=row.decision,
        at=row.at,
        decided_at=row.decided_at,
    )


@router.get("/compensation", summary="本会话的补偿")
async def compensation(conversation: Conversation, session: Reading, now: Now) -> Compensation:
    """The grants of the accounts bound to the conversation, its own applications and those for these accounts: the
    newest fifty of each, with reasons."""
    bound = select(BindingRow.account_no).where(BindingRow.conversation == conversation)
    table = CompensationApplicationRow
    mine = or_(table.conversation == conversation, table.account_no.in_(bound))
    grants = select(GrantRow).where(GrantRow.account_no.in_(bound)).order_by(GrantRow.id.desc()).limit(SHOWN)
    applications = select(table).where(mine).order_by(table.id.desc()).limit(SHOWN)
    return Compensation(
        grants=[grant_of(row) for row in await session.scalars(grants)],
        applications=[_application(row) for row in await session.scalars(applications)],
        as_of=now,
        source=say.COMPENSATION,
    )


@router.get("/staff/compensation/applications", summary="补偿申请列表")
async def staff_applications(
    session: Reading,
    state: ApplicationState | None = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[CompensationApplication]:
    """The oldest first; read on after the last one's id. 待核实 without an outage waits for staff."""
    table = CompensationApplicationRow
    query = select(table).where(table.id > after)
    query = query.where(table.state == state) if state else query
    return [_application(row) for row in await session.scalars(query.order_by(table.id).limit(limit))]


@router.post("/staff/compensation/applications/{id}/decide", summary="答复补偿申请", responses=MISSING | DECIDED)
async def decide_one(
    id: Annotated[int, Path(ge=1, le=2**31 - 1)], wish: ApplicationDecision, session: Writing, now: Now
) -> CompensationApplication:
    """Of one that waits: with an outage the rules decide, without one the answer is no. The customer is told."""
    return _application(await decide_application(session, id, wish, now))
