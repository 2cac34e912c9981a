"""What a damaged appliance is worth: the published examples, and what holds for every price and age."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.depreciation import Terms, depreciate, months_after, months_between

TERMS = Terms(full_months=6, least=Decimal("0.10"))
BOUGHT = date(2020, 3, 15)

prices = st.decimals(min_value="0.01", max_value="1000000", places=2)
days = st.dates(min_value=date(1980, 1, 1), max_value=date(2040, 12, 31))
ages = st.integers(min_value=0, max_value=15000)
lives = st.integers(min_value=1, max_value=30)


def value(price: str, damaged: date, years: int, bought: date = BOUGHT) -> Decimal:
    return depreciate(Decimal(price), bought, damaged, years, TERMS).amount


def test_the_published_examples_come_out() -> None:
    assert value("3000", date(2025, 3, 15), 10) == Decimal("1500.00")
    assert value("2500", date(2026, 3, 15), 12) == Decimal("1250.00")


def test_up_to_six_months_it_is_the_price_and_a_day_later_it_is_not() -> None:
    assert value("3000", date(2020, 9, 15), 10) == Decimal("3000.00")
    assert value("3000", date(2020, 9, 16), 10) == Decimal("2850.00")


def test_it_never_falls_under_the_least_share() -> None:
    nine = depreciate(Decimal(3000), BOUGHT, date(2029, 3, 15), 10, TERMS)
    old = depreciate(Decimal(3000), BOUGHT, date(2060, 3, 15), 10, TERMS)
    assert (nine.amount, nine.floored) == (Decimal("300.00"), False)
    assert (old.amount, old.floored) == (Decimal("300.00"), True)


def test_cents_are_rounded_half_up() -> None:
    assert value("0.05", date(2040, 1, 1), 10) == Decimal("0.01")
    assert value("100.01", date(2025, 3, 15), 10) == Decimal("50.01")


def test_begun_months_do_not_count() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 27)) == 0
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert months_between(date(2024, 2, 29), date(2025, 2, 28)) == 12
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)


@pytest.mark.parametrize(("damaged", "years"), [(date(2020, 3, 14), 10), (date(2021, 1, 1), 0)])
def test_what_cannot_be_is_refused(damaged: date, years: int) -> None:
    with pytest.raises(ValueError, match="damaged before"):
        value("3000", damaged, years)


@given(price=prices, bought=days, age=ages, years=lives)
def test_it_is_never_above_the_price_nor_below_the_least_share(
    price: Decimal, bought: date, age: int, years: int
) -> None:
    amount = depreciate(price, bought, bought + timedelta(days=age), years, TERMS).amount
    least = (price * TERMS.least).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert least <= amount <= price
    assert amount == amount.quantize(Decimal("0.01"))


@given(price=prices, bought=days, age=ages, older=st.integers(min_value=0, max_value=4000), years=lives)
def test_what_is_older_is_never_worth_more(price: Decimal, bought: date, age: int, older: int, years: int) -> None:
    damaged = bought + timedelta(days=age)
    young = depreciate(price, bought, damaged, years, TERMS)
    later = depreciate(price, bought, damaged + timedelta(days=older), years, TERMS)
    sooner = depreciate(price, bought - timedelta(days=older), damaged, years, TERMS)
    assert later.amount <= young.amount
    assert sooner.amount <= young.amount


@given(price=prices, bought=days, months=st.integers(min_value=7, max_value=400), years=lives)
def test_between_the_bounds_it_is_the_formula(price: Decimal, bought: date, months: int, years: int) -> None:
    found = depreciate(price, bought, months_after(bought, months), years, TERMS)
    exact = price * (12 * years - found.months) / (12 * years)
    if not found.floored:
        assert abs(found.amount - exact) <= Decimal("0.005")
