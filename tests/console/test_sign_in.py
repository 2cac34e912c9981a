"""The console's door: its forms, its sentences, its cookies."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from console.session import COOKIE
from console.sign_in_page import BEFORE, local
from console.wording import ZONE
from desk.staff import Agent, Role
from tests.channels.gateway import fresh_database
from tests.console.sign_in_kit import GOOD, SECRET, House, house

WRONG = "not-the-password"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database(tmp_path)) as made:
        yield made


def cookie(header: str, name: str) -> str:
    return next(each for each in header.split(", ") if each.startswith(name))


async def test_an_agent_signs_in_and_goes_where_they_wanted_to(home: House) -> None:
    browser = home.browser()
    response = await browser.open("/console/tickets?no=7")
    assert response.status_code == 303
    await browser.open(response.headers["location"])
    response = await browser.send("/console/sign-in", name="kefu", password=GOOD)
    assert (response.status_code, response.headers["location"]) == (303, "/console/tickets?no=7")
    assert (await browser.open("/console/tickets?no=7")).text == "for kefu"


@pytest.mark.parametrize(("role", "first"), [(Role.AGENT, "/console/"), (Role.OPERATOR, "/console/wallboard")])
async def test_without_a_wish_one_comes_to_the_first_page_of_ones_role(home: House, role: Role, first: str) -> None:
    response = await home.browser().sign_in({Role.AGENT: "kefu", Role.OPERATOR: "yunwei"}[role])
    assert response.headers["location"] == first


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/..//evil.example",
        "/console/%2e%2e/elsewhere",
        "/console/%0d%0aX: y",
        "/console//evil.example",
        "javascript:alert(1)",
        "/elsewhere",
        "/consolex/",
        "/console/sign-out",
    ],
)
async def test_one_is_never_led_to_another_place(home: House, next: str) -> None:
    assert local(next) == ""
    browser = home.browser()
    await browser.open("/console/sign-in", params={"next": next})
    response = await browser.send("/console/sign-in", name="kefu", password=GOOD, next=next)
    assert response.headers["location"] == "/console/"


async def test_an_endless_address_is_none_of_ours() -> None:
    assert local("/console/" + "x" * 2000) == ""


async def test_the_cookies_are_for_the_server_alone(home: House) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        browser = home.browser(scheme=scheme)
        opened = await browser.open("/console/sign-in")
        entered = await browser.send("/console/sign-in", name="kefu", password=GOOD)
        for response, name in ((opened, BEFORE), (entered, COOKIE)):
            kept = cookie(response.headers["set-cookie"], name)
            assert {"HttpOnly", "SameSite=strict", "Path=/console"} < set(kept.split("; "))
            assert ("Secure" in kept) is secure


async def test_a_proxy_that_speaks_https_makes_the_cookies_secure(tmp_path: Path) -> None:
    async with house(fresh_database(tmp_path), secure=True) as home:
        assert "Secure" in (await home.browser().open("/console/sign-in")).headers["set-cookie"]


async def test_the_pages_are_for_no_frame_no_cache_and_no_script(home: House) -> None:
    response = await home.browser().open("/console/sign-in")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "<script" not in response.text and "http" not in re.sub(r"http-equiv", "", response.text)


async def test_a_name_that_nobody_has_is_answered_word_for_word_the_same(home: House) -> None:
    pages = []
    for name in ("kefu", "nobody"):
        browser = home.browser()
        said = [((await browser.sign_in(name, WRONG)).status_code, browser.says()) for _ in range(6)]
        pages.append((said, re.sub(r'value="[^"]*"', "", browser.page)))
    assert pages[0] == pages[1]
    assert pages[0][0][0] == (401, "登录名或密码不对，请检查后再输一次。再错4次将暂停登录。")
    assert pages[0][0][5][0] == 423


async def test_who_is_locked_out_is_told_until_when(home: House) -> None:
    browser = home.browser()
    for _ in range(5):
        await browser.sign_in("kefu", WRONG)
    await browser.sign_in("kefu")
    home.clock.pass_by(minutes=15, seconds=59)
    assert f"请在{home.clock().astimezone(ZONE):%H:%M}之后再试" in browser.says()
    assert (await browser.sign_in("kefu")).status_code == 303


async def test_an_address_that_fails_too_often_waits_and_another_does_not(tmp_path: Path) -> None:
    async with house(fresh_database(tmp_path), rate="3/minute") as home:
        browser = home.browser("2001:db8::1")
        for n in range(3):
            await browser.sign_in(f"name{n}", WRONG)
        assert (await browser.sign_in("kefu")).status_code == 429
        assert re.search(r"请\d+秒后再试", browser.says())
        assert (await home.browser("2001:db8::2").sign_in("kefu")).status_code == 429
        assert (await home.browser("2001:db8:0:1::1").sign_in("kefu")).status_code == 303


async def test_a_shift_that_begins_behind_one_address_gets_in(tmp_path: Path) -> None:
    async with house(fresh_database(tmp_path), rate="3/minute") as home:
        for _ in range(5):
            assert (await home.browser().sign_in("kefu")).status_code == 303


async def test_a_form_that_was_not_opened_here_is_not_taken(home: House) -> None:
    browser = home.browser()
    fields = {"name": "kefu", "password": GOOD}
    assert (await browser.http.post("/console/sign-in", data=fields)).status_code == 400
    assert (await browser.http.post("/console/sign-in", data=fields | {"word": ""})).status_code == 400
    await browser.open("/console/sign-in")
    assert (await browser.http.post("/console/sign-in", data=fields | {"word": "another"})).status_code == 400
    assert not browser.token
    assert (await browser.send("/console/sign-in", **fields)).status_code == 303


async def test_what_is_typed_is_shown_as_text(home: House) -> None:
    browser = home.browser()
    await browser.sign_in('"><script>alert(1)</script>', WRONG)
    assert "<script" not in browser.page


async def test_an_admin_is_asked_for_the_code_after_the_password(home: House) -> None:
    browser = home.browser()
    response = await browser.sign_in("guanli", next="/console/audit")
    assert response.status_code == 200 and not browser.token and GOOD not in browser.page
    assert (await browser.enter_code("000000")).status_code == 401
    assert browser.says() == "动态口令不对或已经用过，请等验证器显示下一组数字再输。再错4次将暂停登录。"
    response = await browser.enter_code(home.code())
    assert (response.status_code, response.headers["location"]) == (303, "/console/audit")


async def test_a_code_that_was_used_does_not_open_again(home: House) -> None:
    code = home.code()
    for status in (303, 401):
        browser = home.browser()
        await browser.sign_in("guanli")
        assert (await browser.enter_code(code)).status_code == status


async def test_whoever_waits_too_long_with_the_code_begins_again(home: House) -> None:
    browser = home.browser()
    await browser.sign_in("guanli")
    home.clock.pass_by(minutes=6)
    assert (await browser.enter_code(home.code())).status_code == 401
    assert browser.says() == "等待时间过长，请重新输入登录名和密码。"


async def test_a_new_admin_sets_a_password_and_a_code_before_anything_else(home: House) -> None:
    password = await home.sign_in.add(Agent("xin", "新管理员", Role.ADMIN), by="guanli")
    browser = home.browser()
    await browser.sign_in("xin", password)
    assert (await browser.open("/console/audit")).headers["location"] == "/console/password"
    assert (await browser.open("/console/totp")).headers["location"] == "/console/"
    await browser.open("/console/password")
    own = "a-word-of-my-own"
    assert (await browser.send("/console/password", old=password, new=own, again=own)).status_code == 303
    assert (await browser.open("/console/audit")).headers["location"] == "/console/totp"
    await browser.open("/console/totp")
    secret = re.search(r'name="secret" value="(\w+)"', browser.page)
    assert secret and " ".join(re.findall("....", secret[1])) in browser.page
    assert f"otpauth://totp/%E7%94%B5%E7%AD%94:xin?secret={secret[1]}" in browser.page
    assert (await browser.send("/console/totp", code="000000")).status_code == 400
    assert f'value="{secret[1]}"' in browser.page
    assert (await browser.send("/console/totp", code=pyotp.TOTP(secret[1]).at(home.clock()))).status_code == 303
    assert (await browser.open("/console/audit")).text == "for xin"
    assert (await browser.open("/console/totp")).status_code == 303


async def test_an_agent_may_set_up_codes_of_their_own_will(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    await browser.open("/console/totp")
    await browser.send("/console/totp", secret=SECRET, code=home.code())
    assert (await home.agents.get("kefu")).has_totp


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": GOOD, "new": "short", "again": "short"}, "新密码至少10位"),
        ({"old": GOOD, "new": "a-word-of-my-own", "again": "another"}, "两次输入的新密码不一致，请重新输入。"),
        ({"old": GOOD, "new": "i-am-kefu-you-know", "again": "i-am-kefu-you-know"}, "新密码不能包含登录名"),
        (
            {"old": WRONG, "new": "a-word-of-my-own", "again": "a-word-of-my-own"},
            "当前密码不对，请再输一次。再错4次将暂停登录。",
        ),
        (
            {"old": GOOD, "new": "a-word-of-my-own", "again": "a-word-of-my-own", "csrf": "x"},
            "页面已过期，请再提交一次。",
        ),
        (
            {"old": GOOD, "new": "a-word-of-my-own", "again": "a-word-of-my-own", "csrf": ""},
            "页面已过期，请再提交一次。",
        ),
    ],
)
async def test_a_password_that_cannot_be_set_is_told_why(home: House, fields: dict[str, str], said: str) -> None:
    browser = await home.signed_in(Role.AGENT)
    await browser.open("/console/password")
    assert (await browser.send("/console/password", **fields)).status_code in (400, 401)
    assert browser.says() == said
    assert "修改密码" not in await home.acts()


async def test_codes_are_not_set_up_by_a_form_from_elsewhere(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    await browser.open("/console/totp")
    assert (await browser.send("/console/totp", secret=SECRET, code=home.code(), csrf="x")).status_code == 400
    assert not (await home.agents.get("kefu")).has_totp


async def test_whoever_signs_out_is_out(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    token = browser.token
    await browser.open("/console/sign-out")
    assert await home.sign_in.alive(token)
    response = await browser.send("/console/sign-out", csrf="x")
    assert response.status_code == 400 and await home.sign_in.alive(token)
    response = await browser.send("/console/sign-out")
    assert (await browser.open(response.headers["location"])).status_code == 200
    assert browser.says() == "您已退出登录。"
    assert not browser.token and not await home.sign_in.alive(token)
    assert (await home.acts())[-1] == "退出"
