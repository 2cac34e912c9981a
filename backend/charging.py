"""From energy to money: the items of a bill add up to its total exactly, tiers run by the year's cumulative use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from utility.models import BillItem, TariffClass, TierUse

CENT: Final = Decimal("0.01")
BASIC: Final = "基本电费（按容量，千伏安）"
POWER_FACTOR: Final = "功率因数调整电费"
FUNDS: Final = "政府性基金及附加"
ENERGY: Final = "电度电费"
PEAK: Final = "峰段电费"
VALLEY: Final = "谷段电费"
TIERS: Final = ("第一档电费", "第二档电费", "第三档电费")
SURCHARGES: Final = ("", "第二档加价", "第三档加价")


@dataclass(frozen=True)
class Price:
    """Yuan per unit; `upper` is the yearly kWh where a tier ends, None for the last tier and for what has no tiers."""

    unit_price: Decimal
    upper: int | None = None


Prices = Mapping[str, Price]
"""The prices of one class by item, as they are in force for a period."""


@dataclass(frozen=True)
class Use:
    """A month: kWh in all, its peak and valley parts where metered apart, what the year had before it, kVA."""

    kwh: int
    before: int = 0
    peak: int | None = None
    valley: int | None = None
    capacity: int = 0


@dataclass(frozen=True)
class Charge:
    items: list[BillItem]
    tiers: list[TierUse]

    @property
    def total(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal("0.00"))


def charge(tariff: TariffClass, use: Use, prices: Prices) -> Charge:
    """Residents pay by tiers (and by peak and valley where chosen), the rest by the items of their class."""
    if tariff is TariffClass.RESIDENTIAL:
        return _resident(use, prices)
    items = _energy(use, prices)
    if BASIC in prices:
        items.insert(0, _line(BASIC, use.capacity, prices[BASIC]))
    if POWER_FACTOR in prices:
        owed = sum((item.amount for item in items), Decimal(0))
        items.append(BillItem(name=POWER_FACTOR, amount=_cents(owed * prices[POWER_FACTOR].unit_price)))
    if FUNDS in prices:
        items.append(_line(FUNDS, use.kwh, prices[FUNDS]))
    return Charge(items, [])


def split(before: int, kwh: int, uppers: Sequence[int | None]) -> list[int]:
    """How many of this month's kWh fall into each tier when the year has had `before` already."""
    parts, lower = [], 0
    for upper in uppers:
        top = before + kwh if upper is None else min(upper, before + kwh)
        parts.append(max(0, top - max(lower, before)))
        lower = lower if upper is None else upper
    return parts


def _resident(use: Use, prices: Prices) -> Charge:
    steps = [prices[name] for name in TIERS]
    parts = split(use.before, use.kwh, [step.upper for step in steps])
    tiers = [
        TierUse(
            tier=number,
            upper=None if step.upper is None else Decimal(step.upper),
            kwh=Decimal(part),
            unit_price=step.unit_price,
        )
        for number, (step, part) in enumerate(zip(steps, parts, strict=True), 1)
        if part or number == 1
    ]
    if use.peak is None:
        named = zip(TIERS, parts, strict=True)
        items = [_line(name, part, prices[name]) for name, part in named if part or name == TIERS[0]]
    else:
        named = zip(SURCHARGES, parts, strict=True)
        items = _energy(use, prices) + [_line(name, part, prices[name]) for name, part in named if name and part]
    return Charge(items, tiers)


def _energy(use: Use, prices: Prices) -> list[BillItem]:
    """By peak and valley where they are metered apart and the class has prices for them."""
    if use.peak is None or use.valley is None or PEAK not in prices:
        return [_line(ENERGY, use.kwh, prices[ENERGY])]
    return [_line(PEAK, use.peak, prices[PEAK]), _line(VALLEY, use.valley, prices[VALLEY])]


def _line(name: str, quantity: int, price: Price) -> BillItem:
    amount = _cents(quantity * price.unit_price)
    return BillItem(name=name, quantity=Decimal(quantity), unit_price=price.unit_price, amount=amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
