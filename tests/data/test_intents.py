"""Every intent of the contract leads somewhere and is told apart from its neighbours."""

import re
from collections import Counter

from tests.data.sources import ROOT, domain, intents, rules, trained

FALLBACK = "nlu_fallback"


def test_every_intent_has_one_rule() -> None:
    assert Counter(intent for intent, _ in rules()) == Counter([*intents(), FALLBACK])


def test_every_action_of_a_rule_is_in_the_domain_and_the_other_way_round() -> None:
    declared = {name for action in domain()["actions"] for name in (action if isinstance(action, dict) else [action])}
    assert {action for _, action in rules()} == declared


def test_every_intent_has_its_row_in_the_guideline() -> None:
    guideline = (ROOT / "docs" / "intents.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (\w+) \| \S", guideline, re.MULTILINE)
    assert Counter((folder, intent) for folder, intent in rows if intent != "intent") == Counter(
        {(sentence.source, sentence.intent) for sentence in trained()}
    )


def test_every_marked_entity_is_in_the_domain() -> None:
    marked = {entity.entity for sentence in trained() for entity in sentence.entities}
    assert marked <= set(domain()["entities"])
