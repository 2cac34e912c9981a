"""What a message wishes for, and whose its words are."""

import pytest

from actions.billing import BillingService
from actions.complaint import ComplaintService
from actions.handoff import HandoffService
from actions.hazard import HazardService
from actions.outage import OutageService
from actions.progress import ProgressService
from actions.repair import RepairService
from actions.smalltalk import SmalltalkService
from actions.turn import Clause
from tests.actions.conftest import TalkTo
from tests.actions.talk import Talk
from utility.client import UtilityClient
from utility.models import Grade


def clauses(text: str, *intents: tuple[str, str]) -> tuple[Clause, ...]:
    return tuple(Clause(words, intent, 0.9, text.index(words)) for words, intent in intents)


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(
        SmalltalkService(), HazardService(), OutageService(), RepairService(), ProgressService(), BillingService(),
        ComplaintService(),
    )  # fmt: skip


async def test_facts_in_clauses_of_their_own_belong_to_the_wish_before_them(talk: Talk) -> None:
    text = "我家跳闸,和平里7栋,电话13900001111,顺便查下电费"
    wishes = clauses(text, ("我家跳闸", "repair_report"), ("顺便查下电费", "bill_query"))
    facts = {"community": "和平里", "building": "7栋", "phone": "13900001111", "symptom": "跳闸"}
    await talk.says(text, "repair_report", clauses=wishes, **facts)
    assert talk.said == ["utter_one_after_the_other", "utter_ask_scope_repair"]
    assert talk.belief.matters[-1].slots["phone"] == "13900001111"


async def test_haste_and_darkness_beside_a_report_are_no_other_matters(talk: Talk) -> None:
    text = "师傅,报修,石桥村,没有电"
    parts = clauses(text, ("师傅", "repair_progress"), ("报修", "repair_report"), ("没有电", "outage_query"))
    await talk.says(text, "repair_report", clauses=parts, community="石桥村")
    assert [matter.service for matter in talk.belief.matters] == ["repair"]
    assert talk.said == ["utter_repair_known"]


async def test_an_outage_asked_about_besides_a_report_is_another_matter(talk: Talk) -> None:
    text = "和平里7栋跳闸,另外翠湖苑几点来电"
    parts = clauses(text, ("和平里7栋跳闸", "repair_report"), ("另外翠湖苑几点来电", "outage_query"))
    await talk.says(text, "repair_report", clauses=parts, community="和平里", building="7栋")
    assert [matter.service for matter in talk.belief.matters] == ["outage", "repair"]


async def test_a_wish_in_a_part_counts_when_the_whole_sounds_like_an_answer(talk: Talk) -> None:
    text = "欠着钱没有,户号3300100008"
    await talk.says(text, "inform", clauses=clauses(text, ("欠着钱没有", "arrears_reconnect")))
    assert talk.said == ["utter_ask_tail"]


async def test_thanks_before_a_wish_are_politeness(talk: Talk) -> None:
    text = "谢谢啊,上个月电费多少"
    await talk.says(text, "thanks", clauses=clauses(text, ("谢谢啊", "thanks"), ("上个月电费多少", "bill_query")))
    assert talk.said == ["utter_ask_account_no"]


async def test_a_tickets_number_alone_asks_how_far_it_is(talk: Talk) -> None:
    await talk.says("CP20261121-9001", "inform", ticket_no="CP20261121-9001")
    assert talk.said == ["utter_progress_ask_tail"]


async def test_the_tail_beside_a_tickets_number_is_not_asked_for(talk: Talk) -> None:
    await talk.says("CP20261121-9001 8901", "inform", ticket_no="CP20261121-9001")
    assert talk.said[0] == "utter_progress_ticket"


async def test_a_complaint_that_speaks_of_danger_is_heard_after_the_danger(talk: Talk) -> None:
    text = "挖断电缆砸伤了人,我要投诉"
    parts = clauses(text, ("我要投诉", "complaint"))
    await talk.says(text, "complaint", clauses=parts, hazard="wire")
    assert talk.said == ["utter_hazard_registered", "utter_hazard_ask_place"]
    await talk.says("东方名城", "inform", community="东方名城")
    assert talk.said == ["utter_hazard_place_noted", "utter_complaint_heard"]
    assert "砸伤了人" in talk.belief.matters[0].slots["story"]


async def test_danger_in_the_middle_of_a_story_loses_nothing_of_it(talk: Talk) -> None:
    await talk.says("我要投诉", "complaint")
    await talk.says("你们把电线杆撞倒了", "hazard", hazard="pole")
    await talk.says("柳树湾", "inform", community="柳树湾")
    assert talk.said == ["utter_hazard_place_noted", "utter_complaint_noted"]
    assert "电线杆撞倒" in talk.belief.matters[0].slots["story"]


async def test_numbers_belong_to_every_wish_and_a_place_to_the_one_before_it(talk: Talk) -> None:
    text = "欠费多少,会不会停我电,3300100008尾号8901"
    parts = clauses(
        text, ("欠费多少", "arrears_reconnect"), ("会不会停我电", "outage_plan_query"), ("3300100008尾号8901", "inform")
    )
    await talk.says(text, "arrears_reconnect", clauses=parts, account_no="3300100008")
    assert "utter_balance_owed" in talk.said and "utter_ask_tail" not in talk.said


async def test_who_asks_for_a_human_while_complaining_is_given_both(talk_to: TalkTo, utility: UtilityClient) -> None:
    talk = talk_to(ComplaintService(), HandoffService())
    text = "转人工,不然我找电视台曝光"
    parts = clauses(text, ("转人工", "handoff"), ("不然我找电视台曝光", "complaint"))
    await talk.says(text, "complaint", clauses=parts)
    assert talk.said[-2:] == ["utter_handoff_callback", "utter_ask_callback_phone"]
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_handoff_created", "utter_complaint_heard"]
    assert (await utility.tickets(talk.conversation))[0].grade is Grade.IMPORTANT


async def test_staff_that_is_complained_of_is_no_wish_for_staff(talk_to: TalkTo) -> None:
    talk = talk_to(ComplaintService(), HandoffService())
    text = "投诉电费多算了,客服还凶我"
    parts = clauses(text, ("投诉电费多算了", "complaint"), ("客服还凶我", "handoff"))
    await talk.says(text, "complaint", clauses=parts)
    assert talk.said == ["utter_complaint_heard"]


async def test_a_number_told_to_the_interruption_is_not_asked_for_again(talk_to: TalkTo) -> None:
    talk = talk_to(ComplaintService(), HandoffService())
    await talk.says("转人工", "handoff")
    await talk.says("我要投诉，没人接电话等了半小时，就这些", "complaint")
    await talk.says("13900001111", "inform", phone="13900001111")
    await talk.presses("确认提交")
    assert talk.said[-2:] == ["utter_resume", "utter_handoff_created"]
