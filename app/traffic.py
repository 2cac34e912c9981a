"""Invented customers who chat, so that agents can train and reviewers can look: `make demo-traffic`.

They come over a channel of their own, `drill`, that no real customer has: it is written on every conversation and
ticket, and the utility's systems send nobody to one of them.
"""

import argparse
import asyncio
import logging
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx

from app.people import People
from app.process import now, phrases, read_settings, read_yaml
from desk.answer import Answerer
from desk.database import Database
from desk.errands import ErrandStore, Runner
from desk.feed import Feed
from desk.hazard import HazardWatch
from desk.model import Author, Message
from desk.ports import Inbound
from desk.rasa import RasaBot
from desk.store import Store
from desk.switchboard import Switchboard
from utility.staff_client import StaffClient
from utility.transport import Transport

log = logging.getLogger(__name__)

CHANNEL = "drill"
CUSTOMERS = "app/traffic.yml"
ANSWERED = ("好的", "知道了，谢谢", "嗯嗯", "那大概要多久", "行吧", "你说的我明白了")
LONGEST_PAUSE = timedelta(minutes=3)


@dataclass(frozen=True)
class Part:
    """What an invented customer says, one after the other; afterwards they answer whoever writes to them, `answers`
    times."""

    says: Sequence[str]
    answers: int = 2


class Traffic:
    def __init__(self, switchboard: Switchboard, pace: float) -> None:
        """`pace` is the mean time between two words of a customer, in seconds."""
        self._switchboard, self._pace = switchboard, pace

    async def play(self, part: Part) -> None:
        user = f"drill-{secrets.token_hex(6)}"
        conversation = await self._switchboard.open(CHANNEL, user)
        for text in part.says:
            await self._say(user, text)
        seen, left = await self._last(conversation), part.answers
        until = now() + LONGEST_PAUSE
        while left and now() < until:
            await asyncio.sleep(1.0)
            words = await self._switchboard.transcript(conversation, seen)
            seen = words[-1].seq if words else seen
            if any(line.author is Author.AGENT for line in words):
                left, until = left - 1, now() + LONGEST_PAUSE
                await self._say(user, random.choice(ANSWERED))  # noqa: S311  # nothing is at stake

    async def _say(self, user: str, text: str) -> None:
        await asyncio.sleep(random.uniform(0.5, 1.5) * self._pace)  # noqa: S311
        turn = await self._switchboard.receive(Inbound(CHANNEL, user, secrets.token_hex(8), text))
        await turn.replies(timeout=20.0)

    async def _last(self, conversation: str) -> int:
        lines: list[Message] = await self._switchboard.transcript(conversation)
        return lines[-1].seq


async def run(customers: int, at_once: int, pace: float) -> None:
    settings = read_settings()
    database, feed, said = Database(settings.database_url), Feed(), phrases()
    to_rasa = httpx.AsyncClient(transport=Transport())
    to_utility = httpx.AsyncClient(base_url=settings.utility_url, transport=Transport())
    utility = StaffClient(to_utility, secret=settings.utility_secret.reveal(), budget=settings.utility_budget)
    people = People.at(database, feed, utility)
    hazards = HazardWatch.from_lexicon(read_yaml("data/lexicon/hazard.yml"))
    answerer = Answerer(RasaBot(to_rasa, settings.rasa_urls, settings.rasa_timeout), hazards, said, now, people.duty)
    runner = Runner(ErrandStore(database), utility, feed, said, now)
    switchboard = Switchboard(Store(database), people.handoffs, answerer, feed, said, now, runner.wake)
    following = [asyncio.create_task(people.board.follow()), asyncio.create_task(_renew(people))]
    await people.board.look()
    traffic, room = Traffic(switchboard, pace), asyncio.Semaphore(at_once)
    parts = [Part(tuple(each["says"]), each.get("answers", 2)) for each in read_yaml(CUSTOMERS)["customers"]]

    async def one(part: Part) -> None:
        async with room:
            await traffic.play(part)

    try:
        await asyncio.gather(*(one(parts[n % len(parts)]) for n in range(customers)))
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        await switchboard.close()
        for client in (to_rasa, to_utility):
            await client.aclose()
        await database.close()


async def _renew(people: People) -> None:
    while True:
        await people.duty.renew()
        await asyncio.sleep(1.0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m app.traffic")
    parser.add_argument("--customers", type=int, default=12, help="how many in all")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--pace", type=float, default=4.0, help="seconds between two words of a customer")
    given = parser.parse_args()
    asyncio.run(run(given.customers, given.at_once, given.pace))
