"""Several Rasa processes: which one a conversation goes to, and where it goes when that one is dead."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from desk import rasa
from desk.errors import BotFailure
from desk.model import Author, Kind, Message
from desk.rasa import RasaBot
from tests.desk.fake_rasa import FOREVER, FakeRasa, fake_rasas

WORDS = {"text": "好的"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # all is on loopback, and reading them takes time
    async with httpx.AsyncClient(trust_env=False, verify=no_certificates) as client:
        yield client


def message(conversation: str) -> Message:
    return Message("m1", conversation, 2, Author.CUSTOMER, Kind.TEXT, "我家停电了", datetime(2026, 11, 22, tzinfo=UTC))


async def spread(bot: RasaBot, rasas: list[FakeRasa], count: int = 24) -> dict[str, int]:
    """Which process answers which conversation; one that fails is asked for once more, as the desk does."""
    for each in rasas:
        each.asked.clear()
    for n in range(count):
        try:
            await bot.ask(message(f"c{n}"), {}, {})
        except BotFailure:
            await bot.ask(message(f"c{n}"), {}, {})
    return {body["sender"]: number for number, each in enumerate(rasas) for body in each.asked}


async def test_a_conversation_stays_with_its_process_in_every_gateway(http: httpx.AsyncClient) -> None:
    async with fake_rasas(3) as rasas:
        urls = [each.url for each in rasas]
        chosen = await spread(RasaBot(http, urls), rasas)
        assert await spread(RasaBot(http, urls), rasas) == chosen
        assert await spread(RasaBot(http, urls[::-1]), rasas) == chosen
        assert set(Counter(chosen.values())) == {0, 1, 2}


async def test_a_dead_ones_conversations_move_and_come_back(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa, "REST_AFTER_FAILURE", 1.0)
    async with fake_rasas(3) as rasas:
        bot = RasaBot(http, [each.url for each in rasas])
        before = await spread(bot, rasas)
        await rasas[0].stop()
        without = await spread(bot, rasas)
        assert 0 not in without.values()
        assert {name: at for name, at in before.items() if at} == {n: at for n, at in without.items() if before[n]}
        await rasas[0].start()
        await asyncio.sleep(1.1)
        assert await spread(bot, rasas) == before


async def test_a_failed_action_does_not_move_a_conversation(http: httpx.AsyncClient) -> None:
    async with fake_rasas(2) as rasas:
        bot = RasaBot(http, [each.url for each in rasas])
        before = await spread(bot, rasas)
        for each in rasas:
            each.body = []
        with pytest.raises(BotFailure):
            await bot.ask(message("c1"), {}, {})
        for each in rasas:
            each.body = [WORDS]
        assert await spread(bot, rasas) == before


async def test_alive_means_that_every_process_answers(http: httpx.AsyncClient) -> None:
    async with fake_rasas(2) as rasas:
        bot = RasaBot(http, [each.url for each in rasas], 0.4)
        assert await bot.alive()
        rasas[1].body = []
        assert not await bot.alive()
        rasas[1].delay = FOREVER
        assert not await bot.alive()
