"""What cannot be done here yet is said honestly, and registered when the customer likes."""

import re

import pytest

from actions.complaint import ComplaintService
from actions.labels import INTENTS
from actions.outage import OutageService
from actions.repair import RepairService
from actions.request import RequestService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import Line, TalkTo
from tests.actions.talk import RESPONSES, Talk
from utility.client import UtilityClient
from utility.models import Grade, TicketKind, TicketRequest

PHONE = "13912345678"
# Numbers to dial and steps of advice are no figures.
DIALLED = re.compile(r"95598|12[03]|119|LED")


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(RequestService(), ComplaintService(), OutageService(), RepairService(), SmalltalkService())


async def registered(talk: Talk) -> None:
    await talk.says(PHONE, "inform", phone=PHONE)
    await talk.presses("确认提交")


# --- what is said ----------------------------------------------------------------------------------------------------


def test_no_sentence_of_this_service_states_a_figure() -> None:
    for name, variants in RESPONSES.items():
        if name.startswith(("utter_request_", "utter_ask_request_", "utter_complaint_")):
            assert not re.search(r"\d", DIALLED.sub("", variants[0]["text"])), name


@pytest.mark.parametrize("intent", sorted(RequestService.intents - {"notice_receipt", "commitments"}))
def test_every_wish_has_its_own_sentence(intent: str) -> None:
    assert f"utter_request_{intent}" in RESPONSES


@pytest.mark.parametrize("intent", ["appliance_damage", "suggestion_praise", "tariff", "transfer_account"])
async def test_a_wish_is_told_of_and_can_be_registered(talk: Talk, utility: UtilityClient, intent: str) -> None:
    await talk.says("", intent)
    assert talk.said[0] == f"utter_request_{intent}"
    if "登记,请专人联系我" in talk.titles:
        await talk.presses("登记,请专人联系我")
    await talk.says("就在我家,昨天晚上的事,请看一下", "inform")
    await registered(talk)
    assert talk.said == ["utter_request_created"]
    (ticket,) = await utility.tickets(talk.conversation)
    assert ticket.kind is TicketKind.SERVICE and ticket.symptom == INTENTS[intent]
    assert ticket.no in talk.text and ticket.limits[0].text in talk.text and ticket.contact in talk.text


async def test_the_offer_can_be_declined(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("怎么过户", "transfer_account")
    await talk.presses("不用了")
    assert talk.said == ["utter_request_declined"]
    assert not talk.belief.matters and not await utility.tickets(talk.conversation)


@pytest.mark.parametrize(("answer", "intent"), [("不用", "deny"), ("算了我自己去营业厅", "inform")])
async def test_the_offer_can_be_declined_in_words(talk: Talk, answer: str, intent: str) -> None:
    await talk.says("怎么过户", "transfer_account")
    await talk.says(answer, intent)
    assert talk.said == ["utter_request_declined"]


async def test_a_number_to_call_accepts_the_offer(talk: Talk) -> None:
    await talk.says("过户要带什么材料,我父亲去世了", "transfer_account")
    await talk.says(PHONE, "inform", phone=PHONE)
    assert talk.said == ["utter_request_confirm"] and "139****5678" in talk.text and PHONE not in talk.text


async def test_asking_on_gets_an_honest_sentence_and_the_offer_again(talk: Talk) -> None:
    await talk.says("怎么过户", "transfer_account")
    await talk.says("那要交多少钱", "transfer_account")
    assert talk.said == ["utter_request_offer_again"]


async def test_another_question_takes_the_place_of_the_offer(talk: Talk) -> None:
    await talk.says("怎么过户", "transfer_account")
    await talk.says("电价多少", "tariff")
    assert talk.said == ["utter_request_tariff", "utter_request_offer"]


async def test_a_question_in_the_middle_is_answered_and_the_request_goes_on(talk: Talk) -> None:
    await talk.says("昨晚来电把电视烧了", "appliance_damage", device="电视")
    await talk.says("那怎么省电", "energy_saving")
    assert talk.said == ["utter_request_energy_saving", "utter_ask_phone"]


async def test_a_question_in_the_middle_of_another_matter_offers_nothing(talk: Talk) -> None:
    await talk.says("营业厅的人对我翻白眼", "complaint")
    await talk.presses("说完了")
    await talk.says("电价多少", "tariff")
    assert talk.said == ["utter_request_tariff", "utter_resume", "utter_ask_complaint_phone"]


# --- promises and notices --------------------------------------------------------------------------------------------


async def test_promises_are_told_from_data_with_source_and_date(talk: Talk, utility: UtilityClient) -> None:
    text = await talk.says("你们有什么承诺", "commitments")
    limit = next(limit for limit in await utility.time_limits() if limit.matter == "投诉答复")
    assert limit.text in text and limit.source in text and f"{limit.valid_from:%Y-%m-%d}" in text
    assert not talk.belief.matters


async def test_promises_of_other_areas_are_left_out_when_the_place_is_known(talk: Talk) -> None:
    await talk.says("石桥村停电了", "outage_query", community="石桥村")
    text = await talk.says("多久能到", "commitments")
    assert "农村抢修" in text and "城区抢修" not in text


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("收到谢谢", "utter_request_receipt"),
        ("已恢复", "utter_request_power_back"),
        ("来了来了", "utter_request_power_back"),
        ("刚刚来的电,已经来电了", "utter_request_power_back"),
        ("还没来", "utter_request_still_dark"),
        ("你们说恢复了可我家没有电", "utter_request_still_dark"),
        ("仲未有电", "utter_request_still_dark"),
        ("还莫得电", "utter_request_still_dark"),
    ],
)
async def test_a_receipt_is_thanked_for_or_followed_up(talk: Talk, text: str, response: str) -> None:
    await talk.says(text, "notice_receipt")
    assert talk.said[0] == response


async def test_who_is_still_dark_is_told_what_is_known_and_can_report_it(talk: Talk) -> None:
    await talk.says("翠湖苑还没来电", "notice_receipt", community="翠湖苑")
    assert talk.said == ["utter_request_still_dark", "utter_outage_fault"]
    assert ("故障报修", "/repair_report") in talk.buttons


async def test_a_receipt_in_the_middle_of_a_request_does_not_end_it(talk: Talk) -> None:
    await talk.says("怎么过户", "transfer_account")
    await talk.says("来电了", "notice_receipt")
    assert talk.said == ["utter_request_power_back", "utter_request_offer"]


# --- damage and reports ----------------------------------------------------------------------------------------------


async def test_damage_asks_only_what_was_not_said(talk: Talk) -> None:
    await talk.says("家电坏了", "appliance_damage")
    assert talk.said == ["utter_request_appliance_damage", "utter_ask_request_damage"]
    await talk.says("算了", "cancel")
    await talk.says("电视烧了", "appliance_damage", device="电视")
    assert talk.said == ["utter_request_appliance_damage", "utter_ask_request_when"]
    await talk.says("昨晚来电那一下", "outage_query")
    assert talk.said == ["utter_ask_phone"]
    await talk.says(PHONE, "inform", phone=PHONE)
    assert "电视烧了 昨晚来电那一下" in talk.text


async def test_a_loss_is_registered_at_the_customers_place(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("翠湖苑停电把我冰柜里的肉都放臭了", "compensation", community="翠湖苑")
    await registered(talk)
    (ticket,) = await utility.tickets(talk.conversation)
    assert ticket.place_id == "C02"


async def test_a_report_may_be_made_without_a_name(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("举报偷电", "report_theft")
    await talk.says("和平里2栋三楼那户绕过电表用电", "report_theft", community="和平里")
    assert talk.said == ["utter_ask_request_phone"]
    await talk.presses("匿名,不留电话")
    await talk.presses("确认提交")
    assert talk.said == ["utter_request_created_nameless"]
    (ticket,) = await utility.tickets(talk.conversation)
    assert ticket.phone_masked is None and "绕过电表" in ticket.description


async def test_a_known_number_is_offered_to_who_reports_and_not_presumed(talk: Talk, utility: UtilityClient) -> None:
    talk.belief.phone = PHONE
    await talk.says("抄表员问我要了两百块红包", "report_misconduct")
    assert talk.said[-1] == "utter_ask_request_phone"
    assert {"用139****5678", "匿名,不留电话"} <= set(talk.titles)
    await talk.presses("用139****5678")
    await talk.presses("确认提交")
    (ticket,) = await utility.tickets(talk.conversation)
    assert ticket.phone_masked == "139****5678"


async def test_who_says_anonymous_is_not_asked_for_a_number(talk: Talk) -> None:
    await talk.says("我要匿名举报,三楼那户绕过电表用电", "report_theft")
    assert talk.said[-1] == "utter_request_confirm" and "匿名" in talk.text


async def test_more_of_a_report_is_added_while_the_number_is_asked_for(talk: Talk) -> None:
    await talk.says("抄表员问我要了两百块红包", "report_misconduct")
    await talk.says("11月3号上午在我家门口给的", "report_misconduct")
    assert talk.said == ["utter_ask_phone"]
    await talk.presses("匿名,不留电话")
    assert "两百块红包" in talk.text and "11月3号" in talk.text


async def test_a_report_can_be_given_up(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("表扬师傅", "suggestion_praise")
    await talk.says("算了", "cancel")
    assert talk.said == ["utter_cancelled"] and not talk.belief.matters


async def test_the_words_can_be_changed_after_the_read_back(talk: Talk) -> None:
    await talk.says("建议停电通知提前三天发", "suggestion_praise")
    await talk.says(PHONE, "inform", phone=PHONE)
    await talk.presses("要修改")
    await talk.presses("改内容")
    await talk.says("建议停电通知发到业主群", "suggestion_praise")
    assert talk.said == ["utter_request_confirm"] and "业主群" in talk.text and "三天" not in talk.text


async def test_a_vulnerable_household_goes_first_and_is_offered_a_human(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("我妈用呼吸机,停电要提前通知,怎么登记", "subscribe_notice")
    await talk.presses("登记,请专人联系我")
    await registered(talk)
    assert "转人工" in talk.titles
    assert (await utility.tickets(talk.conversation))[0].grade is Grade.IMPORTANT


# --- the utility away, the same message twice -----------------------------------------------------------------------


async def test_with_the_utility_away_the_request_is_kept(talk: Talk, line: Line, utility: UtilityClient) -> None:
    await talk.says("建议停电通知发到业主群", "suggestion_praise")
    await talk.says(PHONE, "inform", phone=PHONE)
    line.away = True
    await talk.presses("确认提交")
    assert talk.said == ["utter_request_kept"] and talk.turn and not talk.belief.matters
    (errand,) = talk.turn.errands
    line.away = False
    request = TicketRequest.model_validate(errand["payload"])
    first = await utility.create_ticket(request, errand["key"])
    assert (await utility.create_ticket(request, errand["key"])).no == first.no


async def test_the_same_message_twice_makes_one_ticket(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("建议停电通知发到业主群", "suggestion_praise")
    await talk.says(PHONE, "inform", phone=PHONE)
    before, turn, count = talk.belief.to_json(), talk.turn, talk.count
    await talk.presses("确认提交")
    talk.belief, talk.turn, talk.count = type(talk.belief).from_json(before), turn, count
    await talk.presses("确认提交")
    assert len(await utility.tickets(talk.conversation)) == 1


async def test_a_story_that_begins_with_yes_is_a_story(talk: Talk) -> None:
    await talk.says("我要举报你们的人", "report_misconduct")
    await talk.says("是上个月十号,小周收了我两条烟", "affirm")
    assert talk.said == ["utter_ask_request_phone"]
