"""From samples to figures: percentiles, throughput, cost per message, and the ratio of two sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.cpu import Spent
from bench.load import Outcome, Played


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Figures:
    """One side under one load, all its rounds together. `cpu` is milliseconds per message by process."""

    messages: int
    per_second: float
    answered: Latency
    acknowledged: Latency | None
    outcomes: Mapping[Outcome, int]
    cpu: Mapping[str, float]
    others: float  # share of the machine's processors that other programs used, 0 to 1


@dataclass(frozen=True)
class Round:
    """What one side did in one round, and what it cost."""

    played: Played
    spent: Spent

    @property
    def per_second(self) -> float:
        return len(self.played.samples) / self.played.seconds


def figures(rounds: Sequence[Round], processors: int) -> Figures:
    """All rounds of one side under one load."""
    samples = [sample for each in rounds for sample in each.played.samples]
    seconds = sum(each.played.seconds for each in rounds)
    spent = sum((each.spent for each in rounds[1:]), rounds[0].spent)
    waits = [sample.acknowledged for sample in samples if sample.acknowledged is not None]
    return Figures(
        messages=len(samples),
        per_second=len(samples) / seconds,
        answered=latency(sample.answered for sample in samples if sample.answered is not None),
        acknowledged=latency(waits) if waits else None,
        outcomes={outcome: sum(sample.outcome is outcome for sample in samples) for outcome in Outcome},
        cpu={name: 1000 * used / len(samples) for name, used in spent.processes.items()},
        others=max(0.0, spent.machine - sum(spent.processes.values())) / (seconds * processors),
    )


def latency(seconds: Iterable[float]) -> Latency:
    ordered = sorted(seconds)
    return Latency(*(1000 * percentile(ordered, share) for share in (0.50, 0.95, 0.99)))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed; nan of nothing."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * round(share * 100) // 100) - 1))]


def ratios(ours: Sequence[Round], plain: Sequence[Round]) -> list[float]:
    """Throughput of ours as a multiple of plain's, round by round: both sides of a round saw the same machine."""
    return [mine.per_second / theirs.per_second for mine, theirs in zip(ours, plain, strict=True)]
