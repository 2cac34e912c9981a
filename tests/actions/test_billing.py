"""Bills, usage, arrears, payment: what a proven customer reads, and what is never said."""

import pytest

from actions.bill_check import BillCheckService
from actions.billing import BillingService
from actions.outage import OutageService
from tests.actions.conftest import Line, TalkTo
from tests.actions.talk import Talk
from tests.punctuation import half_width

PLAIN, PEAK, OPEN, LONG, CUT, HARDSHIP, RESOLD = (
    "3300100001 5678",
    "3300100002 1234",
    "3300100003 2345",
    "3300100008 8901",
    "3300100009 9012",
    "3300100012 3579",
    "3300100014 1111",
)
AS_OF = "来源:澜湾供电公司营销系统(演示);更新于今天10:05"


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(OutageService(), BillingService(), BillCheckService())


def shown(talk: Talk, kind: str) -> list[dict]:
    assert talk.turn
    return [reply.custom[kind] for reply in talk.turn.replies if kind in reply.custom]


# --- bills ------------------------------------------------------------------------------------------------------------


async def test_a_bill_shows_its_items_tiers_state_and_source_and_masks_the_holder(talk: Talk) -> None:
    text = await talk.says(f"查电费 {PLAIN}", "bill_query")
    (card,) = shown(talk, "card")
    rows = {row["label"]: row["value"] for row in card["fields"]}
    assert card["title"] == "10月电费账单" and half_width(card["footer"]) == AS_OF
    assert rows["户名"] == "张*" and "张伟" not in text and "13800125678" not in text
    assert {"账期", "示数", "用电量", "阶梯", "第一档电费", "第二档电费", "合计", "状态"} <= set(rows)
    assert talk.titles == ["近12个月图表", "为什么这么高", "怎么交费"]


async def test_the_items_of_a_bill_add_up(talk: Talk) -> None:
    await talk.says(f"查电费 {PLAIN}", "bill_query")
    rows = {row["label"]: row["value"] for row in shown(talk, "card")[0]["fields"]}
    parts = [float(value.rpartition("= ")[2].rstrip("元")) for label, value in rows.items() if label.endswith("档电费")]
    assert f"{sum(parts):.2f}元" == rows["合计"]


async def test_peak_and_valley_are_shown_where_they_are_metered(talk: Talk) -> None:
    text = await talk.says(f"查电费 {PEAK}", "bill_query")
    assert "峰谷:峰段" in text and "峰段电费" in text and "谷段电费" in text


async def test_an_open_bill_says_until_when_it_is_to_be_paid(talk: Talk) -> None:
    assert "待缴(请在11月25日前交)" in await talk.says(f"查电费 {OPEN}", "bill_query")


async def test_an_overdue_bill_shows_its_late_fee(talk: Talk) -> None:
    text = await talk.says(f"查9月电费 {LONG}", "bill_query", period="9月=2026-09")
    assert "违约金:" in text and "逾期(应在10月25日前交)" in text


async def test_last_month_afterwards_needs_no_identity(talk: Talk) -> None:
    await talk.says(f"查电费 {PLAIN}", "bill_query")
    assert "9月电费账单" in await talk.says("那9月呢", "bill_query", period="9月=2026-09")
    assert "8月电费账单" in await talk.says("再上个月的呢", "bill_query", period="上个月=2026-10")


async def test_and_last_month_means_the_one_before_the_bill_that_was_shown(talk: Talk) -> None:
    await talk.says(f"查电费 {PLAIN}", "bill_query")
    assert "9月电费账单" in await talk.says("那上个月呢", "bill_query", period="上个月=2026-10")


async def test_a_month_that_is_not_over_shows_the_latest_bill_and_says_so(talk: Talk) -> None:
    text = await talk.says(f"这个月电费多少 {PLAIN}", "bill_query", period="这个月=2026-11")
    assert talk.said[0] == "utter_bill_not_yet" and "11月的账单还没有出" in text and "10月电费账单" in text


async def test_a_month_to_come_is_said_not_to_have_come(talk: Talk) -> None:
    await talk.says(f"查明年电费 {PLAIN}", "bill_query", period="明年=2027")
    assert talk.said == ["utter_bill_future"] and talk.titles == ["看最近一期"]
    await talk.presses("看最近一期")
    assert "10月电费账单" in talk.text


async def test_a_month_without_a_bill_says_what_there_is(talk: Talk) -> None:
    text = await talk.says(f"查2020年3月 {PLAIN}", "bill_query", period="2020年3月=2020-03")
    assert "没有查到2020年3月的账单,能查到的是2024年11月到10月" in text


async def test_several_months_become_a_short_table_with_their_sum(talk: Talk) -> None:
    text = await talk.says(f"上半年电费 {PLAIN}", "bill_query", period="上半年=2026-01/2026-06")
    (card,) = shown(talk, "card")
    assert card["title"] == "1月至6月电费" and len(card["fields"]) == 7 and card["fields"][-1]["label"] == "总计"
    totals = [float(row["value"].partition("元")[0]) for row in card["fields"]]
    assert sum(totals[:-1]) == pytest.approx(totals[-1]) and AS_OF in text


async def test_a_year_is_twelve_months_and_their_sum(talk: Talk) -> None:
    await talk.says(f"2025年全年 {PLAIN}", "bill_query", period="2025年=2025")
    assert len(shown(talk, "card")[0]["fields"]) == 13


async def test_of_a_year_that_runs_the_months_to_come_are_not_missed(talk: Talk) -> None:
    await talk.says(f"今年的电费 {PLAIN}", "bill_query", period="今年=2026")
    assert talk.said[0] == "utter_bill_not_yet" and len(shown(talk, "card")[0]["fields"]) == 11


async def test_a_month_said_while_the_identity_is_asked_for_is_kept(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says("9月的", "inform", period="9月=2026-09")
    assert talk.said == ["utter_ask_account_no"]
    assert "9月电费账单" in await talk.says(PLAIN, "inform")


async def test_another_wish_in_the_middle_takes_the_place_of_the_first(talk: Talk) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says("不是,我要查欠费", "arrears_reconnect")
    await talk.says(PLAIN, "bill_query", account_no="3300100001")
    assert talk.said[0] == "utter_balance_clear"


async def test_a_resold_account_is_sent_to_its_supplier(talk: Talk) -> None:
    await talk.says(f"查电费 {RESOLD}", "bill_query")
    assert talk.said == ["utter_resold"] and not shown(talk, "card")


async def test_a_household_in_hardship_reads_a_line_of_care(talk: Talk) -> None:
    await talk.says(f"查电费 {HARDSHIP}", "bill_query")
    assert "utter_hardship_care" in talk.said


async def test_a_hospital_is_not_told_to_unplug_its_television(talk: Talk) -> None:
    await talk.says("查电费 3300100017 4444", "bill_query")
    assert talk.said == ["utter_bill_tip_business"]


async def test_anger_is_met_with_one_sentence_first(talk: Talk) -> None:
    await talk.says("你们这电费太过分了!!", "bill_query")
    assert talk.said == ["utter_bill_understanding", "utter_ask_account_no"]
    await talk.says(f"{PLAIN} 快点!!", "inform")
    assert "utter_bill_understanding" not in talk.said


# --- usage ------------------------------------------------------------------------------------------------------------


async def test_usage_shows_kwh_and_a_chart_of_twelve_months(talk: Talk) -> None:
    await talk.says(f"用了多少度电 {PLAIN}", "usage_query")
    chart = shown(talk, "image")[0]["chart"]
    assert [bar["label"] for bar in chart["bars"]][::11] == ["2025-11", "2026-10"] and chart["highlight"] == 11
    assert chart["unit"] == "kWh" and "元" not in talk.text
    assert "1月344" in shown(talk, "image")[0]["alt"]


async def test_the_chart_of_a_month_ends_with_it(talk: Talk) -> None:
    await talk.says(f"8月用了几度 {PLAIN}", "usage_query", period="8月=2026-08")
    assert shown(talk, "image")[0]["chart"]["bars"][-1]["label"] == "2026-08"


async def test_usage_of_several_months_is_their_chart_and_their_sum(talk: Talk) -> None:
    await talk.says(f"1到6月用了多少度 {PLAIN}", "usage_query", period="1到6月=2026-01/2026-06")
    chart = shown(talk, "image")[0]["chart"]
    assert len(chart["bars"]) == 6 and chart["highlight"] == 0
    assert shown(talk, "card")[0]["fields"][-1] == {"label": "总计", "value": "1526度"}


async def test_daily_usage_is_honestly_not_there(talk: Talk) -> None:
    await talk.says(f"昨天用了多少度 {PLAIN}", "usage_query")
    assert talk.said == ["utter_usage_by_month_only"]


async def test_the_button_under_a_bill_draws_the_chart(talk: Talk) -> None:
    await talk.says(f"查电费 {PLAIN}", "bill_query")
    await talk.presses("近12个月图表")
    assert len(shown(talk, "image")[0]["chart"]["bars"]) == 12


# --- arrears ----------------------------------------------------------------------------------------------------------


async def test_arrears_are_told_with_late_fee_months_notice_and_link(talk: Talk) -> None:
    text = await talk.says(f"欠多少 {LONG}", "arrears_reconnect")
    assert "欠费月份:8月、9月" in text and "违约金:" in text and "合计应交:" in text and AS_OF in text
    assert "utter_cut_off_notice" in talk.said and "11月27日" in text and "https://pay.example.com" in text


async def test_a_first_month_in_arrears_is_not_threatened(talk: Talk) -> None:
    await talk.says("欠费会停电吗 3300100007 7890", "arrears_reconnect")
    assert talk.said == ["utter_balance_owed", "utter_no_cut_off", "utter_pay_link"]


async def test_who_is_cut_off_reads_what_follows_payment_from_the_promises(talk: Talk) -> None:
    text = await talk.says(f"复电 {CUT}", "arrears_reconnect")
    assert "utter_cut_off" in talk.said and "24小时内恢复供电(来源:" in text


async def test_prepaid_money_is_told_when_the_balance_is_asked_for(talk: Talk) -> None:
    assert "预存余额:260.00元" in await talk.says("余额还有多少 3300100004 3456", "bill_query")


async def test_somebody_who_hangs_on_the_supply_is_offered_a_human(talk: Talk) -> None:
    await talk.says(f"家里有呼吸机,给我复电 {CUT}", "arrears_reconnect")
    assert "utter_vulnerable_supply" in talk.said and "转人工" in talk.titles


async def test_who_has_paid_already_is_offered_a_check_of_the_payment(talk: Talk) -> None:
    await talk.says(f"我交了钱怎么还没来电 {CUT}", "arrears_reconnect")
    assert talk.said[-1] == "utter_ask_payment_check"
    await talk.presses("申请核查")
    await talk.says("13900001111", "inform")
    assert "已缴费,核对到账并安排复电" in talk.text


# --- payment ----------------------------------------------------------------------------------------------------------


async def test_ways_to_pay_need_no_identity_and_carry_their_source(talk: Talk) -> None:
    text = await talk.says("怎么交电费", "payment")
    assert "网上国网" in text and "来源:演示数据;2023-01-01起有效" in text and not talk.belief.matters


async def test_a_proven_customer_gets_the_own_link(talk: Talk) -> None:
    await talk.says(f"查电费 {OPEN}", "bill_query")
    await talk.presses("怎么交费")
    assert "https://pay.example.com/electricity/3300100003" in talk.text


@pytest.mark.parametrize("said", ["卡号6222021234567890128密码123456", "6222 0212 3456 7890 128", "验证码是482913"])
async def test_card_data_is_declined_and_not_kept(talk: Talk, said: str) -> None:
    await talk.says("查电费", "bill_query")
    await talk.says(said, "inform")
    assert talk.said == ["utter_no_card_data", "utter_ask_account_no"]
    assert "622202" not in str(talk.belief.to_json()) and "482913" not in str(talk.belief.to_json())


async def test_card_data_with_the_wish_is_declined_and_the_wish_is_met(talk: Talk) -> None:
    await talk.says("帮我交电费,卡号6222021234567890128", "payment")
    assert talk.said[0] == "utter_no_card_data" and "网上国网" in talk.text


# --- away -------------------------------------------------------------------------------------------------------------


async def test_while_the_utility_is_away_nothing_is_made_up(talk: Talk, line: Line) -> None:
    await talk.says(f"查电费 {PLAIN}", "bill_query")
    line.away = True
    for text, intent in (("查电费", "bill_query"), ("怎么交", "payment"), ("欠费吗", "arrears_reconnect")):
        await talk.says(text, intent)
        assert talk.said == ["utter_busy"] and not shown(talk, "card")
