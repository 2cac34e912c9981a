"""The four jobs, finished by a customer in a real browser against the real system."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.channels.test_widget import ARGS
from tests.stack import Stack

pytestmark = pytest.mark.bot
PATIENCE = 15_000  # ms


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """The demo page with the chat open and greeted."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(stack.url)
    chat(page).get_by_role("button").first.click()
    expect(log(page)).to_contain_text("您好", timeout=PATIENCE)
    yield page
    context.close()


def chat(page: Page) -> Locator:
    return page.locator("dianda-chat")


def log(page: Page) -> Locator:
    return chat(page).get_by_role("log")


def says(page: Page, text: str, answer: str) -> None:
    """Type a message and wait for words of the answer."""
    chat(page).get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(log(page)).to_contain_text(answer, timeout=PATIENCE)


def presses(page: Page, title: str, answer: str) -> None:
    chat(page).get_by_role("button", name=title, exact=True).last.click()
    expect(log(page)).to_contain_text(answer, timeout=PATIENCE)


def test_an_outage_is_explained(page: Page) -> None:
    says(page, "我家停电了", "哪个小区")
    says(page, "翠湖苑", "预计恢复")
    expect(log(page)).to_contain_text("信息更新于")


def test_a_repair_ends_with_a_number_and_a_promise(page: Page) -> None:
    says(page, "家里一直跳闸,东方名城6栋1单元201,电话13911110000", "邻居")
    presses(page, "只有我家", "确认提交吗")
    presses(page, "确认提交", "RP20")
    expect(log(page)).to_contain_text("目标到达时间")


def test_a_bill_is_shown_after_the_proof_with_a_picture_of_twelve_months(page: Page) -> None:
    says(page, "查一下电费", "户号")
    says(page, "3300100001", "后四位")
    says(page, "5678", "合计")
    presses(page, "近12个月图表", "用电量")
    picture = log(page).locator("img").last
    expect(picture).to_be_visible(timeout=PATIENCE)
    page.wait_for_function("picture => picture.naturalWidth > 300", arg=picture.element_handle(), timeout=PATIENCE)


def test_a_complaint_is_heard_and_ends_with_thanks_and_a_number(page: Page) -> None:
    says(page, "我要投诉", "您慢慢说")
    says(page, "营业厅的人态度很差,问三句答一句还甩脸子", "还有要补充的吗")
    presses(page, "说完了", "电话")
    says(page, "13911110001", "核对")
    presses(page, "确认提交", "CP20")
    expect(log(page)).to_contain_text("谢谢您")


def test_the_conversation_is_still_there_after_a_reload(page: Page) -> None:
    says(page, "我家停电了", "哪个小区")
    page.reload()
    chat(page).get_by_role("button").first.click()
    expect(log(page)).to_contain_text("我家停电了", timeout=PATIENCE)
    says(page, "翠湖苑", "预计恢复")
