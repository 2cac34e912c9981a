"""Listening: everything the customer says until they say that it is all; nothing of it is lost."""

from dataclasses import dataclass
from typing import Final

from actions import card_data, grievance, zh
from actions.belief import Matter
from actions.labels import HUMAN
from actions.turn import Turn
from utility.models import Grade

DONE: Final = ("说完了", "done")
# After so many questions even a story that tells next to nothing is taken as it is.
PATIENCE: Final = 3
SMALL_TALK: Final = frozenset({"greet", "thanks", "goodbye", "help"})


def of(matter: Matter) -> str:
    return str(matter.slots.get("story", ""))


def is_grave(turn: Turn, matter: Matter) -> bool:
    """Whether a human is offered while the customer is still telling: strong anger, or more than an ordinary matter."""
    grave, _ = grievance.grade_of(of(matter), vulnerable=turn.belief.vulnerable)
    return bool(grave is not Grade.NORMAL or matter.slots.get("calmed"))


@dataclass(frozen=True)
class StorySlot:
    name: str = "story"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return not matter.slots.get("heard_out")

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        if foreign or not (asked or heard.intent == "complaint"):
            return False
        if heard.choice and not (asked and heard.chosen(matter.service, self.name)):
            return False
        if asked and (heard.choice or self.is_finished(turn, matter)):
            matter.slots["heard_out"] = grievance.tells(of(matter)) or matter.asked >= PATIENCE
            return True
        if asked and len(zh.plain(heard.text)) <= grievance.BRIEF and heard.intent in SMALL_TALK | {"affirm"}:
            matter.slots["nodded"] = heard.intent == "affirm"
            return heard.intent == "affirm"
        return self.add(matter, heard.text) or asked

    def is_finished(self, turn: Turn, matter: Matter) -> bool:
        return bool(of(matter)) and grievance.is_done(turn.heard.text)

    def add(self, matter: Matter, text: str) -> bool:
        """Keep what was said; False when it was only 我要投诉."""
        if grievance.is_bare(text):
            return False
        said = card_data.without(text) if card_data.is_in(text) else text.strip()
        matter.slots["story"] = f"{of(matter)}\n{said}".strip()
        if grievance.ends(text) and grievance.tells(of(matter)):
            matter.slots["heard_out"] = True
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        choices = [DONE] if of(matter) else []
        turn.ask(matter, self.name, self._question(matter), choices, ways_out=[HUMAN] if is_grave(turn, matter) else [])

    def _question(self, matter: Matter) -> str:
        again = matter.question == self.name
        if matter.slots.pop("adding", False):
            return "utter_complaint_add"
        if matter.slots.pop("nodded", False):
            return "utter_complaint_go_on"
        if not grievance.tells(of(matter)):
            return "utter_complaint_what" if again or of(matter) else "utter_complaint_listen"
        return "utter_complaint_noted" if again else "utter_complaint_heard"
