"""When people sit at the desk, and what follows from it for a call back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.calendar import Overrides, is_working, overrides
from backend.clock import LOCAL
from backend.parts import Now, Reading, Writing
from backend.problems import Invalid, Unready
from backend.tables import ServiceHoursRow
from utility.models import ServiceHours
from utility.staff import NewHours

HORIZON: Final = 60
"""Days to look ahead for a shift; the longest holiday is far shorter."""

router = APIRouter(tags=["服务时间"])


@dataclass(frozen=True)
class Desk:
    """Shifts of a day, and the days that have them."""

    text: str
    shifts: tuple[tuple[time, time], ...]
    working_days_only: bool
    stated: Overrides
    source: str
    valid_from: date

    def open_at(self, now: datetime) -> bool:
        return any(begins <= now < ends for begins, ends in self._shifts_from(now.date(), days=1))

    def next_open_at(self, now: datetime) -> datetime:
        """When the next shift begins, later than now."""
        return next(begins for begins, _ends in self._shifts_from(now.date()) if begins > now)

    def after_minutes(self, now: datetime, minutes: int) -> datetime:
        """The moment when the desk will have been open for `minutes` since now: lunch and nights do not count."""
        left = timedelta(minutes=minutes)
        for begins, ends in self._shifts_from(now.date()):
            start = max(begins, now)
            if start + left <= ends:
                return start + left
            left -= max(ends - start, timedelta(0))
        raise Unready("the desk never opens")

    def open_for(self, since: datetime, until: datetime) -> timedelta:
        """For how long the desk is open between two moments."""
        total, last = timedelta(0), (until.date() - since.date()).days + 1
        for begins, ends in self._shifts_from(since.date(), days=max(last, 0)):
            total += max(min(ends, until) - max(begins, since), timedelta(0))
        return total

    def closes_on(self, day: date) -> datetime:
        """The end of the last shift: a promise in working days ends with it."""
        return datetime.combine(day, self.shifts[-1][1], LOCAL)

    def _shifts_from(self, first: date, days: int = HORIZON) -> Iterator[tuple[datetime, datetime]]:
        for day in (first + timedelta(days=ahead) for ahead in range(days)):
            if not self.working_days_only or is_working(day, self.stated):
                for begins, ends in self.shifts:
                    yield datetime.combine(day, begins, LOCAL), datetime.combine(day, ends, LOCAL)


async def desk(session: AsyncSession, today: date) -> Desk:
    """The hours in force today."""
    newest = select(ServiceHoursRow).where(ServiceHoursRow.valid_from <= today)
    row = await session.scalar(newest.order_by(ServiceHoursRow.valid_from.desc()).limit(1))
    if row is None:
        raise Unready("no service hours; run python -m backend.seed")
    return Desk(
        row.text, parse_shifts(row.shifts), row.working_days_only, await overrides(session), row.source, row.valid_from
    )


def parse_shifts(text: str) -> tuple[tuple[time, time], ...]:
    """`9:00-12:00,13:30-17:30` → two pairs of times."""
    return tuple((_clock_time(begins), _clock_time(ends)) for begins, ends in (s.split("-") for s in text.split(",")))


def _clock_time(text: str) -> time:
    hour, minute = text.strip().split(":")
    return time(int(hour), int(minute))


@router.get("/service-hours", summary="人工服务时间")
async def service_hours(session: Reading, now: Now) -> ServiceHours:
    """Whether the desk is open now, and when its next shift begins (working days with 调休)."""
    return _told(await desk(session, now.date()), now)


@router.put("/service-hours", summary="设定服务时间")
async def set_service_hours(wish: NewHours, session: Writing, now: Now) -> ServiceHours:
    """From a day on; what held before stays on record."""
    try:
        shifts = parse_shifts(wish.shifts)
    except ValueError:
        raise Invalid("body.shifts: no such time of day") from None
    flat = [moment for shift in shifts for moment in shift]
    if flat != sorted(set(flat)):
        raise Invalid("body.shifts: shifts follow each other and do not overlap")
    values = {"text": wish.text, "shifts": wish.shifts, "working_days_only": wish.working_days_only}
    await _put_hours(session, wish.valid_from, values | {"source": f"{wish.staff}设定"})
    return _told(await desk(session, now.date()), now)


async def _put_hours(session: AsyncSession, day: date, values: dict[str, object]) -> None:
    row = await session.get(ServiceHoursRow, day)
    if row is None:
        session.add(ServiceHoursRow(valid_from=day, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    await session.flush()


def _told(found: Desk, now: datetime) -> ServiceHours:
    return ServiceHours(
        text=found.text,
        open_now=found.open_at(now),
        next_open_at=found.next_open_at(now),
        source=found.source,
        valid_from=found.valid_from,
    )
