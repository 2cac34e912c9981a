"""`make bench`: our whole stack and plain Rasa side by side, rounds in turn, then the report in bench/results/."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.cpu import spent
from bench.customer import Customer, PlainCustomer, WebchatCustomer
from bench.figures import Round
from bench.load import play
from bench.plain import PlainRasa, ensure_model
from bench.report import OURS, PLAIN, report
from launch.command import leave
from launch.progress import step
from tests.stack import Stack, free_ports

RESULTS = Path(__file__).parent / "results" / "webchat.md"
# Conversations at once, and how many each of them has in a round.
LOADS = ((1, 4), (8, 2), (32, 1))
ROUNDS = 3
SERVED_BY_BOTH = ("actions", "backend")


@dataclass
class Side:
    """One of the two that are compared. `pids`: its processes and the load generator."""

    name: str
    meet: Callable[[], Customer]
    pids: dict[str, int]


@dataclass
class Bench:
    sides: tuple[Side, Side]
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    rounds: dict[tuple[str, int], list[Round]] = field(default_factory=lambda: defaultdict(list))

    def run(self, rounds: int) -> None:
        for side in self.sides:
            self._play(side, 2, 2)  # the first words cost both of them more
        for at_once, each in LOADS:
            with step(f"{at_once} at once, {rounds} rounds of {at_once * each * 10} messages a side"):
                for _ in range(rounds):
                    for side in self.sides:
                        self.rounds[side.name, at_once].append(self._play(side, at_once, at_once * each))

    def _play(self, side: Side, at_once: int, conversations: int) -> Round:
        first = next(self.numbers) * 1000
        before = spent(side.pids)
        played = asyncio.run(play(side.meet, range(first, first + conversations), at_once))
        return Round(played, spent(side.pids).since(before))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds for each load (default {ROUNDS})")
    parser.add_argument("--dry", action="store_true", help="print the report without writing it")
    arguments = parser.parse_args()
    model = ensure_model()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Stack(Path(folder)) as stack:
        log = Path(folder) / "plain.log"
        with PlainRasa(model, free_ports(1), stack.environment, log) as plain:
            bench = Bench(_sides(stack, plain))
            bench.run(arguments.rounds)
    text = report(bench.rounds, datetime.now().astimezone().date())
    print("\n" + text)
    if not arguments.dry:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _sides(stack: Stack, plain: PlainRasa) -> tuple[Side, Side]:
    shared = {name: stack.pid(name) for name in SERVED_BY_BOTH} | {"load generator": os.getpid()}
    return (
        Side(
            OURS,
            lambda: WebchatCustomer(stack.url),
            {"gateway": stack.pid("gateway"), "rasa": stack.pid("rasa"), **shared},
        ),
        Side(PLAIN, lambda: PlainCustomer(plain.url), {"rasa": plain.pid, **shared}),
    )


if __name__ == "__main__":
    leave(main)
