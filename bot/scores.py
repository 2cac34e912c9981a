"""The figures of an evaluation, from what was right and what was parsed. Pure arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.heldout import Entity, Sentence

FALLBACK = "nlu_fallback"
OUTSIDE = "chitchat_oos"
BINS = 10


@dataclass(frozen=True)
class Judged:
    """A sentence, the classifier's first choice with its confidence, what the bot acts on, and the CPU cost in ms."""

    sentence: Sentence
    choice: str
    confidence: float
    acted: str
    entities: tuple[Entity, ...]
    cost: float

    @property
    def right(self) -> bool:
        return self.choice in {self.sentence.intent, self.sentence.alternative}


@dataclass(frozen=True)
class Rate:
    precision: float
    recall: float
    count: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def accuracy(judged: list[Judged]) -> float:
    return share(judged, lambda one: one.right)


def share(judged: list[Judged], holds: Callable[[Judged], bool]) -> float:
    """How many of them it holds for, between 0 and 1; 1 when there are none to fail."""
    return sum(map(holds, judged)) / len(judged) if judged else 1.0


def by_intent(judged: list[Judged]) -> dict[str, Rate]:
    wanted = Counter(one.sentence.intent for one in judged)
    said = Counter(one.choice for one in judged)
    hit = Counter(one.choice for one in judged if one.right)
    return {name: _rate(hit[name], said[name], wanted[name]) for name in sorted(wanted)}


def macro_f1(judged: list[Judged]) -> float:
    rates = by_intent(judged)
    return sum(rate.f1 for rate in rates.values()) / len(rates) if rates else 0.0


def by_entity(judged: list[Judged], *, values: bool = False) -> dict[str, Rate]:
    """Spans must agree in both ends and kind; with `values`, in the normal form too."""
    wanted, said, hit = Counter(), Counter(), Counter()
    for one in judged:
        right, found = set(_keys(one.sentence.entities, values)), set(_keys(one.entities, values))
        wanted.update(key[0] for key in right)
        said.update(key[0] for key in found)
        hit.update(key[0] for key in right & found)
    return {name: _rate(hit[name], said[name], wanted[name]) for name in sorted(wanted | said)}


def overall(judged: list[Judged], names: Iterable[str] | None = None, *, values: bool = False) -> Rate:
    """All entities (or those named) as one."""
    wanted = said = hit = 0
    chosen = None if names is None else set(names)
    for one in judged:
        right, found = set(_keys(one.sentence.entities, values)), set(_keys(one.entities, values))
        if chosen is not None:
            right, found = ({key for key in keys if key[0] in chosen} for keys in (right, found))
        wanted, said, hit = wanted + len(right), said + len(found), hit + len(right & found)
    return _rate(hit, said, wanted)


def calibration(judged: list[Judged]) -> list[tuple[float, float, int]]:
    """Ten bins of confidence: mean confidence, share right, how many."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for one in judged:
        bins[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return [(sum(one.confidence for one in some) / len(some), accuracy(some), len(some)) for some in bins if some]


def calibration_error(judged: list[Judged]) -> float:
    """Expected calibration error: how far confidence is from the share that is right, on average."""
    return sum(abs(mean - right) * count for mean, right, count in calibration(judged)) / len(judged) if judged else 0.0


def declined(judged: list[Judged]) -> tuple[float, float, float]:
    """Of foreign messages: declined or asked back. Of ours: declined; asked back."""
    foreign = [one for one in judged if one.sentence.intent == OUTSIDE]
    ours = [one for one in judged if one.sentence.intent != OUTSIDE]
    return (
        share(foreign, lambda one: one.acted in {OUTSIDE, FALLBACK}),
        share(ours, lambda one: one.acted == OUTSIDE) if ours else 0.0,
        share(ours, lambda one: one.acted == FALLBACK) if ours else 0.0,
    )


def confusions(judged: list[Judged]) -> list[tuple[str, str, list[str]]]:
    """Right intent, chosen intent, the sentences; the most frequent first."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for one in judged:
        if not one.right:
            wrong.setdefault((one.sentence.intent, one.choice), []).append(one.sentence.text)
    return [(*pair, texts) for pair, texts in sorted(wrong.items(), key=lambda item: -len(item[1]))]


def _keys(entities: tuple[Entity, ...], values: bool) -> Iterable[tuple[object, ...]]:
    return ((one.entity, one.start, one.end, one.value if values else "") for one in entities)


def _rate(hit: int, said: int, wanted: int) -> Rate:
    return Rate(hit / said if said else 0.0, hit / wanted if wanted else 0.0, wanted)
