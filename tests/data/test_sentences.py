"""What the model learns from and what it is measured with are two things, and both say one thing each."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pytest
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bot.heldout import Sentence
from tests.data.sources import ROOT, held_out, intents, trained

NEARLY_EQUAL = 0.9
FEWEST_TRAINED, FEWEST_HELD_OUT = 80, 40


def test_no_held_out_sentence_is_trained_on() -> None:
    """Nor nearly: one letter in ten is the same sentence."""
    held, known = held_out(), trained()
    alike = process.cdist(
        [sentence.text for sentence in held],
        [sentence.text for sentence in known],
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=NEARLY_EQUAL,
        dtype=np.float32,
    )
    offenders = [f"{held[row].source}: {held[row].text} = {known[column].text}" for row, column in np.argwhere(alike)]
    assert offenders == [], f"{len(offenders)} held-out sentences are trained on"


@pytest.mark.parametrize("sentences", [trained, held_out])
def test_a_sentence_has_one_intent_and_stands_once(sentences: Iterable[Sentence]) -> None:
    found = defaultdict(list)
    for sentence in sentences():  # type: ignore[operator]
        found[sentence.text].append(sentence.intent)
    assert {text: intents for text, intents in found.items() if len(intents) > 1} == {}


@pytest.mark.parametrize(("sentences", "fewest"), [(trained, FEWEST_TRAINED), (held_out, FEWEST_HELD_OUT)])
def test_every_intent_has_sentences_enough(sentences: Iterable[Sentence], fewest: int) -> None:
    count = Counter(sentence.intent for sentence in sentences())  # type: ignore[operator]
    assert set(count) == intents()
    assert {intent: have for intent, have in count.items() if have < fewest} == {}


def test_data_and_held_out_sentences_are_twins() -> None:
    taught = {file.parent.name for file in (ROOT / "data").glob("*/nlu.yml")}
    assert taught == {file.stem for file in (ROOT / "tests" / "nlu").iterdir()}
    assert _intents_by_service(trained()) == _intents_by_service(held_out())


def _intents_by_service(sentences: Iterable[Sentence]) -> dict[str, set[str]]:
    found = defaultdict(set)
    for sentence in sentences:
        found[sentence.source].add(sentence.intent)
    return found
