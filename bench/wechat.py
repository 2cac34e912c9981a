"""WeChat under load and under fire: `python -m bench.wechat`, then the report in bench/results/wechat.md.

Fire: customers write in turn, each call is made up to three times as WeChat would, and the gateway is killed and started
again every 20 seconds. At the end everything that was asked has to be answered once and in order.
Load: calls at a steady rate while the bot is kept busy over web chat; measured is how soon they are acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiohttp

from bench.customer import WebchatCustomer
from bench.load import play
from launch.command import leave
from launch.progress import step
from tests.channels.wechat_platform import ACCOUNT, QUOTAS, Call, Platform
from tests.stack import Stack, free_ports

RESULTS = Path(__file__).parent / "results" / "wechat.md"
MESSAGES, CUSTOMERS, AT_ONCE = 10_000, 200, 24
KILL_EVERY, TRIES = 20.0, 3
SAYS = ("谢谢", "你好", "再见", "你能做什么")
RATE, SECONDS, TALKERS = 300, 60.0, 2000
BUSY_CONVERSATIONS = 4
WAITS = 5.0


@dataclass
class Caller:
    """WeChat's side, asynchronously; what is signed and kept is the platform's."""

    platform: Platform
    http: aiohttp.ClientSession
    numbers: int = 0
    latencies: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    async def call(self, user: str, text: str, chance: random.Random | None = None) -> Call:
        """One message: again when nothing came back, and with `chance` sometimes although something did."""
        self.numbers += 1
        id = str(10_000_000 + self.numbers)
        count, lasts = QUOTAS["message"]
        self.platform._quota[user]["message"] = (count, self.platform.now() + lasts)
        created = str(int(time.time()))
        fields = {"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": created, "MsgType": "text", "MsgId": id}
        xml = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**fields, "Content": text}.items())
        query, body = self.platform.signed(f"<xml>{xml}</xml>")
        call = Call(id)
        while call.tries < TRIES:
            call.tries += 1
            if await self._once(call, query, body) and not (chance and call.tries == 1 and chance.randrange(3) == 0):
                break
        return call

    async def _once(self, call: Call, query: dict[str, str], body: str) -> bool:
        started = time.perf_counter()
        try:
            timeout = aiohttp.ClientTimeout(WAITS)
            async with self.http.post(
                self.platform.callback, params=query, data=body.encode(), timeout=timeout
            ) as answer:
                call.status, text = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failed[type(error).__name__] += 1
            await asyncio.sleep(max(0.0, WAITS - (time.perf_counter() - started)))
            return False
        self.latencies.append(time.perf_counter() - started)
        call.body = self.platform._opened(text)
        return True


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
    await asyncio.sleep(0)
    await asyncio.to_thread(_settled, stack, 120.0)
    for sent in platform.sent:
        if sent.user in heard:
            heard[sent.user].append((sent.at, sent.text))
    lost = twice = disorder = 0
    with closing(sqlite3.connect(stack.folder / "desk.db")) as db:
        for user, said in heard.items():
            replies = [row[0].strip() for row in db.execute(REPLIES, (user,))]
            arrived = "\n".join(text for _, text in sorted(said))
            for reply in set(replies):
                many = arrived.count(reply) - replies.count(reply)
                lost, twice = lost - min(many, 0), twice + max(many, 0)
            disorder += _out_of_order(replies, arrived)
            lost += db.execute(UNANSWERED, (user,)).fetchone()[0] + messages // CUSTOMERS - len(replies)
        by_call = db.execute("SELECT count(*) FROM delivery WHERE answer_to IS NOT NULL AND state = 'sent'").fetchone()[
            0
        ]
        by_message = db.execute("SELECT count(*) FROM delivery WHERE answer_to IS NULL AND state = 'sent'").fetchone()[
            0
        ]
    again = sum(caller.failed.values())
    return Fire(messages, kills, lost, twice, disorder, by_call, by_message, again, time.monotonic() - started)


REPLIES = """SELECT r.text FROM message r JOIN message m ON r.reply_to = m.id JOIN conversation c ON c.id = m.conversation
WHERE c.channel = 'wechat' AND c.user = ? ORDER BY r.seq"""
UNANSWERED = """SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation
WHERE c.channel = 'wechat' AND c.user = ? AND m.author = 'customer' AND m.answered_at IS NULL"""


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
    query = "SELECT (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')) + (SELECT count(*) FROM message WHERE author = 'customer' AND answered_at IS NULL)"
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with closing(sqlite3.connect(stack.folder / "desk.db", timeout=10)) as db:
            if not db.execute(query).fetchone()[0]:
                return
        time.sleep(0.5)


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
        with closing(sqlite3.connect(stack.folder / "desk.db", timeout=30)) as db, db:
            db.execute("UPDATE conversation SET status = 'human', agent = 'bench' WHERE user LIKE 'load-%'")
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
    at = lambda share: found[min(int(share * len(found)), len(found) - 1)]  # noqa: E731
    return Load(
        len(found),
        spent,
        at(0.5),
        at(0.99),
        found[-1],
        sum(caller.failed.values()),
        talked if isinstance(talked, int) else 0,
    )


async def _keep_busy(stack: Stack) -> int:
    """Conversations with the bot until cancelled; how many messages were answered."""
    answered = 0
    with suppress(asyncio.CancelledError):
        while True:
            played = await play(
                lambda: WebchatCustomer(stack.url), range(answered, answered + BUSY_CONVERSATIONS), BUSY_CONVERSATIONS
            )
            answered += len(played.samples)
    return answered


def report(fired: Fire | None, loaded: Load | None) -> str:
    parts = [
        f"# WeChat under load and under fire\n\nOf {datetime.now().astimezone():%Y-%m-%d}, SQLite, by `python -m bench.wechat`."
    ]
    if fired:
        parts.append(
            "## Killed every 20 seconds\n\n| messages | kills | lost | answered twice | out of order | answered by the call | "
            "by message | calls that got no answer | seconds |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
            f"| {fired.messages} | {fired.kills} | {fired.lost} | {fired.twice} | {fired.disorder} | {fired.by_call} | "
            f"{fired.by_message} | {fired.tried_again} | {fired.seconds:.0f} |"
        )
    if loaded:
        parts.append(
            "## Acknowledged while the bot is busy\n\n| calls | a second | p50 ms | p99 ms | longest ms | failed | "
            "bot answers meanwhile |\n| --- | --- | --- | --- | --- | --- | --- |\n"
            f"| {loaded.calls} | {loaded.calls / loaded.seconds:.0f} | {loaded.p50 * 1000:.0f} | {loaded.p99 * 1000:.0f} | "
            f"{loaded.longest * 1000:.0f} | {loaded.failed} | {loaded.busy} |"
        )
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.wechat", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help="0 leaves the kills out")
    parser.add_argument("--rate", type=int, default=RATE, help="calls a second; 0 leaves the load out")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--dry", action="store_true", help="print the report without writing it")
    given = parser.parse_args()
    fired = loaded = None
    with Platform(port=free_ports(1)) as platform, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with Stack(Path(folder), variables=platform.variables()) as stack:
            platform.callback = f"{stack.url}/wechat"
            if given.messages:
                with step(f"{given.messages} messages, the gateway killed every {KILL_EVERY:.0f} s"):
                    fired = asyncio.run(fire(stack, platform, given.messages))
            if given.rate:
                with step(f"{given.rate} calls a second for {given.seconds:.0f} s"):
                    loaded = asyncio.run(load(stack, platform, given.rate, given.seconds))
    text = report(fired, loaded)
    print("\n" + text)
    if not given.dry:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    leave(main)
