"""The addresses of the console's door: sign in, change a password, set up one-time codes, sign out."""

import secrets
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from console import sign_in_html as html
from console.session import COOKIE, PREFIX, home
from console.sign_in_rate import FAILURES, Rate, TooFast
from console.sign_in_wording import Wording, locked, wrong
from desk import totp
from desk.sign_in import BadPassword, CodeWanted, Locked, Refused, Session, SignIn, TooLate, must_set_up

BEFORE = "dianda_before"  # the word of a form that is sent before there is a session
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
LONGEST = 1000  # characters of an address that we go on to
Text = Annotated[str, Form(max_length=300)]


def router(sign_in: SignIn, *, secure: bool = False, rate: str = FAILURES) -> APIRouter:
    """`secure` says that browsers come by https, behind whatever proxy. Must be included before anything is mounted at
    /console, and stand behind the SessionGate."""
    door, own = _Door(sign_in, Rate(rate), secure), _Own(sign_in)
    made = APIRouter(prefix=PREFIX, include_in_schema=False)
    for path, shown, sent in (
        ("/sign-in", door.show, door.enter),
        ("/password", own.show_password, own.change_password),
        ("/totp", own.show_totp, own.set_up_totp),
        ("/sign-out", own.show_sign_out, own.leave),
    ):
        made.add_api_route(path, shown, methods=["GET"], response_class=Response)
        made.add_api_route(path, sent, methods=["POST"], response_class=Response)
    made.add_api_route("/session", own.is_there, methods=["GET"], response_class=Response)
    return made


class _Door:
    """Before there is a session."""

    def __init__(self, sign_in: SignIn, rate: Rate, secure: bool) -> None:
        self._sign_in, self._rate, self._secure = sign_in, rate, secure

    async def show(self, request: Request, next: str = "", gone: bool = False) -> Response:
        return self._page(request, next, Wording.GONE if gone else "", bad=False)

    async def enter(
        self,
        request: Request,
        name: Text = "",
        password: Text = "",
        voucher: Text = "",
        code: Text = "",
        word: Text = "",
        next: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Response:
        if not _same(request.cookies.get(BEFORE, ""), word):
            return self._page(request, next, Wording.STALE, name=name, status=400)
        host = request.client.host if request.client else ""
        try:
            await self._rate.charge(host)
            if voucher:
                session = await self._sign_in.with_code(voucher, code, address=host)
            else:
                session = await self._sign_in.sign_in(name, password, address=host)
        except TooFast as fast:
            return self._page(request, next, Wording.TOO_FAST.format(seconds=fast.seconds), name=name, status=429)
        except Locked as why:
            return self._page(request, next, locked(why.until), name=name, status=423)
        except Refused as why:
            if voucher:
                return _html(html.code(word, local(next), voucher, said=wrong(Wording.WRONG_CODE, why.left)), 401)
            return self._page(request, next, wrong(Wording.WRONG, why.left), name=name, status=401)
        except TooLate:
            return self._page(request, next, Wording.TOO_LATE, status=401)
        except CodeWanted as wanted:
            await self._rate.refund(host)
            return _html(html.code(word, local(next), wanted.voucher))
        await self._rate.refund(host)
        return self._entered(request, session, next)

    def _entered(self, request: Request, session: Session, next: str) -> Response:
        entered = RedirectResponse(local(next) or home(session.agent), 303, headers=SAFE)
        self._set(request, entered, COOKIE, session.token)
        entered.delete_cookie(BEFORE, path=PREFIX, httponly=True, samesite="strict")
        return entered

    def _page(
        self, request: Request, next: str, said: str, *, name: str = "", status: int = 200, bad: bool = True
    ) -> Response:
        word = request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
        page = _html(html.sign_in(word, local(next), name=name[:40], said=said, bad=bad), status)
        self._set(request, page, BEFORE, word)
        return page

    def _set(self, request: Request, response: Response, cookie: str, value: str) -> None:
        """Until the browser is closed; how long a session lasts, the desk says."""
        secure = self._secure or request.url.scheme == "https"
        response.set_cookie(cookie, value, path=PREFIX, httponly=True, samesite="strict", secure=secure)


class _Own:
    """What agents do about their own session; the gate lets nobody here without one."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    async def is_there(self, request: Request) -> Response:
        """204 while there is a session; to ask does not keep it. Without one the gate answers 401."""
        return Response(status_code=204, headers=SAFE)

    async def show_password(self, request: Request) -> Response:
        return _password(_session(request))

    async def change_password(
        self, request: Request, old: Text = "", new: Text = "", again: Text = "", csrf: Text = ""
    ) -> Response:
        session = _session(request)
        if not _same(session.csrf, csrf):
            return _password(session, Wording.STALE, 400)
        if new != again:
            return _password(session, Wording.NOT_SAME, 400)
        try:
            await self._sign_in.change_password(session.agent.name, old, new)
        except BadPassword as bad:
            return _password(session, bad.why, 400)
        except Locked as why:
            return _password(session, locked(why.until), 423)
        except Refused as why:
            return _password(session, wrong(Wording.WRONG_OLD, why.left), 401)
        return RedirectResponse(home(session.agent), 303, headers=SAFE)

    async def show_totp(self, request: Request) -> Response:
        session = _session(request)
        return _totp(session, totp.new_secret()) if _may_set_up(session) else _home(session)

    async def set_up_totp(self, request: Request, secret: Text = "", code: Text = "", csrf: Text = "") -> Response:
        session = _session(request)
        if not _may_set_up(session):
            return _home(session)
        if not _same(session.csrf, csrf) or not totp.SECRET.fullmatch(secret):
            return _totp(session, totp.new_secret(), Wording.STALE)
        if not await self._sign_in.confirm_totp(session.agent.name, secret, code):
            return _totp(session, secret, Wording.WRONG_CODE)
        return _home(session)

    async def show_sign_out(self, request: Request) -> Response:
        return _html(html.sign_out(_session(request).csrf))

    async def leave(self, request: Request, csrf: Text = "") -> Response:
        session = _session(request)
        if not _same(session.csrf, csrf):
            return _html(html.sign_out(session.csrf), 400)
        await self._sign_in.sign_out(session.token)
        left = RedirectResponse(f"{PREFIX}/sign-in?gone=true", 303, headers=SAFE)
        left.delete_cookie(COOKIE, path=PREFIX, httponly=True, samesite="strict")
        return left


def local(address: str) -> str:
    """Where to go after the door: one of our own pages, never somebody else's."""
    seen = unquote(address)
    odd = len(address) > LONGEST or not seen.isprintable() or any(each in seen for each in ("\\", "//", ".."))
    return address if seen.startswith(f"{PREFIX}/") and not odd and not seen.startswith(f"{PREFIX}/sign-") else ""


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


def _same(one: str, other: str) -> bool:
    return bool(one) and secrets.compare_digest(one.encode(), other.encode())


def _may_set_up(session: Session) -> bool:
    """The password first; and never over a secret that is in force: an admin takes that away."""
    return not session.agent.must_change and not session.agent.has_totp


def _home(session: Session) -> Response:
    return RedirectResponse(home(session.agent), 303, headers=SAFE)


def _password(session: Session, said: str = "", status: int = 200) -> Response:
    return _html(html.password(session.csrf, must=session.agent.must_change, said=said), status)


def _totp(session: Session, secret: str, said: str = "") -> Response:
    address = totp.address(secret, session.agent.name)
    page = html.totp(session.csrf, secret, address, must=must_set_up(session.agent), said=said)
    return _html(page, 400 if said else 200)


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=SAFE)
