"""Bills and balances of the town, over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.billing import late_fee, status_on
from backend.policies import Policies
from backend.tables import BillRow
from backend.town.bills import bill_rows, money
from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.households import Household, Story
from backend.town.tariffs import price_rows, prices_of
from tests.backend.conftest import Town
from utility.errors import InvalidRequest
from utility.models import Balance, Bill, BillStatus, TariffClass

RULES = Policies("", 3, 30, 10, 30, 24, 14, 24, Decimal("0.001"), Decimal("0.002"), Decimal("0.003"), Decimal("1.00"))
HOMES = {account.home.story: account.home for account in DEMO_ACCOUNTS}
PRICES = {tariff: prices_of(tariff, price_rows()) for tariff in TariffClass}

Look = Callable[[str, str], Awaitable[tuple[list[Bill], Balance]]]


@pytest.fixture
def look(reading: Town) -> Look:
    """All bills and the balance of an account, at the moment of seeding."""

    async def see(account_no: str, tail: str) -> tuple[list[Bill], Balance]:
        token = (await reading.grant(account_no, tail)).token
        bills = await reading.client.bills(account_no, "2000-01", "2099-12", token)
        return bills, await reading.client.balance(account_no, token)

    return see


async def test_there_are_two_years_of_bills_oldest_first(look: Look) -> None:
    bills, _balance = await look("3300100001", "5678")
    assert len(bills) == 24
    assert (bills[0].period, bills[-1].period) == ("2024-11", "2026-10")
    assert [bill.period for bill in bills] == sorted(bill.period for bill in bills)
    for earlier, later in pairwise(bills):
        assert later.reading_start == earlier.reading_end
        assert later.year_kwh == later.kwh + (0 if later.period.endswith("-01") else earlier.year_kwh)


async def test_every_demo_bill_adds_up(look: Look) -> None:
    for account in DEMO_ACCOUNTS:
        bills, _balance = await look(account.home.account_no, account.home.tail)
        for bill in bills:
            assert bill.total == sum(item.amount for item in bill.items) > 0
            assert bill.kwh == bill.reading_end - bill.reading_start
            assert bill.kwh_peak is None or bill.kwh_peak + (bill.kwh_valley or 0) == bill.kwh
            assert not bill.tiers or sum(tier.kwh for tier in bill.tiers) == bill.kwh


async def test_only_the_asked_for_periods_are_given(reading: Town) -> None:
    token = (await reading.grant("3300100001", "5678")).token
    summer = await reading.client.bills("3300100001", "2026-07", "2026-08", token)
    assert [bill.period for bill in summer] == ["2026-07", "2026-08"]
    assert await reading.client.bills("3300100001", "2026-11", "2026-12", token) == []
    for first, last in (("2026-08", "2026-07"), ("2026-13", "2026-13"), ("2026", "2026-07")):
        with pytest.raises(InvalidRequest):
            await reading.client.bills("3300100001", first, last, token)


async def test_a_summer_month_costs_more_than_a_spring_month(look: Look) -> None:
    bills, _balance = await look("3300100001", "5678")
    by_period = {bill.period: bill for bill in bills}
    assert by_period["2026-08"].total > by_period["2026-04"].total * Decimal("1.5")
    assert len(by_period["2026-10"].tiers) == 2


async def test_the_high_bill_is_several_times_what_is_usual(look: Look) -> None:
    bills, _balance = await look("3300100010", "1357")
    usual = max(bills[-2].total, bills[-13].total)
    assert bills[-1].total > 2 * usual


async def test_the_estimated_reading_is_marked(look: Look) -> None:
    bills, _balance = await look("3300100011", "2468")
    assert [bill.estimated for bill in bills] == [False] * 23 + [True]


async def test_first_month_arrears_are_overdue_for_less_than_thirty_days(look: Look) -> None:
    bills, balance = await look("3300100007", "7890")
    overdue = [bill for bill in bills if bill.status is BillStatus.OVERDUE]
    assert balance.overdue_periods == [bill.period for bill in overdue]
    assert len(overdue) == 1
    assert balance.arrears == overdue[0].total
    assert balance.late_fee == overdue[0].late_fee >= 1
    assert not balance.cut_off
    assert balance.cutoff_on is None


async def test_long_arrears_have_a_notice_and_a_date(look: Look) -> None:
    bills, balance = await look("3300100008", "8901")
    assert len(balance.overdue_periods) >= 2
    assert balance.arrears == sum(bill.total for bill in bills if bill.period in balance.overdue_periods)
    assert balance.cutoff_on == date(2026, 11, 27)
    assert not balance.cut_off


async def test_a_cut_off_account_says_so(look: Look) -> None:
    _bills, balance = await look("3300100009", "9012")
    assert balance.cut_off
    assert balance.pay_url.endswith("/3300100009")


async def test_prepaid_money_is_shown(look: Look) -> None:
    _bills, balance = await look("3300100004", "3456")
    assert (balance.prepaid, balance.arrears) == (Decimal("260.00"), 0)


async def test_an_open_bill_is_no_arrears_until_the_day_after_it_is_due(town: Town) -> None:
    grant = await town.grant("3300100003", "2345")
    balance = await town.client.balance("3300100003", grant.token)
    assert (balance.open_periods, balance.overdue_periods, balance.arrears) == (["2026-10"], [], 0)
    town.clock.set(day=26)
    again = await town.grant("3300100003", "2345")
    balance = await town.client.balance("3300100003", again.token)
    assert (balance.open_periods, balance.overdue_periods) == ([], ["2026-10"])


async def test_ways_to_pay_have_a_source(reading: Town) -> None:
    ways = await reading.client.payment_ways()
    assert len(ways) >= 4
    assert all(way.how and way.source for way in ways)


# --- late fees ------------------------------------------------------------------------------------------------------


def owed(total: str, due_on: date, today: date, resident: bool = True) -> Decimal:
    return late_fee(BillRow(total=Decimal(total), due_on=due_on, paid_on=None), resident, today, RULES)


def test_a_resident_owes_a_thousandth_a_day_and_one_yuan_at_least() -> None:
    assert owed("200.00", date(2026, 10, 25), date(2026, 11, 22)) == Decimal("5.60")
    assert owed("20.00", date(2026, 10, 25), date(2026, 10, 26)) == Decimal("1.00")
    assert owed("200.00", date(2026, 10, 25), date(2026, 10, 25)) == 0


def test_others_owe_more_from_the_next_year_on() -> None:
    assert owed("1000.00", date(2026, 12, 25), date(2026, 12, 31), resident=False) == Decimal("12.00")
    assert owed("1000.00", date(2026, 12, 25), date(2027, 1, 10), resident=False) == Decimal("42.00")


# --- the stories are true on whatever day the town is seeded --------------------------------------------------------


def told(home: Household, today: date) -> list[BillRow]:
    return [BillRow(**row) for row in bill_rows(home, today, PRICES[home.tariff])]


def overdue_days(home: Household, today: date) -> list[int]:
    late = [bill for bill in told(home, today) if status_on(bill, today) is BillStatus.OVERDUE]
    return [(today - bill.due_on).days for bill in late]


@settings(max_examples=25, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_arrears_are_as_told_on_any_day(today: date) -> None:
    (days,) = overdue_days(HOMES[Story.FIRST_ARREARS], today)
    assert 0 < days < 30
    assert max(overdue_days(HOMES[Story.LONG_ARREARS], today)) > 30
    assert len(overdue_days(HOMES[Story.CUT_OFF], today)) >= 3
    assert overdue_days(HOMES[Story.PLAIN], today) == []
    assert [status_on(bill, today) for bill in told(HOMES[Story.OPEN_BILL], today)[-2:]] == ["已缴", "待缴"]
    assert money(HOMES[Story.CUT_OFF], today)["cut_off"]


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_past_month_is_the_same_whenever_the_town_is_seeded(today: date) -> None:
    home = HOMES[Story.PLAIN]
    now = {row["period"]: row["kwh"] for row in bill_rows(home, today, PRICES[home.tariff])}
    later = {row["period"]: row["kwh"] for row in bill_rows(home, today + timedelta(days=40), PRICES[home.tariff])}
    common = now.keys() & later.keys()
    assert len(common) >= 22
    assert all(now[period] == later[period] for period in common)


async def test_as_of_is_the_moment_of_asking(look: Look, reading: Town) -> None:
    _bills, balance = await look("3300100001", "5678")
    assert balance.as_of == reading.clock.now == datetime.fromisoformat("2026-11-23T10:05:00+08:00")
    assert balance.source
