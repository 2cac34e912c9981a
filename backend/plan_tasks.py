"""Who tells whom: a task for a named person, for each important customer and each home with life support."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.locks import insert
from backend.plan_rules import plan_rules
from backend.plan_scope import Reach
from backend.tables import AccountRow, NoticeTaskRow, OutageNewsRow, PlanRow, Row

CHUNK: Final = 500


async def hand_out(
    session: AsyncSession, plan: PlanRow, reach: Reach | None, news: OutageNewsRow, now: datetime
) -> None:
    """Those whom the plan concerns now, and those who were to be told before: they must hear of the change too.

    Without a reach only the latter. Nobody is told of an exercise.
    """
    if news.drill:
        return
    before = list(await session.scalars(_told_before(plan)))
    stale = NoticeTaskRow.outage_id == plan.outage_id, NoticeTaskRow.closed_at.is_(None)
    await session.execute(update(NoticeTaskRow).where(*stale).values(superseded=True))
    homes = await _singular(session, reach) if reach else {}
    for start in range(0, len(before), CHUNK):
        query = select(AccountRow).where(AccountRow.account_no.in_(before[start : start + CHUNK]))
        homes |= {row.account_no: row for row in await session.scalars(query)}
    due = plan.planned_start - (await plan_rules(session)).notice
    rows = [_task(plan, home, news, due, now) for _no, home in sorted(homes.items())]
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(session, NoticeTaskRow), rows[start : start + CHUNK])


async def _singular(session: AsyncSession, reach: Reach) -> dict[str, AccountRow]:
    kinds = or_(AccountRow.important_kind.is_not(None), AccountRow.life_support)
    return {row.account_no: row for row in await session.scalars(select(AccountRow).where(reach.accounts, kinds))}


def _told_before(plan: PlanRow) -> Select[str]:
    return select(NoticeTaskRow.account_no).where(NoticeTaskRow.outage_id == plan.outage_id).distinct()


def _task(plan: PlanRow, home: AccountRow, news: OutageNewsRow, due: datetime, now: datetime) -> Row:
    responsible = plan.duty[0] if plan.duty else plan.created_by
    return {
        "outage_id": plan.outage_id,
        "account_no": home.account_no,
        "version": news.version,
        "fact": news.fact,
        "person": home.manager or responsible,
        "created_at": now,
        "due_at": due,
        "superseded": False,
        "told_whom": "",
        "told_how": "",
        "served": False,
        "notified": False,
        "reported": False,
        "supervised": False,
    }
