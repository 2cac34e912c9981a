"""A desk with a bot that says what the test wants, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.answer import Answerer
from desk.database import Database
from desk.errors import BotFailure
from desk.feed import Feed
from desk.handoffs import Handoffs
from desk.hazard import HazardWatch
from desk.model import Author, BotTurn, Draft, Json, Kind, Message
from desk.phrases import Phrases
from desk.ports import Inbound, Wait
from desk.store import Store
from desk.switchboard import Switchboard

PHRASES = Phrases(
    {
        name: [{"text": name}]
        for name in (
            "utter_greet",
            "utter_apology",
            "utter_apology_button",
            "utter_apology_ticket",
            "utter_apology_registered",
            "utter_hazard_wire",
            "utter_hazard_name_wire",
            "utter_handoff_waiting",
            "utter_handoff_resolved",
            "utter_handoff_expired",
            "utter_handoff_danger",
            "utter_handoff_leave_button",
            "utter_handoff_left",
            "utter_handoff_left_already",
            "utter_handoff_transferred",
            "utter_handoff_put_back",
            "utter_handoff_next",
            "utter_handoff_reason_failure",
            "utter_apology_to_agent",
            "utter_satisfaction_ask",
            "utter_satisfaction_thanks",
            "utter_satisfaction_sorry",
            "utter_errand_refused",
            "utter_errand_urged",
            "utter_more_waiting",
            "utter_photo_note",
            "utter_notice_seen_noted",
            "utter_power_back_noted",
            "utter_still_dark_noted",
        )
    }
    | {
        "utter_handoff_claimed": [{"text": "utter_handoff_claimed {agent}"}],
        "utter_handoff_queue": [{"text": "ahead {ahead} minutes {minutes}"}],
        "utter_handoff_place": [{"text": "ahead {ahead} minutes {minutes}"}],
        "utter_handoff_reason_danger": [{"text": "danger {kind}"}],
        "utter_handoff_callback_reason": [{"text": "waited in vain: {last}"}],
        "utter_errand_ticket": [{"text": "{kind} {ticket_no}"}],
        "utter_errand_hazard": [{"text": "hazard {ticket_no}"}],
    }
)
HAZARDS = HazardWatch.from_lexicon({"wire": ["断线"], "never": ["断线钳"]})


@dataclass
class FakeBot:
    """Echoes, counts in its belief, and can be made to fail, to wait, or to say something else."""

    delay: float = 0.0
    failures: int = 0
    asked: list[str] = field(default_factory=list)
    facts: list[Json] = field(default_factory=list)
    answers: Callable[[Message, Json], BotTurn] | None = None
    running: dict[str, int] = field(default_factory=dict)
    overlapped: bool = False

    async def ask(self, message: Message, belief: Json, facts: Json) -> BotTurn:
        self.asked.append(message.text)
        self.facts.append(facts)
        self.running[message.conversation] = self.running.get(message.conversation, 0) + 1
        self.overlapped = self.overlapped or self.running[message.conversation] > 1
        try:
            await asyncio.sleep(self.delay)
            if self.failures:
                self.failures -= 1
                raise BotFailure("told to fail")
        finally:
            self.running[message.conversation] -= 1
        if self.answers:
            return self.answers(message, belief)
        count = belief.get("count", 0) + 1
        return BotTurn((Draft(Author.BOT, Kind.TEXT, f"{message.text} {count}"),), {"count": count})


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class FakePeople:
    """As many hands, and as long a queue, as the test wants."""

    here: bool = False
    ahead: int = 0
    minutes: int | None = None

    def open_now(self) -> bool:
        return self.here

    def on_call(self) -> bool:
        return self.here

    def wait(self, priority: int = 0, skill: str = "", since: datetime | None = None) -> Wait:
        return Wait(self.ahead, self.minutes)


@dataclass
class Desk:
    switchboard: Switchboard
    store: Store
    bot: FakeBot
    clock: Clock
    database: Database
    woken: list[bool]

    async def send(self, text: str, id: str | None = None, user: str = "u1", **fields: Any) -> Any:
        return await self.switchboard.receive(Inbound("webchat", user, id or f"{user}:{text}", text, **fields))

    async def ask(self, text: str, **fields: Any) -> list[Message] | None:
        turn = await self.send(text, **fields)
        replies: list[Message] | None = await turn.replies(5)
        return replies

    async def lines(self, user: str = "u1") -> list[Message]:
        return await self.switchboard.transcript(await self.switchboard.open("webchat", user))


@asynccontextmanager
async def desk(url: str, *, on_duty: bool = False, bot: FakeBot | None = None) -> AsyncIterator[Desk]:
    """A desk on a migrated database. Several may stand on the same one, as several processes would."""
    database, clock, bot, woken = Database(url), Clock(), bot or FakeBot(), list[bool]()
    store = Store(database)
    answerer = Answerer(bot, HAZARDS, PHRASES, clock, FakePeople(on_duty))
    switchboard = Switchboard(store, Handoffs(database), answerer, Feed(), PHRASES, clock, lambda: woken.append(True))
    try:
        yield Desk(switchboard, store, bot, clock, database, woken)
    finally:
        await switchboard.close(patience=1.0)
        for task in list(switchboard._tasks):
            task.cancel()
        await asyncio.gather(*switchboard._tasks, return_exceptions=True)
        await database.close()


def greeted(text: str) -> Draft:
    """A line of the desk's own."""
    return Draft(Author.SYSTEM, Kind.TEXT, text)
