"""The binding page: opened once, by the customer it was made for, in a real browser on a phone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect, sync_playwright

from channels.binding.routes import router
from channels.wechat.oauth import OAuth
from desk.errors import BindingRefused
from desk.links import SignedLinks
from desk.ports import BoundAccount
from desk.shelf import DatabaseShelf
from tests.channels.gateway import Gateway, Parts, fresh_database, gateway
from tests.channels.wechat_platform import APP_ID, APP_SECRET, Platform
from tests.desk.kit import FakeBot

ROOT = Path(__file__).parents[2]
RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
PHRASES = {name: first[0]["text"].strip() for name, first in RESPONSES.items() if "text" in first[0]}
CHROMIUM = "/usr/bin/chromium"
SECRET = "secret-of-the-tests"
PHONE = {"width": 390, "height": 844}


@dataclass
class FakeAccounts:
    """户号 3300100001 and 3300100002 exist, with the tails 5678 and 1234."""

    kept: dict[str, list[str]] = field(default_factory=dict)
    until: datetime | None = None

    async def bind(self, conversation: str, account_no: str, phone_tail: str) -> list[BoundAccount]:
        if self.until:
            raise BindingRefused("locked", until=self.until)
        if (account_no, phone_tail) not in (("3300100001", "5678"), ("3300100002", "1234")):
            raise BindingRefused("wrong", tries_left=2)
        self.kept.setdefault(conversation, []).append(account_no)
        return await self.bound(conversation)

    async def bound(self, conversation: str) -> list[BoundAccount]:
        return [BoundAccount(no, "张*", "澜湾市城东区<b>翠湖苑") for no in self.kept.get(conversation, [])]

    async def unbind(self, conversation: str, account_no: str) -> list[BoundAccount]:
        self.kept[conversation].remove(account_no)
        return await self.bound(conversation)


@dataclass
class Site:
    ours: Gateway
    links: SignedLinks
    accounts: FakeAccounts
    platform: Platform

    def link(self, user: str, channel: str = "wechat") -> str:
        """The link that the bot would have given to this customer."""

        async def made() -> str:
            conversation = await self.ours.switchboard.open(channel, user)
            return self.links.bind(await self.ours.switchboard._store.conversation(conversation))

        link: str = self.ours.do(made())
        return link

    def kept(self, user: str, channel: str = "wechat") -> list[str]:
        conversation: str = self.ours.do(self.ours.switchboard.open(channel, user))
        return self.accounts.kept.get(conversation, [])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    accounts, made = FakeAccounts(), list[SignedLinks]()
    with Platform() as platform:

        def connect(parts: Parts):  # type: ignore[no-untyped-def]
            http = httpx.AsyncClient(base_url=platform.url)
            parts.closing.append(http.aclose)
            address = f"http://127.0.0.1:{parts.port}"
            made.append(SignedLinks(address, SECRET, DatabaseShelf(parts.database, parts.clock)))
            page = router(
                parts.switchboard,
                accounts,
                made[0],
                address=address,
                secret=SECRET,
                phrases=PHRASES,
                confirmations={"wechat": OAuth(http, APP_ID, APP_SECRET, f"{platform.url}/oauth2/authorize")},
            )
            return None, lambda _: page

        with gateway(connect, "/bind", "wechat", fresh_database(tmp_path), tmp_path, FakeBot()) as ours:
            yield Site(ours, made[0], accounts, platform)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def fill(page: Page, no: str, tail: str) -> None:
    page.get_by_label("户号").fill(no)
    page.get_by_label("登记手机号的后四位").fill(tail)
    page.get_by_role("button", name="绑定", exact=True).click()


def test_a_customer_binds_two_accounts_and_lets_one_go(site: Site, page: Page) -> None:
    site.platform.browsing = "u1"
    page.goto(site.link("u1"))
    expect(page.get_by_role("heading", name="绑定户号")).to_be_visible()
    assert "t=" not in page.url
    fill(page, "3300100001", "5678")
    expect(page.get_by_role("status")).to_contain_text("绑定成功")
    fill(page, "3300100002", "1234")
    expect(page.get_by_role("listitem")).to_have_count(2)
    assert "<b>翠湖苑" in page.get_by_role("listitem").first.inner_text()
    page.get_by_role("button", name="解绑3300****01").click()
    expect(page.get_by_role("status")).to_contain_text("已解绑")
    assert site.kept("u1") == ["3300100002"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_wrong_facts_are_said_kindly_and_nothing_is_bound(site: Site, page: Page) -> None:
    site.platform.browsing = "u1"
    page.goto(site.link("u1"))
    fill(page, "3300100001", "0000")
    expect(page.get_by_role("alert")).to_contain_text("还可以试2次")
    site.accounts.until = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
    fill(page, "3300100001", "5678")
    expect(page.get_by_role("alert")).to_contain_text("请16:30以后再试")
    assert site.kept("u1") == []


def test_a_link_that_was_passed_on_is_worth_nothing(site: Site, page: Page) -> None:
    site.platform.browsing = "somebody-else"
    page.goto(site.link("u1"))
    expect(page.get_by_text("没能确认是您本人打开的")).to_be_visible()
    assert page.goto(site.ours.url).status == 403  # type: ignore[union-attr]


def test_a_snapshot_user_is_nobody(site: Site, page: Page) -> None:
    site.platform.browsing, site.platform.snapshot = "u1", True
    page.goto(site.link("u1"))
    expect(page.get_by_text("没能确认是您本人打开的")).to_be_visible()


def test_a_link_is_opened_once_and_not_after_ten_minutes(site: Site) -> None:
    link = site.link("u1")
    assert httpx.get(link).status_code == 303
    again = httpx.get(link)
    assert (again.status_code, "已过期或已用过" in again.text) == (403, True)
    for bad in ("x", link.partition("t=")[2][:-2], ""):
        assert httpx.get(site.ours.url, params={"t": bad}).status_code == 403


def test_web_chat_needs_no_platform_to_say_who_is_there(site: Site) -> None:
    with httpx.Client(follow_redirects=True) as visitor:
        assert "登记手机号的后四位" in visitor.get(site.link("v1", "webchat")).text


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    with httpx.Client(follow_redirects=True) as visitor:
        visitor.get(site.link("v1", "webchat"))
        form = {"account_no": "3300100001", "tail": "5678"}
        assert visitor.post(site.ours.url, data=form | {"word": "guessed"}).status_code == 403
        assert visitor.post(f"{site.ours.url}/remove", data=form).status_code == 403
    assert httpx.post(site.ours.url, data=form | {"word": ""}).status_code == 403
    assert site.kept("v1", "webchat") == []


def test_nothing_of_the_page_is_kept_or_framed(site: Site) -> None:
    with httpx.Client(follow_redirects=True) as visitor:
        answer = visitor.get(site.link("v1", "webchat"))
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        cookie = answer.history[0].headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
