"""A customer, of our web chat or of plain Rasa's REST channel: says one thing and waits for the answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from bench.script import Turn
from bench.wire import Line


@dataclass(frozen=True)
class Reply:
    """`answered` and `acknowledged`: seconds after the message was sent. `text`: all that was said, "" for silence."""

    answered: float
    text: str
    acknowledged: float | None = None


class Customer(Protocol):
    async def begin(self) -> None:
        """Get ready to speak; not measured."""

    async def say(self, turn: Turn) -> Reply: ...

    async def end(self) -> None: ...


class PlainCustomer:
    """POST /webhooks/rest/webhook: the answer comes with the response."""

    def __init__(self, url: str) -> None:
        self._line, self._sender = Line(url), uuid.uuid4().hex

    async def begin(self) -> None: ...

    async def say(self, turn: Turn) -> Reply:
        body = json.dumps({"sender": self._sender, "message": turn.payload or turn.text}).encode()
        start = time.perf_counter()
        items = json.loads(await self._line.post("/webhooks/rest/webhook", body))
        answered = time.perf_counter() - start
        return Reply(answered, "\n".join(_said(item.get("text"), item.get("custom") or {}) for item in items).strip())

    async def end(self) -> None:
        await self._line.close()


class WebchatCustomer:
    """POST /webchat/messages, which only acknowledges; the reply is seen, once it is stored, over the event stream."""

    def __init__(self, url: str) -> None:
        self._speaking, self._listening = Line(url), Line(url)
        self._headers: dict[str, str] = {}
        self._heard: asyncio.Queue[tuple[float, dict[str, Any]]] = asyncio.Queue()
        self._ear: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        session = json.loads(await self._speaking.post("/webchat/session", b"{}"))
        self._headers = {"Authorization": f"Bearer {session['token']}"}
        self._ear = asyncio.create_task(self._listen())
        await self._heard.get()  # the greeting

    async def say(self, turn: Turn) -> Reply:
        message = {"id": uuid.uuid4().hex, "text": turn.text, **({"payload": turn.payload} if turn.payload else {})}
        start = time.perf_counter()
        seq = json.loads(await self._speaking.post("/webchat/messages", json.dumps(message).encode(), self._headers))[
            "seq"
        ]
        acknowledged = time.perf_counter() - start
        answered = 0.0
        text: list[str] = []
        while True:
            at, event = await self._heard.get()
            if event.get("on") is False and answered:  # typing is over: that was all
                return Reply(answered, "\n".join(text), acknowledged)
            if event.get("seq", 0) > seq:
                answered = answered or at - start
                text.append(_said(event["text"], event["data"]))

    async def end(self) -> None:
        if self._ear:
            self._ear.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ear
        await self._speaking.close()
        await self._listening.close()

    async def _listen(self) -> None:
        async for line in self._listening.lines("/webchat/events", self._headers):
            if line.startswith(b"data: "):
                self._heard.put_nowait((time.perf_counter(), json.loads(line[6:])))


def _said(text: str | None, data: dict[str, Any]) -> str:
    """A sentence, or the title of a card."""
    return text or str(data.get("card", data).get("title", ""))
