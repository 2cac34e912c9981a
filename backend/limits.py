"""Promises as data: which rows are in force, and which of them a ticket carries."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.calendar import add_working_days
from backend.hours import Desk
from backend.parts import Now, Reading
from backend.policies import policies
from backend.tables import TimeLimitRow
from utility.models import Area, TimeLimit

router = APIRouter(tags=["服务承诺"])


async def limits_in_force(session: AsyncSession, today: date, area: Area | None = None) -> list[TimeLimit]:
    """One row per matter and area, newest first in force; of the own region rather than of everywhere."""
    region = (await policies(session)).region
    rows = select(TimeLimitRow).where(TimeLimitRow.valid_from <= today, TimeLimitRow.region.in_(["", region]))
    chosen: dict[tuple[str, str], TimeLimitRow] = {}
    for row in await session.scalars(rows.order_by(TimeLimitRow.region, TimeLimitRow.valid_from)):
        chosen[row.matter, row.area] = row
    wanted = [row for row in chosen.values() if area is None or row.area in ("", area)]
    return [_limit(row) for row in sorted(wanted, key=lambda row: row.position)]


def _limit(row: TimeLimitRow) -> TimeLimit:
    return TimeLimit(
        matter=row.matter,
        area=Area(row.area) if row.area else None,
        minutes=row.minutes,
        working_days=row.working_days,
        text=row.text,
        source=row.source,
        valid_from=row.valid_from,
    )


def due_at(limit: TimeLimit, start: datetime, desk: Desk) -> datetime:
    """When the promise falls due: minutes run by the clock, working days end with the last shift of the last day."""
    if limit.minutes is not None:
        return start + timedelta(minutes=limit.minutes)
    return desk.closes_on(add_working_days(start.date(), limit.working_days or 0, desk.stated))


@router.get("/time-limits", summary="服务时限")
async def time_limits(
    session: Reading, now: Now, area: Annotated[Area | None, Query(description="only what holds there")] = None
) -> list[TimeLimit]:
    """The promises in force today, each with its source and the day since when it holds."""
    return await limits_in_force(session, now.date(), area)
