"""One customer who writes a thousand messages: does the last cost more than the first? `python -m bench.long`"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
from datetime import datetime
from pathlib import Path

from bench.cpu import spent
from bench.customer import WebchatCustomer
from bench.report import table
from bench.script import script
from launch.command import leave
from launch.progress import step
from tests.stack import Stack

RESULTS = Path(__file__).parent / "results" / "long.md"
MESSAGES, WINDOW = 1000, 100
AIM = 1.3
PROCESSES = ("rasa", "actions", "gateway")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.long", description=__doc__)
    parser.add_argument("--dry", action="store_true", help="print the report without writing it")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Stack(Path(folder)) as stack,
        step(f"{MESSAGES} messages of one customer"),
    ):
        costs = asyncio.run(_talk(stack))
    text = _report(costs)
    print("\n" + text)
    if not given.dry:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


async def _talk(stack: Stack) -> list[dict[str, float]]:
    """CPU milliseconds per message by process, for each window of WINDOW messages."""
    pids = {name: stack.pid(name) for name in PROCESSES}
    customer, costs = WebchatCustomer(stack.url), []
    turns = itertools.chain.from_iterable(script(number) for number in itertools.count())
    await customer.begin()
    for _ in range(10):
        await customer.say(next(turns))
    for _ in range(MESSAGES // WINDOW):
        before = spent(pids)
        for _ in range(WINDOW):
            await customer.say(next(turns))
        gone = spent(pids).since(before).processes
        costs.append({name: 1000 * gone[name] / WINDOW for name in PROCESSES})
    await customer.end()
    return costs


def _report(costs: list[dict[str, float]]) -> str:
    rows = [
        (f"{10 + at * WINDOW}-{10 + (at + 1) * WINDOW}", *(f"{cost[name]:.1f}" for name in PROCESSES))
        for at, cost in enumerate(costs)
    ]
    ratio = costs[-1]["rasa"] / costs[0]["rasa"]
    said = f"Rasa, the last hundred beside the first: {ratio:.2f} × (aim ≤ {AIM})."
    parts = (
        "# A long conversation",
        f"{said} Of {datetime.now().astimezone():%Y-%m-%d}.",
        "CPU, ms per message:",
        table(("messages", *PROCESSES), rows),
    )
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    leave(main)
