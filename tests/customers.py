"""Customers who insist until they are heard, and what must be true of their conversations whatever was killed."""

import asyncio
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from desk.database import Database
from desk.model import Author, Message
from desk.store import Store
from launch.webchat import Visitor, WebchatError
from tests.punctuation import half_width
from tests.stack import Stack

PATIENCE = 90.0
PERIOD = 0.05


class Customer(Visitor):
    """Sends a message again with the same id until it is accepted, as the widget does. `sent` is what was accepted."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack.url)
        session = self._call("POST", "/webchat/session", {})
        self._token, self.conversation = session["token"], session["conversation"]
        self.sent: list[str] = []

    def insists(self, text: str, payload: str = "") -> int:
        """The place of the accepted message in the transcript."""
        message = {"id": uuid.uuid4().hex, "text": text, **({"payload": payload} if payload else {})}
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                seq = int(self._call("POST", "/webchat/messages", message)["seq"])
            except WebchatError as error:
                if 400 <= error.status < 500 or time.monotonic() > deadline:
                    raise
                time.sleep(PERIOD)
            else:
                self.sent.append(text)
                return seq

    def presses(self, title: str) -> int:
        """The button with this title that was offered last."""
        offered = (button for line in reversed(self.messages(0)) for button in line["buttons"])
        return self.insists(title, next(button["payload"] for button in offered if button["title"] == title))

    def hears(self, pattern: str, after: int = 0, timeout: float = PATIENCE) -> str:
        """Wait for a line that says this, and return what fits."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for line in self._said(after):
                if found := re.search(half_width(pattern), half_width(line["text"])):
                    return found[0]
            time.sleep(PERIOD)
        raise AssertionError(f"nobody said {pattern!r}, but {[line['text'] for line in self._said(after)]}")


def transcripts(stack: Stack, customers: Iterable[Customer]) -> list[list[Message]]:
    """What the desk's database keeps of their conversations."""
    return asyncio.run(_transcripts(stack, customers))


async def _transcripts(stack: Stack, customers: Iterable[Customer]) -> list[list[Message]]:
    database = Database(stack.environment["DIANDA_DATABASE_URL"])
    try:
        return [await Store(database).transcript(customer.conversation) for customer in customers]
    finally:
        await database.close()


def said(stack: Stack, customers: Iterable[Customer], words: str) -> int:
    """How many lines of their conversations hold these words."""
    return sum(words in line.text for lines in transcripts(stack, customers) for line in lines)


def unanswered(stack: Stack, customers: Iterable[Customer]) -> int:
    lines = (line for lines in transcripts(stack, customers) for line in lines)
    return sum(line.author is Author.CUSTOMER and line.answered_at is None for line in lines)


def settle(stack: Stack, customers: Sequence[Customer]) -> None:
    """Wait until everybody has been answered, then look whether it was done right."""
    deadline = time.monotonic() + PATIENCE
    while left := unanswered(stack, customers):
        assert time.monotonic() < deadline, f"{left} messages are unanswered"
        time.sleep(0.2)
    for customer, lines in zip(customers, transcripts(stack, customers), strict=True):
        check(lines, customer.sent)


def check(lines: Sequence[Message], sent: Sequence[str]) -> None:
    """What was accepted is there once and in order, has one answer each, and the answers are in order too."""
    asked = [line for line in lines if line.author is Author.CUSTOMER]
    assert [line.text for line in asked] == sent
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    replies = [line for line in lines if line.reply_to]
    place = {line.id: line.seq for line in asked}
    answered = [place[line.reply_to] for line in replies if line.reply_to]
    assert set(answered) == set(place.values()), "every message has its answer"
    assert answered == sorted(answered), "answers come in the order of the messages"
    for id in place:
        # An answer is one transaction: had there been a second, its lines would be of another moment.
        assert len({line.at for line in replies if line.reply_to == id}) == 1


def tickets(stack: Stack, customer: Customer) -> list[dict[str, Any]]:
    """What the backend keeps for a conversation, newest first."""
    found: list[dict[str, Any]] = httpx.get(
        f"{stack.settings.utility_url}/tickets",
        params={"conversation": customer.conversation},
        headers={"Authorization": f"Bearer {stack.settings.utility_secret.reveal()}"},
        trust_env=False,
    ).json()
    return found


@contextmanager
def bursts(customers: Sequence[Customer], texts: Sequence[str]) -> Iterator[None]:
    """All of them write at once, each one after the other; the block runs in the midst of it, the end is awaited."""
    with ThreadPoolExecutor(len(customers)) as threads:
        writing = [threads.submit(_write, customer, texts) for customer in customers]
        _until_half_is_accepted(customers, writing, len(texts))
        yield
        for each in writing:
            each.result()


def _write(customer: Customer, texts: Sequence[str]) -> None:
    for text in texts:
        customer.insists(text)


def _until_half_is_accepted(customers: Sequence[Customer], writing: Sequence[Future[None]], count: int) -> None:
    goal = sum(len(customer.sent) for customer in customers) + len(customers) * count // 2
    while sum(len(customer.sent) for customer in customers) < goal and not all(each.done() for each in writing):
        time.sleep(0.005)
