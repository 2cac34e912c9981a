"""A second report for the same trouble is added to the first; a known fault takes its reports along."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.backend.conftest import MONDAY, Town, repair
from utility.models import Ticket, TicketKind, TicketNote, TicketRequest, TicketStatus

HOUSE = {"place_id": "C05", "address": "金色家园7栋", "scope": "整栋"}


async def report(town: Town, conversation: str, **known: object) -> Ticket:
    return await town.client.create_ticket(repair(conversation, **known), uuid4().hex)


async def test_a_second_report_for_the_same_building_is_added(town: Town) -> None:
    first = await report(town, "c1", **HOUSE, phone="13912345678", description="我家老人住院", symptom="没电")
    town.clock.forward(hours=2)
    second = await report(town, "c2", place_id="C05", address="七号楼301", phone="13787654321", symptom="跳闸")
    assert (second.no, second.joined) == (first.no, True)
    assert (second.due_at, second.created_at) == (first.due_at, first.created_at)
    assert [line.name for line in second.timeline] == ["受理", "并入"]
    assert [ticket.no for ticket in await town.client.tickets("c2")] == [first.no]


async def test_parties_see_their_own_words_and_phones_only(town: Town) -> None:
    await report(town, "c1", **HOUSE, phone="13912345678", description="我家老人住院", symptom="没电")
    second = await report(town, "c2", **HOUSE, phone="13787654321", description="冰箱化了", symptom="跳闸")
    await town.client.add_note(second.no, TicketNote(conversation="c1", text="我的电话换了"), "n1")
    (of_first,), (of_second,) = await town.client.tickets("c1"), await town.client.tickets("c2")
    assert (of_first.phone_masked, of_first.description, of_first.joined) == ("139****5678", "我家老人住院", False)
    assert (of_second.phone_masked, of_second.description, of_second.joined) == ("137****4321", "冰箱化了", True)
    assert "我的电话换了" in [line.note for line in of_first.timeline]
    assert "我的电话换了" not in of_second.model_dump_json()
    assert [line.name for line in of_second.timeline] == ["受理", "并入", "补充"]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (HOUSE, {"place_id": "C05", "address": "金色家园8栋", "scope": "整栋"}, False),
        (HOUSE, {"place_id": "C06", "address": "滨河新村7栋", "scope": "整栋"}, False),
        ({"place_id": "C15", "address": "村口小卖部"}, {"place_id": "C15", "address": "村口 小卖部"}, True),
        ({"place_id": "C15", "address": "村口小卖部"}, {"place_id": "C15", "address": "水库边"}, False),
        ({"account_no": "3300100007"}, {"account_no": "3300100007", "place_id": "C05", "address": "7栋"}, True),
        ({"account_no": "3300100007", "scope": "整栋"}, {"place_id": "C05", "address": "7栋"}, True),
        ({"account_no": "3300100007"}, {"account_no": "3300100013"}, False),
        ({"address": "老城隍庙"}, {"address": "老城隍庙"}, False),
        ({**HOUSE, "scope": "一户"}, {**HOUSE, "scope": "整栋"}, True),
        (
            {"place_id": "C05", "address": "7栋101", "scope": "一户"},
            {"place_id": "C05", "address": "7栋502", "scope": "一户"},
            False,
        ),
        (
            {"place_id": "C05", "address": "7栋101", "scope": "一户"},
            {"place_id": "C05", "address": "7栋101", "scope": "一户"},
            True,
        ),
    ],
)
async def test_what_counts_as_the_same_trouble(
    town: Town, first: dict[str, str], second: dict[str, str], joined: bool
) -> None:
    earlier, later = await report(town, "c1", **first), await report(town, "c2", **second)
    assert (later.joined, later.no == earlier.no) == (joined, joined)


async def test_who_reports_the_same_trouble_twice_adds_to_the_own_ticket(town: Town) -> None:
    first = await report(town, "c1", **HOUSE, description="没电")
    again = await report(town, "c1", **HOUSE, description="还闻到焦味")
    assert (again.no, again.joined, again.description) == (first.no, True, "没电")
    assert [(line.name, line.note) for line in again.timeline][-1] == ("补充", "还闻到焦味")


async def test_after_a_day_a_report_is_a_new_ticket(town: Town) -> None:
    first = await report(town, "c1", **HOUSE)
    town.clock.forward(hours=24)
    assert (await report(town, "c2", **HOUSE)).no != first.no


async def test_only_repairs_are_joined(town: Town) -> None:
    made = [
        await town.client.create_ticket(
            TicketRequest(kind=TicketKind.HAZARD, channel="web", conversation=conversation, **HOUSE), conversation
        )
        for conversation in ("c1", "c2")
    ]
    assert [ticket.no for ticket in made] == ["EM20261123-0001", "EM20261123-0002"]


async def test_a_seeded_open_repair_can_be_joined_and_a_finished_one_cannot(town: Town) -> None:
    assert (await report(town, "c1", place_id="C09", address="紫荆公寓1栋", scope="整栋")).no == "RP20261123-9001"
    assert not (await report(town, "c1", place_id="C01", address="阳光花园3栋", scope="整栋")).joined


# --- known faults ---------------------------------------------------------------------------------------------------


async def test_a_report_from_a_place_with_a_fault_is_attached_to_it(town: Town) -> None:
    (fault,) = (await town.client.place_outages("C02")).outages
    ticket = await report(town, "c1", place_id="C02", address="翠湖苑5栋")
    assert (ticket.outage_id, ticket.joined, ticket.status) == (fault.id, False, TicketStatus.ARRIVED)
    assert [line.name for line in ticket.timeline] == ["受理", "关联故障"]
    assert "10千伏电缆故障" in ticket.timeline[1].note
    assert [limit.matter for limit in ticket.limits] == ["恢复供电"]
    assert ticket.due_at == fault.expected_at


async def test_an_attached_ticket_follows_the_progress_of_the_fault(town: Town) -> None:
    ticket = await report(town, "c1", place_id="C14", address="石桥村36号")
    assert (ticket.status, ticket.due_at) == (TicketStatus.ACCEPTED, MONDAY + timedelta(minutes=90))
    town.clock.forward(minutes=50)
    (later,) = await town.client.tickets("c1")
    assert later.status is TicketStatus.ARRIVED
    assert [line.name for line in later.timeline] == ["受理", "关联故障", "到达"]


async def test_a_report_from_a_building_outside_the_scope_is_not_attached(town: Town) -> None:
    town.clock.set(day=24, hour=9)
    assert (await report(town, "c1", place_id="C03", address="锦绣江南2栋")).outage_id is not None
    assert (await report(town, "c2", place_id="C03", address="锦绣江南12栋")).outage_id is None


async def test_a_hazard_and_a_complaint_are_not_attached(town: Town) -> None:
    for kind in (TicketKind.HAZARD, TicketKind.COMPLAINT):
        asked = TicketRequest(kind=kind, channel="web", conversation="c1", place_id="C02", address="翠湖苑5栋")
        assert (await town.client.create_ticket(asked, kind.name)).outage_id is None
