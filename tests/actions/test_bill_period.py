"""Which months are meant, and how they are called."""

from datetime import date

import pytest

from actions import bill_period
from actions.belief import Matter

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("", []),
        ("2026-09", ["2026-09"]),
        ("2026-10,2026-08", ["2026-08", "2026-10"]),
        ("2025-12/2026-02", ["2025-12", "2026-01", "2026-02"]),
        ("2026", [f"2026-{month:02d}" for month in range(1, 12)]),
        ("2027", ["2027-01"]),
    ],
)
def test_normal_forms_become_months(period: str, months: list[str]) -> None:
    assert bill_period.asked(Matter("billing", {"period": period}), TODAY) == months


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (["2026-09"], "9月"),
        (["2026-08", "2026-10"], "8月、10月"),
        (["2026-07", "2026-08", "2026-09"], "7月至9月"),
        (["2025-12", "2026-01", "2026-02"], "2025年12月至2026年2月"),
        (["2025-01", "2025-02", "2025-03"], "2025年1月至2025年3月"),
    ],
)
def test_months_are_said_as_people_say_them(months: list[str], said: str) -> None:
    assert bill_period.say(months, TODAY) == said


def test_of_a_row_without_end_the_newest_months_count() -> None:
    months = bill_period.asked(Matter("billing", {"period": "1990-01/2026-01"}), TODAY)
    assert len(months) == bill_period.LONGEST and months[-1] == "2026-01"
