"""Agents who claim the same conversation at the same moment: `python -m bench.claims`, then bench/results/claims.md."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from bench.report import table
from desk.database import Database
from desk.errors import ClaimedByOther
from desk.handoffs import Change, Handoffs
from desk.migrate import migrate
from desk.model import Author, Draft, Handoff, Kind, Step
from desk.store import Store
from launch.command import leave
from launch.progress import step
from tests.postgres import running

RESULTS = Path(__file__).parent / "results" / "claims.md"
RACES = {"SQLite": 100_000, "PostgreSQL": 10_000}
METHOD = """Two processes, one database. In every race four agents, two in each process, claim one waiting conversation
at the same moment; afterwards exactly one has it, everybody else was told who, and it is closed again."""
AT_ONCE = 50  # conversations that are raced for at the same time
AGENTS = 2  # in each process, for each conversation
MARK = Draft(Author.SYSTEM, Kind.NOTICE, "为您服务")


@dataclass(frozen=True)
class Result:
    """`double`: conversations that two agents were given; `nobody`: those that none was; `wrong`: losers who were not
    told the holder's name."""

    races: int
    double: int
    nobody: int
    wrong: int
    seconds: float


def races(url: str, count: int) -> Result:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    other = multiprocessing.get_context("spawn").Process(target=_rival, args=(url, theirs), daemon=True)
    other.start()
    try:
        return asyncio.run(_race(url, count, ours))
    finally:
        ours.send(None)
        other.join(timeout=20)


async def _race(url: str, count: int, rival: Connection) -> Result:
    database = Database(url)
    handoffs, store = Handoffs(database), Store(database)
    names = [await store.open("webchat", f"race-{n}", (), _now()) for n in range(AT_ONCE)]
    double = nobody = wrong = 0
    began = time.monotonic()
    for _ in range(count // AT_ONCE):
        wish = Change(Step.ESCALATE, MARK, handoff=Handoff("客户要求人工"))
        await asyncio.gather(*(handoffs.change(name, wish, _now()) for name in names))
        rival.send(names)
        mine = await _claim_all(handoffs, names, "here")
        won, lost = Counter(mine[0]), mine[1]
        for claimed in await asyncio.to_thread(rival.recv):
            won.update(claimed[0])
            lost += claimed[1]
        holders = {each.id: each.agent for each in [await store.conversation(name) for name in names]}
        double += sum(1 for each in won.values() if each > 1)
        nobody += sum(1 for name in names if name not in won)
        wrong += sum(1 for name, holder in lost if holders[name] != holder)
        done = Change(Step.RESOLVE, MARK)
        await asyncio.gather(*(handoffs.change(name, done, _now()) for name in names))
    seconds = time.monotonic() - began
    await database.close()
    return Result(count, double, nobody, wrong, seconds)


async def _claim_all(handoffs: Handoffs, names: list[str], where: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The conversations that were won, once per winner, and those that were lost with the holder who was named."""
    won: list[str] = []
    lost: list[tuple[str, str]] = []

    async def claim(name: str, agent: str) -> None:
        try:
            await handoffs.change(name, Change(Step.CLAIM, MARK, agent=agent), _now())
            won.append(name)
        except ClaimedByOther as other:
            lost.append((name, other.holder))

    await asyncio.gather(*(claim(name, f"{where}-{n}") for name in names for n in range(AGENTS)))
    return won, lost


def _rival(url: str, ours: Connection) -> None:
    async def work() -> None:
        database = Database(url)
        handoffs = Handoffs(database)
        while names := await asyncio.to_thread(ours.recv):
            ours.send([await _claim_all(handoffs, names, "there")])
        await database.close()

    asyncio.run(work())


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: argparse.Namespace) -> int:
    results = {}
    with tempfile.TemporaryDirectory() as folder, running({}) as cluster:
        postgres = cluster.new_database().replace("postgresql:", "postgresql+asyncpg:")
        urls = {"SQLite": f"sqlite+aiosqlite:///{folder}/desk.db", "PostgreSQL": postgres}
        for name, count in RACES.items():
            with step(f"{name}: {count} races"):
                migrate(urls[name])
                results[name] = races(urls[name], count // arguments.share)
    lines = [
        [name, f"{r.races:,}", str(r.double), str(r.nobody), str(r.wrong), f"{r.races / r.seconds:,.0f}"]
        for name, r in results.items()
    ]
    head = ["database", "races", "two holders", "no holder", "loser told a wrong name", "races a second"]
    text = f"# Claim races\n\n{METHOD}\n\n{table(head, lines)}\n"
    print(text)
    if arguments.share == 1:
        RESULTS.write_text(text, encoding="utf-8")
    return 1 if any(r.double or r.nobody or r.wrong for r in results.values()) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.claims")
    parser.add_argument("--share", type=int, default=1, help="only one race in so many, to try")
    leave(lambda: main(parser.parse_args()))
