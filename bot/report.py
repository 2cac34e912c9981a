"""An evaluation as Markdown that reads well in a terminal too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot import scores
from bot.scores import Judged, Rate

WORST = 15
EXAMPLES = 4


def write(judged: list[Judged], noisy: Mapping[str, list[Judged]] | None = None) -> str:
    """`noisy`: the same sentences under each kind of noise."""
    parts = [_summary(judged), _intents(judged), _confused(judged), _entities(judged), _calibration(judged)]
    return "\n\n".join([*parts, _noise(judged, noisy)] if noisy else parts)


def appendix(judged: list[Judged]) -> str:
    """Every wrong intent and every wrong entity, for whoever improves the data."""
    intents = [
        (one.sentence.source, one.sentence.intent, one.choice, f"{one.confidence:.2f}", one.sentence.text)
        for one in judged
        if not one.right
    ]
    off = [(one.sentence.text, *_off(one)) for one in judged]
    entities = [(text, _listed(missed), _listed(extra)) for text, missed, extra in off if missed or extra]
    return "\n\n".join(
        (
            "## Every wrong intent\n\n" + _table(("file", "right", "chosen", "confidence", "sentence"), intents),
            "## Every wrong entity\n\n" + _table(("sentence", "missed", "not there"), entities),
        )
    )


def median_cost(judged: list[Judged]) -> float:
    return _at(judged, 0.5)


def _at(judged: list[Judged], quantile: float) -> float:
    costs = sorted(one.cost for one in judged)
    return costs[int(quantile * (len(costs) - 1))] if costs else 0.0


def _summary(judged: list[Judged]) -> str:
    foreign, ours, asked = scores.declined(judged)
    acted = scores.share(judged, lambda one: one.acted == one.sentence.intent)
    spans, values = scores.overall(judged), scores.overall(judged, values=True)
    rows = (
        ("sentences", str(len(judged))),
        ("accuracy (first choice)", f"{scores.accuracy(judged):.2%}"),
        ("macro-F1", f"{scores.macro_f1(judged):.4f}"),
        ("acted on rightly (fallback counts as wrong)", f"{acted:.2%}"),
        ("foreign messages declined or asked back", f"{foreign:.2%}"),
        ("ours declined / asked back", f"{ours:.2%} / {asked:.2%}"),
        ("expected calibration error", f"{scores.calibration_error(judged):.4f}"),
        ("entity spans F1 / with value", f"{spans.f1:.4f} / {values.f1:.4f}"),
        ("one parse, CPU ms: median / p95 / p99", " / ".join(f"{_at(judged, at):.2f}" for at in (0.5, 0.95, 0.99))),
    )
    return "# Understanding, measured\n\n" + _table(("figure", "value"), rows)


def _intents(judged: list[Judged]) -> str:
    return "## Intents\n\n" + _rates("intent", scores.by_intent(judged))


def _entities(judged: list[Judged]) -> str:
    spans, values = scores.by_entity(judged), scores.by_entity(judged, values=True)
    rows = [(name, *_three(rate), f"{values[name].f1:.3f}", str(rate.count)) for name, rate in spans.items()]
    return "## Entities\n\n" + _table(("entity", "precision", "recall", "F1", "F1 with value", "held out"), rows)


def _confused(judged: list[Judged]) -> str:
    rows = [
        (right, chosen, str(len(texts)), " · ".join(text[:40] for text in texts[:EXAMPLES]))
        for right, chosen, texts in scores.confusions(judged)[:WORST]
    ]
    return "## Worst confusions\n\n" + _table(("right", "chosen", "times", "such as"), rows)


def _calibration(judged: list[Judged]) -> str:
    bins = scores.calibration(judged)
    rows = [(f"{mean:.2f}", f"{right:.2f}", str(count), "█" * round(right * 20)) for mean, right, count in bins]
    return "## Confidence and truth\n\n" + _table(("mean confidence", "share right", "sentences", ""), rows)


def _noise(judged: list[Judged], noisy: Mapping[str, list[Judged]]) -> str:
    clean = scores.accuracy(judged)
    rows = [
        (kind, f"{scores.accuracy(some):.2%}", f"{clean - scores.accuracy(some):.2%}") for kind, some in noisy.items()
    ]
    return "## Noise\n\n" + _table(("noise", "accuracy", "lost"), [("none", f"{clean:.2%}", ""), *rows])


def _rates(name: str, rates: dict[str, Rate]) -> str:
    rows = [(key, *_three(rate), str(rate.count)) for key, rate in rates.items()]
    return _table((name, "precision", "recall", "F1", "held out"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


def _three(rate: Rate) -> tuple[str, str, str]:
    return f"{rate.precision:.3f}", f"{rate.recall:.3f}", f"{rate.f1:.3f}"


def _off(one: Judged) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    text = one.sentence.text
    right = {(found.entity, text[found.start : found.end], found.value) for found in one.sentence.entities}
    found = {(found.entity, text[found.start : found.end], found.value) for found in one.entities}
    return right - found, found - right


def _listed(entities: set[tuple[str, str, str]]) -> str:
    return ", ".join(f"{entity} {said}→{value}" for entity, said, value in sorted(entities))
