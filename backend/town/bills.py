"""Twenty-four months of bills for an account, ending with the month before today."""

import calendar
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from backend.charging import Charge, Prices, Use, charge
from backend.tables import Row
from backend.town.households import Household, Story

MONTHS: Final = 24
DUE_DAYS: Final = (10, 25, 31)
"""Days of the following month by which a bill is to be paid; 31 is its last day."""
HIGH: Final = 3.6


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    def plus(self, months: int) -> "Month":
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def period(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def due_on(self, day: int) -> date:
        after = self.plus(1)
        return date(after.year, after.month, min(day, after.days))


def bill_rows(home: Household, today: date, prices: Prices) -> list[Row]:
    """Bills of the last two years; tiers count from January, so the year of the first bill is run through whole."""
    newest = Month(today.year, today.month).plus(-1)
    oldest = newest.plus(1 - MONTHS)
    due_day = _due_day(home.story, today)
    reading = random.Random(home.account_no).randrange(500, 20000)  # noqa: S311 (the same town every time)
    rows, year_kwh, month = [], 0, Month(oldest.year, 1)
    while month <= newest:
        year_kwh = 0 if month.month == 1 else year_kwh
        use = _use(home, month, year_kwh, newest)
        if month >= oldest:
            rows.append(_row(home, month, use, reading, charge(home.tariff, use, prices), due_day, today))
        reading, year_kwh, month = reading + use.kwh, year_kwh + use.kwh, month.plus(1)
    if home.story is Story.ESTIMATED:
        rows[-1]["estimated"] = True
    return rows


def _use(home: Household, month: Month, before: int, newest: Month) -> Use:
    """Season and chance; the same month of the same account is always the same, whenever the town is seeded."""
    chance = random.Random(f"{home.account_no}{month.period}")  # noqa: S311 (the same town every time)
    kwh = round(home.mean_kwh * home.season.value[month.month - 1] * chance.uniform(0.9, 1.1))
    if home.story is Story.HIGH_BILL and month == newest:
        kwh = round(kwh * HIGH)
    if not home.peak_valley:
        return Use(kwh, before, capacity=home.capacity)
    peak = round(kwh * chance.uniform(0.52, 0.68))
    return Use(kwh, before, peak, kwh - peak, home.capacity)


def _row(home: Household, month: Month, use: Use, reading: int, owed: Charge, due_day: int, today: date) -> Row:
    due_on = month.due_on(due_day)
    return {
        "account_no": home.account_no,
        "period": month.period,
        "days": month.days,
        "reading_start": reading,
        "reading_end": reading + use.kwh,
        "kwh": use.kwh,
        "kwh_peak": use.peak,
        "kwh_valley": use.valley,
        "year_kwh": use.before + use.kwh,
        "items": owed.items,
        "tiers": owed.tiers,
        "total": owed.total,
        "due_on": due_on,
        "paid_on": None if _unpaid(home.story, due_on, today) else _paid_on(home, month, due_on),
        "estimated": False,
    }


def _paid_on(home: Household, month: Month, due_on: date) -> date:
    """Two to nine days before it is due."""
    return due_on - timedelta(days=2 + (int(home.account_no) + month.month) % 8)


# --- stories of arrears ---------------------------------------------------------------------------------------------


def _due_day(story: Story, today: date) -> int:
    """Chosen so that the story is true on whatever day the town is seeded."""
    if story is Story.OPEN_BILL:
        newest = Month(today.year, today.month).plus(-1)
        return next(day for day in DUE_DAYS if newest.due_on(day) >= today)
    if story is Story.FIRST_ARREARS:
        return 25 if today.day <= 20 else 10
    return 25


def _unpaid(story: Story, due_on: date, today: date) -> bool:
    """How far back nothing was paid: a first month is overdue for 4 to 26 days, a long one for 31 at least."""
    back = {Story.OPEN_BILL: 0, Story.FIRST_ARREARS: 27, Story.LONG_ARREARS: 75, Story.CUT_OFF: 110}.get(story)
    return back is not None and due_on >= today - timedelta(days=back)


def money(home: Household, today: date) -> Row:
    """Prepaid money, and the notice of disconnection: served four days ago, carried out two days ago."""
    cutoff = {Story.LONG_ARREARS: today + timedelta(days=4), Story.CUT_OFF: today - timedelta(days=2)}
    return {
        "prepaid": Decimal("260.00") if home.story is Story.PREPAID else Decimal("0.00"),
        "cut_off": home.story is Story.CUT_OFF,
        "cutoff_on": cutoff.get(home.story),
    }


def all_bills(homes: list[Household], today: date, prices: dict[str, Prices]) -> Iterator[Row]:
    for home in homes:
        yield from bill_rows(home, today, prices[home.tariff])
