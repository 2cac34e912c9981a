"""Why a bill is so high, and what can be applied for when the answer is not enough."""

import pytest

from actions.bill_check import BillCheckService
from actions.billing import BillingService
from actions.outage import OutageService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import Line, TalkTo
from tests.actions.talk import Talk
from utility.client import UtilityClient

HIGH, ESTIMATED, PLAIN = "3300100010 1357", "3300100011 2468", "3300100001 5678"


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), OutageService(), BillingService(), BillCheckService())


async def _disputed(talk: Talk) -> None:
    await talk.says(f"电费怎么这么高,卡号6222021234567890128 {HIGH}", "bill_dispute")


async def _confirmed(talk: Talk) -> str:
    await talk.presses("申请核查")
    await talk.presses("用登记号码138****1357")
    return await talk.presses("确认提交")


async def test_a_sudden_rise_is_compared_valued_and_not_explained_away(talk: Talk) -> None:
    text = await talk.says(f"电费怎么这么高 {HIGH}", "bill_dispute")
    assert "和9月比:用电188度→436度(+132%)" in text and "和2025年10月比" in text
    assert "每天用得更多" in text and "约多" in text and "来源:" in text
    assert talk.said == ["utter_dispute_unexplained", "utter_ask_bill_check"]
    assert talk.titles == ["申请核查", "不用了", "转人工"]


async def test_an_estimated_bill_is_said_to_be_one(talk: Talk) -> None:
    assert "本期是估抄" in await talk.says(f"电费不对 {ESTIMATED}", "bill_dispute")
    assert talk.said[0] == "utter_dispute_estimated"


async def test_nothing_is_invented_where_nothing_stands_out(talk: Talk) -> None:
    await talk.says(f"电费太高 {PLAIN}", "bill_dispute")
    assert talk.said[0] == "utter_dispute_not_higher" and "10月电费对比" in talk.text


async def test_the_month_that_was_shown_is_the_one_in_dispute(talk: Talk) -> None:
    await talk.says(f"8月电费 {PLAIN}", "bill_query", period="8月=2026-08")
    assert "8月电费为什么高" in await talk.says("怎么这么贵", "bill_dispute")
    await talk.says("不用了", "deny")
    await talk.says("8月电费", "bill_query", period="8月=2026-08")
    await talk.presses("为什么这么高")
    assert "8月电费为什么高" in talk.text


async def test_the_month_that_is_compared_with_is_not_the_one_in_dispute(talk: Talk) -> None:
    text = await talk.says(f"为什么比9月高 {HIGH}", "bill_dispute", period="9月=2026-09")
    assert "10月电费为什么高" in text


async def test_summer_is_recognised_by_the_summer_before(talk: Talk) -> None:
    text = await talk.says(f"7月电费怎么这么高 {PLAIN}", "bill_dispute", period="7月=2026-07")
    assert "季节用电:去年同月也用了" in text


async def test_a_check_is_a_ticket_after_phone_and_confirmation(talk: Talk, utility: UtilityClient) -> None:
    await _disputed(talk)
    await talk.presses("申请核查")
    assert talk.said == ["utter_ask_phone_bill_check"]
    await talk.says("13900001111", "inform", phone="13900001111")
    assert "139****1111" in talk.text and "10月账单:核查电费、电表和抄表数据" in talk.text
    text = await talk.presses("确认提交")
    (ticket,) = await utility.tickets("talk-1")
    assert ticket.no in text and ticket.no.startswith("SR") and "11月30日17:30前" in text
    assert "6222" not in ticket.description and "电费怎么这么高" in ticket.description
    assert not talk.belief.matters


async def test_the_registered_phone_is_offered_and_masked(talk: Talk, utility: UtilityClient) -> None:
    await _disputed(talk)
    assert "138****1357" in await _confirmed(talk)
    assert len(await utility.tickets("talk-1")) == 1


async def test_the_same_message_twice_makes_one_ticket(talk: Talk, utility: UtilityClient) -> None:
    await _disputed(talk)
    await talk.presses("申请核查")
    await talk.presses("用登记号码138****1357")
    before, buttons = talk.belief, talk.turn
    await talk.presses("确认提交")
    talk.belief, talk.turn, talk.count = before, buttons, talk.count - 1
    await talk.presses("确认提交")
    assert len(await utility.tickets("talk-1")) == 1


async def test_while_the_utility_is_away_the_application_is_kept_with_its_key(talk: Talk, line: Line) -> None:
    await _disputed(talk)
    await talk.presses("申请核查")
    await talk.presses("用登记号码138****1357")
    line.away = True
    await talk.presses("确认提交")
    assert talk.turn and talk.said == ["utter_bill_check_kept"] and not talk.belief.matters
    (errand,) = talk.turn.errands
    assert errand["key"] == "bill_check:talk-1-m2" and errand["payload"]["kind"] == "服务申请"


async def test_a_vulnerable_household_gets_a_higher_grade_and_a_human(talk: Talk, utility: UtilityClient) -> None:
    await talk.says(f"家里老人透析,电费怎么这么高 {HIGH}", "bill_dispute")
    await _confirmed(talk)
    assert talk.titles == ["转人工"] and (await utility.tickets("talk-1"))[0].grade == "重要"


@pytest.mark.parametrize(("said", "intent"), [("不用了", "deny"), ("知道了", "affirm"), ("知道了", "notice_receipt")])
async def test_the_offer_is_declined_lightly(talk: Talk, said: str, intent: str) -> None:
    await _disputed(talk)
    await talk.says(said, intent)
    assert talk.said == ["utter_bill_check_declined"] and not talk.belief.matters


async def test_an_offer_is_not_repeated_to_somebody_who_says_thank_you(talk: Talk) -> None:
    await _disputed(talk)
    await talk.says("谢谢", "thanks")
    assert talk.said == ["utter_thanks"] and not talk.belief.matters


@pytest.mark.parametrize(
    ("said", "intent"),
    [("那帮我查查电表吧", "meter_check"), ("申请核查", "ticket_progress"), ("核实一下", "inform"), ("要", "affirm")],
)
async def test_the_offer_is_taken_up_in_whatever_words(talk: Talk, said: str, intent: str) -> None:
    await _disputed(talk)
    await talk.says(said, intent)
    assert talk.said == ["utter_ask_phone_bill_check"]


async def test_who_insists_is_not_told_the_same_again(talk: Talk) -> None:
    await _disputed(talk)
    await talk.says("那也不可能这么多", "bill_dispute")
    assert talk.said == ["utter_ask_bill_check_again"]


async def test_another_bill_can_be_asked_for_while_the_offer_stands(talk: Talk) -> None:
    await _disputed(talk)
    assert "9月电费账单" in await talk.says("9月电费呢", "bill_query", period="9月=2026-09")
    assert not talk.belief.matters


async def test_a_wrong_phone_is_corrected_before_it_is_submitted(talk: Talk) -> None:
    await _disputed(talk)
    await talk.presses("申请核查")
    await talk.says("13900001111", "inform", phone="13900001111")
    await talk.says("电话打错了,是13900002222", "inform", phone="13900002222")
    assert "139****2222" in talk.text and "utter_bill_check_confirm" in talk.said


async def test_an_interruption_comes_back_to_the_offer(talk: Talk) -> None:
    await _disputed(talk)
    await talk.says("翠湖苑停电了", "outage_query", community="翠湖苑")
    assert talk.said[-2:] == ["utter_resume", "utter_ask_bill_check"]
