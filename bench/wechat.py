"""WeChat under load and under fire: `python -m bench.wechat`, then the report in bench/results/.

Fire: customers write in turn, each call is made up to three times as WeChat would, and the gateway is killed and
started again every 20 seconds. At the end everything that was asked has to be answered once and in order.
Load: calls at a steady rate while the bot is kept busy over web chat; measured is how soon they are acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bench.caller import Caller
from bench.customer import WebchatCustomer
from bench.fire import KILL_EVERY, Fire, fire
from bench.load import play
from bench.records import Records
from bench.report import table
from launch.command import leave
from launch.progress import step
from tests.channels.wechat_platform import Platform
from tests.postgres import running
from tests.stack import Stack, free_ports

RESULTS = Path(__file__).parent / "results" / "wechat.md"
MESSAGES = 10_000
RATE, SECONDS, TALKERS = 300, 60.0, 2000
BUSY_CONVERSATIONS = 4
TO_PERSON = "UPDATE conversation SET status = 'human', agent = 'bench' WHERE conversation.user LIKE 'load-%'"


@dataclass
class Load:
    """Seconds."""

    calls: int
    seconds: float
    p50: float
    p99: float
    longest: float
    failed: int
    busy: int


async def load(stack: Stack, platform: Platform, rate: int, seconds: float) -> Load:
    """Customers whose conversation is in a person's hands write; nothing has to be answered, everything committed."""
    users = [f"load-{n}" for n in range(TALKERS)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        caller = Caller(platform, http)
        for start in range(0, TALKERS, 20):
            await asyncio.gather(*(caller.call(user, "你好") for user in users[start : start + 20]))
        Records(stack.settings.database_url).rows(TO_PERSON)
        busy = asyncio.create_task(_keep_busy(stack))
        caller.latencies.clear()
        caller.failed.clear()
        started, tasks = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            pause = started + number / rate - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(caller.call(users[number % TALKERS], f"第{number}条")))
        await asyncio.gather(*tasks)
        spent = time.perf_counter() - started
        busy.cancel()
        talked = (await asyncio.gather(busy, return_exceptions=True))[0]
    found = sorted(caller.latencies)
    return Load(
        len(found),
        spent,
        _at(found, 0.5),
        _at(found, 0.99),
        found[-1],
        sum(caller.failed.values()),
        talked if isinstance(talked, int) else 0,
    )


def _at(found: list[float], share: float) -> float:
    return found[min(int(share * len(found)), len(found) - 1)]


async def _keep_busy(stack: Stack) -> int:
    """Conversations with the bot until cancelled; how many messages were answered."""
    answered = 0
    with suppress(asyncio.CancelledError):
        while True:
            numbers = range(answered, answered + BUSY_CONVERSATIONS)
            played = await play(lambda: WebchatCustomer(stack.url), numbers, BUSY_CONVERSATIONS)
            answered += len(played.samples)
    return answered


FIRE = (
    "messages",
    "kills",
    "lost",
    "answered twice",
    "out of order",
    "answered by the call",
    "by message",
    "calls lost",
)
LOAD = ("calls", "a second", "p50 ms", "p99 ms", "longest ms", "failed", "bot answers meanwhile")


def report(fired: Fire | None, loaded: Load | None, database: str) -> str:
    parts = [
        "# WeChat under load and under fire",
        f"Of {datetime.now().astimezone():%Y-%m-%d}, {database}, by `python -m bench.wechat`.",
    ]
    if fired:
        kept = (fired.lost, fired.twice, fired.disorder, fired.by_call, fired.by_message, fired.tried_again)
        row = tuple(str(number) for number in (fired.messages, fired.kills, *kept))
        parts += [f"## Killed every {KILL_EVERY:.0f} seconds", table(FIRE, [row])]
    if loaded:
        times = (loaded.p50 * 1000, loaded.p99 * 1000, loaded.longest * 1000)
        figures = (loaded.calls, loaded.calls / loaded.seconds, *times, loaded.failed, loaded.busy)
        parts += ["## Acknowledged while the bot is busy", table(LOAD, [tuple(f"{number:.0f}" for number in figures)])]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.wechat", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help="0 leaves the kills out")
    parser.add_argument("--rate", type=int, default=RATE, help="calls a second; 0 leaves the load out")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--dry", action="store_true", help="print the report without writing it")
    given = parser.parse_args()
    fired = loaded = None
    with ExitStack() as open_:
        platform = open_.enter_context(Platform(port=free_ports(1)))
        folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        url = ""
        if given.postgres:
            url = (
                open_.enter_context(running({"listen_addresses": "127.0.0.1"}))
                .new_database()
                .replace("postgresql:", "postgresql+asyncpg:")
            )
        stack = open_.enter_context(Stack(Path(folder), database_url=url, variables=platform.variables()))
        platform.callback = f"{stack.url}/wechat"
        if given.messages:
            with step(f"{given.messages} messages, the gateway killed every {KILL_EVERY:.0f} s"):
                fired = asyncio.run(fire(stack, platform, given.messages))
        if given.rate:
            with step(f"{given.rate} calls a second for {given.seconds:.0f} s"):
                loaded = asyncio.run(load(stack, platform, given.rate, given.seconds))
    database = "PostgreSQL" if given.postgres else "SQLite"
    text = report(fired, loaded, database)
    print("\n" + text)
    if not given.dry:
        RESULTS.with_stem(f"wechat-{database.lower()}").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    leave(main)
