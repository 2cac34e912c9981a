"""The gate of the console: nobody gets past it without a session, and only to pages of their role."""

import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console import sign_in_html
from console.sign_in_wording import Wording
from desk.sign_in import Session, SignIn, must_set_up
from desk.staff import Agent, Role

COOKIE = "dianda_console"
PREFIX = "/console"
STAFF, LEADS = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN), (Role.SUPERVISOR, Role.ADMIN)
READERS = (Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN)
# Who may open what. `people` is the part of `admin` in which agents are made and changed: a supervisor sets canned
# replies, hours and rules there, and no more.
PAGES: dict[str, tuple[Role, ...]] = {
    "workbench": STAFF,
    "tickets": STAFF,
    "notices": (*STAFF, Role.OPERATOR),
    "wallboard": READERS,
    "reports": READERS,
    "quality": LEADS,
    "admin": LEADS,
    "people": (Role.ADMIN,),
    "audit": (Role.OPERATOR, Role.ADMIN),
}
DOOR = f"{PREFIX}/sign-in"  # the one address that is open; it needs no file of ours beside it
# For who is still setting up a password or a code; and what every page is made of.
SETTING_UP = ("password", "totp", "sign-out", "session")
FRAMEWORK = ("_nicegui", "_nicegui_ws", "favicon.ico")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SIGNED_OUT = 4401  # why a socket was closed
BY_A_PERSON = '42["event"'  # what NiceGUI's browser side sends when somebody does something; all else goes by itself
LOOK_EVERY = 10.0  # seconds between two looks at the session of an open socket
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


def allowed(agent: Agent, page: str) -> bool:
    return agent.role in PAGES[page]


def page_of(path: str) -> str:
    """The page that a path below the console belongs to; what the table does not know is the workbench's."""
    first = _first(path)
    return first if first in PAGES else "workbench"


def home(agent: Agent) -> str:
    return f"{PREFIX}/" if allowed(agent, "workbench") else f"{PREFIX}/wallboard"


def token_of(cookie: str) -> str:
    try:
        morsel = SimpleCookie(cookie).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class SessionGate:
    """ASGI middleware around everything below /console. `origins` are those of ours besides the one that was asked."""

    def __init__(
        self, app: ASGIApp, sign_in: SignIn, *, origins: tuple[str, ...] = (), look_every: float = LOOK_EVERY
    ) -> None:
        self._app, self._sign_in, self._origins, self._look_every = app, sign_in, origins, look_every

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] not in ("http", "websocket") or not (path == PREFIX or path.startswith(f"{PREFIX}/")):
            await self._app(scope, receive, send)
            return
        session = await self._session(scope)
        if refusal := self._refusal(scope, session):
            await _refuse(refusal, scope, receive, send)
            return
        state = {**scope.get("state", {}), "session": session, "agent": session.agent if session else None}
        scope = {**scope, "state": state}
        if session and _first(path) == "_nicegui_ws":
            socket = _Socket(self._sign_in, session.token, receive, send, self._look_every)
            receive, send = socket.receive, socket.send
        await self._app(scope, receive, _with_headers(send))

    async def _session(self, scope: Scope) -> Session | None:
        """A page that is opened is a sign of life, and so is what a person does on it; what it fetches is none."""
        first, token = _first(scope["path"]), token_of(Headers(scope=scope).get("cookie", ""))
        if not token or scope["path"] == DOOR:
            return None
        return await self._sign_in.session(token, used=first not in (*FRAMEWORK, "session"))

    def _refusal(self, scope: Scope, session: Session | None) -> Response | None:
        """None where the way is free."""
        path, first = scope["path"], _first(scope["path"])
        if self._foreign(scope):
            return PlainTextResponse(Wording.FOREIGN, 403)
        if path == DOOR:
            return None
        if session is None:
            return _to_the_door(scope) if _is_page(scope) else PlainTextResponse(Wording.SIGN_IN_FIRST, 401)
        if first in SETTING_UP:
            return None
        if must_set_up(session.agent):
            step = "password" if session.agent.must_change else "totp"
            return RedirectResponse(f"{PREFIX}/{step}", 303)
        if first in FRAMEWORK or allowed(session.agent, page_of(path)):
            return None
        if not first:
            return RedirectResponse(home(session.agent), 303)
        return HTMLResponse(sign_in_html.not_yours(home(session.agent)), 403)

    def _foreign(self, scope: Scope) -> bool:
        """A browser says where an act comes from; from another site it is none of ours. A visit may come from anywhere:
        the cookie does not come with it then."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        visit = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        return not (
            visit or origin is None or origin in self._origins or urlsplit(origin).netloc == headers.get("host")
        )


class _Socket:
    """An open page's line to us: what a person does on the page keeps the session, and when there is none any more
    nothing goes through in either direction (ten seconds later at most)."""

    def __init__(self, sign_in: SignIn, token: str, receive: Receive, send: Send, look_every: float) -> None:
        self._sign_in, self._token, self._receive, self._send = sign_in, token, receive, send
        self._look_every, self._looked, self._closed = look_every, {True: 0.0, False: time.monotonic()}, False

    async def receive(self) -> Message:
        message = await self._receive()
        said = message.get("text") or message.get("bytes") or message.get("body")
        if not said or self._closed or await self._holds(used=_is_by_a_person(said)):
            return message
        if message["type"] != "websocket.receive":
            return {"type": "http.disconnect"}
        await self._close()
        return {"type": "websocket.disconnect", "code": SIGNED_OUT}

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.send" and not self._closed and not await self._holds(used=False):
            await self._close()
        if not self._closed:
            await self._send(message)

    async def _close(self) -> None:
        self._closed = True
        await self._send({"type": "websocket.close", "code": SIGNED_OUT})

    async def _holds(self, *, used: bool) -> bool:
        now = time.monotonic()
        if now - self._looked[used] < self._look_every:
            return True
        self._looked[used] = now
        return await self._sign_in.session(self._token, used=used) is not None


def _is_by_a_person(said: str | bytes) -> bool:
    return BY_A_PERSON in (said if isinstance(said, str) else said.decode("latin1"))


def _first(path: str) -> str:
    return path.removeprefix(PREFIX).strip("/").partition("/")[0]


def _is_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in SAFE_METHODS
        and "text/html" in Headers(scope=scope).get("accept", "")
        and _first(scope["path"]) not in FRAMEWORK
    )


def _to_the_door(scope: Scope) -> Response:
    query = scope.get("query_string", b"").decode("latin1")
    wanted = quote(scope["path"] + (f"?{query}" if query else ""), safe="/")
    return RedirectResponse(f"{DOOR}?next={wanted}", 303)


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": SIGNED_OUT})  # before it was accepted: the browser gets a 403
        return
    await refusal(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if "text/html" in headers.get("content-type", ""):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
