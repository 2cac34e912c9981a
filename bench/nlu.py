"""`python -m bench.nlu [FILE.tsv …]`: how well the trained model understands sentences that nobody here trained on.

A file is a table `text<TAB>intent[<TAB>alternative]`; with a heading, unknown columns are ignored. Without files it is
the held-out sets of tests/nlu, and the figures are kept in bench/results/nlu.md. Rasa's environment does the parsing.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from datetime import datetime
from pathlib import Path

from launch.command import leave
from launch.model import path
from launch.project import Problem

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "nlu.md"
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# Everything up to the sentences themselves: what changes from day to day fits on a screen.
KEPT = re.compile(r"^## (Worst confusions|Confidence and truth).*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.nlu", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="tables; none: tests/nlu, and keep the result")
    given = parser.parse_args()
    files = given.files or [ROOT / "tests" / "nlu"]
    for file in files:
        if not file.exists():
            parser.error(f"there is no file {file}")
    report = _evaluate(files)
    print(report)
    if not given.files:
        day = datetime.now().astimezone().date()
        RESULTS.write_text(KEPT.sub("", report) + f"\nOf {day}, by `python -m bench.nlu`.\n", encoding="utf-8")
    return 0


def _evaluate(files: list[Path]) -> str:
    model = path()
    if not model.exists():
        raise Problem("there is no model of these sources yet: make train")
    command = [str(PYTHON), "-W", "ignore", "-m", "bot.evaluate", str(model), *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the evaluation failed: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    leave(main)
