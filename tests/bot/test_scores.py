"""The arithmetic of an evaluation."""

import pytest

from bot import scores
from bot.heldout import Entity, Sentence, marked
from bot.scores import Judged


def judged(intent: str, choice: str, confidence: float = 1.0, acted: str = "", text: str = "句") -> Judged:
    return Judged(Sentence(text, intent), choice, confidence, acted or choice, (), 1.0)


def test_marked_words_become_spans_and_values() -> None:
    sentence = marked('查[上个月]{"entity":"period","value":"2026-10"}[3栋](building)', "bill_query")
    assert sentence.text == "查上个月3栋"
    assert sentence.entities == (Entity("period", 1, 4, "2026-10"), Entity("building", 4, 6, "3栋"))


def test_macro_f1_counts_every_intent_alike() -> None:
    some = [judged("a", "a"), judged("a", "a"), judged("a", "a"), judged("b", "a")]
    assert scores.accuracy(some) == 0.75
    assert scores.macro_f1(some) == pytest.approx((2 * 0.75 / 1.75) / 2)


def test_perfect_confidence_has_no_calibration_error() -> None:
    assert scores.calibration_error([judged("a", "a", 1.0)] * 10) == 0
    assert scores.calibration_error([judged("a", "b", 1.0)] * 10) == 1


def test_foreign_messages_count_as_declined_when_the_bot_asks_back() -> None:
    some = [judged(scores.OUTSIDE, "a", 0.2, scores.FALLBACK), judged("a", scores.OUTSIDE), judged("a", "a")]
    assert scores.declined(some) == (1.0, 0.5, 0.0)


def test_an_entity_with_a_wrong_value_has_the_right_span_only() -> None:
    sentence = marked('[上个月]{"entity":"period","value":"2026-10"}', "bill_query")
    one = Judged(sentence, "bill_query", 1.0, "bill_query", (Entity("period", 0, 3, "2026-09"),), 1.0)
    assert scores.overall([one]).f1 == 1
    assert scores.overall([one], values=True).f1 == 0


def test_confusions_come_with_their_sentences_the_most_frequent_first() -> None:
    some = [judged("a", "b", text="一"), judged("c", "a", text="二"), judged("c", "a", text="三")]
    assert scores.confusions(some) == [("c", "a", ["二", "三"]), ("a", "b", ["一"])]
