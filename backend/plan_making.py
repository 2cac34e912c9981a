"""What staff do with plans: make, change, call off. Each is one transaction, carried out once per key."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.locks import insert
from backend.outage_news import tell
from backend.plan_impact import Judged, judge
from backend.plan_outages import differences, grown, places_of, public, put_places, step
from backend.plan_tasks import hand_out
from backend.plan_versions import affected, begin, keep, plan_there
from backend.problems import Impossible, Invalid
from backend.tables import OutageRow, PlanRow, Row, TicketNumberRow
from utility.models import TimeLimit
from utility.plans import FaultCode, OutageFact, PlanCancel, PlanChange, PlanImpact, PlanStatus, PlanWish

PREFIX = "PL"
OVER = (PlanStatus.CANCELLED, PlanStatus.DONE)
FORBIDS = (FaultCode.EVENT, FaultCode.APPROVAL)


async def create(
    session: AsyncSession, wish: PlanWish, key: str, now: datetime, limits: Sequence[TimeLimit] | None = None
) -> PlanRow:
    """Invalid: it makes no sense or a reason is wanting. Impossible: something forbids it, or it is there already."""
    key = f"create:{key}"
    if made := await begin(session, key):
        return made
    judged = await judge(session, wish, now, limits=limits)
    if wish.publish:
        refuse(judged.impact)
    await alone(session, wish, judged)
    outage = OutageRow(id=await _number(session, now), cancelled=False, published_at=now, drill=wish.drill, draft=True)
    _put(outage, await public(session, wish, judged))
    plan = PlanRow(outage_id=outage.id, status=PlanStatus.DRAFT, version=0, created_by=wish.staff, created_at=now)
    _put(plan, _private(wish, judged) | {"actual_areas": [], "deviation_reason": ""})
    session.add(outage)
    await session.flush()
    session.add(plan)
    await put_places(session, outage.id, judged.reach.place_ids)
    if wish.publish:
        await _publish(session, plan, outage, judged, (key, wish.staff, ""), now)
    else:
        await keep(session, plan, key, say.CREATED, wish.staff, "", judged.impact.accounts, now)
    return plan


async def change(session: AsyncSession, outage_id: str, wish: PlanChange, key: str, now: datetime) -> PlanRow:
    """As `create`; Impossible too when somebody else was quicker, or the plan is over."""
    key = f"change:{key}"
    if made := await begin(session, key):
        return made
    plan, outage = await plan_there(session, outage_id)
    _may_change(plan, outage, wish)
    judged = await _judge_again(session, plan, outage, wish, now)
    draft = plan.status == PlanStatus.DRAFT
    if wish.publish or not draft:
        refuse(judged.impact)
    await alone(session, wish, judged, outage_id)
    values = await public(session, wish, judged)
    if plan.actual_start:  # it goes on until somebody says that it has ended
        values |= {"starts_at": plan.actual_start, "ends_at": None}
    differs = differences(outage, values)
    _put(outage, values)
    _put(plan, _private(wish, judged))
    await put_places(session, outage_id, judged.reach.place_ids)
    if draft and wish.publish:
        await _publish(session, plan, outage, judged, (key, wish.staff, wish.note), now)
    elif draft or not differs:
        await keep(session, plan, key, say.EDITED, wish.staff, wish.note, judged.impact.accounts, now)
    else:
        note = wish.note or say.HAVE_CHANGED.format(names=say.SEPARATOR.join(differs))
        await _announce_change(session, plan, judged, (key, wish.staff, note), now)
    return plan


async def cancel(session: AsyncSession, outage_id: str, wish: PlanCancel, key: str, now: datetime) -> PlanRow:
    """Impossible once it has begun or is over. Whoever was told is told again; of a draft nobody knows."""
    key = f"cancel:{key}"
    if made := await begin(session, key):
        return made
    plan, outage = await plan_there(session, outage_id)
    if plan.status in OVER:
        raise Impossible(say.OVER)
    if plan.actual_start:
        raise Impossible(say.BEGUN)
    known = plan.status != PlanStatus.DRAFT
    accounts = await affected(session, plan)
    plan.status, outage.cancelled = PlanStatus.CANCELLED, True
    await keep(session, plan, key, OutageFact.CANCELLED, wish.staff, wish.reason, accounts, now)
    if known:
        await step(session, outage_id, OutageFact.CANCELLED, wish.reason, now)
        news = await tell(session, outage_id, OutageFact.CANCELLED, wish.reason, now)
        await hand_out(session, plan, None, news, now)
    return plan


def refuse(impact: PlanImpact) -> None:
    """The first thing that keeps the plan from being published."""
    for fault in impact.faults:
        raise Impossible(fault.text) if fault.code in FORBIDS else Invalid(f"body.{fault.code}: {fault.text}")


async def alone(session: AsyncSession, wish: PlanWish, judged: Judged, outage_id: str = "") -> None:
    """Impossible when another plan does the same to the same at the same time."""
    alike = PlanRow.fingerprint == fingerprint(wish, judged), PlanRow.status != PlanStatus.CANCELLED
    if await session.scalar(select(PlanRow.outage_id).where(*alike, PlanRow.outage_id != outage_id).limit(1)):
        raise Impossible(say.SAME_PLAN)


def fingerprint(wish: PlanWish, judged: Judged) -> str:
    """Alike for plans that do the same to the same at the same time."""
    window = f"{wish.starts_at.timestamp()}-{wish.ends_at.timestamp()}"
    said = f"{wish.kind} {wish.measure} {wish.drill} {window} {judged.reach.scope.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()


def _put(row: OutageRow | PlanRow, values: Row) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _private(wish: PlanWish, judged: Judged) -> Row:
    return {
        "template": wish.template,
        "duty": wish.duty,
        "planned_start": wish.starts_at,
        "planned_end": wish.ends_at,
        "scope": judged.reach.scope,
        "reason": wish.reason,
        "measure": wish.measure,
        "approved_list": wish.approved_list,
        "lead_minutes": judged.impact.lead_minutes,
        "lead_breach": judged.impact.lead_breach,
        "lead_reason": wish.lead_reason,
        "peak_reason": wish.peak_reason,
        "fingerprint": fingerprint(wish, judged),
    }


def _may_change(plan: PlanRow, outage: OutageRow, wish: PlanChange) -> None:
    if plan.version != wish.version:
        raise Impossible(say.CHANGED_MEANWHILE)
    if plan.status in OVER:
        raise Impossible(say.OVER)
    if outage.drill != wish.drill:
        raise Invalid(f"body.drill: {say.DRILL_STAYS}")
    if plan.actual_start and wish.starts_at != plan.planned_start:
        raise Impossible(say.BEGUN)


async def _judge_again(
    session: AsyncSession, plan: PlanRow, outage: OutageRow, wish: PlanChange, now: datetime
) -> Judged:
    """A new beginning, or somebody whom it did not concern before, counts from now; all else from when it was told."""
    judged = await judge(session, wish, now)
    moved = wish.starts_at != plan.planned_start
    if plan.published_at is None or moved or grown(plan, outage, judged, await places_of(session, outage.id)):
        return judged
    return await judge(session, wish, now, told_at(plan))


def told_at(plan: PlanRow) -> datetime | None:
    """When the beginning that holds now was announced; None for a draft."""
    if plan.published_at is None or plan.lead_minutes is None:
        return None
    return plan.planned_start - timedelta(minutes=plan.lead_minutes)


async def _number(session: AsyncSession, now: datetime) -> str:
    """PL20261123-0001: by the day on which it was made."""
    first = insert(session, TicketNumberRow).values(prefix=PREFIX, day=now.date(), last=1)
    counted = first.on_conflict_do_update(
        index_elements=["prefix", "day"], set_={"last": TicketNumberRow.last + 1}
    ).returning(TicketNumberRow.last)
    return f"{PREFIX}{now:%Y%m%d}-{(await session.execute(counted)).scalar_one():04d}"


By = tuple[str, str, str]
"""The key, who did it, and what they said."""


async def _publish(
    session: AsyncSession, plan: PlanRow, outage: OutageRow, judged: Judged, by: By, now: datetime
) -> None:
    key, staff, note = by
    plan.status, plan.published_at = PlanStatus.PUBLISHED, now
    outage.draft, outage.published_at = False, now
    await keep(session, plan, key, OutageFact.PUBLISHED, staff, note, judged.impact.accounts, now)
    await step(session, outage.id, say.ANNOUNCED, say.ANNOUNCED_NOTE, now)
    news = await tell(session, outage.id, OutageFact.PUBLISHED, note, now)
    await hand_out(session, plan, judged.reach, news, now)


async def _announce_change(session: AsyncSession, plan: PlanRow, judged: Judged, by: By, now: datetime) -> None:
    key, staff, note = by
    plan.status = PlanStatus.CHANGED
    await keep(session, plan, key, OutageFact.CHANGED, staff, note, judged.impact.accounts, now)
    await step(session, plan.outage_id, OutageFact.CHANGED, note, now)
    news = await tell(session, plan.outage_id, OutageFact.CHANGED, note, now)
    await hand_out(session, plan, judged.reach, news, now)
