"""The platform: tokens, customer-service messages with their quotas, media, menu, templates, and calls with retries.

It runs in a thread on loopback. It enforces what the real one does: a token that it gave, five messages within 48 hours
of a customer's message, three within a minute of a press, a text under 2,048 bytes, three tries of five seconds.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import re
import secrets
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import uvicorn
import xmltodict
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from wechatpy.crypto import PrpCrypto

APP_ID, APP_SECRET, TOKEN = "wxfake0123456789", "fakesecret0123456789", "faketoken0123"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_fake"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
TEXT_BYTES = 2048
QUOTAS = {"message": (5, 48 * 3600.0), "menu": (3, 60.0), "follow": (3, 60.0), "scan": (3, 60.0)}
OK = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Sent:
    """A customer-service message that the platform took."""

    user: str
    kind: str
    body: dict[str, Any]
    at: float

    @property
    def text(self) -> str:
        if self.kind == "msgmenu":
            menu = self.body["msgmenu"]
            return "\n".join([menu["head_content"], *(entry["content"] for entry in menu["list"])])
        return str(self.body.get(self.kind, {}).get("content", f"[{self.kind}]"))


@dataclass
class Call:
    """One message's way to our address: how often it was tried, and what came back."""

    id: str
    tries: int = 0
    status: int = 0
    body: str = ""
    ended: float = 0.0

    @property
    def answer(self) -> str:
        """The text of the passive reply; empty for `success`."""
        if not self.body.startswith("<xml>"):
            return ""
        fields = xmltodict.parse(self.body)["xml"]
        assert fields["MsgType"] == "text"
        return str(fields["Content"] or "")

    @property
    def fault_shown(self) -> bool:
        """Whether the customer read 该公众号暂时无法提供服务."""
        return self.status != 200 or not (self.body in ("", "success") or self.body.startswith("<xml>"))


@dataclass
class Platform:
    """`errors` are errcodes that the next sends get; `offset` moves the platform's clock (seconds)."""

    callback: str = ""
    sealed: bool = False
    wait: float = 5.0
    tries: int = 3
    token_life: float = 7200.0
    errors: list[int] = field(default_factory=list)
    delay: float = 0.0
    offset: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    templates: list[dict[str, Any]] = field(default_factory=list)
    tokens_given: int = 0
    browsing: str = ""  # whose browser it is, for web authorisation
    snapshot: bool = False
    codes: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._token, self._token_until = "", 0.0
        self._quota: defaultdict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
        self._numbers = itertools.count(int(time.time() * 1000) * 1000)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    # --- running -------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(_app(self), log_level="error"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server and self._thread
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def variables(self) -> dict[str, str]:
        """The settings that connect us to it."""
        return {
            "DIANDA_WECHAT_MODE": "safe" if self.sealed else "plain",
            "DIANDA_WECHAT_APP_ID": APP_ID,
            "DIANDA_WECHAT_APP_SECRET": APP_SECRET,
            "DIANDA_WECHAT_TOKEN": TOKEN,
            "DIANDA_WECHAT_AES_KEY": AES_KEY,
            "DIANDA_WECHAT_API": self.url,
            "DIANDA_WECHAT_OAUTH": f"{self.url}/oauth2/authorize",
        }

    # --- what customers do ---------------------------------------------------------------------------------------

    def say(self, user: str, text: str, **more: str) -> Call:
        """A customer types; `bizmsgmenuid` for a pressed entry of a message's menu."""
        return self.message(user, "text", source="menu" if "bizmsgmenuid" in more else "message", Content=text, **more)

    def message(self, user: str, kind: str, source: str = "message", id: str = "", **fields: str) -> Call:
        id = id or str(next(self._numbers))
        return self.deliver(user, {"MsgType": kind, "MsgId": id, **fields}, source, id)

    def event(self, user: str, event: str, source: str = "", **fields: str) -> Call:
        return self.deliver(user, {"MsgType": "event", "Event": event, **fields}, source, event)

    def deliver(self, user: str, fields: dict[str, str], source: str, id: str) -> Call:
        """Call our address as the platform does: again when no answer comes in time, the same in every try."""
        with self._lock:
            if source:
                count, lasts = QUOTAS[source]
                self._quota[user][source] = (count, self.now() + lasts)
        created = str(int(self.now()))
        xml = _xml({"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": created, **fields})
        query, body = self.signed(xml)
        call = Call(id)
        self.calls.append(call)
        with httpx.Client(timeout=self.wait) as http:
            while call.tries < self.tries:
                call.tries += 1
                try:
                    answer = http.post(self.callback, params=query, content=body.encode())
                except httpx.HTTPError:
                    time.sleep(0.05)
                    continue
                call.status, call.body, call.ended = answer.status_code, self._opened(answer.text), self.now()
                return call
        return call

    def signed(self, xml: str) -> tuple[dict[str, str], str]:
        """The query and the body of a call."""
        timestamp, nonce = str(int(self.now())), secrets.token_hex(4)
        query = {"timestamp": timestamp, "nonce": nonce, "signature": sign(timestamp, nonce)}
        if not self.sealed:
            return query, xml
        sealed = crypto().encrypt(xml, APP_ID).decode()
        query |= {"encrypt_type": "aes", "msg_signature": sign(timestamp, nonce, sealed)}
        return query, f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    def _opened(self, body: str) -> str:
        found = re.search(r"<Encrypt><!\[CDATA\[(.*?)\]\]></Encrypt>", body)
        if not found:
            return body
        parts = {
            name: re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body)
            for name in ("MsgSignature", "TimeStamp", "Nonce")
        }
        signature, timestamp, nonce = (part[1] if part else "" for part in parts.values())
        assert signature == sign(timestamp, nonce, found[1]), "the sealed answer is signed wrongly"
        opened: str = crypto().decrypt(found[1], APP_ID)
        return opened

    # --- looking -------------------------------------------------------------------------------------------------

    def texts(self, user: str) -> list[str]:
        """What this customer was sent by customer-service messages."""
        return [sent.text for sent in self.sent if sent.user == user]

    def wait_for(self, count: int, user: str, seconds: float = 10.0) -> list[str]:
        """Until so many customer-service messages have come for this customer."""
        until = time.monotonic() + seconds
        while len(self.texts(user)) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.texts(user)

    def now(self) -> float:
        return time.time() + self.offset

    # --- the API -------------------------------------------------------------------------------------------------

    def give_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if (asked.get("appid"), asked.get("secret")) != (APP_ID, APP_SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        with self._lock:
            if asked.get("force_refresh") or self._token_until <= self.now():
                self._token, self._token_until = secrets.token_urlsafe(384), self.now() + self.token_life
            self.tokens_given += 1
            return {"access_token": self._token, "expires_in": int(self._token_until - self.now())}

    def end_token(self) -> None:
        """As when somebody else renewed it by the old way."""
        self._token_until = 0.0

    def wrong_token(self, token: str) -> dict[str, Any] | None:
        if token != self._token:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 42001, "errmsg": "access_token expired"} if self._token_until <= self.now() else None

    def take(self, message: dict[str, Any]) -> dict[str, Any]:
        """custom/send."""
        with self._lock:
            if self.errors and (code := self.errors.pop(0)):
                return {"errcode": code, "errmsg": "told to refuse"}
            user, kind = message["touser"], message["msgtype"]
            sent = Sent(user, kind, message, self.now())
            if len(sent.text.encode()) > TEXT_BYTES:
                return {"errcode": 45002, "errmsg": "content too long"}
            left = {source: held for source, held in self._quota[user].items() if held[1] > self.now()}
            if not left:
                return {"errcode": 45015, "errmsg": "response out of time limit"}
            source = next((name for name, held in sorted(left.items(), key=lambda item: item[1][1]) if held[0]), None)
            if source is None:
                return {"errcode": 45047, "errmsg": "out of response count limit"}
            self._quota[user][source] = (left[source][0] - 1, left[source][1])
            self.sent.append(sent)
            return dict(OK)


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted((TOKEN, *parts))).encode()).hexdigest()  # noqa: S324


def crypto() -> PrpCrypto:
    return PrpCrypto(base64.b64decode(AES_KEY + "="))


def _xml(fields: dict[str, str]) -> str:
    inner = "".join(
        f"<{name}><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>" for name, text in fields.items()
    )
    return f"<xml>{inner}</xml>"


def _app(platform: Platform) -> FastAPI:
    app = FastAPI()

    @app.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> Any:
        return platform.give_token(await request.json())

    @app.get("/oauth2/authorize")
    async def authorize(redirect_uri: str, state: str, appid: str) -> Response:
        """As a browser in WeChat would: at once back with a code."""
        assert appid == APP_ID
        platform.codes += 1
        return RedirectResponse(f"{redirect_uri}?code=code{platform.codes}&state={state}")

    @app.get("/sns/oauth2/access_token")
    async def page_token(appid: str, secret: str, code: str) -> Any:
        if (appid, secret) != (APP_ID, APP_SECRET) or code != f"code{platform.codes}" or not platform.browsing:
            return {"errcode": 40029, "errmsg": "invalid code"}
        found = {"access_token": "p", "openid": platform.browsing, "scope": "snsapi_base"}
        platform.codes += 1  # good once
        return found | ({"is_snapshotuser": 1} if platform.snapshot else {})

    @app.api_route("/cgi-bin/{path:path}", methods=["GET", "POST"])
    async def api(path: str, request: Request) -> Response:
        platform.requests.append(path)
        if platform.delay:
            await asyncio.sleep(platform.delay)
        if wrong := platform.wrong_token(request.query_params.get("access_token", "")):
            return JSONResponse(wrong)
        return await _answer(platform, path, request)

    return app


async def _answer(platform: Platform, path: str, request: Request) -> Response:
    if path == "message/custom/send":
        return JSONResponse(platform.take(json.loads(await request.body())))
    if path == "message/custom/typing":
        platform.typing.append((await request.json())["touser"])
        return JSONResponse(OK)
    if path == "media/upload":
        async with request.form() as form:
            platform.uploads.append(await form["media"].read())  # type: ignore[union-attr]
        return JSONResponse({"type": "image", "media_id": f"up{len(platform.uploads)}"})
    if path == "media/get":
        kind, content = platform.media.get(request.query_params["media_id"], ("", b""))
        if not content:
            return JSONResponse({"errcode": 40007, "errmsg": "invalid media_id"})
        return Response(content, media_type=kind)
    if path == "menu/create":
        platform.menu = await request.json()
        return JSONResponse(OK)
    if path == "message/template/send":
        platform.notices.append(await request.json())
        return JSONResponse(OK | {"msgid": len(platform.notices)})
    if path == "template/get_all_private_template":
        return JSONResponse({"template_list": platform.templates})
    if path == "get_current_selfmenu_info":
        return JSONResponse({"is_menu_open": int(platform.menu is not None), "selfmenu_info": platform.menu or {}})
    return JSONResponse({"errcode": 48001, "errmsg": f"no permission: {path}"})
