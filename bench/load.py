"""Plays the script with many customers at once, each waiting for every answer before speaking again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.customer import Customer
from bench.script import Turn, script
from bench.wire import Refused

PATIENCE = 30.0  # seconds for one answer


class Outcome(StrEnum):
    RIGHT = "right"
    OTHER = "other"  # an answer without the expected word
    SILENCE = "silence"
    ERROR = "error"


@dataclass(frozen=True)
class Sample:
    """One message. Seconds; None when there was no answer or the channel does not acknowledge."""

    outcome: Outcome
    answered: float | None = None
    acknowledged: float | None = None


@dataclass(frozen=True)
class Played:
    """One round: its samples and how long it took in all."""

    samples: tuple[Sample, ...]
    seconds: float


async def play(meet: Callable[[], Customer], numbers: range, at_once: int) -> Played:
    """Conversations with these numbers, `at_once` at a time; raises OSError when they cannot be begun."""
    waiting: list[tuple[Customer, Sequence[Turn]]] = [(meet(), script(number)) for number in numbers]
    customers = [customer for customer, _ in waiting]
    try:
        for customer in customers:
            await customer.begin()
        start = time.perf_counter()
        lanes = await asyncio.gather(*[_lane(waiting) for _ in range(at_once)])
        return Played(tuple(sample for lane in lanes for sample in lane), time.perf_counter() - start)
    finally:
        for customer in customers:
            await customer.end()


async def _lane(waiting: list[tuple[Customer, Sequence[Turn]]]) -> list[Sample]:
    samples = []
    while waiting:
        customer, turns = waiting.pop()
        samples += [await _sample(customer, turn) for turn in turns]
    return samples


async def _sample(customer: Customer, turn: Turn) -> Sample:
    try:
        async with asyncio.timeout(PATIENCE):
            reply = await customer.say(turn)
    except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError, Refused):
        return Sample(Outcome.ERROR)
    if not reply.text:
        return Sample(Outcome.SILENCE, None, reply.acknowledged)
    outcome = Outcome.RIGHT if turn.expected in reply.text else Outcome.OTHER
    return Sample(outcome, reply.answered, reply.acknowledged)
