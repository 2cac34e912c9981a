"""How well the model understands the held-out sentences of tests/nlu, which it was not trained on."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Dict

from launch import model
from launch.command import leave
from launch.process import complete
from launch.progress import step
from launch.project import LOGS, ROOT, Problem

HELDOUT = ROOT / "tests" / "nlu"
REPORTS = ROOT / "reports" / "nlu"
LEAST_ACCURACY = 0.9

Row = Dict[str, Any]


def measure() -> dict[str, Row]:
    """Precision, recall, f1, support and confusions of each intent, as `rasa test nlu` reports them."""
    found = model.path()
    if not model.intact(found):
        raise Problem("there is no model for these sources: `make train` makes it")
    arguments = ["--nlu", str(HELDOUT), "--model", str(found), "--out", str(REPORTS), "--no-plot"]
    with step("Reading the held-out sentences"):
        complete(
            model.bot("test", "nlu", *arguments),
            LOGS / "heldout.log",
            "`rasa test nlu` failed",
            {**os.environ, **model.QUIET},
        )
    rows: dict[str, Any] = json.loads((REPORTS / "intent_report.json").read_text(encoding="utf-8"))
    return {intent: row for intent, row in rows.items() if isinstance(row, dict) and "confused_with" in row}


def accuracy(rows: dict[str, Row]) -> float:
    """The share of sentences whose intent was found."""
    sentences = sum(row["support"] for row in rows.values())
    return float(sum(row["recall"] * row["support"] for row in rows.values()) / sentences)


def _show(rows: dict[str, Row]) -> None:
    print(f"{'f1':>6} {'prec.':>6} {'recall':>6} {'of':>4}  intent, and what it was taken for")
    for intent, row in sorted(rows.items(), key=lambda item: float(item[1]["f1-score"])):
        taken_for = ", ".join(f"{other} {count}" for other, count in row["confused_with"].items())
        figures = f"{row['f1-score']:6.2f} {row['precision']:6.2f} {row['recall']:6.2f} {row['support']:4}"
        print(f"{figures}  {intent}{f' ({taken_for})' if taken_for else ''}")


def main() -> int:
    rows = measure()
    share = accuracy(rows)
    if "--report" in sys.argv or share < LEAST_ACCURACY:
        _show(rows)
    print(f"{share:.1%} of {sum(row['support'] for row in rows.values())} held-out sentences are understood")
    if share < LEAST_ACCURACY:
        raise Problem(f"at least {LEAST_ACCURACY:.0%} must be: `make evaluate` shows what is taken for what")
    return 0


if __name__ == "__main__":
    leave(main)
