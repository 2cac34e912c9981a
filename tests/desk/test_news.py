"""Customers are told once of what staff did with their tickets."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from desk.database import Database
from desk.feed import Feed
from desk.news import PHRASES as PHRASE_OF
from desk.news import NewsRunner
from desk.phrases import Phrases
from tests.desk.people import Room, room
from utility.errors import UtilityUnavailable
from utility.models import TicketKind, TicketStatus
from utility.staff import TicketNews

SAID = Phrases({name: [{"text": f"{name} {{ticket_no}} {{kind}}"}] for name in PHRASE_OF.values()})


@dataclass
class FakeNews:
    """The utility's news, as the test makes them."""

    kept: list[TicketNews] = field(default_factory=list)
    before: int = 0
    away: bool = False

    def happens(self, name: str, *conversations: str, note: str = "") -> None:
        id = self.before + len(self.kept) + 1
        at = datetime.now(UTC)
        kind, status = TicketKind.REPAIR, TicketStatus.DISPATCHED
        news = TicketNews(
            id=id,
            ticket_no="RP1",
            kind=kind,
            status=status,
            name=name,
            note=note,
            at=at,
            conversations=list(conversations),
        )
        self.kept.append(news)

    async def last_news(self) -> int:
        return self.before

    async def ticket_news(self, after: int, limit: int = 100) -> list[TicketNews]:
        if self.away:
            raise UtilityUnavailable("told to be away")
        return [news for news in self.kept if news.id > after][:limit]


def runner(here: Room, utility: FakeNews) -> NewsRunner:
    return NewsRunner(here.database, utility, Feed(), SAID)  # type: ignore[arg-type]


async def told(here: Room, conversation: str) -> list[str]:
    return [text for text in await here.texts(conversation) if text.startswith("utter_news")]


async def test_what_happened_before_the_first_start_is_not_told(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.switchboard.open("webchat", "u1")
        utility = FakeNews(before=41)
        news = runner(here, utility)
        assert await news.round() is False
        utility.happens("派单", conversation)
        assert await news.round() is True
        assert await told(here, conversation) == ["utter_news_dispatched RP1 故障报修"]


async def test_each_is_told_once_to_everybody_concerned_and_strangers_stop_nothing(database_url: str) -> None:
    async with room(database_url) as here:
        mine, other = await here.switchboard.open("webchat", "u1"), await here.switchboard.open("webchat", "u2")
        utility = FakeNews()
        news = runner(here, utility)
        await news.round()
        utility.happens("到达", mine, "of-another-desk", other, note="在楼下")
        utility.happens("升级", mine)
        utility.happens("修复", mine)
        while await news.round():
            pass
        assert await told(here, mine) == ["utter_news_arrived RP1 故障报修\n在楼下", "utter_news_fixed RP1 故障报修"]
        assert await told(here, other) == ["utter_news_arrived RP1 故障报修\n在楼下"]


async def test_many_processes_tell_nobody_twice(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.switchboard.open("webchat", "u1")
        utility = FakeNews()
        databases = [Database(database_url) for _ in range(3)]
        runners = [NewsRunner(database, utility, Feed(), SAID) for database in databases]  # type: ignore[arg-type]
        await runners[0].round()
        for _ in range(10):
            utility.happens("接单", conversation)
        for _ in range(6):
            await asyncio.gather(*(each.round() for each in runners))
        assert len(await told(here, conversation)) == 10
        for database in databases:
            await database.close()


async def test_a_utility_that_is_away_delays_and_loses_nothing(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.switchboard.open("webchat", "u1")
        utility = FakeNews()
        news = runner(here, utility)
        await news.round()
        utility.happens("办结", conversation)
        utility.away = True
        with pytest.raises(UtilityUnavailable):
            await news.round()
        utility.away = False
        await news.round()
        assert await told(here, conversation) == ["utter_news_closed RP1 故障报修"]


def test_every_step_that_customers_care_about_has_its_words() -> None:
    assert {step.value for step in PHRASE_OF} == {"派单", "接单", "到达", "修复", "办结", "重新打开", "等待客户"}
