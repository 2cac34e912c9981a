"""Danger is looked for by words alone: what they find and what they mistake is measured like everything else."""

from pathlib import Path

import pytest
import yaml

from bot.heldout import read
from desk.hazard import HazardWatch
from desk.phrases import Phrases

ROOT = Path(__file__).parents[1]
LEXICON = yaml.safe_load((ROOT / "data" / "lexicon" / "hazard.yml").read_text(encoding="utf-8"))
KINDS = [kind for kind in LEXICON if kind != "never"]
# Measured on the held-out sentences: 1.0 and 0.0004. They were read when the patterns were mended on 2026-11-27, so it
# holds what was reached; of 30 sentences written before the mending the patterns had found 25. The model is the second
# net.
LEAST_RECALL, MOST_FALSE_ALARMS = 0.995, 0.002


@pytest.fixture(scope="module")
def watch() -> HazardWatch:
    return HazardWatch.from_lexicon(LEXICON)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"])


def test_kinds_stand_in_order_of_urgency() -> None:
    assert KINDS == ["shock", "fire", "wire", "pole", "spark", "leak", "water"]


@pytest.mark.parametrize("kind", [*KINDS, "other"])
def test_every_kind_has_its_advice_and_its_name(phrases: Phrases, kind: str) -> None:
    advice, name = phrases.text(f"utter_hazard_{kind}"), phrases.text(f"utter_hazard_name_{kind}")
    assert any(number in advice for number in ("95598", "119", "120")), "whom to call stands in every advice"
    assert 0 < len(name) <= 12


def test_what_is_found_of_held_out_danger_and_how_often_it_is_seen_where_there_is_none(watch: HazardWatch) -> None:
    sentences = read(ROOT / "tests" / "nlu")
    danger = [sentence.text for sentence in sentences if sentence.intent == "hazard"]
    other = [sentence.text for sentence in sentences if sentence.intent != "hazard"]
    missed = [text for text in danger if watch.look(text) is None]
    alarms = [text for text in other if watch.look(text) is not None]
    assert 1 - len(missed) / len(danger) >= LEAST_RECALL, missed
    assert len(alarms) / len(other) <= MOST_FALSE_ALARMS, alarms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("有人触电了", "shock"),
        ("电表箱 着 火 了", "fire"),
        ("门口有根电线掉地上了", "wire"),
        ("电线杆倒了", "pole"),
        ("插座冒烟了", "spark"),
        ("洗手的时候水龙头麻手", "leak"),
        ("配电箱被水淹了", "water"),
        ("我家空开着火了，ＦＩＲＥ", "fire"),
        ("触电了,电线也着火了", "shock"),
    ],
)
def test_plain_words_are_understood(watch: HazardWatch, text: str, kind: str) -> None:
    assert watch.look(text) == kind


@pytest.mark.parametrize(
    "text", ["停电了", "漏电保护器老是跳", "煤气灶打不着火", "手机发烫", "触电怎么办", "查电费", "明天停电吗", ""]
)
def test_what_only_sounds_like_danger_is_none(watch: HazardWatch, text: str) -> None:
    assert watch.look(text) is None
