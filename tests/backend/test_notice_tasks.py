"""A named person tells each important customer and each home with life support, and says whom, how and when."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from backend.clock import LOCAL
from tests.backend.conftest import MONDAY, SECRET, Town
from utility.errors import InvalidRequest, NotFound, NotPossible
from utility.models import OutageKind
from utility.notice_tasks import NoticeTask, Ticks, Told
from utility.plans import OutageFact, PlanCancel, PlanChange, PlanDetail, PlanScope, PlanWish
from utility.plans_client import PlansClient

START = datetime(2026, 12, 3, 8, 30, tzinfo=LOCAL)
HOSPITAL, BREATHING = "3300100017", "3300100013"  # 第一人民医院 at S06 with a manager; 马丽 at C12


def planner(town: Town) -> PlansClient:
    return PlansClient(town.http, secret=SECRET, budget=20)


def told(at: datetime = MONDAY, staff: str = "linyue") -> Told:
    return Told(staff=staff, whom="总务科 王科长", how="电话", told_at=at)


async def planned(town: Town, places: list[str], key: str = "k1", **known: object) -> PlanDetail:
    wish = {
        "staff": "diaodu",
        "kind": OutageKind.PLANNED,
        "scope": PlanScope(place_ids=places),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "reason": "检修",
        "duty": ["值班长 张工", "李工"],
    }
    return await planner(town).create_plan(PlanWish.model_validate(wish | known), key)


async def tasks(town: Town, **filters: str) -> dict[str, NoticeTask]:
    return {task.account_no: task for task in await planner(town).notice_tasks(**filters)}


async def test_each_important_customer_has_a_task_for_a_named_person(own_town: Town) -> None:
    await planned(own_town, ["S06", "C12"])
    found = await tasks(own_town, open="true")
    hospital, home = found[HOSPITAL], found[BREATHING]
    assert (hospital.person, hospital.customer, hospital.important_kind) == (
        "客户经理 林悦",
        "澜湾市第一人民医院",
        "医院",
    )
    assert (home.person, home.customer, home.life_support) == ("值班长 张工", "马*", True)
    assert all(task.important_kind or task.life_support for task in found.values())
    assert hospital.due_at == START - timedelta(hours=24)
    assert set(await tasks(own_town, person="客户经理 林悦")) == {HOSPITAL}


async def test_without_a_duty_whoever_planned_it_tells_them(own_town: Town) -> None:
    await planned(own_town, ["C12"], duty=[])
    assert (await tasks(own_town))[BREATHING].person == "diaodu"


async def test_a_draft_gives_nobody_a_task(own_town: Town) -> None:
    await planned(own_town, ["S06"], publish=False)
    assert await tasks(own_town) == {}


async def test_a_task_closes_once_with_who_was_told_how_and_when(own_town: Town) -> None:
    await planned(own_town, ["S06"])
    task = (await tasks(own_town))[HOSPITAL]
    for missing in ("whom", "how", "told_at"):
        body = told().model_dump(mode="json", exclude={missing})
        url, headers = f"/staff/notice-tasks/{task.id}/close", {"Idempotency-Key": "k"}
        assert (await own_town.http.post(url, json=body, headers=headers)).status_code == 422
    with pytest.raises(InvalidRequest):
        await planner(own_town).close_notice_task(task.id, told(MONDAY + timedelta(minutes=1)), "future")
    for _ in range(2):
        closed = await planner(own_town).close_notice_task(task.id, told(), "c1")
    assert (closed.told_whom, closed.told_how, closed.told_at) == ("总务科 王科长", "电话", MONDAY)
    assert (closed.closed_by, closed.closed_at, closed.notified) == ("linyue", own_town.clock.now, True)
    with pytest.raises(NotPossible):
        await planner(own_town).close_notice_task(task.id, told(), "c2")
    with pytest.raises(NotFound):
        await planner(own_town).close_notice_task(999_999, told(), "c3")
    assert HOSPITAL not in await tasks(own_town, open="true")


async def test_of_many_who_close_at_once_one_does(own_town: Town) -> None:
    await planned(own_town, ["S06"])
    task = (await tasks(own_town))[HOSPITAL]
    results = await asyncio.gather(
        *(planner(own_town).close_notice_task(task.id, told(staff=f"s{n}"), f"c{n}") for n in range(6)),
        return_exceptions=True,
    )
    (won,) = [result for result in results if isinstance(result, NoticeTask)]
    assert (await tasks(own_town))[HOSPITAL].closed_by == won.closed_by
    assert sum(isinstance(result, NotPossible) for result in results) == 5


async def test_what_was_not_told_in_time_is_overdue(own_town: Town) -> None:
    await planned(own_town, ["S06"])
    own_town.clock.now = START - timedelta(hours=24)
    assert await tasks(own_town, overdue="true") == {}
    own_town.clock.forward(minutes=1)
    late = await tasks(own_town, overdue="true")
    assert HOSPITAL in late and late[HOSPITAL].overdue
    await planner(own_town).close_notice_task(late[HOSPITAL].id, told(own_town.clock.now), "c1")
    assert HOSPITAL not in await tasks(own_town, overdue="true")


async def test_a_change_and_a_cancellation_go_to_the_same_people_and_those_who_are_new(own_town: Town) -> None:
    made = await planned(own_town, ["S06"])
    id = made.plan.outage_id
    first = (await tasks(own_town))[HOSPITAL]
    await planner(own_town).close_notice_task(first.id, told(), "c1")
    wish = PlanChange(
        staff="d",
        kind=OutageKind.PLANNED,
        scope=PlanScope(place_ids=["C12"]),
        starts_at=START + timedelta(days=1),
        ends_at=START + timedelta(days=1, hours=2),
        reason="检修",
        version=1,
    )
    await planner(own_town).change_plan(id, wish, "k2")
    second = {task.account_no: task for task in await planner(own_town).notice_tasks(open="true")}
    assert {HOSPITAL, BREATHING} <= second.keys()
    assert {task.fact for task in second.values()} == {OutageFact.CHANGED}
    assert {task.due_at for task in second.values()} == {START}
    await planner(own_town).cancel_plan(id, PlanCancel(staff="d", reason="雨"), "k3")
    third = {task.account_no: task for task in await planner(own_town).notice_tasks(open="true")}
    assert third.keys() == second.keys()
    assert {task.fact for task in third.values()} == {OutageFact.CANCELLED}
    with pytest.raises(NotPossible, match="新的变化"):
        await planner(own_town).close_notice_task(second[HOSPITAL].id, told(), "c2")
    every = await planner(own_town).notice_tasks(outage_id=id, limit="200")
    assert len({(task.account_no, task.version) for task in every}) == len(every)


async def test_four_ticks_are_set_one_by_one_and_the_report_shows_their_share(own_town: Town) -> None:
    await planned(own_town, ["S06"])
    found = sorted((await tasks(own_town)).values(), key=lambda task: task.id)
    assert len(found) >= 2
    for task in found:
        await planner(own_town).tick_notice_task(task.id, Ticks(staff="d", served=True))
    whole = Ticks(staff="banzhang", served=True, notified=True, reported=True, supervised=True)
    for _ in range(2):
        ticked = await planner(own_town).tick_notice_task(found[0].id, whole)
    assert ticked.ticked_by == "banzhang"
    (month,) = (await planner(own_town).plan_report("2026-12")).months
    assert (month.tasks, month.served, month.supervised) == (len(found), len(found), 1)
    assert month.in_place == (Decimal(100) / len(found)).quantize(Decimal("0.1"))
    undone = await planner(own_town).tick_notice_task(found[0].id, Ticks(staff="d", reported=False))
    assert (undone.reported, undone.supervised) == (False, True)
    with pytest.raises(NotFound):
        await planner(own_town).tick_notice_task(999_999, whole)
