"""Buildings told piece by piece, and blocks of a place that is known."""

import pytest

from actions.outage import OutageService
from actions.place import completed
from actions.repair import RepairService
from tests.actions.conftest import TalkTo


@pytest.mark.parametrize(
    ("before", "said", "together"),
    [
        ("", "3栋", "3栋"),
        ("3栋", "2单元501室", "3栋2单元501室"),
        ("3栋2单元", "601室", "3栋2单元601室"),
        ("3栋2单元501室", "5栋", "5栋2单元501室"),
        ("3栋", "", "3栋"),
        ("村口", "3栋", "3栋"),
        ("3栋", "小卖部旁", "小卖部旁"),
    ],
)
def test_a_building_is_put_together_from_what_is_said_of_it(before: str, said: str, together: str) -> None:
    assert completed(before, said) == together


async def test_the_unit_after_the_block_completes_the_address(talk_to: TalkTo) -> None:
    talk = talk_to(RepairService())
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    await talk.says("就我家,2单元501", "inform", scope="就我家=一户", building="2单元501=2单元501室")
    assert "地址:阳光花园3栋2单元501室" in await talk.says("13900001111", "inform", phone="13900001111")


async def test_one_household_is_asked_for_unit_and_room_once(talk_to: TalkTo) -> None:
    talk = talk_to(RepairService())
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    assert "3栋几单元几室" in await talk.says("就我家", "inform", scope="就我家=一户")
    await talk.says("2单元501", "inform", building="2单元501=2单元501室")
    assert talk.belief.place and talk.belief.place.building == "3栋2单元501室" and talk.said == ["utter_ask_phone"]


async def test_unit_and_room_may_be_told_in_words_or_kept_back(talk_to: TalkTo) -> None:
    talk = talk_to(RepairService())
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    await talk.says("就我家", "inform", scope="就我家=一户")
    await talk.says("挨着大门的那个单元", "inform")
    assert talk.belief.place and talk.belief.place.building == "3栋挨着大门的那个单元"
    other = talk_to(RepairService(), conversation="talk-2")
    await other.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    await other.says("就我家", "inform", scope="就我家=一户")
    await other.presses("不方便说")
    assert other.said == ["utter_ask_phone"]


async def test_a_place_that_is_pointed_at_gets_candidates(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService())
    await talk.says("阳光那边停电了", "outage_query")
    assert talk.said == ["utter_which_place"] and talk.titles == ["阳光花园", "阳光海岸", "都不是"]
    other = talk_to(OutageService(), conversation="talk-2")
    await other.says("我们那边停电了", "outage_query")
    assert other.said == ["utter_ask_place_outage"]


async def test_another_block_of_the_known_place_is_asked_about(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService())
    await talk.says("锦绣江南3栋明天停电吗", "outage_plan_query", community="锦绣江南", building="3栋")
    assert talk.said == ["utter_outage_planned"]
    await talk.says("那15栋明天停吗", "outage_plan_query", building="15栋")
    assert talk.said == ["utter_outage_none_planned"] and "15栋" in talk.text


async def test_the_house_number_behind_a_street_is_its_building(talk_to: TalkTo) -> None:
    talk = talk_to(RepairService())
    await talk.says("报修，澜湾大道88号跳闸", "repair_report", street="澜湾大道", symptom="跳闸")
    assert talk.said == ["utter_ask_scope_repair"]
    assert talk.belief.place and talk.belief.place.address == "澜湾大道88号"


async def test_a_building_told_after_the_answer_is_looked_up_too(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService())
    await talk.says("紫荆公寓没电了，电话13900001111", "outage_query", community="紫荆公寓", phone="13900001111")
    assert "紫荆公寓3栋目前没有查到停电信息" in await talk.says("3号楼", "inform", building="3号楼=3栋")
    assert talk.said[-1] == "utter_ask_scope" and talk.belief.phone == "13900001111"


async def test_a_number_told_with_the_scope_is_not_asked_for_again(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService(), RepairService())
    await talk.says("紫荆公寓3栋没电了", "outage_query", community="紫荆公寓", building="3栋")
    await talk.says("整栋楼,电话13900001111", "inform", scope="整栋楼=整栋", phone="13900001111")
    assert talk.said[-1] == "utter_repair_confirm" and "139****1111" in talk.text


async def test_a_report_that_came_from_an_outage_is_cancelled_by_its_name(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService(), RepairService())
    await talk.says(
        "紫荆公寓3栋没电了，整栋楼", "outage_query", community="紫荆公寓", building="3栋", scope="整栋楼=整栋"
    )
    assert "故障报修" in await talk.says("算了先不报", "cancel")
