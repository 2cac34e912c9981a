import json

import pytest

from tests.launch.tree import Tree


def row(recall: float, support: int, **confused_with: int) -> dict[str, object]:
    figures = {"precision": recall, "recall": recall, "f1-score": recall, "support": support}
    return {**figures, "confused_with": confused_with}


@pytest.fixture
def report(tree: Tree) -> Tree:
    """12 of 13 sentences are understood."""
    rows = {"outage": row(1.0, 10), "thanks": row(2 / 3, 3, goodbye=1), "accuracy": 0.92, "macro avg": {"support": 13}}
    tree.write("intent_report.json", json.dumps(rows))
    tree.launch("model")
    return tree


def test_the_share_of_understood_sentences_is_counted(report: Tree) -> None:
    done = report.launch("heldout")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "92.3% of 13 held-out sentences are understood"


def test_a_report_names_the_worst_first_and_what_it_was_taken_for(report: Tree) -> None:
    lines = report.launch("heldout", "--report").stdout.splitlines()
    assert lines[-3].endswith("thanks (goodbye 1)")
    assert lines[-2].endswith("outage")


def test_too_little_understanding_fails(report: Tree) -> None:
    report.write("intent_report.json", json.dumps({"outage": row(0.85, 20, thanks=3)}))
    done = report.launch("heldout")
    assert done.returncode == 1
    assert done.stderr.startswith("error: at least 90% must be")


def test_without_a_model_one_line_says_what_to_do(tree: Tree) -> None:
    assert tree.launch("heldout").stderr == "error: there is no model for these sources: `make train` makes it\n"
