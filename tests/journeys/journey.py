"""A journey: what customers say, what must be answered, and what the utility's systems must hold afterwards.

One YAML file per service, a list of journeys each:

    name     a Chinese sentence saying what must be true
    picture  true where the words of a picture are compared, which only web chat shows
    account  户号 of the demo town whose figures the placeholders {month}, {total} … stand for
    turns    who       the speaker, when more than one visitor takes part
             customer  a sentence, or
             press     the title of a button that was offered to this speaker
             bot       what the answer says, in this order
             never     what it does not say
             buttons   titles that are offered; [] for none at all
             later     what follows on its own, when an errand is done
    backend  who       whose tickets
             tickets   all of them, in any order; a field as in TICKET_FIELDS

A text between slashes is a regular expression. {name} stands for a fact of the town (town.py) or for what a group
`(?P<name>…)` found earlier in the journey.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from tests.punctuation import half_width

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PERSONAL = re.compile(r"核对身份|电费账单|户号\d|催费|欠费")
NO_JOURNEYS = frozenset({"unreached.yml"})
TICKET_FIELDS = frozenset(
    {"number", "kind", "status", "grade", "class", "place", "address", "symptom", "scope", "description", "contact"}
    | {"phone", "joined", "outage", "urged", "limits", "timeline", "notes"}
)

Facts = Mapping[str, str]


@dataclass(frozen=True)
class Turn:
    who: str = "客户"
    customer: str = ""
    press: str = ""
    bot: Sequence[str] = ()
    never: Sequence[str] = ()
    buttons: Sequence[str] | None = None
    later: Sequence[str] = ()

    def __post_init__(self) -> None:
        if bool(self.customer) == bool(self.press):
            raise ValueError(f"a turn is either said or pressed: {self}")


@dataclass(frozen=True)
class Holding:
    """What the utility must hold of one visitor."""

    tickets: Sequence[Mapping[str, Any]]
    who: str = "客户"

    def __post_init__(self) -> None:
        for ticket in self.tickets:
            if unknown := set(ticket) - TICKET_FIELDS:
                raise ValueError(f"no such field of a ticket: {unknown}")


@dataclass(frozen=True)
class Journey:
    service: str
    name: str
    turns: Sequence[Turn]
    backend: Sequence[Holding] = field(default=())
    account: str = ""
    picture: bool = False

    @property
    def personal(self) -> bool:
        """Whether it tells personal data, which some channels may not carry."""
        return bool(self.account) or any(PERSONAL.search(said) for turn in self.turns for said in turn.bot)

    @property
    def sentences(self) -> list[str]:
        return [turn.customer for turn in self.turns if turn.customer]


def services() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.yml") if file.name not in NO_JOURNEYS)


def journeys_of(service: str) -> list[Journey]:
    """Raises ValueError or TypeError for a journey that is not well formed."""
    return [_journey(service, entry) for entry in read_yaml(FOLDER / f"{service}.yml")]


def every_journey() -> list[Journey]:
    return [journey for service in services() for journey in journeys_of(service)]


def _journey(service: str, entry: dict[str, Any]) -> Journey:
    _refuse_unknown(entry, Journey)
    turns = [_turn(turn) for turn in entry["turns"]]
    backend = [Holding(**holding) for holding in entry.get("backend", ())]
    return Journey(service, entry["name"], turns, backend, str(entry.get("account", "")), entry.get("picture", False))


def _turn(entry: dict[str, Any]) -> Turn:
    """YAML reads a phone number as a number: all of it are words."""
    words = {
        name: [str(text) for text in said] if isinstance(said, list) else str(said) for name, said in entry.items()
    }
    return Turn(**words)  # type: ignore[arg-type]


def _refuse_unknown(entry: dict[str, Any], kind: type[Journey]) -> None:
    if unknown := set(entry) - {known.name for known in fields(kind)}:
        raise ValueError(f"unknown in a journey: {unknown}")


def read_yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


# --- texts with placeholders, and patterns ---------------------------------------------------------------------------


def filled(text: str, facts: Facts) -> str:
    """Raises KeyError for a placeholder that nothing has filled."""
    return PLACEHOLDER.sub(lambda found: facts[found[1]], text)


def pattern(expected: str, facts: Facts) -> re.Pattern[str]:
    """A regular expression between slashes, or a text; both for texts with half-width punctuation."""
    expected, facts = half_width(expected), {name: half_width(fact) for name, fact in facts.items()}
    if len(expected) > 1 and expected.startswith("/") and expected.endswith("/"):
        return re.compile(PLACEHOLDER.sub(lambda found: re.escape(facts[found[1]]), expected[1:-1]), re.DOTALL)
    return re.compile(re.escape(filled(expected, facts)))
