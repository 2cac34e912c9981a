"""A fake of Telegram's Bot API over real HTTP, and its calls to our address."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

TOKEN, SECRET = "4711:fake-telegram-token", "fake-telegram-secret-0123"
PHOTO = b"\xff\xd8\xff" + b"\x00" * 32
LONGEST, LONGEST_DATA = 4096, 64


@dataclass
class Telegram:
    """`failures` are (status, description, retry_after) that the next sends get."""

    callback: str = ""
    failures: list[tuple[int, str, int]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._updates = itertools.count(1000)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

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
            "DIANDA_TELEGRAM_TOKEN": TOKEN,
            "DIANDA_TELEGRAM_SECRET": SECRET,
            "DIANDA_TELEGRAM_API": self.url,
        }

    # --- what customers do ---------------------------------------------------------------------------------------

    def say(self, user: int, text: str, id: int | None = None) -> httpx.Response:
        return self.message(user, id, text=text)

    def message(self, user: int, id: int | None = None, *, chat: str = "private", **content: Any) -> httpx.Response:
        sender = {"id": user, "is_bot": False, "first_name": "客户"}
        message = {"message_id": 1, "date": int(time.time()), "chat": {"id": user, "type": chat}, "from": sender}
        return self.update({"message": message | content}, id)

    def press(self, user: int, data: str) -> httpx.Response:
        sender = {"id": user, "is_bot": False, "first_name": "客户"}
        message = {"message_id": 1, "date": int(time.time()), "chat": {"id": user, "type": "private"}, "text": "?"}
        return self.update(
            {"callback_query": {"id": "q1", "from": sender, "chat_instance": "1", "data": data, "message": message}}
        )

    def update(self, content: dict[str, Any], id: int | None = None, secret: str = SECRET) -> httpx.Response:
        body = {"update_id": id or next(self._updates), **content}
        return httpx.post(self.callback, json=body, headers={"X-Telegram-Bot-Api-Secret-Token": secret}, timeout=10)

    def texts(self, user: int) -> list[str]:
        return [sent.get("text", "[photo]") for sent in self.sent if int(sent["chat_id"]) == user]

    def keys(self, user: int) -> list[dict[str, str]]:
        """The buttons under the last message."""
        return self.keys_of([sent for sent in self.sent if int(sent["chat_id"]) == user][-1])

    def keys_of(self, sent: dict[str, Any]) -> list[dict[str, str]]:
        markup = json.loads(sent.get("reply_markup") or "{}")
        return [key for row in markup.get("inline_keyboard", []) for key in row]

    def wait_for(self, count: int, user: int, seconds: float = 8.0) -> list[str]:
        until = time.monotonic() + seconds
        while len(self.texts(user)) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.texts(user)


def _app(telegram: Telegram) -> FastAPI:
    app = FastAPI()

    @app.get("/file/bot{token}/{path:path}")
    async def file(token: str, path: str) -> Response:
        return Response(PHOTO, media_type="image/jpeg")

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        if token != TOKEN:
            return _failed(401, "Unauthorized", 0)
        async with request.form() as form:
            given = {name: value if isinstance(value, str) else "[file]" for name, value in form.items()}
        return _answer(telegram, method, given)

    return app


def _answer(telegram: Telegram, method: str, given: dict[str, Any]) -> Response:
    if method == "answerCallbackQuery":
        telegram.pressed.append(given["callback_query_id"])
        return _ok(True)
    if method == "getFile":
        return _ok(
            {"file_id": given["file_id"], "file_unique_id": "f", "file_size": len(PHOTO), "file_path": "photos/1.jpg"}
        )
    if method in ("sendMessage", "sendPhoto"):
        if telegram.failures:
            return _failed(*telegram.failures.pop(0))
        if len(given.get("text", "")) > LONGEST:
            return _failed(400, "Bad Request: message is too long", 0)
        if any(len(key["callback_data"].encode()) > LONGEST_DATA for key in telegram.keys_of(given)):
            return _failed(400, "Bad Request: BUTTON_DATA_INVALID", 0)
        telegram.sent.append(given)
        chat = {"id": int(given["chat_id"]), "type": "private"}
        return _ok({"message_id": len(telegram.sent), "date": int(time.time()), "chat": chat})
    return _failed(404, f"Not Found: {method}", 0)


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _failed(status: int, description: str, retry_after: int) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after:
        body["parameters"] = {"retry_after": retry_after}
    return JSONResponse(body, status)
