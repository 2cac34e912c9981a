"""What is known about a place, and how it changes while a demonstration runs."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.tables import OutageRow
from tests.backend.conftest import MONDAY, Town, repair
from utility.errors import NotFound
from utility.models import Outage, OutageKind, OutageStatus

PLANNED, FAULT, RESTRICTED = OutageKind.PLANNED, OutageKind.FAULT, OutageKind.RESTRICTED


async def only(town: Town, place: str, building: str | None = None) -> Outage:
    report = await town.client.place_outages(place, building)
    (outage,) = report.outages
    return outage


async def test_a_fault_now_shows_its_progress_and_its_forecast(reading: Town) -> None:
    report = await reading.client.place_outages("C02")
    (fault,) = report.outages
    assert report.place is not None
    assert report.place.name == "翠湖苑"
    assert (fault.kind, fault.status) == (FAULT, OutageStatus.ONGOING)
    assert [step.name for step in fault.steps] == ["受理", "派单", "接单", "到达"]
    assert fault.expected_at is not None
    assert fault.expected_at > MONDAY
    assert fault.expected_at.minute % 10 == 0
    assert report.as_of == MONDAY
    assert await reading.client.outage(fault.id) == fault


async def test_a_fault_without_a_forecast_has_no_time(reading: Town) -> None:
    fault = await only(reading, "C14")
    assert (fault.status, fault.expected_at, fault.ends_at) == (OutageStatus.ONGOING, None, None)


async def test_this_mornings_outage_is_restored(reading: Town) -> None:
    outage = await only(reading, "C04")
    assert outage.status is OutageStatus.RESTORED
    assert outage.ends_at == MONDAY.replace(hour=8, minute=5)
    assert outage.steps[-1].name == "修复"


async def test_tomorrows_plan_concerns_part_of_the_buildings(reading: Town) -> None:
    plan = await only(reading, "C03")
    assert (plan.kind, plan.status) == (PLANNED, OutageStatus.ANNOUNCED)
    assert plan.starts_at == MONDAY.replace(day=24, hour=8, minute=30)
    assert plan.ends_at == MONDAY.replace(day=24, hour=17, minute=0)
    assert plan.starts_at - plan.steps[0].at >= timedelta(days=7)
    for inside in ("2栋", "2号楼", "锦绣江南2栋1单元601室", "二栋"):
        assert (await only(reading, "C03", inside)).id == plan.id
    assert (await reading.client.place_outages("C03", "12栋")).outages == []


async def test_a_restriction_is_known_on_its_street_and_nowhere_else(reading: Town) -> None:
    assert (await only(reading, "S07")).kind is RESTRICTED
    assert (await reading.client.place_outages("C08")).outages == []


async def test_a_street_answers_for_the_communities_on_it(reading: Town) -> None:
    assert (await only(reading, "S02")).place_ids == ["C02"]


async def test_where_nothing_is_known_the_report_is_empty(reading: Town) -> None:
    report = await reading.client.place_outages("C05")
    assert (report.outages, report.as_of) == ([], MONDAY)
    assert report.source


async def test_an_accounts_outages_are_public_and_name_no_place(reading: Town) -> None:
    report = await reading.client.account_outages("3300100003")
    assert report.place is None
    assert [outage.kind for outage in report.outages] == [PLANNED]
    assert (await reading.client.account_outages("3300100004")).outages == []
    with pytest.raises(NotFound):
        await reading.client.account_outages("9999999999")


async def test_unknown_places_and_outages_are_not_found(reading: Town) -> None:
    with pytest.raises(NotFound):
        await reading.client.place_outages("C99")
    with pytest.raises(NotFound):
        await reading.client.outage("FT20000101-01")


async def test_a_plan_begins_and_ends_by_the_clock(reading: Town) -> None:
    for hour, status in ((8, "已公告"), (9, "停电中"), (17, "已恢复")):
        reading.clock.set(day=24, hour=hour, minute=5)
        assert (await only(reading, "C03")).status == status
    reading.clock.set(day=25, hour=17, minute=5)
    assert (await reading.client.place_outages("C03")).outages == []


async def test_a_plan_further_away_than_two_weeks_is_not_told_yet(reading: Town) -> None:
    reading.clock.set(day=16)
    assert (await reading.client.place_outages("C01")).outages == []
    reading.clock.set(day=18)
    assert len((await reading.client.place_outages("C01")).outages) == 1


async def test_the_fault_goes_on_being_worked_at_for_a_day(reading: Town) -> None:
    """At any moment of a long demonstration the forecast lies ahead, and the news are not from long ago."""
    seen = set()
    for quarter in range(24 * 4):
        reading.clock.now = MONDAY + timedelta(minutes=15 * quarter)
        fault = await only(reading, "C02")
        assert fault.status is OutageStatus.ONGOING
        assert fault.expected_at is not None
        assert fault.expected_at > reading.clock.now
        assert fault.updated_at <= reading.clock.now
        seen.add(fault.expected_at)
    assert len(seen) == 6


async def test_a_forecast_that_has_passed_is_no_longer_told(reading: Town) -> None:
    reading.clock.now = MONDAY + timedelta(hours=48)
    fault = await only(reading, "C02")
    assert (fault.status, fault.expected_at) == (OutageStatus.ONGOING, None)


async def test_the_fault_without_forecast_stays_without(reading: Town) -> None:
    for hours in (1, 3, 7, 13, 23):
        reading.clock.now = MONDAY + timedelta(hours=hours)
        fault = await only(reading, "C14")
        assert fault.expected_at is None
        assert "到达" in [step.name for step in fault.steps]


async def test_reports_begin_with_what_presses_most(town: Town) -> None:
    town.clock.set(day=24, hour=9)
    outages = (await town.client.place_outages("S03")).outages
    assert [outage.status for outage in outages] == sorted(
        (outage.status for outage in outages), key=["停电中", "已公告", "已恢复"].index
    )


async def test_a_cancelled_plan_says_so(own_town: Town) -> None:
    async with own_town.database.write() as session, session.begin():
        await session.execute(update(OutageRow).where(OutageRow.kind == PLANNED).values(cancelled=True))
    assert (await only(own_town, "C03")).status is OutageStatus.CANCELLED
    own_town.clock.set(day=24, hour=9)
    ticket = await own_town.client.create_ticket(repair(place_id="C03", address="锦绣江南2栋"), "k1")
    assert ticket.outage_id is None
