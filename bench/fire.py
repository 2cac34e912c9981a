"""Customers write while the gateway is killed again and again: what was lost, said twice, or said out of order."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from bench.caller import Caller
from bench.records import Records
from tests.channels.wechat_platform import Platform
from tests.stack import Stack

CUSTOMERS, AT_ONCE, KILL_EVERY = 200, 24, 20.0
SAYS = ("谢谢", "你好", "再见", "你能做什么")


@dataclass
class Fire:
    """What is found after the kills."""

    messages: int
    kills: int
    lost: int
    twice: int
    disorder: int
    by_call: int
    by_message: int
    tried_again: int
    seconds: float


async def fire(stack: Stack, platform: Platform, messages: int) -> Fire:
    chance, started = random.Random(7), time.monotonic()
    heard: dict[str, list[tuple[float, str]]] = {f"fire-{n}": [] for n in range(CUSTOMERS)}
    waiting: asyncio.Queue[str] = asyncio.Queue()
    for user in heard:
        waiting.put_nowait(user)
    left = dict.fromkeys(heard, messages // CUSTOMERS)
    async with aiohttp.ClientSession() as http:
        caller = Caller(platform, http)
        ended = asyncio.Event()
        killer = asyncio.create_task(_kill(stack, ended))

        async def one() -> None:
            while not waiting.empty():
                user = waiting.get_nowait()
                said = SAYS[(messages // CUSTOMERS - left[user]) % len(SAYS)]
                call = await caller.call(user, said, chance)
                if call.answer:
                    heard[user].append((platform.now(), call.answer))
                left[user] -= 1
                if left[user]:
                    waiting.put_nowait(user)

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        ended.set()
        kills = await killer
    await asyncio.to_thread(_settled, stack, 120.0)
    for sent in platform.sent:
        if sent.user in heard:
            heard[sent.user].append((sent.at, sent.text))
    return _found(stack, heard, messages, kills, sum(caller.failed.values()), time.monotonic() - started)


def _found(
    stack: Stack, heard: dict[str, list[tuple[float, str]]], messages: int, kills: int, again: int, seconds: float
) -> Fire:
    """What customers heard beside what the desk says they were told."""
    lost = twice = disorder = 0
    records = Records(stack.settings.database_url)
    for user, said in heard.items():
        replies = [row[0].strip() for row in records.rows(REPLIES, user)]
        arrived = "\n".join(text for _, text in sorted(said))
        for reply in set(replies):
            many = arrived.count(reply) - replies.count(reply)
            lost, twice = lost - min(many, 0), twice + max(many, 0)
        disorder += _out_of_order(replies, arrived)
        lost += records.rows(UNANSWERED, user)[0][0] + messages // CUSTOMERS - len(replies)
    ((by_call, by_message),) = records.rows(WAYS)
    return Fire(messages, kills, lost, twice, disorder, by_call, by_message, again, seconds)


REPLIES = """SELECT r.text FROM message r JOIN message m ON r.reply_to = m.id
JOIN conversation c ON c.id = m.conversation WHERE c.channel = 'wechat' AND c.user = ? ORDER BY r.seq"""
UNANSWERED = """SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation
WHERE c.channel = 'wechat' AND c.user = ? AND m.author = 'customer' AND m.answered_at IS NULL"""
WAYS = "SELECT count(answer_to), count(*) - count(answer_to) FROM delivery WHERE state = 'sent'"
BUSY = """SELECT (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending'))
+ (SELECT count(*) FROM message WHERE author = 'customer' AND answered_at IS NULL)"""


def _out_of_order(replies: list[str], arrived: str) -> int:
    """How many of the replies cannot be found after the one before."""
    at = missed = 0
    for reply in replies:
        found = arrived.find(reply, at)
        missed += found < 0
        at = max(at, found + len(reply)) if found >= 0 else at
    return missed


async def _kill(stack: Stack, ended: asyncio.Event) -> int:
    kills = 0
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_EVERY):
                await ended.wait()
        if not ended.is_set():
            await asyncio.to_thread(stack.kill, "gateway")
            await asyncio.to_thread(stack.start, "gateway")
            kills += 1
    return kills


def _settled(stack: Stack, seconds: float) -> None:
    """Until nothing is on its way any more."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Records(stack.settings.database_url).rows(BUSY)[0][0]:
            return
        time.sleep(0.5)
