"""What a plan would do, and what it must not meet."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.clock import LOCAL
from backend.tables import GuaranteedEventRow, OutageRow, PlanRow, PlanVersionRow
from backend.town import plans as demo
from tests.backend.conftest import MONDAY, Town
from tests.backend.planning import EARLY, PLACE, changed, planner, shown, wish
from utility.errors import InvalidRequest, NotPossible
from utility.models import OutageKind, TariffClass
from utility.plans import (
    FaultCode,
    Measure,
    PlanCancel,
    PlanScope,
    PlanStatus,
    PlanWish,
)

# --- what it would do -----------------------------------------------------------------------------------------------


async def test_a_dry_run_shows_whom_it_hits_and_writes_nothing(own_town: Town) -> None:
    before = await _counted(own_town)
    seen = await planner(own_town).preview_plan(wish(scope=PlanScope(feeders=["10千伏学院线"])))
    assert seen.accounts == sum(count.accounts for count in seen.by_class) > 10
    assert TariffClass.RESIDENTIAL in {count.tariff_class for count in seen.by_class}
    assert "澜湾市第一人民医院" in {user.name for user in seen.important}
    assert seen.important_count == len(seen.important)
    assert set(seen.place_ids) == {"C07", "S06"}
    assert not seen.lead_breach
    assert (seen.lead_days, seen.faults) == (Decimal("9.9"), [])
    assert await _counted(own_town) == before


async def _counted(town: Town) -> list[int | None]:
    async with town.database.read() as session:
        return [
            await session.scalar(select(func.count()).select_from(table))
            for table in (PlanRow, OutageRow, PlanVersionRow)
        ]


async def test_vulnerable_homes_are_counted_and_listed_masked(own_town: Town) -> None:
    seen = await planner(own_town).preview_plan(wish(scope=PlanScope(place_ids=["C11", "C12"])))
    assert seen.life_support >= 1 and seen.hardship >= 1
    assert len(seen.vulnerable) == seen.life_support + seen.hardship
    assert seen.vulnerable[0].life_support
    assert "马丽" not in seen.model_dump_json() and "孙桂英" not in seen.model_dump_json()


async def test_buildings_narrow_what_is_counted_and_what_customers_see(own_town: Town) -> None:
    whole = await planner(own_town).preview_plan(wish(scope=PlanScope(place_ids=["C03"])))
    part = PlanScope(place_ids=["C03"], buildings=["2号楼", "3栋", "1栋"])
    seen = await planner(own_town).preview_plan(wish(scope=part))
    assert 0 < seen.accounts < whole.accounts
    assert seen.scope_text == "锦绣江南1–3栋"
    made = await planner(own_town).create_plan(wish(scope=part), "k1")
    assert made.plan.outage_id in await shown(own_town, "C03", "2栋")
    assert made.plan.outage_id not in await shown(own_town, "C03", "12栋")


@pytest.mark.parametrize(
    "scope",
    [
        PlanScope(),
        PlanScope(feeders=["10千伏没有线"]),
        PlanScope(transformer_areas=["没有公变"]),
        PlanScope(place_ids=["C99"]),
        PlanScope(place_ids=["C03"], buildings=["99栋"]),
        PlanScope(place_ids=["C03"], buildings=["后面那栋楼"]),
        PlanScope(place_ids=["C03", "C04"], buildings=["1栋"]),
        PlanScope(place_ids=["C03"], accounts=["3300100003"]),
    ],
)
async def test_a_scope_that_makes_no_sense_is_refused(reading: Town, scope: PlanScope) -> None:
    with pytest.raises(InvalidRequest):
        await planner(reading).preview_plan(wish(scope=scope))


@pytest.mark.parametrize("hours", [0, -3, 24 * 40])
async def test_a_window_that_makes_no_sense_is_refused(reading: Town, hours: int) -> None:
    with pytest.raises(InvalidRequest):
        await planner(reading).preview_plan(wish(ends_at=EARLY + timedelta(hours=hours)))
    with pytest.raises(InvalidRequest):
        await planner(reading).preview_plan(wish(kind=OutageKind.FAULT))


# --- what it must not meet ------------------------------------------------------------------------------------------


async def test_less_than_seven_days_is_a_breach_that_wants_a_reason(own_town: Town) -> None:
    late = wish(starts_at=MONDAY + timedelta(days=7, minutes=-1), ends_at=MONDAY + timedelta(days=7, hours=3))
    seen = await planner(own_town).preview_plan(late)
    assert seen.lead_breach and seen.lead_days == Decimal("6.9")
    assert seen.lead_limit and "十项承诺" in seen.lead_limit.source
    assert [fault.code for fault in seen.faults] == [FaultCode.LEAD]
    with pytest.raises(InvalidRequest, match="提前7天"):
        await planner(own_town).create_plan(late, "k1")
    assert await shown(own_town) == []
    made = await planner(own_town).create_plan(late.model_copy(update={"lead_reason": "设备缺陷加剧"}), "k1")
    assert (made.plan.lead_breach, made.plan.lead_reason) == (True, "设备缺陷加剧")
    exact = wish(starts_at=MONDAY + timedelta(days=7), ends_at=MONDAY + timedelta(days=7, hours=3))
    assert not (await planner(own_town).preview_plan(exact)).lead_breach


async def test_a_temporary_one_owes_a_day_to_important_customers_only(reading: Town) -> None:
    soon = MONDAY + timedelta(hours=5)
    times = {"starts_at": soon, "ends_at": soon + timedelta(hours=1), "kind": OutageKind.TEMPORARY}
    assert not (await planner(reading).preview_plan(wish(**times))).lead_breach
    school = await planner(reading).preview_plan(wish(scope=PlanScope(place_ids=["S06"]), **times))
    assert school.lead_breach and school.important_count > 0


async def test_a_peak_of_past_years_wants_a_reason(reading: Town) -> None:
    summer = datetime(2027, 7, 20, 17, 0, tzinfo=LOCAL)
    late = wish(starts_at=summer, ends_at=summer + timedelta(hours=4))
    seen = await planner(reading).preview_plan(late)
    assert [peak.name for peak in seen.peaks] == ["夏季晚高峰"]
    assert [fault.code for fault in seen.faults] == [FaultCode.PEAK]
    with pytest.raises(InvalidRequest, match="高峰"):
        await planner(reading).create_plan(late, "k1")
    morning = wish(starts_at=summer.replace(hour=8), ends_at=summer.replace(hour=19))
    assert (await planner(reading).preview_plan(morning)).peaks == []
    explained = late.model_copy(update={"peak_reason": "迎峰度夏工程，只能此时停电"})
    assert (await planner(reading).preview_plan(explained)).faults == []


async def test_a_winter_peak_lies_over_the_new_year_and_only_where_it_is(reading: Town) -> None:
    winter = datetime(2027, 1, 10, 19, 0, tzinfo=LOCAL)
    times = {"starts_at": winter, "ends_at": winter + timedelta(hours=1)}
    assert (await planner(reading).preview_plan(wish(scope=PlanScope(place_ids=["C16"]), **times))).peaks
    assert not (await planner(reading).preview_plan(wish(**times))).peaks


async def test_a_protected_event_refuses_until_the_plan_is_moved(own_town: Town) -> None:
    async with own_town.database.write() as session, session.begin():
        event = {"name": "中考保电", "place_ids": [PLACE], "source": "测试"}
        session.add(GuaranteedEventRow(id="E1", starts_at=EARLY, ends_at=EARLY + timedelta(hours=1), **event))
    with pytest.raises(NotPossible, match="中考保电"):
        await planner(own_town).create_plan(wish(lead_reason="急", peak_reason="急"), "k1")
    elsewhere = await planner(own_town).create_plan(wish(scope=PlanScope(place_ids=["C05"])), "k2")
    with pytest.raises(NotPossible):
        await planner(own_town).change_plan(
            elsewhere.plan.outage_id, changed(elsewhere, scope={"place_ids": [PLACE]}), "k3"
        )
    later = EARLY + timedelta(hours=1)
    await planner(own_town).create_plan(wish(starts_at=later, ends_at=later + timedelta(hours=1)), "k4")


async def test_an_event_that_comes_later_shows_on_the_plan_which_can_still_be_cancelled(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    async with own_town.database.write() as session, session.begin():
        event = {"name": "马拉松保电", "place_ids": [], "source": "测试"}
        session.add(GuaranteedEventRow(id="E1", starts_at=EARLY, ends_at=EARLY + timedelta(hours=1), **event))
    seen = await planner(own_town).plan(made.plan.outage_id)
    assert [clash.name for clash in seen.impact.clashes] == ["马拉松保电"]
    gone = await planner(own_town).cancel_plan(made.plan.outage_id, PlanCancel(staff="d", reason="保电"), "k2")
    assert gone.plan.status is PlanStatus.CANCELLED


async def test_ordered_power_use_names_nobody_who_is_not_on_the_approved_list(own_town: Town) -> None:
    def ordered(scope: PlanScope, measure: Measure | None = Measure.SHIFT) -> PlanWish:
        return wish(
            kind=OutageKind.RESTRICTED, scope=scope, measure=measure, approved_list=demo.LIST, reason="供电缺口"
        )

    listed = PlanScope(accounts=["3300100016"])
    with pytest.raises(InvalidRequest):
        await planner(own_town).preview_plan(ordered(listed, None))
    with pytest.raises(InvalidRequest):
        await planner(own_town).preview_plan(ordered(PlanScope(place_ids=["S07"])))
    with pytest.raises(NotPossible, match="名单"):
        await planner(own_town).create_plan(ordered(PlanScope(accounts=["3300100015"])), "k1")
    with pytest.raises(NotPossible):
        await planner(own_town).create_plan(ordered(PlanScope(feeders=["10千伏创业线"])), "k1")
    made = await planner(own_town).create_plan(ordered(listed), "k1")
    public = await own_town.client.outage(made.plan.outage_id)
    assert public.reason == "错峰：供电缺口"
    assert public.source == demo.SCHEME
    assert "3300100016" not in public.model_dump_json()
    (only,) = await planner(own_town).approved_lists()
    assert [target.measure for target in only.targets] == sorted(
        (target.measure for target in only.targets), key=list(Measure).index
    )
    assert list(Measure) == ["错峰", "避峰", "限电", "拉路"]
