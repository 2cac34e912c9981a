"""Of the journeys themselves, without walking them."""

import re
from collections import Counter
from pathlib import Path

from tests.journeys import replies
from tests.journeys.journey import FOLDER, every_journey, read_yaml, services

ROOT = Path(__file__).parents[2]
AT_LEAST = 60
# Shorter sentences (好的, 我要报修) belong to nobody.
OWN = 7
MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
SERVICES = {"outage", "repair", "billing", "complaint", "hazard", "handoff", "smalltalk", "progress", "request"}


def letters(text: str) -> str:
    """The words without punctuation."""
    return re.sub(r"[\W_]", "", text).lower()


def known_sentences() -> set[str]:
    """What is trained on, and what is held out."""
    files = [*ROOT.glob("data/*/nlu.yml"), *ROOT.glob("tests/nlu/*.yml")]
    blocks = [block for file in files for block in read_yaml(file)["nlu"] if "intent" in block]
    lines = [line.strip()[1:] for block in blocks for line in block["examples"].splitlines() if line.strip()]
    return {letters(MARKED.sub(r"\1", line)) for line in lines}


def test_every_service_has_its_journeys() -> None:
    assert set(services()) >= SERVICES
    assert len(every_journey()) >= AT_LEAST


def test_a_journey_says_in_chinese_what_must_be_true_and_no_two_say_the_same() -> None:
    names = Counter((journey.service, journey.name) for journey in every_journey())
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if len(re.findall(r"[\u4e00-\u9fff]", name[1])) < 6] == []


def test_a_journey_expects_something() -> None:
    for journey in every_journey():
        assert all(turn.bot for turn in journey.turns), f"{journey.name}: every answer is looked at"


def test_journeys_are_told_in_words_of_their_own() -> None:
    known = known_sentences()
    said = {sentence for journey in every_journey() for sentence in journey.sentences}
    assert sorted(sentence for sentence in said if len(letters(sentence)) >= OWN and letters(sentence) in known) == []


def test_an_excuse_names_a_reply_and_a_reason_once() -> None:
    excused = [name for entry in read_yaml(FOLDER / "unreached.yml") for name in entry["replies"]]
    assert set(excused) <= set(replies.templates())
    assert len(excused) == len(set(excused))
    assert all(len(reason) > 10 for reason in replies.excused().values())
