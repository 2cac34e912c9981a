"""Walks a journey through the real stack: says its sentences, compares the answers, and looks into the backend."""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.journeys import town
from tests.journeys.holding import differences
from tests.journeys.journey import Holding, Journey, Turn, filled, pattern
from tests.journeys.speaker import Message, Speaker, speaker
from tests.punctuation import half_width
from tests.stack import Stack
from utility.client import UtilityClient
from utility.errors import UtilityError

ERRAND_TIMEOUT = 20.0  # until what was promised is in the backend and told
PERIOD = 0.1
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# What no customer may ever read: a placeholder, a value that is none, a whole phone number, a failure.
NEVER = re.compile(r"\{\w+\}|\bNone\b|\bnan\b|(?<!\d)1[3-9]\d{9}(?!\d)|系统繁忙|我这边暂时出了问题")


@dataclass
class Walk:
    """What happened on the way. `lines` are read when it fails, `said` and `noted` to know which sentences occur."""

    journey: Journey
    lines: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    failure: str = ""

    @property
    def texts(self) -> list[str]:
        return [*self.said, *self.noted]


class Walks:
    """Every journey is walked once in a session, whoever asks for it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._walked: dict[tuple[str, str], Walk] = {}

    async def of(self, journey: Journey) -> Walk:
        key = journey.service, journey.name
        if key not in self._walked:
            self._walked[key] = await walk(journey, self._stack)
        return self._walked[key]


Meet = Callable[[httpx.AsyncClient], AbstractAsyncContextManager[Speaker]]


async def walk(journey: Journey, stack: Stack, meet: Meet = speaker) -> Walk:
    """Never raises for what a journey asserts: the failure is kept in the walk. `meet` makes a customer, at the web
    chat where nothing else is said."""
    walked = Walk(journey)
    async with AsyncExitStack() as open_, _utility(stack) as utility:
        http = await open_.enter_async_context(_client(stack.url))
        walker = Walker(walked, http, utility, open_, await _facts(journey, stack, utility), meet)
        try:
            await walker.walk()
        except AssertionError as error:
            walked.failure = str(error)
        except (TimeoutError, httpx.HTTPError, UtilityError) as error:
            walked.failure = f"the stack did not answer: {error!r}"
    return walked


def _client(url: str) -> httpx.AsyncClient:
    """On loopback, without TLS: reading the machine's certificates for each journey would cost seconds."""
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=10, verify=NO_TLS)


@asynccontextmanager
async def _utility(stack: Stack) -> AsyncIterator[UtilityClient]:
    async with _client(stack.settings.utility_url) as http:
        yield UtilityClient(http, secret=stack.settings.utility_secret.reveal(), budget=20)


async def _facts(journey: Journey, stack: Stack, utility: UtilityClient) -> dict[str, str]:
    facts = {**town.of_tickets(stack), **town.of_months(stack)}
    if journey.account:
        facts |= await town.of_account(stack, utility, journey.account)
    return facts


@dataclass
class Walker:
    walked: Walk
    http: httpx.AsyncClient
    utility: UtilityClient
    open_: AsyncExitStack
    facts: dict[str, str]
    meet: Meet
    speakers: dict[str, Speaker] = field(default_factory=dict)

    async def walk(self) -> None:
        for turn in self.walked.journey.turns:
            await self._turn(turn, await self._speaker(turn.who))
        for holding in self.walked.journey.backend:
            await self._look(holding, await self._speaker(holding.who))

    async def _speaker(self, who: str) -> Speaker:
        if who not in self.speakers:
            self.speakers[who] = await self.open_.enter_async_context(self.meet(self.http))
            self.walked.said += [message["text"] for message in self.speakers[who].heard]
        return self.speakers[who]

    # --- what is said -------------------------------------------------------------------------------------------

    async def _turn(self, turn: Turn, visitor: Speaker) -> None:
        words = filled(turn.customer or turn.press, self.facts)
        self.walked.lines.append(f"{turn.who}> {f'[{words}]' if turn.press else words}")
        before = len(visitor.heard)
        answer = await (visitor.presses(words) if turn.press else visitor.says(words))
        self._write_down(answer)
        assert answer, "nothing was answered"
        text = half_width("\n".join(map(words_of, answer)))
        self._compare(turn, text, [button["title"] for message in answer for button in message["buttons"]])
        if turn.later:
            await self._later(turn, visitor, before)

    def _compare(self, turn: Turn, text: str, titles: Sequence[str]) -> None:
        self._find(turn.bot, text)
        for unwanted in turn.never:
            assert not pattern(unwanted, self.facts).search(text), f"{unwanted!r} was said"
        if wrong := NEVER.search(text):
            raise AssertionError(f"{wrong[0]!r} was said")
        if turn.buttons is not None:
            offered = set(map(half_width, titles))
            missing = [title for title in turn.buttons if half_width(filled(title, self.facts)) not in offered]
            assert not missing, f"buttons {missing} are not offered, but {list(titles)}"
            assert turn.buttons or not titles, f"buttons {list(titles)} are offered"

    def _find(self, expected: Sequence[str], text: str) -> None:
        """Each after the one before; what its groups found becomes a fact."""
        at = 0
        for wanted in expected:
            found = pattern(wanted, self.facts).search(text, at)
            assert found, f"{wanted!r} is not said{' at this place' if at else ''}"
            at = found.end()
            self.facts |= found.groupdict(default="")

    async def _later(self, turn: Turn, visitor: Speaker, before: int) -> None:
        deadline = time.monotonic() + ERRAND_TIMEOUT
        while True:
            known = len(visitor.heard)
            try:
                self._find(turn.later, half_width("\n".join(map(words_of, visitor.heard[before:]))))
                return
            except AssertionError:
                if not await visitor.hears_more(known, deadline - time.monotonic()):
                    raise
                self._write_down(visitor.heard[known:])

    def _write_down(self, messages: Sequence[Message]) -> None:
        for message in messages:
            titles = " ".join(f"[{button['title']}]" for button in message["buttons"])
            self.walked.lines.append(f"  {message['author']}: {words_of(message)} {titles}".rstrip())
            self.walked.said.append(message["text"])

    # --- what is held -------------------------------------------------------------------------------------------

    async def _look(self, holding: Holding, visitor: Speaker) -> None:
        """Errands take a moment, so what is not right yet is looked at again."""
        deadline = time.monotonic() + ERRAND_TIMEOUT
        while wrong := await self._differences(holding, visitor):
            assert time.monotonic() < deadline, f"in the backend of {holding.who}: {wrong}"
            await asyncio.sleep(PERIOD)

    async def _differences(self, holding: Holding, visitor: Speaker) -> list[str]:
        tickets = await self.utility.tickets(visitor.conversation)
        self.walked.noted = [ticket.symptom for ticket in tickets] + [ticket.description for ticket in tickets]
        names = {place.id: place.name for place in await self.utility.places()}
        return differences(holding.tickets, tickets, names, self.facts)


def words_of(message: Message) -> str:
    """All that a message shows: a card with its rows, a picture by its words."""
    data: dict[str, Any] = message["data"]
    rows = [f"{row['label']}:{row['value']}" for row in data.get("fields", ())]
    return "\n".join(filter(None, [message["text"], *rows, data.get("footer"), data.get("alt")]))
