"""What a form asks for, one question at a time.

A slot knows three things: whether it is still missing, what a message says about it, and how to ask for it. Its value
is kept in `matter.slots` under its name.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from actions import zh
from actions.belief import Matter
from actions.turn import Turn


class Slot(Protocol):
    @property
    def name(self) -> str: ...

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        """True while it must be asked for; what is known already may be filled in here."""

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        """Take what the message says about it; True when something was taken.

        `asked`: this is the open question, so a bare answer counts. `foreign`: the message is about something else,
        so only what is unmistakable counts.
        """

    async def ask(self, turn: Turn, matter: Matter) -> None: ...


# So many digits in a row were meant as a number to call.
NUMBER_LIKE = 5
# What stands in the slot of a phone instead of a number.
REGISTERED, DECLINED = "registered", "declined"
NO_PHONE = re.compile(
    r"(不|别|没)(想|愿意?|方便|用|需要?|必)?(再)?(留|给|提供|填|联系|回复|打电?话)|不方便|没有?(电话|手机)"
)


def contact_of(turn: Turn, matter: Matter) -> tuple[str | None, str | None]:
    """Phone and account number for a ticket: the number that was given, or the account whose registered one counts."""
    phone, account = matter.slots.get("phone"), turn.belief.account
    number = None if phone in (REGISTERED, DECLINED) else phone
    return number, account.account_no if account and phone == REGISTERED else None


def say_contact(turn: Turn, matter: Matter) -> str:
    """138****5678; empty when the number is kept back."""
    phone, account = matter.slots.get("phone"), turn.belief.account
    if phone == REGISTERED:
        return account.phone_masked if account else ""
    return zh.mask_phone(phone) if phone and phone != DECLINED else ""


@dataclass(frozen=True)
class PhoneSlot:
    """Where to call. A known number is not asked for again; a verified account's registered one is offered.

    `declinable` is the title of the button that keeps the number back; empty where nothing goes on without one.
    """

    name: str = "phone"
    response: str = "utter_ask_phone"
    declinable: str = ""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        if not matter.slots.get(self.name) and turn.belief.phone:
            matter.slots[self.name] = turn.belief.phone
        return not matter.slots.get(self.name)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        if turn.heard.chosen(matter.service, self.name) == REGISTERED:
            matter.slots[self.name] = REGISTERED
            return True
        number = turn.heard.first("phone") or zh.phone(turn.heard.text)
        if number is None:
            return not foreign and self._declined(turn, matter, asked=asked)
        matter.slots[self.name] = turn.belief.phone = number
        return True

    def refusal(self, matter: Matter) -> str:
        """The title of the button that keeps the number back in this matter."""
        return self.declinable

    def _declined(self, turn: Turn, matter: Matter, *, asked: bool) -> bool:
        heard = turn.heard
        said, text = heard.chosen(matter.service, self.name) == DECLINED, zh.plain(heard.text)
        said = said or zh.is_anonymous(text)
        said = said or (asked and (heard.intent == "deny" or NO_PHONE.search(text) is not None))
        if not self.refusal(matter) or not said:
            return False
        matter.slots[self.name] = DECLINED
        return True

    def offered(self, turn: Turn, matter: Matter) -> list[tuple[str, str]]:
        """The buttons of the question."""
        account, refusal = turn.belief.account, self.refusal(matter)
        registered = [(f"用登记号码{account.phone_masked}", REGISTERED)] if account else []
        return registered + ([(refusal, DECLINED)] if refusal else [])

    async def ask(self, turn: Turn, matter: Matter) -> None:
        digits = any(len(run) >= NUMBER_LIKE for run in zh.digit_runs(turn.heard.text))
        wrong = matter.question == self.name and digits and not turn.heard.first("account_no", "ticket_no")
        turn.ask(matter, self.name, "utter_ask_phone_again" if wrong else self.response, self.offered(turn, matter))


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
