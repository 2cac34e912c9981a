"""An agent and a customer in real browsers: what they do, in the words of a story."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.stack import Stack

PATIENCE = 15_000  # ms
AT_ONCE = 4_000


@contextmanager
def signed_in(browser: Browser, stack: Stack, name: str, *, width: int = 1366) -> Iterator[Page]:
    """An agent at the workbench, who is away again afterwards."""
    context = browser.new_context(viewport={"width": width, "height": 768}, timezone_id="Asia/Shanghai", locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stack.console}/")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(stack.password(name))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation")).to_contain_text("工作台", timeout=PATIENCE)
    try:
        yield page
    finally:
        page.goto(f"{stack.console}/")  # whatever is open there
        presence(page, "离线")
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_label("登录名")).to_be_visible(timeout=PATIENCE)
        context.close()


def presence(page: Page, state: str) -> None:
    if page.get_by_label("我的状态").input_value() == state:
        return
    page.get_by_label("我的状态").click()
    page.get_by_role("option", name=state).click()
    expect(page.locator(".q-notification", has_text=state).first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)  # the gateway is another process, and sees it at its next look


class Customer:
    """A visitor of the demo page, on a phone."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self.context = browser.new_context(viewport={"width": 390, "height": 800}, timezone_id="Asia/Shanghai")
        self.page = self.context.new_page()
        self.page.goto(stack.url)
        self._chat.get_by_role("button").first.click()
        expect(self.log).to_contain_text("您好", timeout=PATIENCE)

    @property
    def _chat(self) -> Locator:
        return self.page.locator("dianda-chat")

    @property
    def log(self) -> Locator:
        return self._chat.get_by_role("log")

    def says(self, text: str, answer: str = "") -> None:
        self._chat.get_by_role("textbox").fill(text)
        self.page.keyboard.press("Enter")
        if answer:
            self.reads(answer)

    def types(self, text: str) -> None:
        """And does not send it."""
        self._chat.get_by_role("textbox").fill(text)

    @property
    def dots(self) -> Locator:
        """What shows that somebody is composing an answer."""
        return self._chat.get_by_role("img", name="正在输入")

    def reads(self, text: str, timeout: int = PATIENCE) -> None:
        expect(self.log).to_contain_text(text, timeout=timeout)

    def presses(self, title: str) -> None:
        self._chat.get_by_role("button", name=title, exact=True).last.click()


def mine(page: Page) -> Locator:
    return page.get_by_role("list", name="我的会话")


def queue(page: Page) -> Locator:
    return page.get_by_role("list", name="排队")


def transcript(page: Page) -> Locator:
    return page.get_by_role("log", name="会话内容")


def replies(page: Page, text: str) -> None:
    box = page.get_by_label("回复客户")
    expect(box).to_be_enabled(timeout=PATIENCE)
    box.fill(text)
    box.press("Enter")


def opens(page: Page, of: Locator) -> None:
    of.get_by_role("button").first.click()


def ends(page: Page, code: str = "停电查询") -> None:
    page.get_by_role("button", name="结束 Alt+E").click()
    page.get_by_label("业务类型").click()
    page.get_by_role("option", name=code).click()
    page.get_by_role("button", name="结束会话").click()
