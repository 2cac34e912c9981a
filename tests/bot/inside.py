"""Tests that need Rasa's own environment. Run there by test_inside.py: `.venv-rasa/bin/python -m tests.bot.inside`.

Plain functions with plain asserts, no pytest; the last line printed is a JSON object {test: error or null}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
import traceback
import warnings
from datetime import date
from pathlib import Path

warnings.showwarning = lambda *_args, **_named: None

import rasa.shared.core.events as rasa_events  # noqa: E402
from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot import linear, savings  # noqa: E402
from bot.augment import OUTSIDE, Examples  # noqa: E402
from bot.extraction import Extraction  # noqa: E402
from bot.normaliser import normalise  # noqa: E402
from bot.phrases import Phrases  # noqa: E402
from bot.tracker_store import LatestTurns  # noqa: E402

TEXTS = [
    f"{place}{what}" for place in ("阳光花园", "翠湖苑", "我家", "这边") for what in ("停电了", "没电了", "又停电")
]
TEXTS += [f"{when}{what}" for when in ("上个月", "九月", "今年", "这期") for what in ("电费多少", "电费单", "账单")]
TEXTS += [f"{hello}{end}" for hello in ("你好", "您好", "在吗", "哈喽") for end in ("", "呀", "啊")]
LABELS = ["outage_query"] * 12 + ["bill_query"] * 12 + ["greet"] * 12
EXAMPLES = Examples.of(zip(TEXTS, LABELS, strict=True))
SLOTS = Domain.from_dict({"slots": {"place": {"type": "any", "mappings": [{"type": "custom"}]}}})


def extraction() -> Extraction:
    return Extraction(Phrases.read(), clock=lambda: date(2026, 11, 22))


def entities(text: str) -> list[tuple[str, str, str]]:
    found = extraction().entities(normalise(text))
    return [(one["entity"], text[one["start"] : one["end"]], one["value"]) for one in found]


def test_the_same_data_give_the_same_model() -> None:
    one, other = (linear.train(EXAMPLES, 1.0, 1) for _ in range(2))
    assert (one.weights == other.weights).all()
    assert one.sharpness == other.sharpness


def test_a_model_read_back_judges_as_before_and_holds_nothing_that_runs() -> None:
    model = linear.train(EXAMPLES, 1.0, 1)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        again = linear.LinearModel.load(Path(folder))
        assert {file.suffix for file in Path(folder).iterdir()} == {".json", ".npz"}
    assert (model.probabilities("海岸小区停电了") == again.probabilities("海岸小区停电了")).all()


def test_probabilities_sum_to_one_also_for_what_was_never_seen() -> None:
    model = linear.train(EXAMPLES, 1.0, 1)
    for text in ("停电", "xyzzy", "🙂", " ", "停电了" * 600):
        assert abs(float(model.probabilities(text).sum()) - 1) < 1e-5, text


def test_typed_pinyin_and_homophones_are_understood() -> None:
    model = linear.train(EXAMPLES, 1.0, 1)
    for text in ("tingdian le", "亭电了", "停電了", "ｔｉｎｇｄｉａｎ"):
        assert model.intents[int(model.probabilities(normalise(text).text).argmax())] == "outage_query", text


def test_foreign_twins_are_the_same_every_time_and_never_a_sentence_of_ours() -> None:
    ours = [("查下电费", "bill_query"), ("查下话费", OUTSIDE), ("停电了", "hazard"), ("停电通知", "subscribe_notice")]
    once, again = (Examples.of(ours).with_twins(1) for _ in range(2))
    assert once == again
    twins = once.rows[len(ours) :]
    assert twins
    assert {row.intent for row in twins} == {OUTSIDE}
    assert not {row.text for row in twins} & {text for text, _ in ours}


def test_noisy_copies_want_the_same_and_stay_beside_the_sentence_they_come_from() -> None:
    plain = Examples.of([("我要查一下这个月的电费", "bill_query"), ("有没有人在啊", "greet")])
    noisy = plain.with_noise()
    copies = noisy.rows[len(plain.rows) :]
    assert noisy == plain.with_noise()
    assert len(copies) >= 2
    assert all(row.intent == plain.rows[row.origin].intent for row in copies)
    assert not {row.text for row in copies} & {row.text for row in plain.rows}


def test_what_is_typed_gets_one_written_form() -> None:
    for typed, normal in (
        ("户号：３３０１２３４５６７", "户号:3301234567"),
        ("陽光花園停電了", "阳光花园停电了"),
        ("OK Tingdian", "ok tingdian"),
        ("怎么还没来啊啊啊啊啊！！！！", "怎么还没来啊啊!!"),
        ("停\u200b电\ufeff了", "停电了"),
        ("停电  \n\t 了", "停电 了"),
        ("a\x00b", "ab"),
        ("3300000012", "3300000012"),
        ("", ""),
    ):
        assert normalise(typed).text == normal, typed


def test_a_span_of_the_normal_form_points_into_the_original() -> None:
    original = "唉！！！！！我住㎡陽光花園"
    written = normalise(original)
    start = written.text.index("阳光花园")
    begin, end = written.span(start, start + 4)
    assert original[begin:end] == "陽光花園"


def test_an_input_slip_is_mended_and_the_span_stays() -> None:
    assert ("symptom", "跳匝", "跳闸") in entities("家里跳匝了")
    assert normalise("我想叫店费").text == "我想交电费"
    assert normalise("一点费用").text == "一点费用"


def test_spans_are_those_of_the_text_as_typed() -> None:
    assert entities("唉!!!!!陽光花園３栋停电") == [("community", "陽光花園", "阳光花园"), ("building", "３栋", "3栋")]


def test_a_misspelt_place_is_found_by_its_sound() -> None:
    assert entities("杨光花圆停电了")[0] == ("community", "杨光花圆", "阳光花园")
    assert entities("yangguanghuayuan ting dian")[0] == ("community", "yangguanghuayuan", "阳光花园")


def test_half_a_word_is_no_place() -> None:
    assert entities("和平理发店在哪") == []


def test_what_is_denied_is_no_symptom() -> None:
    assert [one for one in entities("没有冒烟,就是跳闸了") if one[0] == "symptom"] == [("symptom", "跳闸", "跳闸")]


def test_a_known_place_beats_a_guessed_one_and_an_unknown_one_is_still_heard() -> None:
    assert ("community", "阳光花园", "阳光花园") in entities("后天阳光花园停不停电")
    assert ("community", "丽水花园", "丽水花园") in entities("我住丽水花园")


def test_thousands_of_places_cost_no_more_than_ten() -> None:
    few, many = (_cost_of_places(count) for count in (10, 5000))
    assert many < 3 * few + 0.0005, (few, many)


def _cost_of_places(count: int) -> float:
    letters = [chr(0x4E00 + number) for number in range(200)]
    names = [letters[n % 200] + letters[n * 7 % 200] + letters[n // 200] + "里" for n in range(count)]
    phrases = Phrases([{"kind": "community", "name": name, "aliases": [], "district": "东区"} for name in names])
    found = Extraction(phrases)
    found.entities(normalise("我家停电"))
    told = normalise("我住阳光花园3栋2单元501,昨天晚上七点半开始停电,什么时候来电")
    started = time.process_time()
    for _ in range(100):
        found.entities(told)
    return (time.process_time() - started) / 100


def test_no_text_of_two_thousand_characters_holds_the_process_up() -> None:
    found = extraction()
    for piece in (
        "停电了",
        "1",
        "1 ",
        "1.",
        "1-",
        "一二三四五六七八九十",
        "百千万",
        "二零",
        "我叫王",
        "不是,",
        "3栋2单元",
        "a",
    ):
        started = time.process_time()
        found.entities(normalise((piece * 2000)[:2000]))
        assert time.process_time() - started < 0.5, piece


def _tracker(turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker("c1", SLOTS.slots)
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for number in range(turns):
        said = [UserUttered(f"第{number}句"), SlotSet("place", number), ActionExecuted("action_outage")]
        events += [*said, BotUttered("好"), ActionExecuted("action_listen")]
    tracker.update_with_events(events, SLOTS)
    return tracker


def _kept(turns: int, **limits: int) -> DialogueStateTracker:
    store = LatestTurns(SLOTS, **limits)
    asyncio.run(store.save(_tracker(turns)))
    return asyncio.run(store.retrieve("c1"))


def test_the_thousandth_turn_keeps_no_more_events_than_the_tenth() -> None:
    assert len(_kept(1000).events) == len(_kept(10).events) <= 45


def test_a_short_conversation_is_kept_whole_with_its_times() -> None:
    whole = _tracker(3)
    store = LatestTurns(SLOTS)
    asyncio.run(store.save(whole))
    kept = asyncio.run(store.retrieve("c1"))
    assert list(kept.events) == list(whole.events)
    assert [event.timestamp for event in kept.events] == [event.timestamp for event in whole.events]


def test_a_slot_set_in_a_forgotten_turn_keeps_its_value() -> None:
    tracker = _tracker(0)
    tracker.update_with_events([SlotSet("place", "阳光花园")], SLOTS)
    tracker.update_with_events([event for event in _tracker(50).events if not isinstance(event, SlotSet)][3:], SLOTS)
    store = LatestTurns(SLOTS)
    for _ in range(3):
        asyncio.run(store.save(tracker))
        tracker = asyncio.run(store.retrieve("c1"))
    assert tracker.get_slot("place") == "阳光花园"


def test_what_is_kept_begins_with_a_whole_turn() -> None:
    events = list(_kept(100).events)
    assert isinstance(events[2], SlotSet)
    assert isinstance(events[4], UserUttered)


def test_the_conversation_that_spoke_longest_ago_is_forgotten_first() -> None:
    store = LatestTurns(SLOTS, conversations=2)
    for name in ("a", "b", "a", "c"):
        asyncio.run(store.save(DialogueStateTracker(name, [])))
    assert asyncio.run(store.keys()) == ["a", "c"]


def test_a_new_session_forgets_the_events_of_the_last() -> None:
    tracker = _tracker(2)
    tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], SLOTS)
    store = LatestTurns(SLOTS)
    asyncio.run(store.save(tracker))
    assert len(asyncio.run(store.retrieve("c1")).events) == 2


def test_the_savings_refuse_another_rasa() -> None:
    real, savings.rasa.__version__ = savings.rasa.__version__, "3.6.22"
    try:
        savings.apply()
    except savings.WrongVersion:
        return
    finally:
        savings.rasa.__version__ = real
    raise AssertionError("patched another Rasa")


def test_saved_lookups_and_checks_agree_with_plain_ones() -> None:
    names = ("user", "slot", "action", "bot", "session_started", "topic")
    plain = [rasa_events.Event.resolve_by_type(name) for name in names]
    results = ({"events": [], "responses": []}, {"events": [{"event": "slot"}]}, {"events": "no"}, [])
    answers = [_checked(result) for result in results]
    savings.look_up_event_types_once()
    savings.compile_the_action_check_once()
    assert [rasa_events.Event.resolve_by_type(name) for name in names] == plain
    assert [_checked(result) for result in results] == answers


def _checked(result: object) -> str:
    try:
        return str(RemoteAction("action_outage")._validate_action_result(result))
    except Exception as error:
        return str(error)


def main() -> int:
    outcome: dict[str, str | None] = {}
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            try:
                test()
                outcome[name] = None
            except Exception:
                outcome[name] = traceback.format_exc()
    print(json.dumps(outcome, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
