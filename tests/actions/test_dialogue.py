"""How matters are begun, interrupted, queued, cancelled and taken up again."""

import pytest

from actions.belief import Belief, Matter
from actions.complaint import ComplaintService
from actions.handoff import HandoffService
from actions.hazard import HazardService
from actions.outage import OutageService
from actions.repair import RepairService
from actions.smalltalk import SmalltalkService
from actions.turn import Clause
from tests.actions.conftest import Clock, Line, TalkTo
from tests.actions.talk import Talk
from utility.client import UtilityClient


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), HazardService(), HandoffService(), OutageService())


async def test_small_talk_in_the_middle_is_answered_and_the_question_repeated(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    await talk.says("谢谢你啊", "thanks")
    assert talk.said == ["utter_thanks", "utter_ask_place_outage"]


async def test_another_matter_in_the_middle_comes_first_and_the_first_is_taken_up_again(talk: Talk) -> None:
    await talk.says("我要人工", "handoff")
    await talk.says("先告诉我翠湖苑啥时候来电", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_outage_fault", "utter_resume", "utter_ask_callback_phone"]
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_handoff_created"]


async def test_two_matters_in_one_message_are_both_dealt_with_the_urgent_one_first(talk: Talk) -> None:
    text = "查下翠湖苑停电,给我转人工"
    clauses = (
        Clause("查下翠湖苑停电", "outage_query", 0.9, 0),
        Clause("给我转人工", "handoff", 0.9, text.index("给")),
    )
    await talk.says(text, "outage_query", clauses=clauses, community="翠湖苑")
    assert talk.said[:3] == ["utter_one_after_the_other", "utter_handoff_callback", "utter_ask_callback_phone"]
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_handoff_created", "utter_outage_fault"]


async def test_clauses_about_the_same_service_are_one_matter(talk: Talk) -> None:
    clauses = (Clause("停电了", "outage_query", 0.9, 0), Clause("什么时候来", "outage_query", 0.9, 4))
    await talk.says("停电了,什么时候来", "outage_query", clauses=clauses)
    assert talk.said == ["utter_ask_place_outage"]


async def test_a_complaint_with_its_reason_is_one_story_and_not_two_matters(talk_to: TalkTo) -> None:
    talk = talk_to(SmalltalkService(), OutageService(), ComplaintService())
    clauses = (Clause("停电三天没人管", "outage_query", 0.9, 0), Clause("我要投诉", "complaint", 0.9, 8))
    await talk.says("停电三天没人管,我要投诉", "outage_query", clauses=clauses)
    assert [matter.service for matter in talk.belief.matters] == ["complaint"]
    assert "停电三天没人管" in str(talk.belief.matters[0].slots)


async def test_a_matter_that_waits_is_gone_on_with_and_not_begun_anew(talk_to: TalkTo) -> None:
    talk = talk_to(SmalltalkService(), OutageService(), HandoffService(), RepairService())
    await talk.says("幸福里3栋跳闸,报修", "repair_report", community="幸福里", building="3栋", symptom="跳闸")
    await talk.says("我要人工", "handoff")
    await talk.says("我要报修", "repair_report")
    assert [matter.service for matter in talk.belief.matters] == ["handoff", "repair"]
    assert talk.belief.matters[1].slots["symptom"] == "跳闸"


async def test_a_message_that_is_understood_in_part_is_taken_for_that_part(talk: Talk) -> None:
    clauses = (Clause("翠湖苑停电了", "outage_query", 0.9, 0), Clause("电话13900001111", "inform", 0.9, 7))
    await talk.says("翠湖苑停电了,电话13900001111", "nlu_fallback", clauses=clauses, community="翠湖苑")
    assert talk.said == ["utter_outage_fault"]


async def test_cancel_drops_what_is_being_done_and_says_so(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    assert "查停电" in await talk.says("算了", "cancel")
    assert talk.said == ["utter_cancelled"]
    assert talk.belief.matters == []


async def test_cancelling_nothing_is_no_mistake(talk: Talk) -> None:
    await talk.says("算了", "cancel")
    assert talk.said == ["utter_nothing_to_cancel"]


async def test_cancelling_the_interruption_leads_back_to_what_it_interrupted(talk: Talk) -> None:
    await talk.says("我要人工", "handoff")
    await talk.says("先查停电", "outage_query")
    await talk.says("算了", "cancel")
    assert talk.said == ["utter_cancelled", "utter_resume", "utter_ask_callback_phone"]


async def test_what_is_not_understood_twice_offers_a_human(talk: Talk) -> None:
    await talk.says("嗯嗯呃", "nlu_fallback", ranking=(("outage_query", 0.3), ("bill_query", 0.2)))
    assert talk.said == ["utter_which"] and talk.titles == ["查停电", "查电费", "都不是"]
    await talk.says("呃呃呃", "nlu_fallback", ranking=(("outage_query", 0.3),))
    assert "转人工" in talk.titles


async def test_a_button_of_a_matter_that_is_over_says_so(talk: Talk) -> None:
    await talk.says("只有我家", "inform", choice="outage.scope=一户")
    assert talk.said == ["utter_choice_expired"]


async def test_danger_interrupts_everything_with_advice_first_and_asks_nothing_before_it(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    await talk.says("哎呀出事了", "hazard")
    assert talk.said == ["utter_hazard_other", "utter_hazard_registered", "utter_hazard_ask_place"]
    assert talk.turn and talk.turn.hazard == "other"
    await talk.says("翠湖苑3栋楼下", "inform", community="翠湖苑")
    assert talk.said[0] == "utter_hazard_place_noted"
    assert talk.turn.errands[0]["payload"]["text"] == "位置：翠湖苑3栋楼下"


async def test_a_phone_number_after_danger_goes_to_the_crew(talk: Talk, clock: Clock) -> None:
    await talk.says("翠湖苑门口电线掉了", "hazard", hazard="wire", community="翠湖苑")
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_hazard_phone_noted"] and "139****1111" in talk.text
    assert talk.turn and talk.turn.errands[0]["payload"] == {"ticket_kind": "紧急处置", "text": "联系电话：13900001111"}
    clock.move(hours=2)
    await talk.says("13900002222", "inform", phone="13900002222")
    assert talk.said == ["utter_what_for"]


async def test_a_number_is_no_place_the_crew_could_drive_to(talk: Talk) -> None:
    await talk.says("哎呀出事了", "hazard")
    await talk.says("电话13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_hazard_phone_noted", "utter_hazard_ask_place"]
    await talk.says("翠湖苑东门", "inform", community="翠湖苑")
    assert talk.said[0] == "utter_hazard_place_noted"


async def test_a_second_wish_inside_an_answer_waits_until_the_first_is_done(talk: Talk) -> None:
    await talk.says("我要人工", "handoff")
    clauses = (Clause("13900001111", "inform", 0.95, 0), Clause("另外翠湖苑停电了吗", "outage_query", 0.9, 12))
    text = "13900001111,另外翠湖苑停电了吗"
    await talk.says(text, "inform", clauses=clauses, phone="13900001111", community="翠湖苑")
    assert talk.said == ["utter_handoff_created", "utter_outage_fault"]


async def test_a_second_wish_inside_an_answer_is_acknowledged_while_the_form_goes_on(talk_to: TalkTo) -> None:
    talk = talk_to(OutageService(), RepairService())
    await talk.says("我要报修", "repair_report")
    clauses = (
        Clause("幸福里3栋跳闸", "inform", 0.95, 0),
        Clause("顺便问下翠湖苑停电了吗", "outage_plan_query", 0.9, 8),
    )
    text = "幸福里3栋跳闸,顺便问下翠湖苑停电了吗"
    await talk.says(text, "inform", clauses=clauses, community="幸福里", building="3栋", symptom="跳闸")
    assert talk.said == ["utter_next_in_turn", "utter_ask_scope_repair"]
    await talk.says("整栋楼", "inform", scope="整栋")
    await talk.says("13900001111", "inform", phone="13900001111")
    await talk.presses("确认提交")
    assert "utter_repair_created" in talk.said and talk.said[-1] == "utter_outage_none_planned"


async def test_danger_the_gate_saw_is_not_advised_twice(talk: Talk) -> None:
    await talk.says("翠湖苑门口电线掉了", "hazard", hazard="wire", community="翠湖苑")
    assert talk.said == ["utter_hazard_registered", "utter_hazard_place_noted"]


async def test_the_utility_away_is_said_honestly(talk: Talk, line: Line) -> None:
    line.away = True
    await talk.says("翠湖苑停电了", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_busy"]


async def test_after_the_utility_came_back_the_same_question_works(talk: Talk, line: Line) -> None:
    line.away = True
    await talk.says("翠湖苑停电了", "outage_query", community="翠湖苑")
    line.away = False
    await talk.says("翠湖苑停电了", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_outage_fault"]


async def test_a_callback_while_the_utility_is_away_is_kept_for_the_gateway(talk: Talk, line: Line) -> None:
    await talk.says("转人工", "handoff")
    line.away = True
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_handoff_kept"]
    assert talk.turn and talk.turn.errands[0]["payload"]["phone"] == "13900001111"


async def test_a_matter_confirmed_twice_orders_once(talk: Talk, line: Line, utility: UtilityClient) -> None:
    """The ticket was made, the answer was lost: the belief is the old one, and the customer tries again."""
    await talk.says("转人工", "handoff")
    before = Belief.from_json(talk.belief.to_json())
    await talk.says("13900001111", "inform", phone="13900001111")
    talk.belief = before
    await talk.says("13900001111", "inform", phone="13900001111")
    assert len(await utility.tickets(talk.conversation)) == 1


async def test_with_people_on_duty_the_conversation_is_handed_over(talk_to: TalkTo) -> None:
    talk = talk_to(HandoffService(), humans_on_duty=True)
    await talk.says("转人工", "handoff")
    assert talk.said == []  # the gateway says the place in the queue, which it alone knows
    assert talk.turn and talk.turn.handoff
    assert talk.turn.handoff["reason"] == "客户要求人工"


async def test_someone_vulnerable_is_remembered(talk: Talk) -> None:
    await talk.says("家里有呼吸机,翠湖苑停电了", "outage_query", community="翠湖苑")
    assert talk.belief.vulnerable


def test_a_belief_of_another_version_is_worth_an_empty_one() -> None:
    assert Belief.from_json({"matters": [{"strange": 1}]}) == Belief()
    belief = Belief(matters=[Matter("outage", {"a": 1}, "place")], phone="13900001111")
    assert Belief.from_json(belief.to_json()) == belief


async def test_without_any_guess_the_menu_is_offered(talk: Talk) -> None:
    await talk.says("呃呃", "nlu_fallback", ranking=(("chitchat_oos", 0.2),))
    assert talk.said == ["utter_not_understood"] and talk.titles == ["都不是"]
