"""Planned outages: made, changed, called off, told once."""

import asyncio
from datetime import timedelta

import pytest

from tests.backend.conftest import MONDAY, Town
from tests.backend.planning import EARLY, PLACE, changed, facts, planner, shown, wish
from utility.errors import InvalidRequest, NotFound, NotPossible
from utility.models import OutageStatus
from utility.plans import (
    OutageFact,
    PlanActual,
    PlanCancel,
    PlanDetail,
    PlanStatus,
)


async def test_a_published_plan_is_public_at_once_and_told_once(own_town: Town) -> None:
    first, again = [await planner(own_town).create_plan(wish(), "k1") for _ in range(2)]
    assert first.plan.outage_id == again.plan.outage_id
    assert await shown(own_town) == [first.plan.outage_id]
    (news,) = await planner(own_town).outage_news(0)
    assert (news.fact, news.version, news.drill) == (OutageFact.PUBLISHED, 1, False)
    assert news.outage == await own_town.client.outage(first.plan.outage_id)
    assert news.outage.status is OutageStatus.ANNOUNCED
    with pytest.raises(NotPossible, match="已经有了"):
        await planner(own_town).create_plan(wish(), "k2")


async def test_a_draft_is_seen_by_staff_alone_until_it_is_published(own_town: Town) -> None:
    draft = await planner(own_town).create_plan(wish(publish=False), "k1")
    assert draft.plan.status is PlanStatus.DRAFT
    assert await shown(own_town) == [] and await facts(own_town) == []
    with pytest.raises(NotFound):
        await own_town.client.outage(draft.plan.outage_id)
    with pytest.raises(NotPossible):
        await planner(own_town).record_actual(draft.plan.outage_id, PlanActual(staff="d", started_at=MONDAY), "a1")
    edited = await planner(own_town).change_plan(
        draft.plan.outage_id, changed(draft, publish=False, reason="增容"), "k2"
    )
    assert await facts(own_town) == []
    public = await planner(own_town).change_plan(draft.plan.outage_id, changed(edited), "k3")
    assert public.plan.status is PlanStatus.PUBLISHED
    assert await shown(own_town) == [draft.plan.outage_id]
    assert await facts(own_town) == ["公布"]
    assert [line.fact for line in public.history] == ["创建", "修改", "公布"]


async def test_a_drill_is_never_seen_by_customers(own_town: Town) -> None:
    drill = await planner(own_town).create_plan(wish(drill=True), "k1")
    assert await shown(own_town) == []
    with pytest.raises(NotFound):
        await own_town.client.outage(drill.plan.outage_id)
    (news,) = await planner(own_town).outage_news(0)
    assert news.drill
    assert await planner(own_town).notice_tasks() == []
    assert (await planner(own_town).plan_report("2026-12")).plans == []
    with pytest.raises(InvalidRequest):
        await planner(own_town).change_plan(drill.plan.outage_id, changed(drill, drill=False), "k2")
    real = await planner(own_town).create_plan(wish(), "k3")
    assert await shown(own_town) == [real.plan.outage_id]


async def test_a_change_is_told_with_what_changed_and_kept_with_who_and_when(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    own_town.clock.forward(hours=2)
    moved = changed(made, staff="lisi", starts_at=EARLY + timedelta(days=1), ends_at=EARLY + timedelta(days=1, hours=2))
    seen = await planner(own_town).change_plan(made.plan.outage_id, moved, "k2")
    assert (seen.plan.status, seen.plan.version) == (PlanStatus.CHANGED, 2)
    assert [(line.fact, line.staff, line.changed) for line in seen.history] == [
        ("公布", "diaodu", []),
        ("变更", "lisi", ["开始时间", "结束时间"]),
    ]
    assert seen.history[1].at == own_town.clock.now
    news = (await planner(own_town).outage_news(0))[-1]
    assert (news.fact, news.note, news.version) == (OutageFact.CHANGED, "开始时间、结束时间有变更", 2)
    assert news.outage.starts_at == EARLY + timedelta(days=1)
    assert (await own_town.client.outage(made.plan.outage_id)).updated_at == own_town.clock.now


async def test_what_customers_do_not_see_is_changed_without_telling_them(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    seen = await planner(own_town).change_plan(made.plan.outage_id, changed(made, duty=["李工"]), "k2")
    assert (seen.plan.status, seen.plan.duty, seen.history[-1].fact) == (PlanStatus.PUBLISHED, ["李工"], "修改")
    assert await facts(own_town) == ["公布"]


async def test_a_beginning_counts_from_when_it_was_told(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    own_town.clock.forward(days=5)
    longer = await planner(own_town).change_plan(
        made.plan.outage_id, changed(made, ends_at=EARLY + timedelta(hours=6)), "k2"
    )
    assert not longer.plan.lead_breach
    assert longer.plan.lead_minutes == made.plan.lead_minutes
    moved = changed(longer, starts_at=EARLY + timedelta(hours=1))
    with pytest.raises(InvalidRequest, match="提前"):
        await planner(own_town).change_plan(made.plan.outage_id, moved, "k3")
    wider = changed(longer, scope={"place_ids": [PLACE, "C04"]})
    with pytest.raises(InvalidRequest, match="提前"):
        await planner(own_town).change_plan(made.plan.outage_id, wider, "k4")
    fewer = changed(longer, scope={"place_ids": [PLACE], "buildings": ["1栋"]})
    assert not (await planner(own_town).change_plan(made.plan.outage_id, fewer, "k5")).plan.lead_breach


async def test_of_two_who_change_at_once_the_second_is_told_so(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    wishes = [changed(made, ends_at=EARLY + timedelta(hours=5 + n)) for n in range(6)]
    results = await asyncio.gather(
        *(planner(own_town).change_plan(made.plan.outage_id, each, f"c{n}") for n, each in enumerate(wishes)),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, PlanDetail)]
    assert len(won) == 1
    assert all(isinstance(result, NotPossible) for result in results if result not in won)
    assert await facts(own_town) == ["公布", "变更"]
    assert (await planner(own_town).plan(made.plan.outage_id)).plan.version == 2
    winner = results.index(won[0])
    again = await planner(own_town).change_plan(made.plan.outage_id, wishes[winner], f"c{winner}")
    assert again.plan.version == 2


async def test_the_same_key_at_once_makes_one_plan(own_town: Town) -> None:
    made = await asyncio.gather(*(planner(own_town).create_plan(wish(), "same") for _ in range(6)))
    assert len({each.plan.outage_id for each in made}) == 1
    assert await facts(own_town) == ["公布"]


async def test_news_of_many_writers_skip_nothing(own_town: Town) -> None:
    desk = planner(own_town)
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 16:
            seen.extend(news.id for news in await desk.outage_news(len(seen), limit=5))
            await asyncio.sleep(0)

    async def work(n: int) -> None:
        start = EARLY + timedelta(days=n)
        made = await desk.create_plan(wish(starts_at=start, ends_at=start + timedelta(hours=1)), f"k{n}")
        await desk.cancel_plan(made.plan.outage_id, PlanCancel(staff="d", reason="雨"), f"x{n}")

    async with asyncio.timeout(50):
        await asyncio.gather(read(), *(work(n) for n in range(8)))
    assert seen == list(range(1, 17))
    assert await desk.last_outage_news() == 16


async def test_a_cancelled_plan_is_told_and_stays_cancelled(own_town: Town) -> None:
    made = await planner(own_town).create_plan(wish(), "k1")
    off = PlanCancel(staff="d", reason="天气原因，择期再停")
    for _ in range(2):
        await planner(own_town).cancel_plan(made.plan.outage_id, off, "k2")
    with pytest.raises(NotPossible):
        await planner(own_town).cancel_plan(made.plan.outage_id, off, "k3")
    with pytest.raises(NotPossible):
        await planner(own_town).change_plan(made.plan.outage_id, changed(made).model_copy(update={"version": 2}), "k4")
    assert (await own_town.client.outage(made.plan.outage_id)).status is OutageStatus.CANCELLED
    news = await planner(own_town).outage_news(0)
    assert [(each.fact, each.note) for each in news] == [("公布", ""), ("取消", "天气原因，择期再停")]
    await planner(own_town).create_plan(wish(), "k5")  # the place is free again
    with pytest.raises(NotFound):
        await planner(own_town).cancel_plan("PL20260101-0001", off, "k6")
