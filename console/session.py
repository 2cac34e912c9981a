"""The gate of the console: nobody gets past it without a session, and only to pages of their role."""

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.sign_in import Session, SignIn, wants_code
from desk.staff import Agent, Role

COOKIE = "dianda_console"
PREFIX = "/console"
OPEN = ("/sign-in", "/static/")
# Where somebody is sent whose password or code is not in order yet.
FIRST = ("/password", "/totp", "/sign-out")
STAFF, LEADS = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN), (Role.SUPERVISOR, Role.ADMIN)
READERS = (Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN)
PAGES: dict[str, tuple[Role, ...]] = {
    "workbench": STAFF,
    "tickets": STAFF,
    "wallboard": READERS,
    "reports": READERS,
    "quality": LEADS,
    "admin": (Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN),
    "audit": (Role.OPERATOR, Role.ADMIN),
}
FRAMEWORK = ("_nicegui", "_nicegui_ws")
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


def allowed(agent: Agent, page: str) -> bool:
    return agent.role in PAGES[page]


def page_of(path: str) -> str | None:
    """The page that a path below the console belongs to; None for what belongs to every signed-in agent."""
    first = path.removeprefix(PREFIX).strip("/").partition("/")[0]
    return first if first in PAGES else "workbench" if not first else None


def home(agent: Agent) -> str:
    return f"{PREFIX}/" if allowed(agent, "workbench") else f"{PREFIX}/wallboard"


class SessionGate:
    """ASGI middleware around everything below /console."""

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self._app, self._sign_in = app, sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] not in ("http", "websocket") or not (path == PREFIX or path.startswith(f"{PREFIX}/")):
            await self._app(scope, receive, send)
            return
        below = path.removeprefix(PREFIX)
        session = None if below.startswith(OPEN) else await self._session(scope)
        refusal = None if below.startswith(OPEN) else _refusal(scope, below, session)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        scope.setdefault("state", {})
        scope["state"] |= {"session": session, "agent": session.agent if session else None}
        await self._app(scope, receive, _with_headers(send))

    async def _session(self, scope: Scope) -> Session | None:
        token = token_of(Headers(scope=scope).get("cookie", ""))
        return await self._sign_in.session(token) if token else None


def token_of(cookie: str) -> str:
    try:
        morsel = SimpleCookie(cookie).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _refusal(scope: Scope, below: str, session: Session | None) -> Response | None:
    """None where the way is free."""
    if not _same_origin(scope):
        return PlainTextResponse("foreign origin", 403)
    if session is None:
        if scope["type"] == "http" and not below.startswith("/_nicegui"):
            return RedirectResponse(f"{PREFIX}/sign-in?next={quote(scope['path'])}", 303)
        return PlainTextResponse("not signed in", 401)
    agent = session.agent
    if below.startswith(FIRST):
        return None
    if agent.must_change:
        return RedirectResponse(f"{PREFIX}/password", 303)
    if wants_code(agent) and not agent.has_totp:
        return RedirectResponse(f"{PREFIX}/totp", 303)
    page = page_of(scope["path"])
    if page is not None and not allowed(agent, page):
        if page == "workbench" and below in ("", "/"):
            return RedirectResponse(home(agent), 303)
        return PlainTextResponse("您的角色不能打开这个页面", 403)
    return None


def _same_origin(scope: Scope) -> bool:
    """A browser says where a request comes from that is not a plain visit; from elsewhere it is none of ours."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await refusal(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message.get("headers", []), *headers]
        await send(message)

    return sending
