"""How plans really went, the list, and the report."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backend.town.planting import plant
from tests.backend.conftest import MONDAY, Town
from tests.backend.planning import EARLY, PLACE, changed, facts, planner, shown, wish
from utility.errors import InvalidRequest, NotPossible
from utility.models import OutageStatus
from utility.plans import (
    PlanActual,
    PlanCancel,
    PlanScope,
    PlanStatus,
)


async def test_it_goes_on_until_somebody_says_that_it_has_ended(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    id = made.plan.outage_id
    own_town.clock.now = EARLY - timedelta(minutes=5)
    early = PlanActual(staff="banzu", started_at=EARLY - timedelta(minutes=10))
    await planner(own_town).record_actual(id, early, "a1")
    going = await own_town.client.outage(id)
    assert (going.status, going.expected_at) == (OutageStatus.ONGOING, EARLY + timedelta(hours=4))
    with pytest.raises(NotPossible):
        await planner(own_town).cancel_plan(id, PlanCancel(staff="d", reason="x"), "x1")
    own_town.clock.now = EARLY + timedelta(hours=5)
    assert (await own_town.client.outage(id)).status is OutageStatus.ONGOING
    (late,) = await planner(own_town).plans(overdue="true")
    assert late.outage_id == id and late.overdue
    ended = PlanActual(staff="banzu", ended_at=EARLY + timedelta(hours=4, minutes=50))
    with pytest.raises(InvalidRequest, match="15分钟"):
        await planner(own_town).record_actual(id, ended, "a2")
    why = ended.model_copy(update={"reason": "电缆头重做", "areas": ["阳光花园1号公变"]})
    for _ in range(2):
        done = await planner(own_town).record_actual(id, why, "a2")
    assert (done.plan.status, done.plan.deviation_reason) == (PlanStatus.DONE, "电缆头重做")
    assert (done.plan.starts_at, done.plan.actual_end) == (EARLY, ended.ended_at)
    assert (await own_town.client.outage(id)).status is OutageStatus.RESTORED
    assert await facts(own_town) == ["公布", "开始", "恢复"]
    assert await planner(own_town).plans(overdue="true") == []


async def test_beginning_and_end_may_be_said_at_once_but_not_twice(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    id, end = made.plan.outage_id, EARLY + timedelta(hours=4)
    for bad in (
        PlanActual(staff="b"),
        PlanActual(staff="b", started_at=EARLY),  # still to come
        PlanActual(staff="b", ended_at=MONDAY),  # never begun
        PlanActual(staff="b", started_at=MONDAY, ended_at=MONDAY - timedelta(hours=1), reason="x"),
        PlanActual(staff="b", started_at=MONDAY, areas=["没有公变"], reason="x"),
    ):
        with pytest.raises(InvalidRequest):
            await planner(own_town).record_actual(id, bad, "bad")
    own_town.clock.now = end
    done = await planner(own_town).record_actual(id, PlanActual(staff="b", started_at=EARLY, ended_at=end), "a1")
    assert [line.fact for line in done.history] == ["公布", "开始", "恢复"]
    with pytest.raises(NotPossible):
        await planner(own_town).record_actual(id, PlanActual(staff="b", started_at=EARLY, ended_at=end), "a2")
    assert await facts(own_town) == ["公布", "开始", "恢复"]


async def test_an_end_that_moves_while_it_goes_on_is_what_is_expected(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    id = made.plan.outage_id
    own_town.clock.now = EARLY
    begun = await planner(own_town).record_actual(id, PlanActual(staff="b", started_at=EARLY), "a1")
    with pytest.raises(NotPossible):
        await planner(own_town).change_plan(id, changed(begun, starts_at=EARLY - timedelta(hours=1)), "c1")
    await planner(own_town).change_plan(id, changed(begun, ends_at=EARLY + timedelta(hours=7)), "c2")
    going = await own_town.client.outage(id)
    assert (going.status, going.expected_at) == (OutageStatus.ONGOING, EARLY + timedelta(hours=7))
    assert await facts(own_town) == ["公布", "开始", "变更"]


async def test_the_list_is_filtered(own_town: Town) -> None:
    first = (await planner(own_town).create_plan(wish(), "k1")).plan.outage_id
    later = EARLY + timedelta(days=5)
    other = wish(starts_at=later, ends_at=later + timedelta(hours=1), scope=PlanScope(place_ids=["C05"]))
    second = (await planner(own_town).create_plan(other, "k2")).plan.outage_id
    await planner(own_town).cancel_plan(second, PlanCancel(staff="d", reason="x"), "k3")

    async def listed(**filters: str) -> list[str]:
        return [plan.outage_id for plan in await planner(own_town).plans(**filters)]

    assert await listed() == [first, second]
    assert await listed(status="已取消") == [second]
    assert await listed(place=PLACE) == [first]
    assert await listed(**{"from": "2026-12-04"}) == [second]
    assert await listed(to="2026-12-03") == [first]
    assert await listed(limit="1", offset="1") == [second]
    assert [template.name for template in await planner(own_town).plan_templates()]


async def test_the_report_shows_deviation_breaches_and_what_came_later(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    id = made.plan.outage_id
    wider = changed(made, scope={"place_ids": [PLACE, "C04"]})
    await planner(own_town).change_plan(id, wider, "k2")
    soon = MONDAY + timedelta(days=8)
    hasty = wish(starts_at=soon, ends_at=soon + timedelta(hours=2), scope=PlanScope(place_ids=["C05"]))
    own_town.clock.forward(days=2)
    await planner(own_town).create_plan(hasty.model_copy(update={"lead_reason": "急"}), "k3")
    own_town.clock.now = EARLY + timedelta(hours=5)
    went = PlanActual(
        staff="b", started_at=EARLY + timedelta(minutes=20), ended_at=EARLY + timedelta(hours=3), reason="到场晚"
    )
    await planner(own_town).record_actual(id, went, "a1")
    report = await planner(own_town).plan_report("2026-12", months=2)
    quick, grown = report.plans
    assert (quick.lead_breach, quick.lead_reason, quick.start_late) == (True, "急", None)
    assert (grown.start_late, grown.end_late, grown.deviation_reason) == (20, -60, "到场晚")
    assert grown.scope_added == ["C04"]
    november, december = report.months
    assert (november.month, november.plans) == ("2026-11", 0)
    assert (december.plans, december.lead_breaches, december.scope_added) == (2, 1, 1)
    assert (december.started_otherwise, december.mean_start_late) == (1, Decimal("20.0"))


async def test_plans_outlive_a_restart_with_another_day(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    own_town.clock.forward(days=1)
    await plant(own_town.database, own_town.clock.now, homes=[])
    seen = await planner(own_town).plan(made.plan.outage_id)
    assert seen.plan.status is PlanStatus.PUBLISHED
    assert await shown(own_town) == [made.plan.outage_id]
