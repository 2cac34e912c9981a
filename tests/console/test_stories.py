"""Whole stories in real browsers, on the real system: a customer on one side, agents on the other."""

import base64
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.console.acting import (
    AT_ONCE,
    PATIENCE,
    Customer,
    ends,
    mine,
    opens,
    presence,
    queue,
    replies,
    signed_in,
    transcript,
)
from tests.stack import Stack

pytestmark = pytest.mark.bot
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAE0lEQVR4nGNkaGDACpiwCw9WCQBqCACQJ5at+QAAAABJRU5ErkJggg=="
)


def test_a_person_takes_over_knowing_everything_and_hands_back(
    browser: Browser, stack: Stack, customer: Customer
) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        customer.says("我家停电了", "哪个小区")
        customer.says("翠湖苑", "预计恢复")
        customer.says("转人工", "1号客服为您服务")
        opens(agent, mine(agent))
        expect(transcript(agent)).to_contain_text("翠湖苑", timeout=PATIENCE)
        facts = agent.get_by_role("complementary")
        expect(facts).to_contain_text("客户要求人工")
        expect(facts).to_contain_text("翠湖苑")
        expect(facts).to_contain_text("停电中")
        replies(agent, "您好，正在看您那里的情况")
        customer.reads("正在看您那里的情况", AT_ONCE)
        customer.says("大概几点来电")
        expect(transcript(agent)).to_contain_text("大概几点来电", timeout=AT_ONCE)
        customer.types("我家")
        expect(transcript(agent)).to_contain_text("客户正在输入", timeout=AT_ONCE)
        agent.get_by_label("回复客户").press_sequentially("我看")
        expect(customer.dots).to_be_visible(timeout=AT_ONCE)
        customer.types("")
        agent.get_by_label("回复客户").fill("")
        agent.get_by_role("button", name="发停电信息").click()
        customer.reads("信息更新于", AT_ONCE)
        agent.get_by_label("发送图片").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PICTURE})
        expect(customer.log.get_by_role("img", name="图片").last).to_be_visible(timeout=PATIENCE)
        box = agent.get_by_label("回复客户")
        box.fill("/yjld")
        box.press("Enter")
        expect(box).to_have_value(re.compile(r"预计\d\d月\d\d日\d\d:\d\d恢复供电"), timeout=PATIENCE)
        box.press("Enter")
        customer.reads("恢复供电。", AT_ONCE)
        ends(agent)
        customer.reads("您对这次人工服务满意吗")
        customer.presses("非常满意")
        customer.reads("谢谢您的评价")
        customer.says("你好", "我在")
        expect(mine(agent)).to_contain_text("还没有会话", timeout=PATIENCE)


def test_the_bot_is_silent_while_a_person_is_there_and_notes_stay_inside(
    browser: Browser, stack: Stack, customer: Customer
) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        customer.says("人工", "1号客服为您服务")
        opens(agent, mine(agent))
        before = customer.log.inner_text().count("智能客服")
        customer.says("我要查电费")
        expect(transcript(agent)).to_contain_text("我要查电费", timeout=AT_ONCE)
        agent.get_by_role("button", name="备注 Alt+N").click()
        note = agent.get_by_label("内部备注")
        note.fill("客户声音很急，先安抚")
        note.press("Enter")
        expect(transcript(agent)).to_contain_text("先安抚", timeout=PATIENCE)
        agent.get_by_role("button", name="备注 Alt+N").click()
        replies(agent, "请把电话发我，我的是13800001111")
        agent.get_by_role("button", name="改一改").click()
        expect(agent.get_by_label("回复客户")).to_have_value(re.compile("13800001111"), timeout=PATIENCE)
        replies(agent, "稍等，我来查")
        customer.reads("稍等，我来查")
        said = customer.log.inner_text()
        assert "安抚" not in said
        assert "13800001111" not in said
        assert said.count("智能客服") == before
        ends(agent, "电费咨询")


def test_what_was_typed_and_not_sent_survives_a_reload_and_a_restart(
    browser: Browser, stack: Stack, customer: Customer
) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        customer.says("人工客服", "1号客服为您服务")
        opens(agent, mine(agent))
        box = agent.get_by_label("回复客户")
        expect(box).to_be_enabled(timeout=PATIENCE)
        box.fill("写到一半的话")
        agent.wait_for_timeout(1500)
        stack.kill("console")
        customer.says("还在吗")
        customer.says("喂")
        expect(agent.get_by_role("alert").first).to_be_visible(timeout=PATIENCE)
        stack.start("console")
        agent.reload()
        expect(agent.get_by_label("回复客户")).to_have_value("写到一半的话", timeout=PATIENCE)
        expect(transcript(agent)).to_contain_text("喂", timeout=PATIENCE)
        expect(transcript(agent)).to_contain_text("还在吗")
        replies(agent, "在的，让您久等")
        customer.reads("在的，让您久等")
        ends(agent, "其他咨询")


def test_a_queue_is_told_left_and_worked_off(browser: Browser, stack: Stack, customer: Customer) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "忙碌")
        customer.says("转人工", "正在为您转人工客服")
        expect(queue(agent)).to_contain_text("客户要求人工", timeout=AT_ONCE)
        customer.presses("不等了")
        customer.reads("已退出排队")
        expect(queue(agent)).to_contain_text("没有人在排队", timeout=AT_ONCE)
        customer.says("还是转人工吧")
        expect(queue(agent)).to_contain_text("客户要求人工", timeout=PATIENCE)
        agent.keyboard.press("Alt+KeyQ")
        customer.reads("1号客服为您服务")
        expect(agent.get_by_label("回复客户")).to_be_focused(timeout=PATIENCE)
        ends(agent, "其他咨询")


def test_danger_reaches_people_at_once_and_the_advice_comes_first(
    browser: Browser, stack: Stack, customer: Customer
) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "忙碌")
        customer.says("电线掉地上了冒火花")
        expect(mine(agent)).to_contain_text("险情", timeout=PATIENCE)
        customer.reads("已通知人工客服优先处理")
        said = customer.log.inner_text()
        assert said.index("至少8米") < said.index("已通知人工客服")
        opens(agent, mine(agent))
        expect(agent.get_by_role("complementary")).to_contain_text("电线", timeout=PATIENCE)
        ends(agent, "险情处置")


def test_a_supervisor_watches_whispers_and_takes_over(browser: Browser, stack: Stack, customer: Customer) -> None:
    with signed_in(browser, stack, "kefu") as agent, signed_in(browser, stack, "banzhang") as chief:
        presence(agent, "就绪")
        customer.says("人工服务", "1号客服为您服务")
        opens(agent, mine(agent))
        everybody = chief.get_by_role("list", name="全部人工会话")
        expect(everybody).to_contain_text("1号客服", timeout=PATIENCE)
        opens(chief, everybody)
        expect(chief.get_by_label("回复客户")).to_be_disabled(timeout=PATIENCE)
        chief.get_by_role("button", name="备注 Alt+N").click()
        whisper = chief.get_by_label("内部备注")
        whisper.fill("先问清楚小区")
        whisper.press("Enter")
        expect(transcript(agent)).to_contain_text("先问清楚小区", timeout=PATIENCE)
        chief.get_by_role("button", name="接管").click()
        customer.reads("值班班长为您服务")
        expect(agent.get_by_label("回复客户")).to_be_disabled(timeout=PATIENCE)
        assert "先问清楚小区" not in customer.log.inner_text()
        ends(chief, "其他咨询")


def test_staff_work_on_a_ticket_and_the_customer_is_told(browser: Browser, stack: Stack, customer: Customer) -> None:
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        customer.says("人工", "1号客服为您服务")
        opens(agent, mine(agent))
        agent.get_by_role("button", name="建工单").click()
        agent.get_by_label("内容", exact=True).fill("客户家电表箱门坏了")
        agent.get_by_role("button", name="提交工单").click()
        box = agent.get_by_label("回复客户")
        expect(box).to_have_value(re.compile("工单号RP"), timeout=PATIENCE)
        box.press("Enter")
        customer.reads("工单号RP")
        number = re.search(r"RP\d{8}-\d{4}", customer.log.inner_text())
        assert number
        ends(agent, "故障报修")
        customer.reads("您对这次人工服务满意吗")
        agent.goto(f"{stack.console}/tickets?no={number[0]}")
        agent.get_by_role("button", name="派单", exact=True).click()
        agent.get_by_label("派给").click()
        agent.get_by_role("option").first.click()
        agent.get_by_role("button", name="派单", exact=True).last.click()
        customer.reads("已派给")
        agent.get_by_role("button", name="内部备注", exact=True).click()
        agent.get_by_label("内部备注（客户看不到）").fill("门锁要带两把")
        agent.get_by_role("button", name="内部备注", exact=True).last.click()
        expect(agent.get_by_text("门锁要带两把")).to_be_visible(timeout=PATIENCE)
        agent.get_by_role("button", name="关闭").click()
        customer.says("我的工单到哪了", number[0])
        assert "门锁" not in customer.log.inner_text()


@pytest.mark.parametrize("width", [1366, 1920])
def test_every_page_is_fit_for_everybody(browser: Browser, stack: Stack, width: int) -> None:
    """axe finds nothing serious, and nothing sticks out at the side."""
    with signed_in(browser, stack, "banzhang", width=width) as chief:
        for path, words in {
            "": "排队",
            "tickets": "看板",
            "notices": "停电通知",
            "wallboard": "正在排队",
            "reports": "各渠道",
            "quality": "抽样",
            "admin": "常用语",
        }.items():
            chief.goto(f"{stack.console}/{path}")
            expect(chief.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
            chief.wait_for_timeout(600)
            found = Axe().run(chief)
            serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
            assert [(v["id"], [n["target"] for n in v["nodes"][:3]]) for v in serious] == [], path or "workbench"
            wide = chief.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, path


def test_who_is_not_signed_in_sees_nothing(browser: Browser, stack: Stack) -> None:
    context = browser.new_context()
    page = context.new_page()
    for path in ("", "tickets", "wallboard", "reports", "quality", "admin", "audit", "pictures/x"):
        page.goto(f"{stack.console}/{path}")
        expect(page.get_by_label("登录名")).to_be_visible(timeout=PATIENCE)
    context.close()
