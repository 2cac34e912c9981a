"""Many reports of one transformer area are one fault: once, whoever reports at the same moment."""

import asyncio
import contextlib

import pytest
from sqlalchemy import func, select

from backend.tables import IncidentAreaRow, IncidentReportRow, IncidentRow, OutageRow
from backend.town.planting import plant
from tests.backend.conftest import MONDAY, Town, repair
from tests.backend.incident_kit import AREA, OTHER, PLACE, by_hand, confirmed, crew, facts, policy, report, shown, three
from utility.alarms import AlarmKind, AlarmReport
from utility.errors import InvalidRequest, NotPossible
from utility.incidents import (
    IncidentConfirm,
    IncidentOrigin,
    IncidentState,
    IncidentWithdraw,
)
from utility.plans import OutageFact, PlanScope


async def test_enough_customers_of_one_area_propose_an_incident_that_customers_do_not_see(own_town: Town) -> None:
    await report(own_town, "a", "7栋")
    await report(own_town, "b", "8栋")
    assert await crew(own_town).incidents() == []
    await report(own_town, "c", "9栋")
    (incident,) = await crew(own_town).incidents()
    assert (incident.state, incident.origin, incident.reports) == (IncidentState.PROPOSED, IncidentOrigin.REPORTS, 3)
    assert incident.transformer_areas == [AREA]
    assert incident.scope_text.startswith("金色家园7–")
    assert await shown(own_town) == []
    assert await facts(own_town) == []
    assert (await own_town.client.ticket("RP20261123-0001", "a")).outage_id is None


async def test_confirmation_publishes_it_and_the_tickets_follow(own_town: Town) -> None:
    id = await confirmed(own_town)
    assert await shown(own_town, "7栋") == [id]
    assert await shown(own_town, "1栋") == []
    assert await facts(own_town) == [OutageFact.PUBLISHED]
    mine = await own_town.client.ticket("RP20261123-0001", "a")
    assert mine.outage_id == id
    assert "关联故障" in [line.name for line in mine.timeline]
    seen = await crew(own_town).confirm_incident(id, IncidentConfirm(staff="li"), "again")
    assert seen.incident.confirmed_by == "diaodu"
    assert seen.tickets == 3
    assert await facts(own_town) == [OutageFact.PUBLISHED]


async def test_later_reports_attach_on_creation_and_count(own_town: Town) -> None:
    id = await confirmed(own_town)
    assert (await report(own_town, "d", "10栋")).outage_id == id
    assert (await crew(own_town).incident(id)).incident.reports == 4
    elsewhere = await report(own_town, "e", "1栋")
    assert elsewhere.outage_id is None


async def test_who_says_that_the_neighbours_have_power_stands_alone(own_town: Town) -> None:
    for n in range(5):
        await report(own_town, f"x{n}", f"{7 + n}栋", scope="一户")
    assert await crew(own_town).incidents() == []
    id = await confirmed(own_town)
    for building in ("7栋", "12栋"):
        alone = await report(own_town, f"y{building}", building, scope="一户")
        assert (alone.outage_id, alone.joined) == (None, False)
    assert (await crew(own_town).incident(id)).incident.reports == 3


async def test_one_customer_is_one_voice_and_old_reports_are_none(own_town: Town) -> None:
    for building in ("7栋", "8栋", "9栋", "10栋"):
        await report(own_town, "a", building)
    assert await crew(own_town).incidents() == []
    await report(own_town, "b", "7栋")
    own_town.clock.forward(minutes=31)
    await report(own_town, "c", "8栋")
    assert await crew(own_town).incidents() == []
    await report(own_town, "d", "9栋")
    await report(own_town, "e", "10栋")
    (incident,) = await crew(own_town).incidents()
    assert incident.reports == 3


async def test_a_report_without_a_building_speaks_for_all_only_if_it_says_so(own_town: Town) -> None:
    for n in range(3):
        await report(own_town, f"a{n}", "", address="金色家园")
    assert await crew(own_town).incidents() == []
    for n in range(3):
        await report(own_town, f"b{n}", "", scope="整个小区", address=f"金色家园{'甲乙丙'[n]}")
    (incident,) = await crew(own_town).incidents()
    assert set(incident.transformer_areas) >= {AREA, OTHER}
    assert incident.reports == 3


async def test_an_account_is_enough_to_know_the_area(own_town: Town) -> None:
    for n in range(3):
        request = repair(f"a{n}", account_no="3300100007", scope="整栋", address="家里")
        await own_town.client.create_ticket(request, f"k{n}")
    (incident,) = await crew(own_town).incidents()
    assert incident.transformer_areas == [AREA]


@pytest.mark.parametrize("automatic", ["0", "1"])
async def test_however_many_report_at_once_there_is_one_incident(own_town: Town, automatic: str) -> None:
    await policy(own_town, "incident_automatic", automatic)
    asked = [(f"c{n}", f"{7 + n % 6}栋") for n in range(18)]
    tickets = await asyncio.gather(*(report(own_town, who, building) for who, building in asked))
    (incident,) = await crew(own_town).incidents()
    assert incident.reports == 18
    async with own_town.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(IncidentRow)) == 1
        assert await session.scalar(select(func.count()).select_from(IncidentAreaRow)) == 1
        assert await session.scalar(select(func.count()).select_from(IncidentReportRow)) == 18
    assert await facts(own_town) == [OutageFact.PUBLISHED] * int(automatic)
    now = [await own_town.client.ticket(ticket.no, who) for ticket, (who, _) in zip(tickets, asked, strict=True)]
    assert {ticket.outage_id for ticket in now} == ({incident.outage_id} if automatic == "1" else {None})


async def test_reports_alarms_and_hands_at_once_leave_one_open_incident_per_area(own_town: Town) -> None:
    async def alarm(n: int) -> None:
        await crew(own_town).report_alarm(lost(f"{n}", transformer_area=AREA))

    async def hand(n: int) -> None:
        wish = by_hand(scope=PlanScope(transformer_areas=[AREA]))
        with contextlib.suppress(NotPossible):  # one of them is the first
            await crew(own_town).create_incident(wish, f"h{n}")

    reports = [report(own_town, f"c{n}", f"{7 + n % 6}栋") for n in range(6)]
    await asyncio.gather(*reports, *(alarm(n) for n in range(3)), *(hand(n) for n in range(3)))
    active = await crew(own_town).incidents(active="true")
    assert [one.transformer_areas for one in active] == [[AREA]]
    assert (active[0].state, active[0].reports) == (IncidentState.CONFIRMED, 6)


async def test_a_withdrawn_proposal_needs_new_voices(own_town: Town) -> None:
    id = await three(own_town)
    gone = await crew(own_town).withdraw_incident(id, IncidentWithdraw(staff="li", reason="表后开关"), "w")
    assert (gone.incident.state, gone.incident.active) == (IncidentState.WITHDRAWN, False)
    assert await facts(own_town) == []
    await report(own_town, "d", "10栋")
    assert await crew(own_town).incidents(active="true") == []
    await report(own_town, "e", "11栋")
    await report(own_town, "f", "12栋")
    (fresh,) = await crew(own_town).incidents(active="true")
    assert (fresh.outage_id != id, fresh.reports) == (True, 3)
    with pytest.raises(NotPossible):
        await crew(own_town).confirm_incident(id, IncidentConfirm(staff="li"), "c")


async def test_a_drill_proposes_a_drill_beside_the_real_one(own_town: Town) -> None:
    id = await three(own_town)
    for n in range(3):
        await report(own_town, f"d{n}", f"{7 + n}栋", channel="drill", address=f"演练{7 + n}栋")
    drills = [one for one in await crew(own_town).incidents() if one.drill]
    assert len(drills) == 1
    await crew(own_town).confirm_incident(drills[0].outage_id, IncidentConfirm(staff="li"), "c")
    assert await shown(own_town) == []
    assert (await crew(own_town).incident(id)).incident.reports == 3


# --- alarms ---------------------------------------------------------------------------------------------------------


def lost(id: str, kind: AlarmKind = AlarmKind.NO_VOLTAGE, minutes: int = 0, **target: object) -> AlarmReport:
    at = MONDAY.replace(minute=MONDAY.minute + minutes)
    return AlarmReport.model_validate({"source": "配变终端", "external_id": id, "kind": kind, "at": at} | target)


async def test_lost_voltage_proposes_an_incident_before_anybody_calls(own_town: Town) -> None:
    first = await crew(own_town).report_alarm(lost("1", transformer_area=AREA))
    assert await crew(own_town).report_alarm(lost("1", transformer_area=AREA)) == first
    (incident,) = await crew(own_town).incidents()
    assert (incident.origin, incident.alarms, incident.outage_id) == (IncidentOrigin.ALARM, 1, first.outage_id)
    await report(own_town, "a")
    seen = await crew(own_town).incident(incident.outage_id)
    assert (seen.incident.reports, seen.reports[0].address) == (1, "金色家园***")
    own_town.clock.forward(minutes=9)
    back = await crew(own_town).report_alarm(lost("2", AlarmKind.WELL, 8, transformer_area=AREA))
    assert back.outage_id == incident.outage_id
    seen = await crew(own_town).incident(incident.outage_id)
    assert [alarm.cleared_at for alarm in seen.alarms] == [back.at, None]
    assert seen.incident.active


async def test_a_feeder_is_one_incident_and_the_order_of_alarms_does_not_matter(
    own_town: Town,
) -> None:
    await crew(own_town).report_alarm(lost("1", AlarmKind.WELL, 5, feeder="10千伏学院线"))
    late = await crew(own_town).report_alarm(lost("2", feeder="10千伏学院线"))
    assert (late.cleared_at, late.outage_id) == (MONDAY.replace(minute=10), None)
    again = await crew(own_town).report_alarm(lost("3", minutes=9, feeder="10千伏学院线"))
    (incident,) = await crew(own_town).incidents()
    assert (incident.outage_id, incident.feeder) == (again.outage_id, "10千伏学院线")
    assert set(incident.place_ids) == {"C07", "S06"}


async def test_other_alarms_open_nothing_and_what_is_known_to_be_off_is_no_news(own_town: Town) -> None:
    await crew(own_town).report_alarm(lost("1", AlarmKind.OVERCURRENT, transformer_area=AREA))
    await crew(own_town).report_alarm(lost("2", AlarmKind.SILENT, transformer_area=AREA))
    known = await crew(own_town).report_alarm(lost("3", transformer_area="翠湖苑1号公变"))
    assert known.outage_id == "FT20261123-01"
    assert await crew(own_town).incidents() == []
    with pytest.raises(InvalidRequest):
        await crew(own_town).report_alarm(lost("4", transformer_area="没有这个"))
    body = {"source": "s", "external_id": "5", "kind": "失压", "at": MONDAY.isoformat()}
    for target in ({}, {"transformer_area": AREA, "feeder": "10千伏学院线"}):
        assert (await own_town.http.post("/alarms", json=body | target)).status_code == 422


async def test_the_same_alarm_many_times_at_once_is_one(own_town: Town) -> None:
    one = lost("1", transformer_area=AREA)
    made = await asyncio.gather(*(crew(own_town).report_alarm(one) for _ in range(8)))
    assert len({alarm.id for alarm in made}) == 1
    assert len(await crew(own_town).incidents()) == 1


async def test_seeding_again_keeps_incidents_and_what_speaks_for_them(own_town: Town) -> None:
    id = await three(own_town)
    own_town.clock.forward(days=1)
    await plant(own_town.database, own_town.clock.now, homes=[])
    seen = await crew(own_town).incident(id)
    assert (seen.incident.state, seen.incident.reports) == (IncidentState.PROPOSED, 3)
    async with own_town.database.read() as session:
        assert await session.get(OutageRow, id)
    assert seen.incident.place_ids == [PLACE]
