"""The web chat widget in a real browser, against a fake of the server's API."""

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from tests.channels.widget_server import STATIC, FakeChat

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
CHROMIUM = shutil.which("chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAST = {"backoff": 80, "backoffMost": 300, "echo": 400, "poll": 150}
DESKTOP: ViewportSize = {"width": 1280, "height": 720}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BLOCK_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
CHOICE = [{"title": "停电查询", "payload": "/outage_query"}, {"title": "故障报修", "payload": "/repair_report"}]

Visit = Callable[..., Page]
Timing = dict[str, int]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeChat]:
    with FakeChat() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        expect.set_options(timeout=15_000)  # on a busy machine a reconnection may take its time
        yield browser
        browser.close()


@pytest.fixture
def chat(server: FakeChat) -> FakeChat:
    server.reset()
    return server


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[Page]:
    """The page of every test that needs no profile of its own: a new one costs half a second."""
    return new_page(browser)


@pytest.fixture
def visit(browser: Browser, shared: Page, chat: FakeChat) -> Iterator[Visit]:
    """Opens a page that has never been here; `opened` opens the chat too and waits until it is connected."""
    own: list[BrowserContext] = []

    def visit(path: str = "/plain", *, opened: bool = True, timing: Timing | None = None, **options: Any) -> Page:
        page = new_page(browser, **options) if options else shared
        if options:
            own.append(page.context)
        page.goto(path if path.startswith("http") else chat.origin + path)
        quicken(page, **(timing or {}))
        if opened:
            open_chat(page)
        return page

    yield visit
    for context in own:
        context.close()
    forget(shared, chat)


def new_page(browser: Browser, init: str = "", **options: Any) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(5000)
    if init:
        context.add_init_script(init)
    return context.new_page()


def forget(page: Page, chat: FakeChat) -> None:
    """Makes the shared page one that has never been here."""
    page.goto("about:blank")
    page.context.set_offline(False)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    for other in page.context.pages:
        if other is not page:
            other.close()
    storage = page.context.new_cdp_session(page)
    for origin in (chat.origin, chat.elsewhere):
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    storage.detach()


def quicken(page: Page, **timing: int) -> None:
    """Waits as a test may, not as a customer on a weak network must."""
    module = "document.querySelector('script[src*=widget]').src"
    page.evaluate(f"times => import({module}).then(m => Object.assign(m.TIMING, times) && null)", FAST | timing)


def open_chat(page: Page) -> None:
    page.evaluate("document.querySelector('dianda-chat').open()")
    expect(page.locator(".state")).to_have_text("在线")


def say(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.keyboard.press("Enter")


def bubbles(page: Page) -> Locator:
    return page.locator(".bubble")


def chip(page: Page, title: str) -> Locator:
    return page.locator(".chip", has_text=title)


def hide(page: Page, hidden: bool) -> None:
    """What the page notices when it goes to the background or comes back."""
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }",
        hidden,
    )


def stored_outbox(page: Page) -> str:
    return page.evaluate("Object.entries(localStorage).find(([key]) => key.endsWith('outbox'))[1]")


def restart(page: Page) -> None:
    """Without a mouse, which needs the page in the foreground."""
    for name in ("更多选项", "重新开始对话"):
        page.get_by_role("button", name=name).dispatch_event("click")
    page.get_by_role("alertdialog").get_by_role("button", name="重新开始对话").dispatch_event("click")


def until(page: Page, condition: Callable[[], object], seconds: float = 15) -> None:
    """Waits for something at the server, while the page goes on living."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


# ---- the file


def test_the_widget_weighs_at_most_20_kilobytes_on_the_wire() -> None:
    assert len(gzip.compress((STATIC / "widget.js").read_bytes(), 6)) <= 20 * 1024


def test_the_source_writes_no_markup_and_names_no_other_host() -> None:
    source = (STATIC / "widget.js").read_text()
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|DOMParser|^import "
    assert not re.search(markup, source, re.M)
    addresses = set(re.findall(r"https?://[\w.-]+", source)) - {"https://HOST"}
    assert addresses == {"http://www.w3.org"}, "only the name of the SVG namespace"


def test_every_word_a_customer_reads_is_in_one_place() -> None:
    code = (STATIC / "widget.js").read_text().split("\n};\n", 1)[1]
    code = re.sub(r"/\*[\s\S]*?\*/|// .*", "", code)
    code = re.sub(r"const (CALL_BEFORE|UNIT_AFTER) = .*", "", code)  # patterns that are looked for, not shown
    assert re.findall(r".*[\u4e00-\u9fff].*", code) == []


# ---- opening


def test_nothing_is_asked_of_the_server_before_the_chat_is_opened(visit: Visit, chat: FakeChat) -> None:
    page = visit(opened=False)
    page.wait_for_timeout(150)
    assert chat.calls == []


def test_opening_sends_a_session_only_and_shows_what_the_server_says(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = []
    page = visit()
    assert [c.path for c in chat.calls if c.method == "POST"] == ["/webchat/session"]
    expect(page.locator(".item")).to_have_count(0)
    chat.say("您好,我是电答。")
    expect(bubbles(page)).to_have_text(["您好,我是电答。"])


def test_a_page_may_open_the_chat_with_a_draft_that_is_not_sent(visit: Visit, chat: FakeChat) -> None:
    page = visit(opened=False)
    page.get_by_role("button", name="查电费").click()
    expect(page.locator("textarea")).to_have_value("查电费")
    expect(page.locator(".state")).to_have_text("在线")
    assert chat.calls_to("messages", "POST") == []


def test_a_page_of_another_origin_embeds_it_with_one_script_tag(visit: Visit, chat: FakeChat) -> None:
    page = visit(f"{chat.elsewhere}/embed")
    say(page, "停电了")
    until(page, chat.sent)
    assert page.locator("dianda-chat").count() == 1
    assert {c.origin for c in chat.calls} == {chat.elsewhere}
    expect(page.locator(".note")).to_have_text(["", ""])


# ---- writing


def test_enter_sends_and_shift_enter_breaks_the_line(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    page.locator("textarea").press_sequentially("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(bubbles(page).last).to_have_text("第一行\n第二行", use_inner_text=True)
    expect(page.locator("textarea")).to_have_value("")
    until(page, chat.sent)
    assert chat.sent()[0]["text"] == "第一行\n第二行"


def test_neither_enter_that_ends_a_composition_nor_blank_text_sends_anything(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    say(page, "  \n ")
    expect(page.locator(".send")).to_be_disabled()
    page.locator("textarea").fill("tingdian")
    for sign in ({"isComposing": True}, {"keyCode": 229}):
        page.locator("textarea").dispatch_event("keydown", {"key": "Enter", "bubbles": True, **sign})
    page.wait_for_timeout(80)
    assert chat.sent() == []
    expect(page.locator("textarea")).to_have_value("tingdian")


def test_a_counter_shows_near_the_limit_and_a_longer_text_stays_in_the_input(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    box, counter = page.locator("textarea"), page.locator(".counter")
    box.fill("电" * 1799)
    expect(counter).to_be_hidden()
    box.fill("电" * 1999 + "😀")
    expect(counter).to_have_text("2000/2000")
    expect(page.locator(".send")).to_be_enabled()
    box.fill("电" * 2001)
    expect(counter).to_have_text("2001/2000")
    expect(box).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Enter")
    assert chat.sent() == []


# ---- reading


def test_a_quick_reply_sends_its_payload_once_and_closes_the_choice(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"kind": "buttons", "text": "请选择", "buttons": CHOICE}]
    page = visit()
    chip(page, "停电查询").click()
    expect(chip(page, "停电查询")).to_be_disabled()
    expect(chip(page, "停电查询")).to_have_class(re.compile("chosen"))
    expect(chip(page, "故障报修")).to_be_disabled()
    until(page, chat.sent)
    body = chat.calls_to("messages", "POST")[0].body
    assert body == {"id": body["id"], "payload": "/outage_query", "text": "停电查询"}
    expect(page.locator("textarea")).to_be_focused()


def test_a_choice_closes_when_the_customer_says_something_else(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"kind": "buttons", "text": "请选择", "buttons": CHOICE}]
    page = visit()
    chat.say("还有一问", kind="buttons", buttons=[{"title": "是", "payload": "/affirm"}])
    expect(chip(page, "是")).to_be_enabled()
    expect(chip(page, "停电查询")).to_be_enabled()
    say(page, "都不是")
    expect(page.locator(".chip:enabled")).to_have_count(0)
    until(page, chat.sent)  # what is said before it arrives is older
    chat.say("那么", kind="buttons", buttons=[{"title": "好", "payload": "/affirm"}])
    expect(page.locator(".chip:enabled")).to_have_text(["好"])


def test_a_card_shows_title_fields_and_footer(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    fields = [{"label": "范围", "value": "滨江花园"}, {"label": "预计恢复", "value": "16:30"}]
    chat.say("故障停电", kind="card", data={"title": "故障停电", "fields": fields, "footer": "信息更新于 14:01"})
    expect(page.locator(".card-title")).to_have_text("故障停电")
    expect(page.locator("dt")).to_have_text(["范围", "预计恢复"])
    expect(page.locator("dd")).to_have_text(["滨江花园", "16:30"])
    expect(page.locator(".card-footer")).to_have_text("信息更新于 14:01")
    expect(bubbles(page)).to_have_count(1)  # the greeting: the title is not repeated as text


def test_a_picture_is_fetched_with_the_token_and_can_be_enlarged(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.say(kind="image", text="用电量", data={"url": "/webchat/images/2", "alt": "用电量"})
    page.get_by_role("button", name="查看大图：用电量").click()
    expect(page.locator(".viewer img")).to_be_visible()
    assert chat.calls_to("images/2")[0].token == chat.calls_to("messages")[0].token
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".image button")).to_be_focused()


def test_a_picture_that_fails_shows_its_words_and_can_be_tried_again(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.fail("images/2", 404)
    chat.say(kind="image", data={"url": "/webchat/images/2", "alt": "近十二个月用电量"})
    expect(page.locator(".image-state")).to_contain_text("近十二个月用电量")
    page.get_by_role("button", name="重新加载").click()
    expect(page.locator(".image img")).to_be_visible()


def test_the_token_is_not_sent_to_another_host_with_a_picture(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat.say(kind="image", data={"url": f"{chat.elsewhere}/webchat/images/2", "alt": "别处"})
    expect(page.get_by_role("button", name="重新加载")).to_be_visible()
    assert not any(address.startswith(chat.elsewhere) for address in asked)


def test_a_notice_is_a_line_in_the_middle(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.say("人工客服已接入", kind="notice", author="system")
    expect(page.locator(".notice")).to_contain_text("人工客服已接入")
    expect(page.locator(".item.system .bubble")).to_have_count(0)


def test_markup_in_any_field_is_shown_as_text(visit: Visit, chat: FakeChat) -> None:
    bad = "<img src=x onerror='window.hurt=1'><b>粗</b>"
    page = visit()
    chat.say(bad, kind="buttons", buttons=[{"title": bad, "payload": "/x"}])
    chat.say(bad, kind="notice", author="system")
    chat.say(kind="card", data={"title": bad, "fields": [{"label": bad, "value": bad}], "footer": bad})
    chat.say(bad, author="customer")
    expect(page.locator(".card-footer")).to_have_text(bad)
    for place in (".agent .bubble, .bot .bubble", ".chip", ".card-title", "dt", "dd", ".customer .bubble"):
        expect(page.locator(place).last).to_have_text(bad)
    assert page.evaluate("window.hurt") is None
    assert page.locator("dianda-chat b, dianda-chat img[src=x]").count() == 0


def test_addresses_and_telephone_numbers_become_links_and_other_numbers_do_not(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.say(
        "请拨打 95598,起火打119、有人触电打 120。经理 13800001234,座机 0531-8888123。见 https://example.com/a?b=1。"
    )
    links = page.locator(".bubble a")
    hrefs = ["tel:95598", "tel:119", "tel:120", "tel:13800001234", "tel:05318888123", "https://example.com/a?b=1"]
    expect(links).to_have_count(len(hrefs))
    assert links.evaluate_all("all => all.map(a => a.getAttribute('href'))") == hrefs
    assert "noopener" in (links.last.get_attribute("rel") or "")
    chat.say("约 120 分钟,110 元,12345 度,户号 1380013800,138****1234,单号 RP20261122-0001,javascript:alert(1)")
    expect(bubbles(page)).to_have_count(3)
    expect(links).to_have_count(len(hrefs))


def test_typing_dots_come_and_go(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    dots = page.get_by_role("img", name="正在输入")
    chat.typing.append(True)
    expect(dots).to_be_visible()
    chat.typing.append(False)
    expect(dots).to_be_hidden()
    chat.typing.append(True)
    expect(dots).to_be_visible()
    chat.say("好了")
    expect(dots).to_be_hidden()


def test_typing_dots_that_nobody_takes_back_disappear(visit: Visit, chat: FakeChat) -> None:
    page = visit(timing={"typing": 3_000})  # long enough to be seen on the busiest machine
    chat.typing.append(True)
    expect(page.locator(".typing")).to_be_visible()
    expect(page.locator(".typing")).to_be_hidden()


def test_messages_carry_local_times_and_a_new_day_is_announced(visit: Visit, chat: FakeChat) -> None:
    year = datetime.now(UTC).year
    chat.greeting = [
        {"text": "一", "at": f"{year}-03-08T15:50:00Z"},  # 23:50 in China
        {"text": "二", "at": f"{year}-03-08T15:50:20Z"},
        {"text": "三", "at": f"{year}-03-08T16:05:00+00:00"},  # 00:05 of the next day
        {"text": "四", "at": "2020-05-01T14:05:00+08:00"},
    ]
    page = visit()
    expect(page.locator("time")).to_have_text(["23:50", "23:50", "00:05", "14:05"])
    days = page.locator(".day:visible")
    expect(days).to_have_count(3)
    assert [text.split()[0] for text in days.all_text_contents()] == ["3月8日", "3月9日", "2020年5月1日"]
    assert page.locator(".meta:visible").count() == 3, "within a group the name and time stand once"


def test_one_who_reads_above_is_not_pulled_down(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"text": f"第 {n} 条"} for n in range(40)]
    page = visit()
    scroller = page.locator(".scroller")
    expect(bubbles(page).last).to_be_in_viewport()
    scroller.evaluate("e => e.scrollTop = 0")
    expect(bubbles(page).first).to_be_in_viewport()
    chat.say("最新")
    page.get_by_role("button", name="有新消息").click()
    expect(bubbles(page).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="有新消息")).to_be_hidden()


# ---- staying in step with the server


def test_the_history_is_back_after_a_reload(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    say(page, "停电了")
    until(page, chat.sent)
    page.reload()
    open_chat(page)
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "停电了"])
    assert len(chat.calls_to("session")) == 1


def test_it_works_where_local_storage_is_blocked(visit: Visit, chat: FakeChat) -> None:
    page = visit(init=BLOCK_STORAGE)
    say(page, "停电了")
    until(page, chat.sent)
    expect(page.locator(".unsent")).to_have_count(0)
    assert len(chat.calls_to("session")) == 1


def test_a_lost_stream_is_taken_up_with_no_message_missing_or_twice(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    for n in range(6):
        chat.say(f"前 {n}")
        chat.drop_streams()
        chat.say(f"后 {n}")
        page.wait_for_timeout(60)
    expected = ["您好,我是电答。"] + [f"{place} {n}" for n in range(6) for place in "前后"]
    expect(bubbles(page)).to_have_text(expected)
    assert max(int(c.query["after"]) for c in chat.calls_to("events")) > 1


def test_messages_stand_in_the_order_of_their_numbers(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"text": text, "seq": seq} for text, seq in (("三", 3), ("一", 1), ("二", 2), ("三", 3))]
    page = visit()
    expect(bubbles(page)).to_have_text(["一", "二", "三"])


def test_a_stream_may_be_cut_anywhere_even_inside_a_character(visit: Visit, chat: FakeChat) -> None:
    chat.chop = True
    page = visit()
    chat.say("抢修人员已到达现场,\n预计 16:30 恢复。")
    expect(bubbles(page).last).to_have_text("抢修人员已到达现场,\n预计 16:30 恢复。", use_inner_text=True)


def test_one_unreadable_message_does_not_take_away_the_others(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"text": "一"}, {"text": "坏", "at": "never"}, {"text": "二"}]
    page = visit()
    chat.say("三")
    expect(bubbles(page)).to_have_text(["一", "二", "三"])


def test_behind_a_proxy_that_holds_streams_back_it_asks_instead(visit: Visit, chat: FakeChat) -> None:
    chat.mute = True
    page = visit()
    say(page, "停电了")
    until(page, chat.sent)
    chat.say("为您查询")
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "停电了", "为您查询"])
    chat.say("查到了")
    expect(bubbles(page).last).to_have_text("查到了")


def test_a_stream_that_falls_silent_is_opened_anew(visit: Visit, chat: FakeChat) -> None:
    page = visit(timing={"silence": 150})
    chat.drop_streams()
    until(page, lambda: len(chat.calls_to("events")) >= 3)
    chat.say("还在")
    expect(bubbles(page).last).to_have_text("还在")


def test_reconnecting_slows_down_while_the_server_is_away(visit: Visit, chat: FakeChat) -> None:
    page = visit(timing={"backoff": 100, "backoffMost": 60_000})
    chat.down = True
    chat.drop_streams()
    expect(page.locator(".banner")).to_contain_text("95598")
    expect(page.locator(".state")).to_have_text("未连接")
    before = len(chat.calls)
    page.wait_for_timeout(900)
    assert len(chat.calls) - before <= 5


def test_nothing_is_asked_while_the_page_is_hidden_and_the_gap_is_filled_after(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    hide(page, True)
    chat.drop_streams()
    before = len(chat.calls)
    chat.say("一")
    chat.say("二")
    page.wait_for_timeout(300)
    assert len(chat.calls) == before
    hide(page, False)
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "一", "二"])


def test_an_expired_token_is_renewed_unseen(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.expired |= set(chat.tokens)
    say(page, "停电了")
    until(page, chat.sent)
    assert len(chat.conversations) == 1
    assert chat.calls_to("session")[1].token in chat.expired
    chat.drop_streams()
    chat.say("为您查询")
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "停电了", "为您查询"])
    expect(page.locator(".unsent")).to_have_count(0)


def test_a_token_that_cannot_be_continued_gives_way_to_a_new_conversation(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    say(page, "旧的")
    until(page, chat.sent)
    chat.expired |= set(chat.tokens)
    chat.fail("session", 401, "token_invalid")
    chat.greeting = [{"text": "新的问候"}]
    chat.drop_streams()
    expect(bubbles(page)).to_have_text(["新的问候"])


# ---- not getting through


def test_offline_messages_are_marked_and_sent_later_in_order_with_their_ids(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    page.context.set_offline(True)
    expect(page.locator(".banner")).to_contain_text("网络已断开")
    for text in ("一", "二", "三"):
        say(page, text)
    expect(page.locator(".unsent .note").first).to_contain_text("尚未发出")
    saved = stored_outbox(page)
    page.context.set_offline(False)
    until(page, lambda: len(chat.sent()) == 3)
    assert [m["text"] for m in chat.sent()] == ["一", "二", "三"]
    assert all(m["id"] in saved for m in chat.sent())
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "一", "二", "三"])
    expect(page.locator(".unsent")).to_have_count(0)
    expect(page.locator(".banner")).to_be_empty()


def test_unsent_messages_survive_a_reload(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.fail("POST /webchat/messages", 503, times=1000)
    say(page, "停电了")
    say(page, "老人吸氧")
    expect(page.locator(".unsent")).to_have_count(2)
    ids = [entry["id"] for entry in json.loads(stored_outbox(page))]
    page.reload()
    chat.faults.clear()
    open_chat(page)
    until(page, lambda: len(chat.sent()) == 2)
    assert [m["id"] for m in chat.sent()] == ids
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "停电了", "老人吸氧"])


def test_a_forgotten_message_of_another_day_is_shown_but_not_sent(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.down = True
    say(page, "停电了")
    expect(page.locator(".unsent")).to_have_count(1)
    page.evaluate(
        "() => { const key = Object.keys(localStorage).find(k => k.endsWith('outbox'));"
        " localStorage[key] = JSON.stringify(JSON.parse(localStorage[key]).map(e => ({...e, at: e.at - 86400000}))) }"
    )
    page.reload()
    chat.down = False
    open_chat(page)
    expect(page.locator(".unsent .note")).to_contain_text("请确认后再发")
    assert chat.sent() == []
    page.get_by_role("button", name="重新编辑").click()
    expect(page.locator("textarea")).to_have_value("停电了")
    expect(page.locator(".unsent")).to_have_count(0)


def test_a_message_whose_answer_was_lost_arrives_once(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.fail("POST /webchat/messages", 502, after=True)
    say(page, "停电了")
    until(page, lambda: len(chat.calls_to("messages", "POST")) == 2 or len(chat.sent()) == 1)
    page.wait_for_timeout(250)
    assert len(chat.sent()) == 1
    expect(bubbles(page)).to_have_text(["您好,我是电答。", "停电了"])
    expect(page.locator(".unsent")).to_have_count(0)


def test_a_request_that_hangs_is_given_up_and_tried_again(visit: Visit, chat: FakeChat) -> None:
    page = visit(timing={"request": 250})
    chat.fail("POST /webchat/messages", 503, delay=30)
    say(page, "停电了")
    until(page, chat.sent)
    assert len({c.body["id"] for c in chat.calls_to("messages", "POST")}) == 1


def test_a_busy_server_is_given_the_pause_it_asks_for(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    chat.fail("POST /webchat/messages", 429, "too_many", "您发得有点快,请稍等。", headers={"Retry-After": "1"})
    say(page, "一")
    say(page, "二")
    expect(page.locator(".unsent .note").first).to_contain_text("您发得有点快,请稍等。")
    page.evaluate("dispatchEvent(new Event('online'))")  # not even a fresh network shortens it
    page.wait_for_timeout(500)
    assert chat.sent() == []
    until(page, lambda: len(chat.sent()) == 2)
    assert [m["text"] for m in chat.sent()] == ["一", "二"]


def test_the_asked_pause_is_kept_from_another_origin_too(visit: Visit, chat: FakeChat) -> None:
    page = visit(f"{chat.elsewhere}/embed")
    chat.fail("POST /webchat/messages", 429, "too_many", "请稍等。", headers={"Retry-After": "1"})
    say(page, "一")
    expect(page.locator(".unsent .note")).to_contain_text("1 秒后")
    until(page, lambda: len(chat.sent()) == 1)


@pytest.mark.parametrize("status", [413, 422])
def test_a_refused_message_says_why_and_is_not_repeated(visit: Visit, chat: FakeChat, status: int) -> None:
    chat.greeting = [{"kind": "buttons", "text": "请选择", "buttons": CHOICE}]
    page = visit()
    chat.fail("POST /webchat/messages", status, "too_long", "内容太长,请分几次发。")
    say(page, "很长的话")
    expect(page.locator(".unsent .note")).to_contain_text("内容太长,请分几次发。")
    expect(chip(page, "停电查询")).to_be_enabled()
    say(page, "下一句")
    until(page, chat.sent)
    assert [m["text"] for m in chat.sent()] == ["下一句"]
    assert len(chat.calls_to("messages", "POST")) == 2
    page.get_by_role("button", name="重新编辑").click()
    expect(page.locator("textarea")).to_have_value("很长的话")


# ---- menu and other tabs


def test_a_restart_asks_first_and_then_begins_a_new_conversation(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    say(page, "旧的")
    until(page, chat.sent)
    page.get_by_role("button", name="更多选项").click()
    page.get_by_role("button", name="重新开始对话").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    expect(page.get_by_role("button", name="取消")).to_be_focused()
    page.keyboard.press("Enter")
    assert len(chat.conversations) == 1
    chat.greeting = [{"text": "新的问候"}]
    restart(page)
    expect(bubbles(page)).to_have_text(["新的问候"])
    assert chat.calls_to("session")[-1].body == {"restart": True}
    say(page, "新的")
    until(page, chat.sent)
    expect(bubbles(page)).to_have_text(["新的问候", "新的"])


def test_two_tabs_show_the_same_conversation(visit: Visit, chat: FakeChat) -> None:
    first = visit()
    second = first.context.new_page()
    second.goto(f"{chat.origin}/plain")
    quicken(second)
    open_chat(second)
    say(first, "停电了")
    expect(bubbles(second)).to_have_text(["您好,我是电答。", "停电了"])
    chat.greeting = [{"text": "新的问候"}]
    restart(first)
    expect(bubbles(second)).to_have_text(["新的问候"])
    assert len(chat.conversations) == 2


def test_larger_letters_are_kept(visit: Visit) -> None:
    page = visit()
    small = bubbles(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="更多选项").click()
    page.get_by_role("button", name="大字显示").click()
    page.reload()
    open_chat(page)
    assert bubbles(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= small * 1.2


# ---- the badge


def test_the_launcher_counts_what_came_while_the_chat_was_closed(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    badge = page.locator(".badge")
    page.keyboard.press("Escape")
    expect(badge).to_be_hidden()
    chat.say("一")
    chat.say("二", author="agent")
    chat.say("提示", author="system", kind="notice")
    expect(badge).to_have_text("2")
    expect(page.locator(".launcher")).to_have_accessible_name(re.compile("2 条未读"))
    page.reload()
    expect(badge).to_have_text("2")
    open_chat(page)
    page.keyboard.press("Escape")
    expect(badge).to_be_hidden()


def test_a_closed_chat_of_another_day_asks_once_and_then_rests(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"text": "很早以前", "at": (datetime.now(UTC) - timedelta(days=3)).isoformat()}]
    page = visit()
    page.reload()
    until(page, lambda: len(chat.calls_to("messages", "GET")) == 2)
    page.wait_for_timeout(200)
    assert len(chat.calls_to("events")) == 1, "from the first visit"


# ---- everyone can use it


def test_the_keyboard_alone_is_enough(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"kind": "buttons", "text": "请选择", "buttons": CHOICE}]
    page = visit(opened=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_focused()
    expect(chip(page, "停电查询")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(chip(page, "故障报修")).to_be_focused()
    page.keyboard.press("Enter")
    until(page, chat.sent)
    expect(page.locator("textarea")).to_be_focused()
    order = ["更多选项", "收起对话"]
    page.locator(".panel").focus()
    for name in order:
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()


def test_escape_closes_the_menu_before_the_chat(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="更多选项").click()
    page.keyboard.press("Escape")
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.get_by_role("button", name="更多选项")).to_be_focused()
    expect(page.locator(".panel")).to_be_visible()


def test_a_screen_reader_finds_names_and_a_polite_log(visit: Visit, chat: FakeChat) -> None:
    page = visit()
    expect(page.get_by_role("dialog", name="电答在线客服")).to_be_visible()
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("textbox", name="输入您的问题")).to_be_visible()
    say(page, "停电了")
    expect(log.locator(".customer .who")).to_have_text("我")
    expect(log.locator(".bot .who")).to_have_text("智能客服")
    expect(page.locator("dianda-chat")).to_have_attribute("lang", "zh-CN")


def test_a_long_history_is_not_read_out(visit: Visit, chat: FakeChat) -> None:
    chat.greeting = [{"text": str(n)} for n in range(10)]
    page = visit()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def arrived(page: Page) -> None:
    """Wait until the panel has come up to its place."""
    page.locator(".panel").evaluate("panel => Promise.all(panel.getAnimations().map(each => each.finished))")


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus_inside(visit: Visit, chat: FakeChat) -> None:
    page = visit(**PHONE)
    panel = page.locator(".panel")
    arrived(page)
    box = panel.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["y"]), round(box["width"]), round(box["height"])) == (0, 0, 390, 844)
    expect(panel).to_have_attribute("aria-modal", "true")
    expect(panel).to_be_focused()  # not the input: its keyboard would cover half the talk
    page.locator("textarea").focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "DIANDA-CHAT"
    assert page.evaluate("document.documentElement.style.overflow") == "hidden"
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.style.overflow") == ""


def test_on_a_phone_the_keyboard_does_not_cover_the_input(visit: Visit) -> None:
    page = visit(**PHONE)
    arrived(page)
    page.evaluate(
        "() => { for (const [name, value] of Object.entries({height: 420, offsetTop: 30}))"
        " Object.defineProperty(visualViewport, name, {get: () => value});"
        " visualViewport.dispatchEvent(new Event('resize')) }"
    )
    box = page.locator(".composer").bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 450
    assert page.locator("textarea").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16


def test_dark_and_light_follow_the_system(visit: Visit) -> None:
    page = visit()
    page.emulate_media(color_scheme="dark")
    ground = "e => getComputedStyle(e).backgroundColor"
    assert page.locator(".panel").evaluate(ground) == "rgb(16, 23, 30)"
    page.emulate_media(color_scheme="light")
    assert page.locator(".panel").evaluate(ground) == "rgb(241, 245, 249)"


def test_nothing_moves_for_those_who_ask_for_stillness(visit: Visit, chat: FakeChat) -> None:
    page = visit(reduced_motion="reduce")
    chat.typing.append(True)
    expect(page.locator(".typing")).to_be_visible()
    moving = "all => all.filter(e => getComputedStyle(e).animationName !== 'none').length"
    assert page.locator(".panel, .typing i").evaluate_all(moving) == 0


def test_the_styles_of_the_page_stay_outside(visit: Visit) -> None:
    page = visit()
    page.add_style_tag(content="* { font-size: 40px; letter-spacing: 9px } button { display: none !important }")
    expect(page.locator(".send")).to_be_visible()
    assert bubbles(page).evaluate("e => getComputedStyle(e).fontSize") == "15px"
    assert bubbles(page).evaluate("e => getComputedStyle(e).letterSpacing") == "normal"


def axe(page: Page, part: str | None = None) -> list[str]:
    """What axe-core objects to, in short: on the whole page, or in one part of the widget."""
    page.evaluate(AXE.read_text())
    where = {"include": {"fromShadowDom": ["dianda-chat", part]}} if part else {"include": "html"}
    found = page.evaluate("where => axe.run(where, {resultTypes: ['violations']})", where)["violations"]
    return [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_full_conversation_gone_wrong(
    visit: Visit, chat: FakeChat, scheme: Literal["light", "dark"]
) -> None:
    page = visit()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    chat.say("旧的选择", kind="buttons", buttons=CHOICE)
    say(page, "停电查询")
    until(page, chat.sent)
    fields = [{"label": "原因", "value": "见 95598"}]
    chat.say(kind="card", data={"title": "故障停电", "fields": fields, "footer": "信息更新于 14:01"})
    chat.say(kind="image", data={"url": "/webchat/images/2", "alt": "用电量"})
    chat.say("人工客服已接入", author="system", kind="notice")
    expect(page.locator(".image img")).to_be_visible()
    chat.fail("POST /webchat/messages", 422, message="未能发送")
    say(page, "还没来电")
    expect(page.locator(".unsent")).to_have_count(1)
    chat.say("您好", author="agent", kind="buttons", buttons=CHOICE)
    expect(chip(page, "停电查询").last).to_be_enabled()
    chat.down = True
    chat.drop_streams()
    page.locator("textarea").fill("电" * 2001)
    expect(page.locator(".banner")).not_to_be_empty()
    page.get_by_role("button", name="更多选项").click()
    assert axe(page) == []
    page.get_by_role("button", name="重新开始对话").click()
    assert axe(page, ".confirm") == []


# ---- the demo page


def test_the_demo_page_says_that_it_is_one_and_loads_nothing_from_elsewhere(visit: Visit, chat: FakeChat) -> None:
    page = visit("/", opened=False)
    expect(page.get_by_role("complementary")).to_contain_text("澜湾供电公司是虚构的")
    expect(page.get_by_text("docs/demo.md")).to_be_visible()
    loaded = page.evaluate("performance.getEntries().map(entry => entry.name).filter(name => name.startsWith('http'))")
    assert all(address.startswith(chat.origin) for address in loaded)


def test_the_demo_page_carries_the_widget_and_fills_in_questions(visit: Visit) -> None:
    tag = '<script type="module" src="/webchat/widget.js"></script><dianda-chat></dianda-chat>'
    assert tag in (STATIC / "index.html").read_text()
    page = visit("/", opened=False)
    page.get_by_role("button", name="停电查询").click()
    expect(page.locator("textarea")).to_have_value(re.compile("停电"))


def test_the_demo_page_fits_every_width_and_axe_finds_nothing(visit: Visit) -> None:
    page = visit("/", opened=False)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe(page) == []
