"""Every sentence the bot says is said by somebody, with the values it wants, and holds no figure of its own."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

import pytest
import yaml

from tests.data.sources import ROOT, domain, intents, nodes

SPEAKERS = ("actions", "desk", "channels")
# What a call hands over beside the values of the response.
NOT_VALUES = {"buttons", "choices", "ways_out"}
# The figures a sentence may hold; every other comes from data. Emergency calls, the safe distance from a broken wire,
# lengths of what customers type, and the numbers of a list.
EMERGENCY, DISTANCE = r"95598|120|119", r"(?<=至少)8(?=米)"
LENGTHS = r"10(?=位户号|位，请对照)|11(?=位）)|2000(?=字)"
LIST = r"^[1-9](?=\. )"
ALLOWED = re.compile("|".join((EMERGENCY, DISTANCE, LENGTHS, LIST)), re.MULTILINE)
RESPONSES: dict[str, list[dict[str, Any]]] = domain()["responses"]


def texts(name: str) -> Iterator[str]:
    """What a response says, buttons included."""
    for variation in RESPONSES[name]:
        yield variation["text"]
        yield from (button["title"] for button in variation.get("buttons", ()))


def wanted(name: str) -> set[str]:
    return {value for text in texts(name) for _, value, _, _ in Formatter().parse(text) if value is not None}


@cache
def words() -> frozenset[str]:
    """Every string in the code of those who speak."""
    constants = (node.value for node in nodes(*SPEAKERS) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


@cache
def handed_over() -> frozenset[str]:
    """Every name under which a value may be handed over: a keyword, or a key of a dictionary."""
    return words() | {str(node.arg) for node in nodes(*SPEAKERS) if isinstance(node, ast.keyword)}


def used() -> set[str]:
    """Responses that our code names; of a name that is put together, all that its words can make."""
    hazards = yaml.safe_load((ROOT / "data" / "lexicon" / "hazard.yml").read_text(encoding="utf-8"))
    endings = words() | intents() | set(hazards)
    named = {word for word in words() if re.fullmatch(r"utter_\w*[a-z]", word)}
    for node in nodes(*SPEAKERS):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginning = str(node.values[0].value)
            if beginning.startswith("utter_"):
                made = {name for name in RESPONSES if name.startswith(beginning) and name[len(beginning) :] in endings}
                assert made, f"no response begins with {beginning}"
                named |= made
    return named


def test_what_is_said_exists_and_what_exists_is_said() -> None:
    assert (used() - set(RESPONSES), set(RESPONSES) - used()) == (set(), set())


def test_a_response_has_one_wording_unless_only_rasa_says_it() -> None:
    """The desk takes the first variation, Rasa any: one wording means the same everywhere."""
    assert [name for name, variations in RESPONSES.items() if len(variations) != 1] == []


@pytest.mark.parametrize("name", sorted(name for name in RESPONSES if wanted(name)))
def test_every_value_a_response_wants_is_handed_over_somewhere(name: str) -> None:
    assert all(re.fullmatch(r"[a-z_]+", value) for value in wanted(name))
    assert wanted(name) - handed_over() == set()


def calls() -> Iterator[tuple[str, set[str]]]:
    """Calls that name a response and all its values on the spot: the response, and the names of the values."""
    for node in nodes(*SPEAKERS):
        if isinstance(node, ast.Call) and not any(keyword.arg is None for keyword in node.keywords):
            first = [argument.value for argument in node.args[:3] if isinstance(argument, ast.Constant)]
            for name in first:
                if isinstance(name, str) and name in RESPONSES:
                    yield name, {str(keyword.arg) for keyword in node.keywords} - NOT_VALUES


def test_whoever_says_a_response_gives_it_what_it_wants() -> None:
    said = {(name, *sorted(values)) for name, values in calls() if isinstance(name, str)}
    assert {(name, *sorted(wanted(name))) for name, *values in said if wanted(name) - set(values)} == set()


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_no_figure_stands_in_a_response(name: str) -> None:
    for text in texts(name):
        without_values = re.sub(r"\{\w+\}", "", text)
        assert re.findall(r"\d+", ALLOWED.sub("", without_values)) == []


def test_every_button_of_a_response_leads_to_an_intent() -> None:
    buttons = [button for name in RESPONSES for variation in RESPONSES[name] for button in variation.get("buttons", ())]
    for button in buttons:
        intent, brace, facts = button["payload"].partition("{")
        assert intent.removeprefix("/") in intents() and intent.startswith("/")
        assert not brace or json.loads(brace + facts)
