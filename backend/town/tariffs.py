"""Prices of the town: residents after Zhejiang's published table, the rest invented, all marked as demonstration."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from backend.charging import BASIC, ENERGY, FUNDS, PEAK, POWER_FACTOR, SURCHARGES, TIERS, VALLEY, Price, Prices
from backend.tables import Row
from utility.models import TariffClass

RESIDENT_SOURCE: Final = "演示数据：参照浙江一户一表公开价目"
OTHER_SOURCE: Final = "演示数据：虚构价格，仅供演示"
SINCE: Final = date(2023, 1, 1)

_R, _N, _C = TariffClass.RESIDENTIAL, TariffClass.NON_RESIDENTIAL, TariffClass.COMMERCIAL
_G, _L = TariffClass.GENERAL_INDUSTRY, TariffClass.LARGE_INDUSTRY
_A, _W = TariffClass.AGRICULTURE, TariffClass.WHOLESALE

_TABLE: Final = (
    (_R, TIERS[0], "0.538", 2760),
    (_R, TIERS[1], "0.588", 4800),
    (_R, TIERS[2], "0.838", None),
    (_R, PEAK, "0.568", None),
    (_R, VALLEY, "0.288", None),
    (_R, SURCHARGES[1], "0.05", None),
    (_R, SURCHARGES[2], "0.30", None),
    (_N, ENERGY, "0.6250", None),
    (_C, ENERGY, "0.7850", None),
    (_C, PEAK, "0.9620", None),
    (_C, VALLEY, "0.4380", None),
    (_C, FUNDS, "0.0290", None),
    (_G, ENERGY, "0.7320", None),
    (_G, PEAK, "0.9430", None),
    (_G, VALLEY, "0.4120", None),
    (_G, FUNDS, "0.0290", None),
    (_L, BASIC, "30", None),
    (_L, PEAK, "0.8120", None),
    (_L, VALLEY, "0.3560", None),
    (_L, POWER_FACTOR, "-0.0075", None),
    (_L, FUNDS, "0.0290", None),
    (_A, ENERGY, "0.4480", None),
    (_W, ENERGY, "0.3950", None),
)


def price_rows() -> list[Row]:
    return [
        {
            "tariff_class": tariff,
            "item": item,
            "valid_from": SINCE,
            "unit_price": Decimal(amount),
            "upper": upper,
            "source": RESIDENT_SOURCE if tariff is _R else OTHER_SOURCE,
        }
        for tariff, item, amount, upper in _TABLE
    ]


def prices_of(tariff: TariffClass, rows: Iterable[Row]) -> Prices:
    """The prices of one class out of the rows."""
    return {row["item"]: Price(row["unit_price"], row["upper"]) for row in rows if row["tariff_class"] == tariff}
