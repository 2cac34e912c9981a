"""Complaints: the five steps in their order, nothing lost, nothing asked twice."""

import pytest

from actions.complaint import WORDS_FOR, ComplaintService
from actions.outage import OutageService
from actions.repair import RepairService
from actions.request import RequestService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import Line, TalkTo
from tests.actions.talk import RESPONSES, Talk
from utility.client import UtilityClient
from utility.models import ComplaintClass, Grade, Ticket, TicketKind, TicketRequest

PHONE = "13912345678"


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(ComplaintService(), OutageService(), RepairService(), RequestService(), SmalltalkService())


async def tell(talk: Talk, story: str = "营业厅的人对我翻白眼") -> None:
    """Up to the read-back."""
    await talk.says(story, "complaint")
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)


async def tickets(utility: UtilityClient, talk: Talk) -> list[Ticket]:
    return await utility.tickets(talk.conversation)


# --- the order of the five steps -------------------------------------------------------------------------------------


async def test_the_five_steps_come_in_their_order(talk: Talk) -> None:
    steps: list[str] = []
    for words, intent, facts in (
        ("我要投诉", "complaint", {}),
        ("翠湖苑停电从来不通知", "complaint", {"community": "翠湖苑"}),
        ("说完了", "inform", {}),
        (PHONE, "inform", {"phone": PHONE}),
        ("对", "affirm", {}),
    ):
        await talk.says(words, intent, **facts)
        steps += talk.said
    assert steps == [
        "utter_complaint_listen",
        "utter_complaint_noted",
        "utter_ask_complaint_phone",
        "utter_complaint_sorry_outage",
        "utter_complaint_fault",
        "utter_complaint_confirm",
        "utter_complaint_thanks",
    ]


# --- 1 listen --------------------------------------------------------------------------------------------------------


async def test_a_story_told_at_once_is_not_asked_for_again(talk: Talk) -> None:
    await talk.says("营业厅的人对我翻白眼,我要投诉", "complaint")
    assert talk.said == ["utter_complaint_heard"]
    assert talk.titles == ["说完了"]


async def test_several_messages_are_kept_whatever_they_look_like(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("我要投诉", "complaint")
    await talk.says("昨天我家停电了", "outage_query")
    await talk.says("上个月电费也没人说清楚", "bill_query")
    await talk.says("天气这么热", "chitchat_oos")
    await talk.says("就这些", "deny")
    await talk.says("翠湖苑", "inform", community="翠湖苑")
    await talk.says(PHONE, "inform", phone=PHONE)
    await talk.presses("确认提交")
    assert (await tickets(utility, talk))[0].description.split("\n") == [
        "昨天我家停电了",
        "上个月电费也没人说清楚",
        "天气这么热",
    ]


async def test_small_talk_is_answered_and_the_listening_goes_on(talk: Talk) -> None:
    await talk.says("营业厅的人对我翻白眼", "complaint")
    await talk.says("谢谢", "thanks")
    assert talk.said == ["utter_thanks", "utter_complaint_noted"]
    await talk.says("嗯", "affirm")
    assert talk.said == ["utter_complaint_go_on"]


async def test_nothing_told_yet_is_asked_for_kindly(talk: Talk) -> None:
    await talk.says("差评", "complaint")
    assert talk.said == ["utter_complaint_what"]


async def test_giving_up_while_telling_submits_nothing(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("营业厅的人对我翻白眼", "complaint")
    await talk.says("算了不投诉了", "cancel")
    assert talk.said == ["utter_cancelled"]
    assert not talk.belief.matters and not await tickets(utility, talk)


async def test_anger_is_met_with_one_sentence_once_and_a_human_is_offered(talk: Talk) -> None:
    await talk.says("报修三个小时没人来,气死我了", "complaint")
    assert talk.said == ["utter_complaint_calm_outage", "utter_complaint_heard"]
    assert "转人工" in talk.titles
    await talk.says("你们这些废物", "chitchat_oos")
    assert talk.said == ["utter_complaint_noted"]


async def test_another_matter_first_is_another_matter(talk: Talk) -> None:
    await talk.says("营业厅的人对我翻白眼", "complaint")
    await talk.says("先帮我查下翠湖苑停电", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_outage_fault", "utter_resume", "utter_complaint_noted"]


# --- 2 ask -----------------------------------------------------------------------------------------------------------


async def test_the_place_is_asked_for_only_where_it_matters(talk: Talk) -> None:
    await tell(talk)
    assert talk.said[-1] == "utter_complaint_confirm" and "地点" not in talk.text


async def test_an_outage_needs_its_place(talk: Talk) -> None:
    await talk.says("停电从来不提前说", "complaint")
    await talk.presses("说完了")
    assert talk.said == ["utter_ask_complaint_place"]
    await talk.says("阳光花园3栋", "outage_query", community="阳光花园", building="3栋")
    assert talk.said == ["utter_ask_complaint_phone"]


async def test_a_place_unknown_to_the_gazetteer_is_taken_as_it_is_said(talk: Talk) -> None:
    await talk.says("半夜施工吵得没法睡", "complaint")
    await talk.presses("说完了")
    await talk.says("火星基地东门", "inform")
    await talk.says("火星基地东门", "inform")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert "地点:火星基地东门" in talk.text


async def test_what_was_said_in_the_story_is_not_asked_for(talk: Talk) -> None:
    await talk.says(f"石桥村电压低了两年,联系我{PHONE}", "complaint", community="石桥村", phone=PHONE)
    await talk.presses("说完了")
    assert talk.said[-1] == "utter_complaint_confirm"
    assert "地点:石桥村" in talk.text and "139****5678" in talk.text and PHONE not in talk.text


async def test_another_persons_number_in_the_story_is_not_the_callers(talk: Talk) -> None:
    await talk.says("师傅态度很差,打他电话13800001234他就骂人", "complaint", phone="13800001234")
    await talk.presses("说完了")
    assert talk.said == ["utter_ask_complaint_phone"]


async def test_a_place_named_in_passing_does_not_replace_the_scene(talk: Talk) -> None:
    await talk.says("翠湖苑天天停电", "complaint", community="翠湖苑")
    await talk.says("隔壁阳光花园从来不停", "complaint", community="阳光花园")
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert "地点:翠湖苑" in talk.text


async def test_a_number_may_be_kept_back_and_nobody_promises_to_call(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("营业厅的人对我翻白眼", "complaint")
    await talk.presses("说完了")
    await talk.says("不想留电话", "deny")
    await talk.presses("确认提交")
    assert talk.said == ["utter_complaint_thanks_no_phone"]
    assert "联系客户" not in talk.text and "5个工作日" in talk.text
    assert (await tickets(utility, talk))[0].phone_masked is None


# --- 3 and 4: apologise, solve ----------------------------------------------------------------------------------------


async def test_the_apology_is_for_this_matter(talk: Talk) -> None:
    await tell(talk, "上个月多收了我五十块电费")
    assert talk.said[:2] == ["utter_complaint_sorry_business", "utter_complaint_bill"]


@pytest.mark.parametrize(
    ("place", "response"),
    [("翠湖苑", "fault"), ("和平里", "restored"), ("锦绣江南", "planned"), ("石桥村", "fault")],
)
async def test_what_is_known_of_the_outage_is_told_at_once_with_its_time(talk: Talk, place: str, response: str) -> None:
    await talk.says(f"{place}停电从来不通知", "complaint", community=place)
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert talk.said == ["utter_complaint_sorry_outage", f"utter_complaint_{response}", "utter_complaint_confirm"]
    assert "信息更新于" in talk.text


@pytest.mark.parametrize("kind", WORDS_FOR.values())
def test_every_class_has_its_own_understanding_and_apology(kind: str) -> None:
    assert {f"utter_complaint_calm_{kind}", f"utter_complaint_sorry_{kind}"} <= set(RESPONSES)


async def test_a_place_without_an_outage_is_said_so_with_the_time(talk: Talk) -> None:
    await talk.says("阳光海岸停电从来不通知", "complaint", community="阳光海岸")
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert "utter_complaint_no_outage" in talk.said and "信息更新于今天10:05" in talk.text


async def test_a_slow_repair_is_urged_at_once(talk: Talk, utility: UtilityClient) -> None:
    repair = TicketRequest(
        kind=TicketKind.REPAIR, channel="webchat", conversation=talk.conversation, phone=PHONE, place_id="C01"
    )
    made = await utility.create_ticket(repair, "repair:before")
    await talk.says("阳光花园报修三个小时没人来", "complaint", community="阳光花园")
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert talk.said[0] == "utter_complaint_sorry_repair"
    assert "utter_complaint_urged" in talk.said and made.no in talk.text
    assert (await utility.ticket(made.no, talk.conversation)).urged == 1
    await talk.presses("要修改")
    await talk.presses("改电话")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert (await utility.ticket(made.no, talk.conversation)).urged == 1


async def test_a_bill_is_explained_at_a_button_after_the_thanks(talk: Talk) -> None:
    await tell(talk, "上个月多收了我五十块电费")
    await talk.presses("确认提交")
    assert ("看这笔电费的明细", "/bill_dispute") in talk.buttons


async def test_the_class_can_be_changed_by_the_customer(talk: Talk, utility: UtilityClient) -> None:
    await tell(talk)
    await talk.presses("要修改")
    await talk.presses("改类别")
    await talk.presses("收费和办事")
    assert talk.said == ["utter_complaint_confirm"] and "营业投诉" in talk.text
    await talk.presses("确认提交")
    assert (await tickets(utility, talk))[0].complaint_class is ComplaintClass.BUSINESS


async def test_the_story_is_added_to_and_never_replaced(talk: Talk) -> None:
    await tell(talk)
    await talk.presses("要修改")
    await talk.presses("补充内容")
    assert talk.said == ["utter_complaint_add"]
    await talk.says("他还把材料摔了,就这些", "complaint")
    assert "翻白眼" in talk.text and "材料摔了" in talk.text


async def test_more_of_the_story_at_the_read_back_is_kept(talk: Talk) -> None:
    await tell(talk)
    await talk.says("是昨天下午三点的事", "inform")
    assert talk.said == ["utter_complaint_confirm"] and "昨天下午三点" in talk.text


async def test_a_corrected_number_is_read_back_again(talk: Talk) -> None:
    await tell(talk)
    await talk.says("电话打错了,是13700001111", "inform", phone="13700001111")
    assert talk.said == ["utter_complaint_confirm"] and "137****1111" in talk.text


# --- 5 thank, grades ------------------------------------------------------------------------------------------------


async def test_the_thanks_name_number_limits_who_calls_and_how_to_follow(talk: Talk, utility: UtilityClient) -> None:
    await tell(talk)
    await talk.presses("确认提交")
    made = (await tickets(utility, talk))[0]
    for words in (made.no, made.contact, *(limit.text for limit in made.limits), "139****5678", "明天10:05", "查进度"):
        assert words in talk.text
    assert "一般" not in talk.text
    assert ("查工单进度", "/ticket_progress") in talk.buttons
    assert not talk.belief.matters


async def test_an_injury_is_told_to_the_supervisor_and_a_human_is_offered(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("挖路不填,我奶奶摔了一跤", "complaint")
    assert "转人工" in talk.titles
    await talk.presses("说完了")
    await talk.says("建设街", "inform", street="建设街")
    await talk.says(PHONE, "inform", phone=PHONE)
    await talk.presses("确认提交")
    assert talk.said == ["utter_complaint_major", "utter_complaint_thanks"] and "转人工" in talk.titles
    made = (await tickets(utility, talk))[0]
    assert made.grade is Grade.MAJOR and made.description.startswith("【重大:涉及人身伤害】")


async def test_the_same_complaint_again_is_important(talk: Talk, utility: UtilityClient) -> None:
    await tell(talk)
    await talk.presses("确认提交")
    await talk.says("营业厅的人又翻白眼", "complaint")
    await talk.presses("说完了")
    await talk.presses("确认提交")
    assert [ticket.grade for ticket in await tickets(utility, talk)] == [Grade.IMPORTANT, Grade.NORMAL]


async def test_a_long_story_is_kept_whole(talk: Talk, utility: UtilityClient) -> None:
    story = "营业厅态度差" + "这件事说来话长" * 200
    await tell(talk, story)
    await talk.presses("确认提交")
    assert talk.turn
    made = (await tickets(utility, talk))[0]
    notes = [errand["payload"]["text"] for errand in talk.turn.errands if errand["kind"] == "note"]
    assert len(made.description) == 1000
    assert made.description.partition("……（")[0] + "".join(notes) == story


async def test_passwords_and_card_numbers_do_not_get_into_the_ticket(talk: Talk, utility: UtilityClient) -> None:
    await tell(talk, "柜台的人问我密码是123456还骂人")
    await talk.presses("确认提交")
    assert "123456" not in (await tickets(utility, talk))[0].description


# --- the utility away, the same message twice ------------------------------------------------------------------------


async def test_with_the_utility_away_the_complaint_is_taken_and_kept(
    talk: Talk, line: Line, utility: UtilityClient
) -> None:
    line.away = True
    await talk.says("翠湖苑停电三小时没人来修", "complaint", community="翠湖苑")
    await talk.presses("说完了")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert talk.said == ["utter_complaint_sorry_repair", "utter_complaint_confirm"]
    await talk.presses("确认提交")
    assert talk.said == ["utter_complaint_kept"] and talk.turn
    (errand,) = talk.turn.errands
    line.away = False
    request = TicketRequest.model_validate(errand["payload"])
    first = await utility.create_ticket(request, errand["key"])
    assert (await utility.create_ticket(request, errand["key"])).no == first.no
    assert request.address == "翠湖苑" and "没人来修" in request.description


async def test_the_same_message_twice_makes_one_ticket(talk: Talk, utility: UtilityClient) -> None:
    await tell(talk)
    before, buttons, count = talk.belief.to_json(), talk.turn, talk.count
    await talk.presses("确认提交")
    talk.belief, talk.turn, talk.count = type(talk.belief).from_json(before), buttons, count
    await talk.presses("确认提交")
    assert len(await tickets(utility, talk)) == 1


async def test_taking_a_complaint_back_is_understood_whatever_the_model_heard(talk: Talk) -> None:
    await talk.says("我要投诉", "complaint")
    await talk.says("算了不投诉了", "complaint")
    assert talk.said == ["utter_cancelled"]


async def test_an_addition_at_the_read_back_is_kept_whatever_it_sounds_like(talk: Talk) -> None:
    await tell(talk)
    text = await talk.says("补充一下,当时还有好几个人看着", "bill_query", confidence=0.4)
    assert "当时还有好几个人看着" in text
