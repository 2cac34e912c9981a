"""A form: slots asked for one at a time, read back, confirmed, and corrected whenever the customer likes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from actions import place as places
from actions import zh
from actions.belief import Matter
from actions.labels import SLOT_WORDS
from actions.slot import Slot
from actions.turn import Heard, Turn


class Form:
    """Base of the services that fill a form. `confirmed` forms read their facts back before `complete`."""

    name: str
    intents: frozenset[str]
    urgency: int = 0
    slots: Sequence[Slot] = ()
    confirmation: str | None = None
    # What can be changed after the read-back: (title of the button, name of the slot).
    changeable: Sequence[tuple[str, str]] = ()

    async def begin(self, turn: Turn, matter: Matter) -> None:
        for slot in self.slots:
            await slot.take(turn, matter, asked=False, foreign=False)
        await self.go_on(turn, matter)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        took = await self._take(turn, matter, foreign=foreign)
        if matter.question in ("confirm", "change") and not foreign:
            took = self._take_confirmation(turn, matter, corrected=took) or took
        if took and not foreign:
            await self.go_on(turn, matter)
        return took

    async def _take(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        took = False
        for slot in self.slots:
            asked = slot.name == matter.question
            took = await slot.take(turn, matter, asked=asked, foreign=foreign) or took
        return took

    def _take_confirmation(self, turn: Turn, matter: Matter, *, corrected: bool) -> bool:
        """Yes submits; a correction is read back again; a bare no asks what is wrong."""
        heard = turn.heard
        chosen = heard.chosen(self.name, "confirm")
        if changed := heard.chosen(self.name, "change"):
            self.forget(turn, matter, changed)
        elif corrected:
            return True
        elif named := self._named(heard, asked_what=matter.question == "change"):
            self.forget(turn, matter, named)
        elif chosen == "yes" or (heard.intent == "affirm" and not zh.is_correction(heard.text)):
            matter.slots["confirmed"] = True
        elif chosen == "no" or heard.intent == "deny" or zh.is_correction(heard.text):
            matter.slots["changing"] = True
        else:
            return False
        return True

    def _named(self, heard: Heard, *, asked_what: bool) -> str | None:
        """The slot that is said to be wrong without a new value: 电话打错了; or 电话, when asked what to change."""
        if heard.choice or heard.intent in ("affirm", "cancel"):
            return None
        parts = re.split(r"[,，。;；\s]", heard.text)
        said = "".join(part for part in parts if zh.is_wrong(part)) or (heard.text if asked_what else "")
        known = (slot for _, slot in self.changeable if slot in SLOT_WORDS)
        return next((slot for slot in known if re.search(SLOT_WORDS[slot], said)), None)

    def forget(self, turn: Turn, matter: Matter, slot: str) -> None:
        """Empty a slot so that it is asked for again."""
        matter.slots.pop(slot, None)
        if slot == "building":
            places.forget_building(turn, matter)
        if slot == "place":
            turn.belief.place = None
        if slot == "phone":
            turn.belief.phone = None
        matter.question = slot

    async def go_on(self, turn: Turn, matter: Matter) -> None:
        """Ask for the next thing missing; when there is none, read back; when that is confirmed, complete."""
        for slot in self.slots:
            if await slot.missing(turn, matter):
                await slot.ask(turn, matter)
                return
        if self.confirmation and not matter.slots.get("confirmed"):
            self._confirm(turn, matter)
            return
        matter.question = None
        await self.complete(turn, matter)

    def _confirm(self, turn: Turn, matter: Matter) -> None:
        if matter.slots.pop("changing", False):
            turn.ask(matter, "change", "utter_ask_change", self.changeable)
        else:
            choices = (("确认提交", "yes"), ("要修改", "no"))
            turn.ask(matter, "confirm", self.confirmation or "", choices, **self.read_back(turn, matter))

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        await self.go_on(turn, matter)

    def listens(self, matter: Matter) -> bool:
        return False

    def read_back(self, turn: Turn, matter: Matter) -> Mapping[str, Any]:
        """The facts to be confirmed, as values of the confirmation."""
        return {}

    async def complete(self, turn: Turn, matter: Matter) -> None:
        raise NotImplementedError
