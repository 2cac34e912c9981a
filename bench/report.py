"""What the benchmark tells: ratios first, which another machine should find again, then this machine's figures."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date

from bench.figures import Figures, Latency, Round, figures, ratios
from bench.load import Outcome

OURS, PLAIN = "ours", "plain Rasa"
LOAD_OF_THROUGHPUT, LOAD_OF_ACKNOWLEDGEMENT = 8, 32
AIM_RATIO, AIM_GATEWAY, AIM_ACKNOWLEDGED = 3.0, 5.0, 100.0

INTRODUCTION = """# Web chat beside plain Rasa

A scripted conversation of ten turns (`bench/script.py`) over our web chat, message in → reply stored, and over the
REST channel of plain Rasa (`bench/plain_rasa/`: the documentation's default Chinese pipeline on the same training data,
stock `rasa run`, trained for a few epochs, as its speed does not depend on them). Same backend, same actions; rounds
take turns in one run. Written by `make bench`."""
RATIO_HEAD = ("conversations at once", "throughput, ours : plain", "by round", "p50, plain : ours", "p99, plain : ours")
FIGURES_HEAD = (
    "at once", "side", "messages", "per second", "p50", "p95", "p99", "errors", "silences", "not as expected",
)  # fmt: skip
PROCESSES = ("gateway", "rasa", "actions", "backend", "load generator")

# Rounds by (side, conversations at once).
Rounds = Mapping[tuple[str, int], Sequence[Round]]


def report(rounds: Rounds, today: date) -> str:
    processors = os.cpu_count() or 1
    found = {key: figures(some, processors) for key, some in rounds.items()}
    loads = sorted({load for _, load in rounds})
    both = [(load, side) for load in loads for side in (OURS, PLAIN)]
    parts = [
        INTRODUCTION,
        "## Ratios",
        table(RATIO_HEAD, [_ratio_row(load, rounds, found) for load in loads]),
        "## Aims",
        table(("aim", "found", ""), _aims(found)),
        f"## Figures of {today}",
        f"{processors} processors, {platform.machine()}, Python {platform.python_version()}. Times in ms.",
        table(FIGURES_HEAD, [_figures_row(load, side, found[side, load]) for load, side in both]),
        "Acknowledgement of a message (202):",
        table(("at once", "p50", "p95", "p99"), [_acknowledged_row(load, found[OURS, load]) for load in loads]),
        "CPU, ms per message; others: share of the machine that programs outside the benchmark used:",
        table(
            ("at once", "side", *PROCESSES, "others"), [_cpu_row(load, side, found[side, load]) for load, side in both]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _ratio_row(load: int, rounds: Rounds, found: Mapping[tuple[str, int], Figures]) -> tuple[str, ...]:
    ours, plain = found[OURS, load], found[PLAIN, load]
    each = ratios(rounds[OURS, load], rounds[PLAIN, load])
    return (
        str(load),
        f"{ours.per_second / plain.per_second:.1f}",
        f"{min(each):.1f} – {max(each):.1f}",
        f"{plain.answered.p50 / ours.answered.p50:.1f}",
        f"{plain.answered.p99 / ours.answered.p99:.1f}",
    )


def _aims(found: Mapping[tuple[str, int], Figures]) -> list[tuple[str, ...]]:
    eight = LOAD_OF_THROUGHPUT
    ratio = found[OURS, eight].per_second / found[PLAIN, eight].per_second
    gateway = found[OURS, eight].cpu["gateway"]
    acknowledged = found[OURS, LOAD_OF_ACKNOWLEDGEMENT].acknowledged
    waited = acknowledged.p99 if acknowledged else float("nan")
    unanswered = sum(
        each.outcomes[outcome]
        for (side, _), each in found.items()
        for outcome in (Outcome.ERROR, Outcome.SILENCE)
        if side == OURS
    )
    return [
        (f"at least {AIM_RATIO:.0f} × plain's throughput at {eight}", f"{ratio:.1f} ×", _met(ratio >= AIM_RATIO)),
        (f"gateway at most {AIM_GATEWAY:.0f} ms CPU a message", f"{gateway:.1f} ms", _met(gateway <= AIM_GATEWAY)),
        (
            f"acknowledged within {AIM_ACKNOWLEDGED:.0f} ms at {LOAD_OF_ACKNOWLEDGEMENT}, p99",
            f"{waited:.0f} ms",
            _met(waited <= AIM_ACKNOWLEDGED),
        ),
        ("nothing of ours unanswered", f"{unanswered}", _met(unanswered == 0)),
    ]


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _figures_row(load: int, side: str, one: Figures) -> tuple[str, ...]:
    outcomes = [str(one.outcomes[outcome]) for outcome in (Outcome.ERROR, Outcome.SILENCE, Outcome.OTHER)]
    return (str(load), side, str(one.messages), f"{one.per_second:.1f}", *_times(one.answered), *outcomes)


def _acknowledged_row(load: int, one: Figures) -> tuple[str, ...]:
    return (str(load), *_times(one.acknowledged))


def _cpu_row(load: int, side: str, one: Figures) -> tuple[str, ...]:
    costs = [f"{one.cpu[name]:.1f}" if name in one.cpu else "–" for name in PROCESSES]
    return (str(load), side, *costs, f"{one.others:.0%}")


def _times(one: Latency | None) -> tuple[str, str, str]:
    return (f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p99:.0f}") if one else ("–", "–", "–")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown whose columns stand under each other, so that it reads well in a terminal too."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)
