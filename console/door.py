"""The door of the console: sign in, change a password, set up one-time codes, sign out. Plain forms, no scripts."""

import secrets
from html import escape
from typing import Annotated
from urllib.parse import urlsplit

import pyotp
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from console.session import COOKIE, PREFIX, home
from desk.sign_in import BadPassword, CodeWanted, Locked, Refused, Session, SignIn

BEFORE = "dianda_before"  # of a form that is sent before there is a session
PER_ADDRESS = parse("30/minute")
Text = Annotated[str, Form(max_length=200)]

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · 电答坐席</title><style>
body{{margin:0;min-height:100vh;display:grid;place-items:center;background:#f3f6f7;color:#1b2a33;
font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif}}
main{{width:340px;background:#fff;border:1px solid #d9e1e5;border-radius:12px;padding:32px 34px}}
h1{{font-size:20px;margin:0 0 4px}}.brand{{color:#0b6e5f;font-weight:700;letter-spacing:2px}}
p{{color:#52636e;margin:4px 0 16px}}
label{{display:block;margin:14px 0 4px;font-weight:600}}
input{{width:100%;box-sizing:border-box;padding:9px 11px;border:1px solid #b6c2c9;border-radius:7px;font:inherit}}
input:focus{{outline:2px solid #0b6e5f;outline-offset:-1px}}
button{{width:100%;margin-top:22px;padding:10px;border:0;border-radius:7px;background:#0b6e5f;color:#fff;font:inherit;
font-weight:600;cursor:pointer}}button:focus-visible{{outline:3px solid #7fc7ba}}
.wrong{{background:#fdf0ef;color:#8c1d18;border-radius:7px;padding:8px 12px;margin:12px 0 0}}
code{{display:block;background:#f3f6f7;border-radius:7px;padding:10px;word-break:break-all;font-size:15px}}</style>
<main><div class="brand">电答</div><h1>{title}</h1>{body}</main></html>"""


class Door:
    """`secure` says that browsers come by https, behind whatever proxy."""

    def __init__(self, sign_in: SignIn, *, secure: bool = False) -> None:
        self._sign_in, self._secure = sign_in, secure
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def router(self) -> APIRouter:
        made = APIRouter(prefix=PREFIX, include_in_schema=False)
        for path, shown, sent in (
            ("/sign-in", self.sign_in_form, self.enter),
            ("/password", self.password_form, self.change_password),
            ("/totp", self.totp_form, self.set_up_totp),
        ):
            made.add_api_route(path, shown, methods=["GET"])
            made.add_api_route(path, sent, methods=["POST"])
        made.add_api_route("/sign-out", self.leave, methods=["POST"])
        return made

    async def sign_in_form(self, request: Request, next: str = "") -> Response:
        return _sign_in_form(request, next)

    async def enter(
        self,
        request: Request,
        name: Text = "",
        password: Text = "",
        code: Text = "",
        csrf: Text = "",
        next: Text = "",
    ) -> Response:
        before = request.cookies.get(BEFORE, "")
        if not before or not secrets.compare_digest(before.encode(), csrf.encode()):
            return _sign_in_form(request, next, "页面已过期，请再登录一次", status=400)
        if not await self._limiter.hit(PER_ADDRESS, request.client.host if request.client else "?"):
            return _sign_in_form(request, next, "尝试太频繁，请一分钟后再试", status=429)
        try:
            session = await self._sign_in.sign_in(name.strip(), password, code.strip())
        except CodeWanted:
            return _sign_in_form(request, next, "请再输入密码和动态口令", name=name, with_code=True)
        except Locked as locked:
            until = locked.until.astimezone()
            return _sign_in_form(request, next, f"尝试次数过多，{until:%H:%M}后再试", name=name, status=423)
        except Refused:
            wrong = "登录名、密码或动态口令不对"
            return _sign_in_form(request, next, wrong, name=name, with_code=bool(code), status=401)
        return _entered(session, next, secure=self._secure)

    async def password_form(self, request: Request) -> Response:
        return _password_form(_session(request))

    async def change_password(
        self, request: Request, old: Text = "", new: Text = "", again: Text = "", csrf: Text = ""
    ) -> Response:
        session = _session(request)
        if not _genuine(session, csrf):
            return _password_form(session, "页面已过期，请重试", status=400)
        if new != again:
            return _password_form(session, "两次输入的新密码不一致", status=400)
        try:
            await self._sign_in.change_password(session.agent.name, old, new)
        except Refused:
            return _password_form(session, "当前密码不对", status=401)
        except BadPassword as bad:
            return _password_form(session, str(bad), status=400)
        return RedirectResponse(home(session.agent), 303)

    async def totp_form(self, request: Request) -> Response:
        return _totp_form(_session(request), pyotp.random_base32())

    async def set_up_totp(self, request: Request, secret: Text = "", code: Text = "", csrf: Text = "") -> Response:
        session = _session(request)
        if not _genuine(session, csrf) or session.agent.has_totp:
            return RedirectResponse(home(session.agent), 303)
        if not await self._sign_in.confirm_totp(session.agent.name, secret, code.strip()):
            return _totp_form(session, secret, "动态口令不对，请看好时间再输一次", status=400)
        return RedirectResponse(home(session.agent), 303)

    async def leave(self, request: Request, csrf: Text = "") -> Response:
        session = _session(request)
        if not _genuine(session, csrf):
            return RedirectResponse(home(session.agent), 303)
        await self._sign_in.sign_out(session.token)
        left = RedirectResponse(f"{PREFIX}/sign-in", 303)
        left.delete_cookie(COOKIE, path=PREFIX)
        return left


def local(address: str) -> str:
    """Where to go after the door: one of our own pages, never somebody else's."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith(f"{PREFIX}/") and "\\" not in address
    return address if ours and "//" not in address else ""


def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


def _genuine(session: Session, csrf: str) -> bool:
    return secrets.compare_digest(session.csrf.encode(), csrf.encode())


def _entered(session: Session, next: str, *, secure: bool) -> Response:
    entered = RedirectResponse(local(next) or home(session.agent), 303)
    entered.set_cookie(COOKIE, session.token, path=PREFIX, httponly=True, samesite="strict", secure=secure)
    entered.delete_cookie(BEFORE, path=PREFIX)
    return entered


def _sign_in_form(
    request: Request, next: str, wrong: str = "", *, name: str = "", with_code: bool = False, status: int = 200
) -> Response:
    token = request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
    fields = _hidden("csrf", token) + _hidden("next", local(next))
    fields += _field("name", "登录名", value=name, more='autocomplete="username" autofocus')
    fields += _field("password", "密码", kind="password", more='autocomplete="current-password"')
    if with_code:
        fields += _field("code", "动态口令", more='inputmode="numeric" autocomplete="one-time-code"')
    body = f'{_wrong(wrong)}<form method="post" action="{PREFIX}/sign-in">{fields}<button>登录</button></form>'
    page = _page("坐席登录", body, status)
    page.set_cookie(BEFORE, token, path=PREFIX, httponly=True, samesite="strict")
    return page


def _password_form(session: Session, wrong: str = "", *, status: int = 200) -> Response:
    why = "这是一次性密码，请设置自己的密码。" if session.agent.must_change else "至少 10 位，不含登录名。"
    fields = _hidden("csrf", session.csrf) + _field("old", "当前密码", kind="password", more="autofocus")
    fields += _field("new", "新密码", kind="password", more='autocomplete="new-password"')
    fields += _field("again", "再输一次新密码", kind="password", more='autocomplete="new-password"')
    body = f'<p>{why}</p>{_wrong(wrong)}<form method="post">{fields}<button>保存</button></form>'
    return _page("修改密码", body, status)


def _totp_form(session: Session, secret: str, wrong: str = "", *, status: int = 200) -> Response:
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    address = pyotp.TOTP(secret).provisioning_uri(name=session.agent.name, issuer_name="电答")
    fields = _hidden("csrf", session.csrf) + _hidden("secret", secret)
    fields += _field("code", "动态口令", more='inputmode="numeric" autofocus autocomplete="one-time-code"')
    told = "<p>管理员须启用动态口令。把下面的密钥加入手机里的验证器，再输入它显示的 6 位数字。</p>"
    told += f'<code>{groups}</code><p><a href="{escape(address)}">在本机验证器中打开</a></p>'
    form = f'<form method="post">{fields}<button>启用</button></form>'
    return _page("启用动态口令", told + _wrong(wrong) + form, status)


def _field(name: str, label: str, *, kind: str = "text", value: str = "", more: str = "") -> str:
    return (
        f'<label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" value="{escape(value)}" required maxlength="200" {more}>'
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _wrong(text: str) -> str:
    return f'<div class="wrong" role="alert">{escape(text)}</div>' if text else ""


def _page(title: str, body: str, status: int) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body), status, {"Cache-Control": "no-store"})
