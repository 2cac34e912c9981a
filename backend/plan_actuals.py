"""How a plan really went: when it began, when it ended, what else went off, and why it was not as planned."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.outage_news import tell
from backend.plan_outages import step
from backend.plan_rules import plan_rules
from backend.plan_versions import affected, begin, keep, plan_there
from backend.problems import Impossible, Invalid
from backend.tables import OutageRow, PlanRow, TransformerAreaRow
from utility.plans import OutageFact, PlanActual, PlanStatus

RUNNING = (PlanStatus.PUBLISHED, PlanStatus.CHANGED)


async def record(session: AsyncSession, outage_id: str, wish: PlanActual, key: str, now: datetime) -> PlanRow:
    """Once per key. Impossible: not published, over, or told already. Invalid: a time that cannot be, or no reason."""
    key = f"actual:{key}"
    if made := await begin(session, key):
        return made
    plan, outage = await plan_there(session, outage_id)
    _check(plan, wish, now)
    await _check_areas(session, wish)
    await _check_reason(session, plan, wish)
    facts = [fact for fact, at in _facts(wish) if at]
    _begin(plan, outage, wish)
    _end(plan, outage, wish)
    plan.actual_areas = sorted({*plan.actual_areas, *wish.areas} - set(outage.transformer_areas))
    plan.deviation_reason = "；".join(filter(None, dict.fromkeys([plan.deviation_reason, wish.reason])))
    accounts = await affected(session, plan)
    for count, fact in enumerate(facts):
        own = key if count == 0 else f"{key}:{fact}"
        await keep(session, plan, own, fact, wish.staff, wish.reason or wish.note, accounts, now)
    for fact, at in _facts(wish):
        if at:
            await step(session, outage_id, fact, wish.note, at)
            await tell(session, outage_id, fact, wish.note, at)
    return plan


def _facts(wish: PlanActual) -> list[tuple[OutageFact, datetime | None]]:
    return [(OutageFact.BEGUN, wish.started_at), (OutageFact.RESTORED, wish.ended_at)]


def _check(plan: PlanRow, wish: PlanActual, now: datetime) -> None:
    started = wish.started_at or plan.actual_start
    if plan.status == PlanStatus.DRAFT:
        raise Impossible(say.NOT_PUBLISHED)
    if plan.status not in RUNNING:
        raise Impossible(say.OVER)
    if wish.started_at and plan.actual_start:
        raise Impossible(say.TOLD_ALREADY)
    if not wish.started_at and not wish.ended_at:
        raise Invalid(f"body.started_at: {say.NO_TIME}")
    if started is None:
        raise Invalid(f"body.started_at: {say.NOT_BEGUN}")
    if max(filter(None, (started, wish.ended_at))) > now:
        raise Invalid(f"body: {say.IN_FUTURE}")
    if wish.ended_at and wish.ended_at < started:
        raise Invalid(f"body.ended_at: {say.END_FIRST}")


async def _check_areas(session: AsyncSession, wish: PlanActual) -> None:
    known = select(TransformerAreaRow.name).where(TransformerAreaRow.name.in_(wish.areas))
    if set(await session.scalars(known)) != set(wish.areas):
        raise Invalid(f"body.areas: {say.NO_AREA}")


async def _check_reason(session: AsyncSession, plan: PlanRow, wish: PlanActual) -> None:
    rules = await plan_rules(session)
    pairs = [(wish.started_at, plan.planned_start), (wish.ended_at, plan.planned_end)]
    late = any(actual and abs(actual - planned) > rules.tolerance for actual, planned in pairs)
    if (late or wish.areas) and not wish.reason:
        raise Invalid(f"body.reason: {say.DEVIATION.format(minutes=rules.tolerance_minutes)}")


def _begin(plan: PlanRow, outage: OutageRow, wish: PlanActual) -> None:
    """Customers see it go on, with the planned end as what is expected, until somebody says that it has ended."""
    if wish.started_at:
        plan.actual_start = outage.starts_at = wish.started_at
        outage.ends_at, outage.expected_at = None, plan.planned_end


def _end(plan: PlanRow, outage: OutageRow, wish: PlanActual) -> None:
    if wish.ended_at:
        plan.actual_end = outage.ends_at = wish.ended_at
        plan.status = PlanStatus.DONE
