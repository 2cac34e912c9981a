"""Outage queries: what is known, what is not, and whose trouble it is."""

import pytest

from actions.outage import OutageService
from actions.repair import RepairService
from tests.actions.conftest import Clock, TalkTo
from tests.actions.talk import Talk


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(OutageService(), RepairService())


async def test_an_ongoing_fault_is_told_with_reason_progress_and_as_of_time(talk: Talk) -> None:
    text = await talk.says("翠湖苑怎么停电了", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_outage_fault"]
    assert "翠湖苑" in text and "原因" in text and "信息更新于今天" in text
    assert "预计恢复:今天" in text


async def test_a_restoration_time_that_nobody_knows_is_not_made_up(talk: Talk) -> None:
    assert "预计恢复:暂时还不能确定" in await talk.says("石桥村啥时候来电", "outage_query", community="石桥村")


async def test_a_missing_place_is_asked_for_and_an_alias_is_understood(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    assert talk.said == ["utter_ask_place_outage"]
    await talk.says("翠湖花园", "inform", community="翠湖花园=翠湖苑")
    assert talk.said == ["utter_outage_fault"]


async def test_an_ambiguous_name_becomes_buttons_and_is_not_guessed(talk: Talk) -> None:
    await talk.says("停电了", "outage_query")
    await talk.says("阳光", "inform")
    assert {"阳光花园", "阳光海岸", "都不是"} <= set(talk.titles)
    await talk.presses("阳光海岸")
    assert "阳光海岸" in talk.text


async def test_none_of_the_candidates_leads_to_another_question(talk: Talk) -> None:
    await talk.says("停电了", "outage_query")
    await talk.says("阳光", "inform")
    await talk.presses("都不是")
    assert talk.said == ["utter_place_unknown"]


async def test_an_unknown_place_is_said_to_be_unknown(talk: Talk) -> None:
    await talk.says("停电了", "outage_query")
    await talk.says("火星基地", "inform")
    assert talk.said == ["utter_place_unknown"]


async def test_the_plan_of_tomorrow_is_told_for_the_blocks_it_hits(talk: Talk) -> None:
    text = await talk.says("锦绣江南明天停电吗", "outage_plan_query", community="锦绣江南", date="明天=2026-11-24")
    assert talk.said == ["utter_outage_planned"]
    assert "明天08:30" in text and "原因" in text


async def test_no_plan_is_an_answer_with_its_day(talk: Talk) -> None:
    text = await talk.says("幸福里今晚停电吗", "outage_plan_query", community="幸福里", date="今晚=2026-11-23")
    assert talk.said == ["utter_outage_none_planned"]
    assert "幸福里今天没有查到停电计划" in text


async def test_an_account_number_needs_no_proof_for_what_is_public(talk: Talk) -> None:
    text = await talk.says("3300100002停电了", "outage_query", account_no="3300100002")
    assert talk.said == ["utter_outage_fault"]
    assert "李" not in text


async def test_an_unknown_account_number_is_said_to_be_unknown(talk: Talk) -> None:
    await talk.says("9999999999停电了", "outage_query", account_no="9999999999")
    assert talk.said == ["utter_account_unknown"]


async def test_nothing_known_asks_whose_trouble_it_is(talk: Talk) -> None:
    await talk.says("幸福里停电了", "outage_query", community="幸福里")
    assert talk.said == ["utter_outage_none", "utter_ask_scope"]
    assert talk.titles == ["只有我家", "整栋楼", "整个小区", "不清楚"]


async def test_only_my_home_leads_to_a_self_check_and_then_to_a_repair_with_what_is_known(talk: Talk) -> None:
    await talk.says("幸福里停电了", "outage_query", community="幸福里")
    await talk.says("邻居都有电", "inform")
    assert talk.said == ["utter_outage_self_check", "utter_ask_checked"]
    await talk.says("弄了还是没有电", "outage_query")
    assert talk.said[0] == "utter_outage_to_repair"
    assert talk.belief.matter and talk.belief.matter.service == "repair"
    slots = talk.belief.matter.slots
    assert (slots["symptom"], slots["scope"], slots["place"]["name"]) == ("停电", "一户", "幸福里")


async def test_a_self_check_that_helps_ends_kindly(talk: Talk) -> None:
    await talk.says("幸福里就我家停电了", "outage_query", community="幸福里", scope="就我家=一户")
    await talk.presses("来电了")
    assert talk.said == ["utter_outage_solved"]
    assert talk.belief.matters == []


async def test_the_whole_building_dark_goes_straight_to_a_repair(talk: Talk) -> None:
    await talk.says("幸福里停电了", "outage_query", community="幸福里")
    await talk.presses("整栋楼")
    assert talk.said[0] == "utter_outage_to_repair"


async def test_a_place_restored_this_morning_is_told_so(talk: Talk) -> None:
    await talk.says("和平里停电了", "outage_query", community="和平里")
    assert talk.said == ["utter_outage_restored", "utter_ask_scope"]


async def test_a_corrected_place_is_looked_up_again(talk: Talk) -> None:
    await talk.says("幸福里停电了", "outage_query", community="幸福里")
    await talk.says("不对,是翠湖苑", "inform", community="翠湖苑")
    assert talk.said == ["utter_outage_fault"]


async def test_the_place_is_not_asked_for_twice(talk: Talk) -> None:
    await talk.says("翠湖苑停电了吗", "outage_query", community="翠湖苑")
    await talk.says("什么时候来电", "outage_query")
    assert talk.said == ["utter_outage_fault"]


async def test_still_dark_after_the_self_check_is_an_answer_however_it_is_understood(talk: Talk) -> None:
    await talk.says("幸福里就我家停电了", "outage_query", community="幸福里", scope="就我家=一户")
    await talk.says("还是没电", "notice_receipt")
    assert talk.said[0] == "utter_outage_to_repair"


async def test_a_plan_that_is_under_way_is_told_as_such(talk_to: TalkTo, clock: Clock) -> None:
    clock.move(hours=23)
    talk = talk_to(OutageService())
    text = await talk.says("锦绣江南3栋停电了", "outage_query", community="锦绣江南", building="3栋")
    assert talk.said == ["utter_outage_planned_now"] and "17:00" in text
