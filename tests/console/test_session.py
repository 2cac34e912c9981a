"""The console's gate: nobody without a session, nobody on a page of another role, no socket of somebody who left."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from console.session import COOKIE, PAGES, SIGNED_OUT, SessionGate, allowed
from desk.staff import Agent, Role
from tests.channels.gateway import fresh_database
from tests.console.sign_in_kit import GOOD, PEOPLE, Browser, House, house

WORDS = {
    "workbench": "坐席 班长 管理员",
    "tickets": "坐席 班长 管理员",
    "notices": "坐席 班长 运维 管理员",
    "wallboard": "班长 运维 管理员",
    "reports": "班长 运维 管理员",
    "quality": "班长 管理员",
    "admin": "班长 管理员",
    "people": "管理员",
    "audit": "运维 管理员",
}
SOCKET = "/console/_nicegui_ws/socket.io/"
EVENT, PONG = '42["event",{"id":3}]', "3"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", PAGES)
async def test_each_role_has_its_pages_and_no_others(home: House, role: Role, page: str) -> None:
    may = role in WORDS[page].split()
    assert allowed(Agent("x", "x", role), page) is may
    browser = await home.signed_in(role)
    for path in (f"/console/{page}", f"/console/{page}/7", f"/console//{page}/", f"/console/{page}?a=1"):
        response = await browser.open(path)
        assert response.status_code == (200 if may else 403)
        assert (f"for {PEOPLE[role]}" in response.text) is may


async def test_every_page_of_the_table_is_spelled_out_here() -> None:
    assert {page: " ".join(role for role in Role if role in roles) for page, roles in PAGES.items()} == {
        page: " ".join(role for role in Role if role in words.split()) for page, words in WORDS.items()
    }


@pytest.mark.parametrize("role", Role)
async def test_what_the_table_does_not_know_is_for_who_serves_customers(home: House, role: Role) -> None:
    response = await (await home.signed_in(role)).open("/console/pictures/abc")
    assert response.status_code == (403 if role is Role.OPERATOR else 200)


async def test_an_operator_who_comes_to_the_front_door_is_led_to_the_wallboard(home: House) -> None:
    browser = await home.signed_in(Role.OPERATOR)
    for path in ("/console", "/console/"):
        assert (await browser.open(path)).headers["location"] == "/console/wallboard"
    assert "回到首页" in (await browser.open("/console/quality")).text


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/audit", "/console/sign-in/x", "/console/sign-inx"])
async def test_who_is_not_signed_in_is_led_to_the_door(home: House, path: str) -> None:
    response = await home.browser().open(path)
    assert response.headers["location"] == f"/console/sign-in?next={path}"


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/console/session", "*/*"),
        ("GET", "/console/pictures/abc", "image/*"),
        ("GET", "/console/_nicegui/3.0/static/x.js", "text/html"),
        ("GET", f"{SOCKET}?transport=polling", "*/*"),
        ("POST", "/console/sign-out", "text/html"),
        ("POST", "/console/", "text/html"),
        ("GET", "/console/static/../audit", "*/*"),
    ],
)
async def test_what_is_no_page_is_refused_without_a_session(home: House, method: str, path: str, accept: str) -> None:
    response = await home.browser().http.request(method, path, headers={"Accept": accept})
    assert (response.status_code, response.text) == (401, "请先登录")


async def test_what_is_not_the_consoles_is_open(home: House) -> None:
    assert (await home.browser().open("/elsewhere")).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, '"', "a=b; c"])
async def test_a_made_up_session_is_none(home: House, token: str) -> None:
    response = await home.browser().http.get("/console/session", headers={"Cookie": f"{COOKIE}={token}"})
    assert response.status_code == 401


async def test_whether_one_is_signed_in_can_be_asked_and_does_not_keep_the_session(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    for _ in range(3):
        assert (await browser.open("/console/session")).status_code == 204
        home.clock.pass_by(minutes=10)
    home.clock.pass_by(minutes=1)
    assert (await browser.open("/console/session")).status_code == 303


async def test_to_open_pages_keeps_the_session(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    for _ in range(4):
        home.clock.pass_by(minutes=20)
        assert (await browser.open("/console/")).status_code == 200


async def test_whoever_signs_in_elsewhere_is_out_here(home: House) -> None:
    here, there = await home.signed_in(Role.AGENT), await home.signed_in(Role.AGENT)
    assert (await here.open("/console/")).status_code == 303
    assert (await there.open("/console/")).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://desk.test:81", "http://desk.test.evil", "null"])
async def test_an_act_from_another_site_is_refused(home: House, origin: str) -> None:
    browser = await home.signed_in(Role.AGENT)
    assert (await browser.http.post("/console/", headers={"Origin": origin})).status_code == 403
    await browser.open("/console/sign-in")
    response = await browser.send("/console/sign-in", headers={"Origin": origin}, name="kefu", password=GOOD)
    assert response.status_code == 403


async def test_an_act_from_our_own_pages_is_taken(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    assert (await browser.http.post("/console/", headers={"Origin": "http://desk.test"})).status_code == 200


async def test_every_page_says_that_nobody_may_frame_it(home: House) -> None:
    response = await (await home.signed_in(Role.AGENT)).open("/console/")
    assert response.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert response.headers["x-content-type-options"] == "nosniff"


# --- sockets -------------------------------------------------------------------------------------------------------


class Socket:
    """A browser's socket: says what the test wants, and keeps what comes back. The page behind it echoes."""

    def __init__(self, home: House, browser: Browser | None, **headers: str) -> None:
        cookie = {"cookie": f"{COOKIE}={browser.token}"} if browser else {}
        sent = {"host": "desk.test", "origin": "http://desk.test"} | cookie | headers
        self._scope: dict[str, Any] = {"type": "websocket", "path": SOCKET, "query_string": b""}
        self._scope["headers"] = [(name.encode(), value.encode()) for name, value in sent.items() if value]
        self._gate = SessionGate(self._echo, home.sign_in, look_every=0.0)
        self._home, self.answers, self.heard = home, list[str](), list[str]()

    async def say(self, *frames: tuple[str, float]) -> list[str]:
        """Each frame with the minutes that pass before it; what came back."""
        coming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        coming += [{"type": "websocket.receive", "text": text, "minutes": minutes} for text, minutes in frames]
        coming.append({"type": "websocket.disconnect", "code": 1000})

        async def receive() -> Any:
            message = coming.pop(0)
            self._home.clock.pass_by(minutes=message.pop("minutes", 0))
            return message

        async def send(message: Any) -> None:
            kind = message["type"].removeprefix("websocket.")
            self.answers.append(f"close {message['code']}" if kind == "close" else message.get("text", kind))

        await self._gate(self._scope, receive, send)
        return self.answers

    async def _echo(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message["text"])
            await send({"type": "websocket.send", "text": message["text"]})
        await send({"type": "websocket.send", "text": "after the end"})


async def test_a_socket_with_a_session_is_open(home: House) -> None:
    socket = Socket(home, await home.signed_in(Role.AGENT))
    assert (await socket.say((EVENT, 0), (PONG, 0)))[:3] == ["accept", EVENT, PONG]


async def test_a_socket_without_a_session_is_refused_before_it_is_accepted(home: House) -> None:
    assert await Socket(home, None).say((EVENT, 0)) == [f"close {SIGNED_OUT}"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://desk.test.evil"])
async def test_a_socket_from_another_site_is_refused(home: House, origin: str) -> None:
    socket = Socket(home, await home.signed_in(Role.AGENT), origin=origin)
    assert await socket.say((EVENT, 0)) == [f"close {SIGNED_OUT}"]


async def test_a_socket_of_who_has_to_change_the_password_first_is_refused(home: House) -> None:
    browser = home.browser()
    await browser.sign_in("kefu", await home.sign_in.reset_password("kefu", by="guanli"))
    assert browser.token
    assert await Socket(home, browser).say((EVENT, 0)) == [f"close {SIGNED_OUT}"]


async def test_a_socket_ends_with_its_session_and_nothing_more_is_heard(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    socket = Socket(home, browser)
    await home.signed_in(Role.AGENT)
    assert await socket.say((EVENT, 0)) == [f"close {SIGNED_OUT}"]

    socket = Socket(home, await home.signed_in(Role.AGENT))
    answers = await socket.say((EVENT, 0), (EVENT, 31), (EVENT, 0))
    assert answers == ["accept", EVENT, f"close {SIGNED_OUT}"]
    assert socket.heard == [EVENT]


async def test_nothing_is_shown_any_more_to_who_was_signed_out(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    socket = Socket(home, browser)

    async def push(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        for text in ("before", "after"):
            await send({"type": "websocket.send", "text": text})
            await home.sign_in.sign_out(browser.token)

    socket._gate._app = push
    assert await socket.say() == ["accept", "before", f"close {SIGNED_OUT}"]


async def test_what_a_person_does_on_a_page_keeps_the_session(home: House) -> None:
    socket = Socket(home, await home.signed_in(Role.AGENT))
    assert len(await socket.say(*[(EVENT, 20.0)] * 6)) == 8


async def test_an_open_page_alone_does_not_keep_the_session(home: House) -> None:
    socket = Socket(home, await home.signed_in(Role.AGENT))
    assert (await socket.say(*[(PONG, 20.0)] * 6)) == ["accept", PONG, f"close {SIGNED_OUT}"]


async def test_what_a_person_does_over_polling_keeps_the_session_too(home: House) -> None:
    browser = await home.signed_in(Role.AGENT)
    for body, status in ((EVENT, 200), (EVENT, 200), (PONG, 200), (PONG, 401)):
        home.clock.pass_by(minutes=20)
        response = await browser.http.post(SOCKET, content=body)
        assert response.status_code == status
