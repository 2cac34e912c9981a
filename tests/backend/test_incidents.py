"""An incident from its confirmation to the last customer who says that the power is back."""

import asyncio
from datetime import timedelta

import pytest

from tests.backend.conftest import MONDAY, Town
from tests.backend.incident_kit import (
    AREA,
    OTHER,
    PLACE,
    by_hand,
    confirmed,
    crew,
    facts,
    report,
    restore,
    shown,
    step,
    three,
)
from utility.errors import InvalidRequest, NotFound, NotPossible
from utility.incidents import (
    CauseWish,
    CheckWish,
    EstimateWish,
    IncidentConfirm,
    IncidentOrigin,
    IncidentState,
    IncidentStep,
    IncidentWithdraw,
    RestoreWish,
    StepWish,
)
from utility.models import OutageStatus, TicketStatus
from utility.plans import OutageFact, PlanScope

S = IncidentStep
HOUR = timedelta(hours=1)


# --- by hand --------------------------------------------------------------------------------------------------------


async def test_by_hand_it_is_confirmed_at_once_and_once_per_key(own_town: Town) -> None:
    wish = by_hand(scope=PlanScope(feeders=["10千伏学院线"]), reason="线路跳闸", expected_at=MONDAY + HOUR)
    made = await crew(own_town).create_incident(wish, "k1")
    assert await crew(own_town).create_incident(wish, "k1") == made
    incident = made.incident
    assert (incident.origin, incident.state) == (IncidentOrigin.HAND, IncidentState.CONFIRMED)
    assert (incident.outage_id, incident.feeder, incident.expected_at) == (
        "FT20261123-0001", "10千伏学院线", MONDAY + HOUR,
    )  # fmt: skip
    assert incident.customers > 10
    outage = await own_town.client.outage(incident.outage_id)
    assert (outage.status, outage.reason) == (OutageStatus.ONGOING, "线路跳闸")
    assert await facts(own_town) == [OutageFact.PUBLISHED]


async def test_buildings_of_one_place_are_a_scope_too(own_town: Town) -> None:
    wish = by_hand(scope=PlanScope(place_ids=[PLACE], buildings=["7栋", "八栋"]))
    incident = (await crew(own_town).create_incident(wish, "k1")).incident
    assert (incident.scope_text, incident.transformer_areas) == ("金色家园7–8栋", [AREA])
    assert await shown(own_town, "7栋") == [incident.outage_id]
    assert await shown(own_town, "9栋") == []


async def test_a_hand_takes_up_proposals_and_stops_at_what_is_confirmed(own_town: Town) -> None:
    old = await three(own_town)
    made = await crew(own_town).create_incident(by_hand(), "k1")
    assert set(made.incident.transformer_areas) >= {AREA, OTHER}
    assert (made.incident.reports, made.tickets) == (3, 3)
    assert (await crew(own_town).incident(old)).incident.state is IncidentState.WITHDRAWN
    with pytest.raises(NotPossible):
        await crew(own_town).create_incident(by_hand(scope=PlanScope(transformer_areas=[AREA])), "k2")
    drill = await crew(own_town).create_incident(by_hand(drill=True), "k3")
    assert drill.incident.outage_id not in await shown(own_town)


async def test_what_makes_no_sense_is_refused(own_town: Town) -> None:
    for wrong in (
        by_hand(scope=PlanScope()),
        by_hand(scope=PlanScope(transformer_areas=["没有"])),
        by_hand(scope=PlanScope(accounts=["3300100007"])),
        by_hand(starts_at=MONDAY + HOUR),
        by_hand(expected_at=MONDAY - HOUR),
        by_hand(fault_type="没有"),
    ):
        with pytest.raises(InvalidRequest):
            await crew(own_town).create_incident(wrong, "k")
    with pytest.raises(NotFound):
        await crew(own_town).incident("FT20000101-0001")
    with pytest.raises(NotFound):  # a fault without a file is none
        await crew(own_town).incident("FT20261123-01")
    assert await crew(own_town).incidents() == []


async def test_the_list_shows_open_ones_first(own_town: Town) -> None:
    first = await crew(own_town).create_incident(by_hand(), "k1")
    await restore(own_town, first.incident.outage_id)
    own_town.clock.forward(minutes=1)
    second = await crew(own_town).create_incident(by_hand(confirm=False), "k2")
    own_town.clock.forward(minutes=1)
    third = await crew(own_town).create_incident(by_hand(scope=PlanScope(place_ids=["C06"])), "k3")
    ids = [one.incident.outage_id for one in (third, second, first)]
    assert [one.outage_id for one in await crew(own_town).incidents()] == ids
    assert [one.outage_id for one in await crew(own_town).incidents(state="待确认")] == ids[1:2]
    assert [one.outage_id for one in await crew(own_town).incidents(active="false")] == ids[2:]


# --- the work -------------------------------------------------------------------------------------------------------


async def test_steps_go_forward_with_their_times_and_each_is_told_once(own_town: Town) -> None:
    id = await confirmed(own_town)
    own_town.clock.forward(minutes=30)
    await step(own_town, id, S.DISPATCHED, team="城南供电所抢修二班", at=MONDAY + timedelta(minutes=5))
    await step(own_town, id, S.DISPATCHED)
    own_town.clock.forward(minutes=1)
    await step(own_town, id, S.DISPATCHED)
    seen = await step(own_town, id, S.ARRIVED, at=MONDAY + timedelta(minutes=28))
    assert [line.name for line in seen.steps] == ["受理", "派单", "到达"]
    assert (seen.incident.team, seen.incident.arrived_at) == ("城南供电所抢修二班", MONDAY + timedelta(minutes=28))
    assert seen.next_steps == [S.FIXED]
    assert await facts(own_town) == [OutageFact.PUBLISHED, OutageFact.PROGRESS, OutageFact.PROGRESS]
    assert (await own_town.client.ticket("RP20261123-0001", "a")).status is TicketStatus.ARRIVED
    with pytest.raises(NotPossible):
        await step(own_town, id, S.ACCEPTED)
    with pytest.raises(NotPossible):
        await step(own_town, id, S.REVISITED)
    with pytest.raises(InvalidRequest):
        await restore(own_town, id, at=own_town.clock.now + HOUR)
    with pytest.raises(InvalidRequest):
        await restore(own_town, id, at=MONDAY + timedelta(minutes=20))
    done = await step(own_town, id, S.FIXED, at=MONDAY + timedelta(minutes=29))
    assert done.incident.restored_at == MONDAY + timedelta(minutes=29)
    assert (await step(own_town, id, S.REVISITED)).incident.stage == "回访"
    assert (await facts(own_town))[3:] == [OutageFact.RESTORED]


async def test_a_proposal_is_not_worked_on(own_town: Town) -> None:
    id = await three(own_town)
    with pytest.raises(NotPossible):
        await step(own_town, id, S.DISPATCHED)
    with pytest.raises(NotPossible):
        await restore(own_town, id)
    wish = EstimateWish(staff="li", expected_at=MONDAY + HOUR, reason="x")
    with pytest.raises(NotPossible):
        await crew(own_town).estimate_incident(id, wish, "e")
    assert await facts(own_town) == []


async def test_the_newest_estimate_holds_and_the_older_ones_stay_on_record(own_town: Town) -> None:
    id = await confirmed(own_town)
    asked = [(1, "更换接头"), (1, "同样的时间"), (3, "电缆需重新制作")]
    for n, (hours, reason) in enumerate(asked):
        wish = EstimateWish(staff="li", expected_at=MONDAY + hours * HOUR, reason=reason)
        for _ in range(2):
            seen = await crew(own_town).estimate_incident(id, wish, f"e{n}")
        own_town.clock.forward(minutes=1)
    assert [(one.expected_at, one.reason) for one in seen.estimates] == [
        (MONDAY + HOUR, "更换接头"), (MONDAY + 3 * HOUR, "电缆需重新制作"),
    ]  # fmt: skip
    assert (await own_town.client.outage(id)).expected_at == MONDAY + 3 * HOUR
    assert await facts(own_town) == [OutageFact.PUBLISHED, OutageFact.EXPECTED, OutageFact.EXPECTED]
    with pytest.raises(InvalidRequest):
        await crew(own_town).estimate_incident(id, EstimateWish(staff="l", expected_at=MONDAY, reason="x"), "e9")


async def test_restoration_repairs_the_tickets_and_is_told_once(own_town: Town) -> None:
    id = await confirmed(own_town)
    own_town.clock.forward(minutes=40)
    news = await own_town.http.get("/ticket-news/last")
    wish = RestoreWish(staff="diaodu", at=MONDAY + timedelta(minutes=35))
    answers = await asyncio.gather(*(crew(own_town).restore_incident(id, wish, f"r{n}") for n in range(6)))
    assert {answer.incident.restored_at for answer in answers} == {wish.at}
    mine = await own_town.client.ticket("RP20261123-0001", "a")
    assert mine.status is TicketStatus.FIXED
    assert [line.name for line in mine.timeline].count("修复") == 1
    assert await facts(own_town) == [OutageFact.PUBLISHED, OutageFact.RESTORED]
    assert (await own_town.http.get("/ticket-news/last")).json() == news.json()
    outage = await own_town.client.outage(id)
    assert (outage.status, outage.ends_at) == (OutageStatus.RESTORED, wish.at)
    assert (await report(own_town, "z", "7栋")).outage_id is None


async def test_two_at_once_take_a_step_once(own_town: Town) -> None:
    id = await confirmed(own_town)
    wish = StepWish(staff="li", step=S.DISPATCHED)
    await asyncio.gather(*(crew(own_town).take_incident_step(id, wish, f"s{n}") for n in range(6)))
    assert await facts(own_town) == [OutageFact.PUBLISHED, OutageFact.PROGRESS]


async def test_confirmed_at_once_by_many_it_is_told_once(own_town: Town) -> None:
    id = await three(own_town)
    wish = IncidentConfirm(staff="li")
    await asyncio.gather(*(crew(own_town).confirm_incident(id, wish, f"c{n}") for n in range(6)))
    assert await facts(own_town) == [OutageFact.PUBLISHED]


async def test_what_was_no_fault_is_taken_back_and_its_tickets_stand_alone(own_town: Town) -> None:
    id = await confirmed(own_town)
    wish = IncidentWithdraw(staff="li", reason="经核查为客户内部开关，公网供电正常")
    gone = await crew(own_town).withdraw_incident(id, wish, "w1")
    assert await crew(own_town).withdraw_incident(id, wish, "w1") == gone
    with pytest.raises(NotPossible):
        await crew(own_town).withdraw_incident(id, wish, "w2")
    assert gone.tickets == 0
    assert (await own_town.client.outage(id)).status is OutageStatus.CANCELLED
    mine = await own_town.client.ticket("RP20261123-0001", "a")
    assert (mine.outage_id, mine.status) == (None, TicketStatus.OPEN)
    assert await facts(own_town) == [OutageFact.PUBLISHED, OutageFact.CANCELLED]


async def test_the_checklist_belongs_to_the_type_and_bans_can_be_broken_on_record(own_town: Town) -> None:
    id = (await crew(own_town).create_incident(by_hand(fault_type="低压故障"), "k1")).incident.outage_id
    items = (await crew(own_town).incident(id)).checklist
    ban = next(item for item in items if "绕线热修" in item.text)
    assert ban.forbidden and ban.source
    for _ in range(2):
        await crew(own_town).check_incident(id, items[0].id, CheckWish(staff="wang"))
    seen = await crew(own_town).check_incident(id, ban.id, CheckWish(staff="an", violation="带负荷拆接"))
    seen = await crew(own_town).check_incident(id, ban.id, CheckWish(staff="li"))
    checks = {check.id: check for check in seen.checklist}
    assert (checks[items[0].id].done_by, checks[items[0].id].done_at) == ("wang", MONDAY)
    assert (checks[ban.id].done_by, checks[ban.id].violation) == ("an", "带负荷拆接")
    assert [event.name for event in seen.history] == ["提出", "违规登记"]
    with pytest.raises(InvalidRequest):
        await crew(own_town).check_incident(id, items[0].id, CheckWish(staff="an", violation="x"))
    with pytest.raises(NotFound):
        await crew(own_town).check_incident(id, "HV-1", CheckWish(staff="an"))


async def test_cause_and_unit_are_for_staff_alone(own_town: Town) -> None:
    id = await confirmed(own_town)
    wish = CauseWish(staff="li", cause_code="WL", responsible_unit="城南供电所", fault_type="低压故障")
    seen = await crew(own_town).put_incident_cause(id, wish, "k")
    assert (seen.incident.cause_code, seen.incident.responsible_unit) == ("WL", "城南供电所")
    assert "城南供电所" not in (await own_town.client.outage(id)).model_dump_json()
    assert await facts(own_town) == [OutageFact.PUBLISHED]
    with pytest.raises(InvalidRequest):
        await crew(own_town).put_incident_cause(id, wish.model_copy(update={"cause_code": "??"}), "k2")


async def test_what_speaks_for_it_is_masked(own_town: Town) -> None:
    await report(own_town, "p", "7栋", phone="13912345678", address="金色家园7栋1单元402室", account_no="3300100007")
    id = await three(own_town)
    seen = (await crew(own_town).incident(id)).model_dump_json()
    assert not any(secret in seen for secret in ("13912345678", "402", "3300100007"))


async def test_there_are_rules_with_sources(reading: Town) -> None:
    rules = await crew(reading).incident_rules()
    assert {"高压故障", "低压故障", "未查明"} <= {one.name for one in rules.fault_types}
    assert all(any(check.forbidden for check in one.checklist) for one in rules.fault_types)
    assert all(one.source for one in (*rules.fault_types, *rules.causes))
