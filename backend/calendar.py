"""Working days as China has them: weekends worked to make up for holidays (调休) count, holidays do not."""

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.tables import CalendarDayRow

Overrides = Mapping[date, bool]
"""Days whose kind the operator states: True is worked."""

SATURDAY = 5


async def overrides(session: AsyncSession) -> Overrides:
    return {row.day: row.working for row in await session.scalars(select(CalendarDayRow))}


def is_working(day: date, stated: Overrides) -> bool:
    """The operator's word, else the State Council's calendar, else (year not published yet) Monday to Friday."""
    if day in stated:
        return stated[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def add_working_days(start: date, count: int, stated: Overrides) -> date:
    """The `count`-th working day after `start`; the day of the start itself is not counted."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day, stated)
    return day
