"""A customer at the web chat who hears an answer as it is said: by server-sent events, as the widget does.

Those on other channels are in messenger.py; what they have in common is `Speaker`.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx

from tests.punctuation import half_width

Message = dict[str, Any]
ANSWER_TIMEOUT = 30.0  # generous: other things run on the machine


class Speaker(Protocol):
    """A customer with a conversation of their own. `heard` is all that was said to them, oldest first."""

    conversation: str
    heard: list[Message]

    async def says(self, text: str) -> list[Message]:
        """Everything that was said until the turn was over."""

    async def presses(self, title: str) -> list[Message]:
        """Press a button, of several with this title the one that was offered last."""

    async def hears_more(self, before: int, timeout: float) -> bool:
        """Wait until more was said than `before` messages; False when nothing came."""


class Visitor:
    """One visitor; made by `speaker`."""

    def __init__(self, http: httpx.AsyncClient, token: str, conversation: str) -> None:
        self.conversation = conversation
        self.heard: list[Message] = []
        self.headers = {"Authorization": f"Bearer {token}"}
        self._http = http
        self._typing = asyncio.Event()
        self._news = asyncio.Condition()
        self._idle = True

    async def says(self, text: str) -> list[Message]:
        return await self._send(text=text)

    async def presses(self, title: str) -> list[Message]:
        """Press a button, of several with this title the one that was offered last."""
        payload = next((p for t, p in self._offered() if half_width(t) == half_width(title)), None)
        assert payload is not None, f"no button {title!r} was offered, but {[t for t, _ in self._offered()]}"
        return await self._send(text=title, payload=payload)

    def _offered(self) -> list[tuple[str, str]]:
        messages = reversed(self.heard)
        return [(button["title"], button["payload"]) for message in messages for button in message["buttons"]]

    async def _send(self, **message: str) -> list[Message]:
        """Everything that was said until the turn was over."""
        before = len(self.heard)
        self._idle = False
        response = await self._http.post(
            "/webchat/messages", json={"id": uuid.uuid4().hex, **message}, headers=self.headers
        )
        response.raise_for_status()
        async with asyncio.timeout(ANSWER_TIMEOUT), self._news:
            await self._news.wait_for(lambda: self._idle)
        return self.heard[before:]

    async def hears_more(self, before: int, timeout: float) -> bool:
        """Wait until more was said than `before` messages; False when nothing came."""
        try:
            async with asyncio.timeout(timeout), self._news:
                await self._news.wait_for(lambda: len(self.heard) > before)
        except TimeoutError:
            return False
        return True

    async def listen(self, opened: asyncio.Event) -> None:
        """Until cancelled."""
        async with self._http.stream("GET", "/webchat/events?after=0", headers=self.headers, timeout=None) as stream:
            async for event, data in _events(stream):
                opened.set()
                async with self._news:
                    self._take(event, data)
                    self._news.notify_all()

    def _take(self, event: str, data: Any) -> None:
        if event == "typing":
            self._idle = not data["on"]
        elif data["author"] != "customer":
            self.heard.append(data)


async def _events(stream: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    event = ""
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


@asynccontextmanager
async def speaker(http: httpx.AsyncClient) -> AsyncIterator[Visitor]:
    """A new visitor, greeted and listening."""
    session = (await http.post("/webchat/session", json={})).raise_for_status().json()
    visitor = Visitor(http, session["token"], session["conversation"])
    opened = asyncio.Event()
    listening = asyncio.create_task(visitor.listen(opened))
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            await opened.wait()
        yield visitor
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
