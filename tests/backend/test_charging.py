"""From energy to money: sums are exact, tiers lose nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.charging import Charge, Use, charge, split
from backend.town.tariffs import price_rows, prices_of
from utility.models import TariffClass

PRICES = {tariff: prices_of(tariff, price_rows()) for tariff in TariffClass}
HOME = PRICES[TariffClass.RESIDENTIAL]
UPPERS = (2760, 4800, None)
KWH = st.integers(0, 400_000)


@st.composite
def uses(draw: st.DrawFn) -> Use:
    kwh = draw(KWH)
    peak = draw(st.none() | st.integers(0, kwh))
    return Use(kwh, draw(st.integers(0, 9000)), peak, None if peak is None else kwh - peak, draw(st.integers(0, 5000)))


def lines(charged: Charge) -> list[tuple[str, str, str]]:
    return [(item.name, str(item.quantity), str(item.amount)) for item in charged.items]


@given(st.sampled_from(TariffClass), uses())
def test_the_items_of_every_bill_add_up_to_its_total(tariff: TariffClass, use: Use) -> None:
    if tariff is TariffClass.LARGE_INDUSTRY and use.peak is None:
        use = Use(use.kwh, use.before, use.kwh, 0, use.capacity)
    charged = charge(tariff, use, PRICES[tariff])
    assert charged.total == sum(item.amount for item in charged.items)
    assert all(item.amount == item.amount.quantize(Decimal("0.01")) for item in charged.items)
    for item in charged.items:
        if item.quantity is not None and item.unit_price is not None:
            assert abs(item.amount - item.quantity * item.unit_price) <= Decimal("0.005")


@given(st.integers(0, 9000), KWH)
def test_the_tiers_of_a_month_add_up_to_its_use(before: int, kwh: int) -> None:
    parts = split(before, kwh, UPPERS)
    assert sum(parts) == kwh
    assert all(part >= 0 for part in parts)


@given(st.lists(st.integers(0, 1500), min_size=12, max_size=12))
def test_a_year_in_months_falls_into_the_same_tiers_as_at_once(months: list[int]) -> None:
    yearly, before = [0, 0, 0], 0
    for kwh in months:
        yearly = [a + b for a, b in zip(yearly, split(before, kwh, UPPERS), strict=True)]
        before += kwh
    assert yearly == split(0, sum(months), UPPERS)


def test_the_first_tier_ends_with_its_last_kilowatt_hour() -> None:
    assert split(2700, 60, UPPERS) == [60, 0, 0]
    assert split(2700, 61, UPPERS) == [60, 1, 0]
    assert split(2760, 10, UPPERS) == [0, 10, 0]
    assert split(0, 5000, UPPERS) == [2760, 2040, 200]


def test_a_home_pays_each_tier_at_its_price() -> None:
    charged = charge(TariffClass.RESIDENTIAL, Use(200, 2700), HOME)
    assert lines(charged) == [("第一档电费", "60", "32.28"), ("第二档电费", "140", "82.32")]
    assert charged.total == Decimal("114.60")
    assert [(tier.tier, tier.kwh, tier.unit_price) for tier in charged.tiers] == [
        (1, 60, Decimal("0.538")),
        (2, 140, Decimal("0.588")),
    ]


def test_a_home_with_peak_and_valley_pays_the_step_of_the_tier_on_top() -> None:
    charged = charge(TariffClass.RESIDENTIAL, Use(200, 4700, 120, 80), HOME)
    assert lines(charged) == [
        ("峰段电费", "120", "68.16"),
        ("谷段电费", "80", "23.04"),
        ("第二档加价", "100", "5.00"),
        ("第三档加价", "100", "30.00"),
    ]


def test_a_month_without_use_has_a_line_all_the_same() -> None:
    assert lines(charge(TariffClass.RESIDENTIAL, Use(0, 100), HOME)) == [("第一档电费", "0", "0.00")]


def test_large_industry_pays_for_capacity_and_is_rewarded_for_its_power_factor() -> None:
    charged = charge(
        TariffClass.LARGE_INDUSTRY, Use(1000, 0, 600, 400, capacity=100), PRICES[TariffClass.LARGE_INDUSTRY]
    )
    assert [item.name for item in charged.items] == [
        "基本电费（按容量，千伏安）",
        "峰段电费",
        "谷段电费",
        "功率因数调整电费",
        "政府性基金及附加",
    ]
    assert charged.items[3].amount == Decimal("-27.22")


@pytest.mark.parametrize("tariff", list(TariffClass))
def test_every_class_has_prices_with_a_source(tariff: TariffClass) -> None:
    rows = [row for row in price_rows() if row["tariff_class"] == tariff]
    assert rows
    assert all(row["source"].startswith("演示数据") and row["valid_from"] for row in rows)
