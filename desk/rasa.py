"""Asks Rasa, and absorbs what its REST channel does; each of these truths has its test in tests/desk/test_rasa.py.

1. `[]` or an error is a failure, and so is an answer that says nothing or cannot be read.
2. The paragraphs of one answer arrive as several messages: they are put together again.
3. A text that begins with `/` is a command to Rasa: a customer's is escaped, only our payloads are sent as they are.
4. Rasa's own time-out is an hour, so the client has its own, for the whole answer.
5. The REST channel has no authentication: only loopback addresses are accepted.
6. `sender` is the opaque id of the conversation, never a phone number or a platform's user id.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from desk.errors import BotFailure
from desk.model import Author, BotTurn, Button, Draft, Errand, Handoff, Json, Kind, Message

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
REST_AFTER_FAILURE = 5.0


class RasaBot:
    """One conversation always goes to the same process, chosen by a hash; a dead one's conversations move on."""

    def __init__(self, http: httpx.AsyncClient, urls: Sequence[str], timeout: float = 3.0) -> None:
        for url in urls:
            if urlsplit(url).hostname not in LOOPBACK:
                raise ValueError(f"Rasa may only be asked on loopback, not at {url}")
        self._http, self._urls, self._timeout = http, tuple(urls), timeout
        self._resting: dict[str, float] = {}

    async def ask(self, message: Message, belief: Json, facts: Json) -> BotTurn:
        """One question, one answer. Raises BotFailure; the caller decides whether to ask again."""
        url = self._choose(message.conversation)
        body = {
            "sender": message.conversation,
            "message": message.payload or escape(message.text),
            "metadata": {**facts, "belief": belief, "message_id": message.id},
        }
        try:
            items = await self._post(url, body)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            self._resting[url] = time.monotonic() + REST_AFTER_FAILURE
            raise BotFailure(f"{type(error).__name__} from {url}") from error
        self._resting.pop(url, None)
        return read(items, message)

    async def alive(self) -> bool:
        """Whether every process answers a real question: what an operator's probe wants to know."""
        return all([await self._answers(url) for url in self._urls])

    async def _answers(self, url: str) -> bool:
        try:
            return bool(await self._post(url, {"sender": "probe", "message": "你好", "metadata": {"belief": {}}}))
        except (httpx.HTTPError, TimeoutError, ValueError):
            return False

    async def _post(self, url: str, body: Json) -> Any:
        async with asyncio.timeout(self._timeout):  # httpx's own begins anew with every byte
            response = await self._http.post(
                f"{url}/webhooks/rest/webhook",
                content=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
                timeout=None,
            )
        response.raise_for_status()
        return orjson.loads(response.content)

    def _choose(self, conversation: str) -> str:
        """Rendezvous hashing: when a process dies only its own conversations move, and they come back."""
        now = time.monotonic()
        awake = [url for url in self._urls if self._resting.get(url, 0.0) <= now] or self._urls
        return max(awake, key=lambda url: hashlib.sha256(f"{url} {conversation}".encode()).digest())


def escape(text: str) -> str:
    """A customer's text that Rasa cannot take for a command: a leading slash becomes a full-width one."""
    bare = text.lstrip()
    return "／" + bare[1:] if bare.startswith("/") else text


def read(items: Any, message: Message) -> BotTurn:
    """What Rasa's list of messages means. Raises BotFailure when it says nothing at all or makes no sense."""
    if not isinstance(items, list) or not items:
        raise BotFailure("an empty answer")
    try:
        return _read(items, message)
    except (AttributeError, KeyError, TypeError) as error:
        raise BotFailure("an answer that cannot be read") from error


def _read(items: list[Any], message: Message) -> BotTurn:
    custom: Json = {}
    drafts: list[Draft] = []
    for item in items:
        extra = item.get("custom") or {}
        custom |= {key: value for key, value in extra.items() if key not in ("card", "image")}
        drafts.extend(_drafts(item, extra))
    drafts = _joined(drafts)
    handoff = Handoff(**custom["handoff"]) if custom.get("handoff") else None
    if not drafts and not handoff:
        raise BotFailure("an answer without words")
    return BotTurn(
        replies=tuple(drafts),
        belief=custom.get("belief"),
        handoff=handoff,
        errands=tuple(Errand(conversation=message.conversation, **errand) for errand in custom.get("errands", ())),
        hazard=custom.get("hazard"),
    )


def _drafts(item: Json, extra: Json) -> list[Draft]:
    drafts = []
    if text := (item.get("text") or "").strip():
        buttons = tuple(Button(button["title"], button["payload"]) for button in item.get("buttons") or ())
        drafts.append(Draft(Author.BOT, Kind.BUTTONS if buttons else Kind.TEXT, text, buttons))
    if card := extra.get("card"):
        drafts.append(Draft(Author.BOT, Kind.CARD, card.pop("text", card["title"]), data=card))
    if image := extra.get("image"):
        drafts.append(Draft(Author.BOT, Kind.IMAGE, image.get("alt", ""), data=image))
    return drafts


def _joined(drafts: list[Draft]) -> list[Draft]:
    """Texts that follow each other become one, so that an answer is one message and not a burst."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last and last.kind is Kind.TEXT and draft.kind in (Kind.TEXT, Kind.BUTTONS):
            joined[-1] = Draft(Author.BOT, draft.kind, f"{last.text}\n\n{draft.text}", draft.buttons)
        else:
            joined.append(draft)
    return joined
