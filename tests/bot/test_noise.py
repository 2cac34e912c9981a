"""The noise that the held-out sentences are measured under."""

import pytest

from bot.lexicon import syllables
from bot.noise import KINDS, dropped, homophones, unpunctuated

SENTENCE = "我家停电了,什么时候来电?户号3300100001"


@pytest.mark.parametrize("kind", KINDS)
def test_noise_changes_a_sentence_the_same_way_every_time(kind: str) -> None:
    assert KINDS[kind](SENTENCE) != SENTENCE
    assert KINDS[kind](SENTENCE) == KINDS[kind](SENTENCE)


def test_a_homophone_sounds_the_same() -> None:
    heard = homophones(SENTENCE)
    assert [syllables().get(one, one) for one in heard] == [syllables().get(one, one) for one in SENTENCE]


def test_digits_and_the_shortest_sentences_lose_nothing() -> None:
    assert "3300100001" in dropped(SENTENCE)
    assert dropped("没电") == "没电"


def test_voice_input_writes_no_punctuation() -> None:
    assert unpunctuated(SENTENCE) == "我家停电了什么时候来电户号3300100001"
