"""Working days: holidays, the weekends worked for them, and years nobody has published yet."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.calendar import add_working_days, is_working

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


def test_national_day_2026_is_no_working_week() -> None:
    assert not any(is_working(date(2026, 10, day), {}) for day in range(1, 8))


def test_a_saturday_worked_for_a_holiday_counts() -> None:
    assert date(2026, 10, 10).weekday() == 5
    assert is_working(date(2026, 10, 10), {})


def test_a_year_that_is_not_published_has_plain_weekdays() -> None:
    assert is_working(date(2031, 10, 1), {})
    assert not is_working(date(2031, 10, 4), {})


def test_the_operators_word_goes_before_the_calendar() -> None:
    assert is_working(date(2026, 10, 1), {date(2026, 10, 1): True})
    assert not is_working(date(2031, 10, 1), {date(2031, 10, 1): False})


def test_five_working_days_over_a_weekend_end_on_the_same_weekday() -> None:
    assert add_working_days(date(2026, 11, 23), 5, {}) == date(2026, 11, 30)


def test_five_working_days_over_national_day_skip_it() -> None:
    assert add_working_days(date(2026, 9, 29), 5, {}) == date(2026, 10, 12)


@given(start=DAYS, count=st.integers(1, 40))
def test_the_last_day_is_worked_and_so_are_exactly_that_many(start: date, count: int) -> None:
    last = add_working_days(start, count, {})
    passed = [start + timedelta(days=ahead) for ahead in range(1, (last - start).days + 1)]
    assert is_working(last, {})
    assert sum(is_working(day, {}) for day in passed) == count
