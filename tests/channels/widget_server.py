"""A fake of the web chat's server API, as the widget sees it, with faults on demand.

Runs in a thread on two loopback ports, so that a page of one origin can embed the widget of the other.
"""

import asyncio
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse

STATIC = Path(__file__).parents[2] / "channels" / "webchat" / "static"
PLAIN = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>空页</title><body style="min-height:3000px">
<main><h1>空页</h1><button data-dianda-ask="查电费">查电费</button></main>
<script type="module" src="/webchat/widget.js"></script><dianda-chat></dianda-chat>"""
EMBED = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>别处的网站</title>
<body><main><h1>别处的网站</h1></main>
<script type="module" src="{origin}/webchat/widget.js?auto"></script>"""


@dataclass
class Call:
    """One request that the widget made."""

    method: str
    path: str
    query: dict[str, str]
    token: str | None
    body: dict[str, Any]
    origin: str | None


@dataclass
class Fault:
    """What goes wrong with the next `times` requests to `path`. `after`: it takes effect, only its answer is lost."""

    path: str
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    after: bool = False
    delay: float = 0


class FakeChat:
    """Conversations in memory. A test writes into them with `say` and breaks things with `fail` and the switches."""

    def __init__(self) -> None:
        self._sockets = [_loopback(), _loopback()]
        self.origin, self.elsewhere = (f"http://127.0.0.1:{s.getsockname()[1]}" for s in self._sockets)
        config = uvicorn.Config(self._app(), log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": self._sockets}, daemon=True)
        self.reset()

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.drop_streams()
        self._server.should_exit = True
        self._thread.join(timeout=5)

    def reset(self) -> None:
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.tokens: dict[str, str] = {}
        self.expired: set[str] = set()
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.greeting: list[dict[str, Any]] = [{"text": "您好,我是电答。"}]
        self.images: dict[str, bytes] = {}
        self.typing: list[bool] = []
        self.typing_told = 0  # what was said before a page listened is told to the next that does
        self.down = False  # every answer is 503
        self.mute = False  # streams open but nothing comes through, as behind a buffering proxy
        self.chop = False  # streams arrive in pieces of five bytes
        self.generation = getattr(self, "generation", 0) + 1
        self._numbers = count(1)

    # what a test does

    def say(self, text: str = "", *, author: str = "bot", kind: str = "text", **more: Any) -> dict[str, Any]:
        """Appends a message to the latest conversation."""
        return self._append(self.conversations[self.latest], author=author, kind=kind, text=text, **more)

    def fail(self, path: str, status: int, code: str = "", message: str = "", **more: Any) -> None:
        self.faults.append(Fault(path, status, {"code": code, "message": message}, **more))

    def drop_streams(self) -> None:
        self.generation += 1

    @property
    def latest(self) -> str:
        return list(self.conversations)[-1]

    def sent(self) -> list[dict[str, Any]]:
        """The customer's messages in the latest conversation."""
        return [m for m in self.conversations[self.latest] if m["author"] == "customer"]

    def calls_to(self, path: str, method: str = "") -> list[Call]:
        return [c for c in self.calls if c.path == f"/webchat/{path}" and method in ("", c.method)]

    # the API

    def _append(self, messages: list[dict[str, Any]], **message: Any) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        defaults = {"kind": "text", "author": "bot", "text": "", "buttons": [], "data": {}, "at": now}
        message = defaults | message
        message.setdefault("seq", max((m["seq"] for m in messages), default=0) + 1)
        messages.append(message)
        return message

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.middleware("http")(self._faulty)
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[self.elsewhere],
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["retry-after"],
        )
        app.get("/")(lambda: FileResponse(STATIC / "index.html"))
        app.get("/plain")(lambda: HTMLResponse(PLAIN))
        app.get("/embed")(lambda: HTMLResponse(EMBED.format(origin=self.origin)))
        app.get("/webchat/widget.js")(lambda: FileResponse(STATIC / "widget.js", media_type="text/javascript"))
        app.post("/webchat/session")(self._session)
        app.post("/webchat/messages")(self._receive)
        app.get("/webchat/messages")(self._messages)
        app.get("/webchat/events")(self._events)
        app.get("/webchat/images/{name}")(self._image)
        return app

    async def _faulty(self, request: Request, call_next: Any) -> Response:
        path = request.url.path
        if not path.startswith("/webchat/") or path.endswith(".js"):
            return await call_next(request)
        await self._note(request)
        fault = self._fault(f"{request.method} {path}")
        if fault is None:
            return await call_next(request)
        if fault.after:
            await call_next(request)
        await asyncio.sleep(fault.delay)
        return JSONResponse(fault.body, fault.status, fault.headers)

    async def _note(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
        body = json.loads(await request.body() or b"{}")
        origin = request.headers.get("origin")
        self.calls.append(Call(request.method, request.url.path, dict(request.query_params), token, body, origin))

    def _fault(self, line: str) -> Fault | None:
        if self.down:
            return Fault("", 503, {"code": "unavailable", "message": "系统繁忙"})
        fault = next((f for f in self.faults if f.path in line), None)
        if fault is not None:
            fault.times -= 1
            if fault.times == 0:
                self.faults.remove(fault)
        return fault

    async def _session(self, request: Request) -> dict[str, Any]:
        conversation = self.tokens.get(self._token(request))
        if conversation is None or (await request.json()).get("restart"):
            conversation = f"c{next(self._numbers)}"
            self.conversations[conversation] = []
            for message in self.greeting:
                self._append(self.conversations[conversation], **message)
        token = f"t{next(self._numbers)}"
        self.tokens[token] = conversation
        return {"token": token, "conversation": conversation, "expires_at": "2099-01-01T00:00:00Z"}

    async def _receive(self, request: Request) -> Response:
        messages = self._of(request)
        if messages is None:
            return _unauthorised()
        body = await request.json()
        known = next((m for m in messages if m.get("id") == body["id"]), None)
        message = known or self._append(messages, author="customer", text=body["text"], id=body["id"])
        return JSONResponse({"seq": message["seq"]}, 202)

    async def _messages(self, request: Request, after: int = 0) -> Response:
        messages = self._of(request)
        if messages is None:
            return _unauthorised()
        return JSONResponse([m for m in messages if m["seq"] > after])

    async def _events(self, request: Request, after: int = 0) -> Response:
        messages = self._of(request)
        if messages is None:
            return _unauthorised()
        return StreamingResponse(self._stream(messages, after), media_type="text/event-stream")

    async def _stream(self, messages: list[dict[str, Any]], after: int) -> AsyncIterator[bytes]:
        generation, typed = self.generation, self.typing_told
        if not self.mute:
            yield b": hello\n\n"
        while generation == self.generation:
            fresh = [] if self.mute else [m for m in messages if m["seq"] > after]
            lines = [f"event: message\nid: {m['seq']}\ndata: {json.dumps(m, ensure_ascii=False)}\n\n" for m in fresh]
            lines += [f"event: typing\ndata: {json.dumps({'on': on})}\n\n" for on in self.typing[typed:]]
            after, typed = max([after, *(m["seq"] for m in fresh)]), len(self.typing)
            self.typing_told = max(self.typing_told, typed)
            for piece in _pieces("".join(lines).encode(), 5 if self.chop else 1 << 20):
                yield piece
                await asyncio.sleep(0)
            await asyncio.sleep(0.02)

    async def _image(self, request: Request, name: str) -> Response:
        if self._of(request) is None:
            return _unauthorised()
        return Response(self.images.get(name) or blue_png(), media_type="image/png")

    def _token(self, request: Request) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def _of(self, request: Request) -> list[dict[str, Any]] | None:
        token = self._token(request)
        return None if token in self.expired or token not in self.tokens else self.conversations[self.tokens[token]]


def blue_png(width: int = 60, height: int = 30) -> bytes:
    """A plain blue picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x60\xb0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _loopback() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def _unauthorised() -> Response:
    return JSONResponse({"code": "token_expired", "message": "会话已过期"}, 401)
