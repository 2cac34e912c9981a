"""What a damaged appliance is worth: the rule of 《居民用户家用电器损坏处理办法》 as arithmetic, exact to the cent.

Up to the full-price months after it was bought, its price; afterwards price × (1 − time used / years of service), time
counted in whole months, and never less than the least share of the price. All figures are given by the caller.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Terms:
    """`full_months` in months after buying, both ends in; `least` is a share of the price."""

    full_months: int
    least: Decimal


@dataclass(frozen=True)
class Value:
    """`months` of use, begun ones left out; `amount` in yuan. At most one of `full` and `floored` is true."""

    months: int
    amount: Decimal
    full: bool
    floored: bool


def depreciate(price: Decimal, bought_on: date, damaged_on: date, years: int, terms: Terms) -> Value:
    """Yuan, rounded half up. ValueError when it was damaged before it was bought or serves no time."""
    if damaged_on < bought_on or years <= 0:
        raise ValueError("damaged before it was bought, or no years of service")
    months = months_between(bought_on, damaged_on)
    if damaged_on <= months_after(bought_on, terms.full_months):
        return Value(months, _cents(price), full=True, floored=False)
    life = 12 * years
    left = price * (life - months) / life
    least = price * terms.least
    return Value(months, _cents(max(left, least)), full=False, floored=left < least)


def _cents(yuan: Decimal) -> Decimal:
    return yuan.quantize(CENT, ROUND_HALF_UP)


def months_between(first: date, last: date) -> int:
    """Whole months: 31 January to 28 February is one, when February has no more days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if months_after(first, months) <= last else months - 1


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
