"""Customers on WeChat and on Telegram, through the fakes of both platforms. See speaker.Speaker."""

import asyncio
import itertools
import math
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx

from tests.channels.telegram_server import Telegram
from tests.channels.wechat_platform import Call, Platform
from tests.journeys.speaker import ANSWER_TIMEOUT, Message
from tests.punctuation import half_width

PERIOD = 0.05
LISTED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
ALONE = re.compile(r"(?:可直接回复[：:](.+?)[）)])\s*$")
_numbers = itertools.count(1)

# What is still to be said: messages without their answer, and answers on their way.
BUSY = """
SELECT (SELECT count(*) FROM message m WHERE m.conversation = c.id AND m.author = 'customer' AND m.answered_at IS NULL)
     + (SELECT count(*) FROM delivery d WHERE d.conversation = c.id AND d.state IN ('queued', 'sending'))
FROM conversation c WHERE c.channel = ? AND c.user = ?
"""


class Messenger:
    """What both have in common: when nothing more is on its way, the turn is over."""

    channel: str

    def __init__(self, user: str, database: Path) -> None:
        self.user, self.heard, self._database = user, list[Message](), database
        self.conversation = ""

    async def turn(self, act: Callable[[], Any]) -> list[Message]:
        """Do something, and hear everything that is said about it."""
        before = len(self.heard)
        done = await asyncio.to_thread(act)
        self.at_once(done)
        await self._until(lambda: not self._busy())
        self.listen()
        self.conversation = self.conversation or self._id()
        return self.heard[before:]

    def at_once(self, done: Any) -> None:
        """What came back with the call."""

    def listen(self) -> None:
        """Add what was sent since."""
        raise NotImplementedError

    async def hears_more(self, before: int, timeout: float) -> bool:
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            self.listen()
            if len(self.heard) > before:
                return True
            await asyncio.sleep(PERIOD)
        return False

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            while not done():  # noqa: ASYNC110  # what is waited for happens in another process
                await asyncio.sleep(PERIOD)

    def _busy(self) -> bool:
        return bool(self._ask(BUSY, self.channel, self.user))

    def _id(self) -> str:
        return str(self._ask("SELECT id FROM conversation WHERE channel = ? AND user = ?", self.channel, self.user))

    def _ask(self, query: str, *values: str) -> Any:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=10)) as db:
            row = db.execute(query, values).fetchone()
        return row[0] if row else None


class WeChatCustomer(Messenger):
    """Reads numbered lists and answers with the number, as people do."""

    channel = "wechat"

    def __init__(self, platform: Platform, database: Path, photo: str = "") -> None:
        super().__init__(f"openid-{time.time_ns()}-{next(_numbers)}", database)
        self.photo = photo  # the platform's id of the photo that is sent as [图片]
        self._platform, self._read = platform, len(platform.sent)

    async def says(self, text: str) -> list[Message]:
        if text == "[图片]" and self.photo:
            return await self.turn(lambda: self._platform.message(self.user, "image", MediaId=self.photo))
        return await self.turn(lambda: self._platform.say(self.user, text))

    async def presses(self, title: str) -> list[Message]:
        wanted = half_width(title)
        offered = [half_width(button["title"]) for message in self.heard for button in message["buttons"]]
        assert wanted in offered, f"no button {title!r} was offered, but {offered}"
        offers = (button for message in reversed(self.heard) for button in message["buttons"])
        button = next(button for button in offers if half_width(button["title"]) == wanted)
        if "id" in button:
            return await self.turn(lambda: self._platform.say(self.user, title, bizmsgmenuid=button["id"]))
        last = self.heard[-1]["buttons"]
        return await self.says(button["number"] if button in last and "number" in button else button["title"])

    def at_once(self, done: Call) -> None:
        assert done.tries == 1, f"{done.tries} tries"
        assert not done.fault_shown, f"a fault was shown: {done.status} {done.body[:80]}"
        self.listen(until=done.ended)
        if done.answer:
            self.heard.append(_heard(done.answer))

    def listen(self, until: float = math.inf) -> None:
        new = [sent for sent in self._platform.sent[self._read :] if sent.at <= until]
        self._read += len(new)
        for sent in new:
            if sent.user == self.user:
                entries = sent.body.get("msgmenu", {}).get("list", [])
                buttons = [{"title": entry["content"], "id": entry["id"]} for entry in entries]
                self.heard.append({"author": "bot", "text": sent.text, "buttons": buttons, "data": {}})


class TelegramCustomer(Messenger):
    channel = "telegram"

    def __init__(self, server: Telegram, database: Path) -> None:
        self._number = time.time_ns() // 1000 + next(_numbers)
        super().__init__(str(self._number), database)
        self._server, self._read = server, len(server.sent)
        self._keys: dict[str, str] = {}

    async def says(self, text: str) -> list[Message]:
        return await self.turn(lambda: self._server.say(self._number, text).raise_for_status())

    async def presses(self, title: str) -> list[Message]:
        wanted = half_width(title)
        assert wanted in self._keys, f"no button {title!r} was offered, but {list(self._keys)}"
        return await self.turn(lambda: self._server.press(self._number, self._keys[wanted]).raise_for_status())

    def listen(self) -> None:
        for sent in self._server.sent[self._read :]:
            if int(sent["chat_id"]) == self._number:
                keys = self._server.keys_of(sent)
                self._keys |= {half_width(key["text"]): key["callback_data"] for key in keys}
                buttons = [{"title": key["text"]} for key in keys]
                self.heard.append({"author": "bot", "text": sent.get("text", "[图片]"), "buttons": buttons, "data": {}})
        self._read = len(self._server.sent)


def _heard(text: str) -> Message:
    """A text with the choices that stand under it."""
    buttons = [{"title": title, "number": number} for number, title in LISTED.findall(text)]
    buttons += [{"title": title} for title in ALONE.findall(text)]
    return {"author": "bot", "text": text, "buttons": buttons, "data": {}}


def on_wechat(platform: Platform, database: Path, photo: str = "") -> Any:
    """A way to meet customers (walk.Meet)."""

    @asynccontextmanager
    async def meet(_: httpx.AsyncClient) -> AsyncIterator[WeChatCustomer]:
        customer = WeChatCustomer(platform, database, photo)
        await customer.turn(lambda: platform.event(customer.user, "subscribe"))
        yield customer

    return meet


def on_telegram(server: Telegram, database: Path) -> Any:
    """A way to meet customers (walk.Meet)."""

    @asynccontextmanager
    async def meet(_: httpx.AsyncClient) -> AsyncIterator[TelegramCustomer]:
        customer = TelegramCustomer(server, database)
        await customer.says("/start")
        yield customer

    return meet
