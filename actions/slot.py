"""What a form asks for, one question at a time.

A slot knows three things: whether it is still missing, what a message says about it, and how to ask for it. Its value
is kept in `matter.slots` under its name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from actions import zh
from actions.belief import Matter
from actions.turn import Turn


class Slot(Protocol):
    name: str

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        """True while it must be asked for; what is known already may be filled in here."""

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        """Take what the message says about it; True when something was taken.

        `asked`: this is the open question, so a bare answer counts. `foreign`: the message is about something else,
        so only what is unmistakable counts.
        """

    async def ask(self, turn: Turn, matter: Matter) -> None: ...


@dataclass(frozen=True)
class PhoneSlot:
    """Where to call. A known number is not asked for again; a verified account's registered one is offered."""

    name: str = "phone"
    response: str = "utter_ask_phone"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        if not matter.slots.get(self.name) and turn.belief.phone and matter.question != self.name:
            matter.slots[self.name] = turn.belief.phone
        return not matter.slots.get(self.name)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        if turn.heard.chosen(matter.service, self.name) == "registered":
            matter.slots[self.name] = "registered"
            return True
        number = turn.heard.first("phone") or zh.phone(turn.heard.text)
        if number is None:
            return False
        matter.slots[self.name] = turn.belief.phone = number
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        account = turn.belief.account
        offered = [(f"用登记号码{account.phone_masked}", "registered")] if account else []
        wrong = matter.question == self.name and any(map(str.isdigit, turn.heard.text))
        turn.ask(matter, self.name, "utter_ask_phone_again" if wrong else self.response, offered)


@dataclass(frozen=True)
class ChoiceSlot:
    """One of a few values, by button, by entity, or by what `read` makes of the text when it was asked for."""

    name: str
    response: str
    choices: Sequence[tuple[str, str]]
    entity: str | None = None
    read: Callable[[str], str | None] = lambda text: None

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return self.name not in matter.slots

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        value = heard.chosen(matter.service, self.name)
        if value is None and self.entity and not foreign:
            value = heard.first(self.entity)
        if value is None and asked and not foreign:
            value = self.read(zh.plain(heard.text)) or self._by_title(heard.text)
        if value is None or value not in {known for _, known in self.choices}:
            return False
        matter.slots[self.name] = value
        return True

    def _by_title(self, text: str) -> str | None:
        said = zh.plain(text)
        return next((value for title, value in self.choices if zh.plain(title) in said or said == value), None)

    async def ask(self, turn: Turn, matter: Matter) -> None:
        turn.ask(matter, self.name, self.response, self.choices)


@dataclass(frozen=True)
class TextSlot:
    """In the customer's own words, at most `longest` characters of them; an entity fills it without asking."""

    name: str
    response: str
    choices: Sequence[tuple[str, str]] = ()
    entity: str | None = None
    longest: int = 300

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return not matter.slots.get(self.name)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        value = heard.chosen(matter.service, self.name)
        if value is None and self.entity and not foreign:
            value = heard.first(self.entity)
        if value is None and asked and not foreign and heard.intent not in ("affirm", "deny", "cancel", "handoff"):
            value = heard.text.strip() or None
        if value is None:
            return False
        matter.slots[self.name] = value[: self.longest]
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        turn.ask(matter, self.name, self.response, self.choices)
