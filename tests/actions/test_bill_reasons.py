"""What makes a bill higher, in yuan."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from actions.bill_reasons import Comparison, compared
from utility.models import Bill, BillItem, BillStatus, TierUse

NOW = datetime(2026, 11, 23, 10, 5, tzinfo=timezone(timedelta(hours=8)))


def bill(
    period: str,
    kwh: int,
    *,
    days: int = 30,
    price: str = "0.50",
    second: int = 0,
    peak: int | None = None,
    fixed: str = "0.00",
    estimated: bool = False,
    late_fee: str = "0.00",
) -> Bill:
    """`second` kWh lie in the second tier, ten cents dearer; `peak` kWh cost 0.80, the rest 0.30."""
    items = [BillItem(name="基本电费", quantity=Decimal(10), unit_price=Decimal(30), amount=Decimal(fixed))]
    if peak is None:
        amount = kwh * Decimal(price) + second * Decimal("0.10")
        items.append(BillItem(name="电度电费", quantity=Decimal(kwh), unit_price=Decimal(price), amount=amount))
    else:
        for name, part, unit in (("峰段电费", peak, "0.80"), ("谷段电费", kwh - peak, "0.30")):
            unit_price = Decimal(unit)
            items.append(BillItem(name=name, quantity=Decimal(part), unit_price=unit_price, amount=part * unit_price))
    first = TierUse(tier=1, upper=Decimal(2760), kwh=Decimal(kwh - second), unit_price=Decimal(price))
    dearer = TierUse(tier=2, upper=None, kwh=Decimal(second), unit_price=Decimal(price) + Decimal("0.10"))
    return Bill(
        account_no="3300100001",
        period=period,
        days=days,
        reading_start=Decimal(0),
        reading_end=Decimal(kwh),
        kwh=Decimal(kwh),
        kwh_peak=None if peak is None else Decimal(peak),
        kwh_valley=None if peak is None else Decimal(kwh - peak),
        year_kwh=Decimal(2900),
        items=items,
        tiers=[first, dearer] if second else [first],
        total=sum((item.amount for item in items), Decimal(0)),
        late_fee=Decimal(late_fee),
        status=BillStatus.PAID,
        due_on=date(2026, 11, 25),
        estimated=estimated,
        as_of=NOW,
        source="演示",
    )


def labels(comparison: Comparison) -> list[str]:
    return [reason.label for reason in comparison.reasons()]


def test_more_use_a_day_is_valued_at_the_price_of_before() -> None:
    (reason,) = Comparison(bill("2026-10", 300), bill("2026-09", 200), None).reasons()
    assert reason.label == "每天用得更多" and reason.effect == Decimal(50)


def test_more_days_are_a_reason_of_their_own() -> None:
    comparison = Comparison(bill("2026-10", 330, days=33), bill("2026-09", 300, days=30), None)
    (reason,) = comparison.reasons()
    assert reason.label == "计费天数更多" and reason.effect == Decimal(15)


def test_a_higher_tier_costs_what_it_costs_beyond_the_first() -> None:
    comparison = Comparison(bill("2026-10", 200, second=150), bill("2026-09", 190), None)
    assert labels(comparison) == ["到了更高的阶梯", "每天用得更多"]
    assert comparison.reasons()[0].effect == Decimal(15)


def test_a_larger_share_of_peak_energy_is_found() -> None:
    comparison = Comparison(bill("2026-10", 200, peak=160), bill("2026-09", 200, peak=100), None)
    (reason,) = comparison.reasons()
    assert reason.label == "峰段用电占比高了" and reason.effect == Decimal(30) and "50%→80%" in reason.text


def test_charges_that_do_not_go_by_energy_are_told_apart() -> None:
    comparison = Comparison(bill("2026-10", 200, fixed="90.00"), bill("2026-09", 200), None)
    assert labels(comparison) == ["其他费用"]


def test_the_parts_add_up_to_the_difference() -> None:
    now, before = bill("2026-10", 340, second=100), bill("2026-09", 200)
    effects = sum(reason.effect for reason in Comparison(now, before, None).reasons())
    assert round(effects, 2) == now.total - before.total


def test_the_dearest_reason_comes_first_and_there_are_at_most_three() -> None:
    now = bill("2026-10", 330, days=33, second=150, fixed="30.00")
    ranked = Comparison(now, bill("2026-09", 270, days=30), None).reasons()
    effects = [reason.effect for reason in ranked]
    assert effects == sorted(effects, reverse=True) and len(ranked) <= 3


def test_a_bill_like_the_others_has_no_reasons() -> None:
    comparison = Comparison(bill("2026-10", 200), bill("2026-09", 199), bill("2025-10", 201))
    assert comparison.base is None and comparison.reasons() == []


def test_a_bill_lower_than_the_month_before_is_compared_with_last_year() -> None:
    comparison = Comparison(bill("2026-10", 200), bill("2026-09", 300), bill("2025-10", 150))
    assert comparison.base is comparison.last_year and not comparison.seasonal


def test_the_season_is_named_when_last_year_was_alike() -> None:
    comparison = Comparison(bill("2026-07", 400), bill("2026-06", 200), bill("2025-07", 390))
    assert comparison.seasonal and not comparison.unexplained and "季节用电" in labels(comparison)


def test_a_jump_against_both_is_unexplained() -> None:
    assert Comparison(bill("2026-10", 400), bill("2026-09", 200), bill("2025-10", 190)).unexplained


def test_without_anything_to_compare_nothing_is_claimed() -> None:
    comparison = Comparison(bill("2026-10", 400), None, None)
    assert comparison.reasons() == [] and not comparison.unexplained


def test_estimated_readings_and_late_fees_stand_beside() -> None:
    now = bill("2026-10", 200, estimated=True, late_fee="3.20")
    assert labels(Comparison(now, bill("2026-09", 200), None)) == ["违约金", "本期是估抄"]
    after = Comparison(bill("2026-10", 200), bill("2026-09", 200, estimated=True), None)
    assert labels(after) == ["上期是估抄"]


def test_an_empty_home_does_not_divide_by_zero() -> None:
    comparison = Comparison(bill("2026-10", 100), bill("2026-09", 0), bill("2025-10", 0))
    assert comparison.base and "新增" in compared(comparison.bill, comparison.base)
    assert isinstance(comparison.reasons(), list)
