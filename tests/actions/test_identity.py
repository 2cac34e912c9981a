"""Proving an account: what is asked, what is understood, three tries and a pause, and not asking twice."""

import pytest

from actions.bill_check import BillCheckService
from actions.billing import BillingService
from actions.outage import OutageService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import Clock, Line, TalkTo
from tests.actions.talk import Talk
from utility.models import IdentityCheck

NO, TAIL = "3300100001", "5678"
CARD = "10月电费账单"


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), OutageService(), BillingService(), BillCheckService())


async def test_number_and_tail_are_asked_for_one_after_the_other(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    assert talk.said == ["utter_ask_account_no"] and talk.titles == ["不知道户号"]
    assert NO in await talk.says(NO, "inform", account_no=NO)
    assert talk.said == ["utter_ask_tail"]
    assert CARD in await talk.says(TAIL, "inform")


@pytest.mark.parametrize(
    "said",
    [
        "户号3300100001,尾号5678",
        "3300100001 5678",
        "5678 3300100001",
        "3300 1000 01 尾号5678",
        "3300100001\n5678",
        "３３００１００００１，５６７８",
        "户号三三零零幺零零零零幺 后四位五六七八",
        "3300100001,手机13800125678",
        "3300100001-5678",
    ],
)
async def test_both_in_one_message_are_understood_however_they_are_written(talk: Talk, said: str) -> None:
    await talk.says("查电费", "bill_query")
    assert CARD in await talk.says(said, "inform")


@pytest.mark.parametrize("said", ["5678", "尾号五六七八", "５６７８", "最后四位是5678", "13800125678", "是5 6 7 8"])
async def test_the_tail_is_understood_however_it_is_written(talk: Talk, said: str) -> None:
    await talk.says(f"查电费 {NO}", "bill_query", account_no=NO)
    assert CARD in await talk.says(said, "inform")


async def test_both_may_come_with_the_wish(talk: Talk) -> None:
    assert CARD in await talk.says("查电费,户号3300100001,尾号5678", "bill_query", account_no=NO)


async def test_the_year_of_a_month_is_no_tail(talk: Talk) -> None:
    await talk.says(f"{NO}查2026年9月电费", "bill_query", account_no=NO, period="2026年9月=2026-09")
    assert talk.said == ["utter_ask_tail"]
    await talk.says("我要看2025年的", "bill_query", period="2025年=2025")
    assert talk.said == ["utter_ask_tail"]
    await talk.says("2025年10月的", "bill_query")
    assert talk.said == ["utter_ask_tail"]


async def test_a_wrong_tail_says_how_many_tries_are_left_and_the_third_when_the_pause_ends(talk: Talk) -> None:
    await talk.says(f"查电费 {NO}", "bill_query", account_no=NO)
    assert "还可以试2次" in await talk.says("0000", "inform")
    assert "还可以试1次" in await talk.says("1111", "inform")
    assert "暂停到今天10:35" in await talk.says("2222", "inform")
    assert talk.titles == ["转人工"] and not talk.belief.matters


async def test_after_the_pause_it_works_again(talk: Talk, clock: Clock) -> None:
    for tail in ("0000", "1111", "2222"):
        await talk.says(f"{NO} {tail}", "bill_query")
    assert "暂停到" in await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    clock.move(minutes=31)
    assert CARD in await talk.says(f"查电费 {NO} {TAIL}", "bill_query")


async def test_an_unknown_number_is_not_told_from_a_wrong_tail(talk: Talk) -> None:
    assert "还可以试2次" in await talk.says("查电费 3399999999 5678", "bill_query")


async def test_a_wrong_number_is_corrected_by_sending_the_right_one(talk: Talk) -> None:
    await talk.says("查电费 3300100002", "bill_query")
    await talk.says(f"打错了,是{NO}", "inform", account_no=NO)
    assert talk.said == ["utter_ask_tail"] and NO in talk.text
    assert CARD in await talk.says(TAIL, "inform")


@pytest.mark.parametrize("said", ["我不知道户号", "没有户号", "户号在哪看", "忘了", "不知道", "户号是什么"])
async def test_who_does_not_know_the_number_is_told_where_it_stands(talk: Talk, said: str) -> None:
    await talk.says("查电费", "bill_query")
    text = await talk.says(said, "inform")
    assert "纸质账单" in text and "短信" in text and "电表箱" in text
    assert talk.titles == ["转人工", "先不查了"]
    assert CARD in await talk.says(f"找到了 {NO} {TAIL}", "inform")


async def test_not_knowing_the_number_is_an_answer_even_when_it_sounds_like_another_wish(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says("不知道户号", "bind_account")
    assert talk.said == ["utter_account_no_where"]


async def test_the_button_for_an_unknown_number_does_the_same(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.presses("不知道户号")
    assert talk.said == ["utter_account_no_where"]


@pytest.mark.parametrize("intent", ["inform", "transfer_account"])
async def test_whose_phone_has_changed_is_not_left_in_a_dead_end(talk: Talk, intent: str) -> None:
    await talk.says(f"查电费 {NO}", "bill_query")
    await talk.says("手机号换了", intent)
    assert talk.said == ["utter_phone_lost"] and "转人工" in talk.titles
    assert CARD in await talk.says("老号尾号5678", "inform")


async def test_too_few_digits_are_said_kindly_and_cost_no_try(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says("33001000", "inform")
    assert talk.said == ["utter_account_no_malformed"]
    await talk.says(NO, "inform")
    await talk.says("567", "inform")
    assert talk.said == ["utter_tail_malformed"]
    assert "还可以试2次" in await talk.says("0000", "inform")


async def test_a_proven_account_is_not_asked_for_again(talk: Talk) -> None:
    await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    assert CARD in await talk.says("再看下电费", "bill_query")
    await talk.says("欠费吗", "arrears_reconnect")
    assert talk.said == ["utter_balance_clear"]


async def test_after_the_proof_has_ended_only_the_tail_is_asked_for(talk: Talk, clock: Clock) -> None:
    await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    clock.move(minutes=31)
    assert NO in await talk.says("查电费", "bill_query")
    assert talk.said == ["utter_identity_expired"]
    assert CARD in await talk.says(TAIL, "inform")


async def test_a_proof_that_the_utility_no_longer_takes_is_asked_for_again(talk: Talk) -> None:
    await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    assert talk.belief.account
    talk.belief.account.grant = "nonsense"
    await talk.says("查电费", "bill_query")
    assert talk.said == ["utter_identity_expired"]


async def test_another_account_can_be_asked_for(talk: Talk) -> None:
    await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    await talk.says("换一个户号查电费", "bill_query")
    assert talk.said == ["utter_ask_other_account_no"]
    assert "3300100002" in await talk.says("3300100002 1234", "inform")


async def test_another_number_in_the_message_is_another_account(talk: Talk) -> None:
    await talk.says(f"查电费 {NO} {TAIL}", "bill_query")
    await talk.says("查3300100002的电费", "bill_query", account_no="3300100002")
    assert talk.said == ["utter_ask_tail"] and "3300100002" in talk.text


async def test_the_button_for_another_account_asks_for_its_number(talk: Talk) -> None:
    await talk.says(f"查电费 {NO}", "bill_query")
    await talk.presses("换一个户号")
    assert talk.said == ["utter_ask_other_account_no"]


async def test_a_number_from_an_outage_query_is_not_asked_for_again(talk: Talk) -> None:
    await talk.says(f"{NO}停电了吗", "outage_query", account_no=NO)
    await talk.says("查电费", "bill_query")
    assert NO in talk.text and "utter_ask_tail" in talk.said


async def test_an_interruption_is_answered_and_the_question_comes_back(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says("谢谢", "thanks")
    assert talk.said == ["utter_thanks", "utter_ask_account_no"]


async def test_while_the_utility_is_away_nothing_is_lost(talk: Talk, line: Line) -> None:
    await talk.says("查电费", "bill_query")
    line.away = True
    await talk.says(f"{NO} {TAIL}", "inform")
    assert talk.said == ["utter_busy"]
    line.away = False
    assert CARD in await talk.says(f"{NO} {TAIL}", "inform")


async def test_a_household_with_life_support_is_known_from_its_account(talk: Talk) -> None:
    await talk.says("查电费 3300100013 4680", "bill_query")
    assert talk.belief.vulnerable


async def bind(talk: Talk, no: str, tail: str) -> None:
    await talk.utility.bind(IdentityCheck(account_no=no, phone_tail=tail, requester=talk.conversation))


async def test_a_bound_account_is_not_asked_for(talk: Talk) -> None:
    await bind(talk, NO, TAIL)
    assert CARD in await talk.says("查电费", "bill_query")


async def test_of_several_bound_accounts_the_customer_says_which(talk: Talk) -> None:
    await bind(talk, NO, TAIL)
    await bind(talk, "3300100002", "1234")
    await talk.says("查电费", "bill_query")
    assert talk.said == ["utter_identity_which"]
    assert CARD in await talk.presses(next(title for title in talk.titles if "0002" in title))
    assert "3300100002" in talk.text


async def test_a_number_that_is_not_bound_has_to_be_proven(talk: Talk) -> None:
    await bind(talk, NO, TAIL)
    await talk.says("查电费 3300100002", "bill_query", account_no="3300100002")
    assert talk.said == ["utter_ask_tail"]


async def test_where_no_personal_data_may_be_told_none_is_asked_for(talk: Talk) -> None:
    await bind(talk, NO, TAIL)
    talk.personal_data = False
    text = await talk.says(f"查电费 {NO} 尾号{TAIL}", "bill_query", account_no=NO)
    assert talk.said == ["utter_no_personal_data"]
    assert CARD not in text
