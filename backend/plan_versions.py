"""The history of plans: every write is a version, made by one writer at a time and once per key."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.locks import hold
from backend.problems import Missing
from backend.tables import OutageRow, PlanRow, PlanVersionRow
from utility.plans import PlanVersion


async def begin(session: AsyncSession, key: str) -> PlanRow | None:
    """One writer of plans at a time; the plan that this key wrote already."""
    await hold(session, "plans")
    done = await session.scalar(select(PlanVersionRow.outage_id).where(PlanVersionRow.key == key))
    return await session.get_one(PlanRow, done) if done else None


async def plan_there(session: AsyncSession, outage_id: str) -> tuple[PlanRow, OutageRow]:
    """A plan and its public side. Missing when there is none."""
    plan = await session.get(PlanRow, outage_id)
    if plan is None:
        raise Missing("no such plan")
    return plan, await session.get_one(OutageRow, outage_id)


async def keep(
    session: AsyncSession, plan: PlanRow, key: str, fact: str, staff: str, note: str, accounts: int, now: datetime
) -> None:
    """The plan as it is now becomes its next version."""
    plan.version += 1
    await session.flush()
    session.add(
        PlanVersionRow(
            outage_id=plan.outage_id,
            version=plan.version,
            key=key,
            fact=fact,
            staff=staff,
            at=now,
            note=note,
            starts_at=plan.planned_start,
            ends_at=plan.planned_end,
            scope=plan.scope,
            accounts=accounts,
        )
    )
    await session.flush()


async def affected(session: AsyncSession, plan: PlanRow) -> int:
    """How many accounts the newest version concerns."""
    row = await session.get_one(PlanVersionRow, (plan.outage_id, plan.version))
    return row.accounts


async def history(session: AsyncSession, outage_id: str) -> list[PlanVersion]:
    """Oldest first, each with what it made otherwise."""
    query = select(PlanVersionRow).where(PlanVersionRow.outage_id == outage_id).order_by(PlanVersionRow.version)
    rows = (await session.scalars(query)).all()
    return [_version(row, before) for before, row in zip([None, *rows], rows, strict=False)]


def _version(row: PlanVersionRow, before: PlanVersionRow | None) -> PlanVersion:
    differs = {
        say.START: before and before.starts_at != row.starts_at,
        say.END: before and before.ends_at != row.ends_at,
        say.SCOPE: before and before.scope != row.scope,
    }
    return PlanVersion(
        version=row.version,
        fact=row.fact,
        staff=row.staff,
        at=row.at,
        note=row.note,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        scope=row.scope,
        accounts=row.accounts,
        changed=[name for name, yes in differs.items() if yes],
    )
