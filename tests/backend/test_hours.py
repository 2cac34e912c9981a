"""When the desk is open, and how open time is counted."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import LOCAL
from backend.hours import Desk, parse_shifts
from tests.backend.conftest import Town

DESK = Desk("", parse_shifts("9:00-12:00,13:30-17:30"), True, {}, "", date(2023, 1, 1))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("now", "open_now", "next_open"),
    [
        (at(23, 10), True, at(23, 13, 30)),
        (at(23, 12), False, at(23, 13, 30)),
        (at(23, 13, 30), True, at(24, 9)),
        (at(23, 17, 30), False, at(24, 9)),
        (at(27, 18), False, at(30, 9)),
        (at(22, 11), False, at(23, 9)),
    ],
)
def test_shifts_end_with_their_last_minute_and_weekends_have_none(
    now: datetime, open_now: bool, next_open: datetime
) -> None:
    assert (DESK.open_at(now), DESK.next_open_at(now)) == (open_now, next_open)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(23, 10), at(23, 10, 30)),
        (at(23, 11, 50), at(23, 13, 50)),
        (at(23, 11, 30), at(23, 12)),
        (at(23, 17, 20), at(24, 9, 20)),
        (at(22, 20), at(23, 9, 30)),
        (at(27, 23, 59), at(30, 9, 30)),
    ],
)
def test_open_minutes_skip_lunch_nights_and_weekends(now: datetime, due: datetime) -> None:
    assert DESK.after_minutes(now, 30) == due


@given(st.integers(0, 700 * 24 * 60), st.integers(0, 2000))
def test_open_time_between_now_and_due_is_what_was_asked_for(later: int, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=LOCAL) + timedelta(minutes=later)
    due = DESK.after_minutes(now, minutes)
    shifts = DESK._shifts_from(now.date(), days=(due.date() - now.date()).days + 1)
    opened = sum((max(timedelta(0), min(ends, due) - max(begins, now)) for begins, ends in shifts), timedelta(0))
    assert opened == timedelta(minutes=minutes)


async def test_the_desk_says_when_it_opens_next(reading: Town) -> None:
    hours = await reading.client.service_hours()
    assert (hours.text, hours.open_now, hours.next_open_at) == ("工作日 9:00-12:00,13:30-17:30", True, at(23, 13, 30))
    reading.clock.set(day=28, hour=11)
    hours = await reading.client.service_hours()
    assert (hours.open_now, hours.next_open_at) == (False, at(30, 9))
