"""Tickets for those who work on them: steps, clocks, news, and who may see what."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.clock import LOCAL
from backend.tables import RevealRow
from backend.ticket_steps import RULES
from tests.backend.conftest import MONDAY, SECRET, Town, repair
from utility.errors import InvalidRequest, NotFound, NotPossible
from utility.models import Grade, TicketKind, TicketRequest, TicketStatus
from utility.staff import NewHours, Step, StepRequest
from utility.staff_client import StaffClient

FLAT = {
    "place_id": "C05",
    "address": "金色家园7栋1单元402室",
    "phone": "13912345678",
    "symptom": "没电",
    "scope": "整栋",
}


def staff(town: Town) -> StaffClient:
    return StaffClient(town.http, secret=SECRET, budget=20)


def wish(step: Step, note: str = "", team: str = "", by: str = "kefu") -> StepRequest:
    return StepRequest(staff=by, step=step, note=note, team=team)


async def made(town: Town, conversation: str = "c1", **known: object) -> str:
    return (await town.client.create_ticket(repair(conversation, **(FLAT | known)), f"k-{conversation}")).no


async def test_a_repair_goes_from_dispatch_to_its_end_and_the_customer_sees_it(town: Town) -> None:
    no = await made(town)
    for n, (step, status) in enumerate(
        [
            (wish(Step.DISPATCH, team="城南供电所抢修班"), TicketStatus.DISPATCHED),
            (wish(Step.ACCEPT), TicketStatus.ACCEPTED),
            (wish(Step.ARRIVE, "已到小区门口"), TicketStatus.ARRIVED),
            (wish(Step.FIX), TicketStatus.FIXED),
            (wish(Step.CLOSE, "更换空气开关"), TicketStatus.CLOSED),
        ]
    ):
        town.clock.forward(minutes=5)
        assert (await staff(town).take_step(no, step, f"s{n}")).ticket.status is status
    mine = await town.client.ticket(no, "c1")
    assert [line.name for line in mine.timeline] == ["受理", "派单", "接单", "到达", "修复", "办结"]
    assert mine.timeline[3].note == "已到小区门口"
    assert mine.status is TicketStatus.CLOSED


async def test_what_the_status_does_not_allow_is_refused_and_leaves_nothing(town: Town) -> None:
    no = await made(town)
    with pytest.raises(NotPossible):
        await staff(town).take_step(no, wish(Step.ARRIVE), "s1")
    with pytest.raises(InvalidRequest):
        await staff(town).take_step(no, wish(Step.DISPATCH), "s2")
    with pytest.raises(InvalidRequest):
        await staff(town).take_step(no, wish(Step.CLOSE), "s3")
    with pytest.raises(NotFound):
        await staff(town).take_step("RP20261123-9999", wish(Step.RAISE), "s4")
    assert [line.name for line in (await staff(town).staff_ticket(no)).timeline] == ["受理"]


async def test_what_is_offered_is_what_is_possible(town: Town) -> None:
    no = await made(town)
    offered = (await staff(town).staff_ticket(no)).steps
    for n, step in enumerate(set(Step) - set(offered)):
        with pytest.raises(NotPossible):
            await staff(town).take_step(no, wish(step, "说明", "城南供电所抢修班"), f"n{n}")
    assert set(offered) == {step for step in Step if TicketStatus.OPEN in RULES[step].within and not RULES[step].paused}


async def test_a_step_is_taken_once_per_key(town: Town) -> None:
    no = await made(town)
    for _ in range(3):
        await staff(town).take_step(no, wish(Step.RAISE), "same")
    seen = await staff(town).staff_ticket(no)
    assert seen.ticket.grade is Grade.IMPORTANT
    assert [line.name for line in seen.timeline].count("升级") == 1


async def test_two_of_the_staff_at_once_lose_no_step(own_town: Town) -> None:
    no = await made(own_town)
    notes = [wish(Step.NOTE, f"备注{n}", by=f"a{n % 2}") for n in range(8)]
    await asyncio.gather(*(staff(own_town).take_step(no, note, f"n{n}") for n, note in enumerate(notes)))
    written = {line.note for line in (await staff(own_town).staff_ticket(no)).timeline if line.internal}
    assert written == {f"备注{n}" for n in range(8)}


async def test_customers_see_neither_internal_notes_nor_who_did_what(town: Town) -> None:
    no = await made(town)
    await staff(town).take_step(no, wish(Step.NOTE, "客户脾气大", by="li"), "n1")
    await staff(town).take_step(no, wish(Step.RAISE, by="li"), "n2")
    shown = (await town.client.ticket(no, "c1")).model_dump_json()
    assert "脾气" not in shown
    assert '"li"' not in shown
    mine = (await staff(town).staff_ticket(no)).timeline
    assert [(line.staff, line.internal) for line in mine[1:]] == [("li", True), ("li", False)]


async def test_the_clock_stands_still_while_the_customer_is_waited_for(town: Town) -> None:
    no = await made(town)
    before = (await staff(town).staff_ticket(no)).ticket
    paused = (await staff(town).take_step(no, wish(Step.WAIT, "请补充门牌"), "w")).ticket
    town.clock.forward(minutes=30)
    still = (await staff(town).staff_ticket(no)).ticket
    assert (paused.paused, still.seconds_left) == (True, before.seconds_left)
    gone_on = (await staff(town).take_step(no, wish(Step.GO_ON), "g")).ticket
    assert gone_on.due_at == before.due_at + timedelta(minutes=30)
    assert (gone_on.paused, gone_on.seconds_left) == (False, before.seconds_left)


async def test_a_promise_in_working_days_counts_service_hours_only(town: Town) -> None:
    request = TicketRequest(kind=TicketKind.SERVICE, channel="web", conversation="c1", description="咨询")
    no = (await town.client.create_ticket(request, "k1")).no
    at_five = datetime(2026, 11, 23, 17, 30, tzinfo=LOCAL)
    first = (await staff(town).staff_ticket(no)).ticket.seconds_left
    town.clock.now = at_five
    evening = (await staff(town).staff_ticket(no)).ticket.seconds_left
    town.clock.now = at_five + timedelta(hours=10)
    assert (await staff(town).staff_ticket(no)).ticket.seconds_left == evening < first


async def test_the_list_is_filtered_and_the_urgent_come_first(town: Town) -> None:
    await made(town, "c1")
    no = await made(town, "c2", place_id="C06", address="另一处1栋")
    hazard = TicketRequest(kind=TicketKind.HAZARD, channel="web", conversation="c3", grade=Grade.MAJOR, symptom="断线")
    first = (await town.client.create_ticket(hazard, "k3")).no
    mine = {"c1", "c2", "c3"}
    listed = [t.no for t in await staff(town).staff_tickets(open="true")]
    assert listed[0] == first
    assert [t.no for t in await staff(town).staff_tickets(kind="紧急处置", text="断线")] == [first]
    assert [t.no for t in await staff(town).staff_tickets(conversation="c2")] == [no]
    assert [t.no for t in await staff(town).staff_tickets(text=no[-8:])] == [t for t in listed if t.endswith(no[-8:])]
    town.clock.forward(days=2)
    late = await staff(town).staff_tickets(overdue="true", limit="200")
    assert {no, first} <= {t.no for t in late}
    assert all(t.seconds_left < 0 for t in late)
    assert len(mine) == 3


async def test_related_tickets_are_those_of_the_same_place_and_building(town: Town) -> None:
    first = await made(town, "c1", scope="一户", account_no=None)
    second = await made(town, "c2", scope="一户", account_no=None, address="金色家园7栋2单元101室")
    assert [t.no for t in (await staff(town).staff_ticket(first)).related] == [second]


async def test_news_are_what_staff_did_in_order_and_without_gaps(own_town: Town) -> None:
    desk = staff(own_town)
    begin = await desk.last_news()
    no = await made(own_town)
    await own_town.client.create_ticket(repair("c9", **FLAT), "k9")  # joins it
    steps = [
        wish(Step.DISPATCH, team="城南供电所抢修班"),
        wish(Step.NOTE, "内部"),
        wish(Step.ACCEPT),
        wish(Step.ARRIVE),
    ]
    for n, step in enumerate(steps):
        await desk.take_step(no, step, f"s{n}")
    news = await desk.ticket_news(begin)
    assert [each.name for each in news] == ["派单", "接单", "到达"]
    assert [each.id for each in news] == list(range(begin + 1, begin + 4))
    assert news[0].conversations == ["c1", "c9"]
    assert await desk.ticket_news(news[-1].id) == []


async def test_news_of_many_writers_skip_nothing(own_town: Town) -> None:
    desk = staff(own_town)
    numbers = [await made(own_town, f"c{n}", place_id=None, address=f"某处{n}号") for n in range(6)]
    begin = await desk.last_news()
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 12:
            seen.extend(each.id for each in await desk.ticket_news(begin + len(seen), limit=5))
            await asyncio.sleep(0)

    async def work(no: str) -> None:
        await desk.take_step(no, wish(Step.DISPATCH, team="甲班"), f"d{no}")
        await desk.take_step(no, wish(Step.ACCEPT), f"a{no}")

    async with asyncio.timeout(30):
        await asyncio.gather(read(), *(work(no) for no in numbers))
    assert seen == list(range(begin + 1, begin + 13))


async def test_a_contact_in_full_is_on_record_with_its_reason(town: Town) -> None:
    no = await made(town)
    contact = await staff(town).reveal_contact(no, "c1", "kefu", "回电确认地址")
    assert contact.phone == "13912345678"
    assert (await staff(town).staff_ticket(no)).parties[0].phone_masked == "139****5678"
    async with town.database.read() as session:
        kept = (await session.scalars(select(RevealRow).where(RevealRow.subject == f"{no} c1"))).all()
    assert [(row.staff, row.reason) for row in kept][-1] == ("kefu", "回电确认地址")
    with pytest.raises(InvalidRequest):
        await staff(town).reveal_contact(no, "c1", "kefu", "")


async def test_service_hours_are_set_from_a_day_on(own_town: Town) -> None:
    fresh = NewHours(
        staff="banzhang",
        text="每天 0:00-23:59",
        shifts="0:00-23:59",
        working_days_only=False,
        valid_from=date(2026, 11, 23),
    )
    own_town.clock.now = MONDAY.replace(hour=22)
    assert not (await own_town.client.service_hours()).open_now
    assert (await staff(own_town).set_service_hours(fresh)).open_now
    assert (await own_town.client.service_hours()).text == "每天 0:00-23:59"


@pytest.mark.parametrize("shifts", ["12:00-9:00", "9:00-12:00,11:00-13:00", "25:00-26:00", "9:00-9:00"])
async def test_hours_that_make_no_sense_are_refused(town: Town, shifts: str) -> None:
    with pytest.raises(InvalidRequest):
        await staff(town).set_service_hours(NewHours(staff="b", text="x", shifts=shifts, valid_from=date(2026, 12, 1)))
