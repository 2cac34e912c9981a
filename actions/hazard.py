"""Danger: advice before anything else, then only what the crew needs to find the place. Never a form.

The gateway gives the advice itself when its word patterns see the danger, and makes the urgent ticket in either case
(desk/answer.py). What only the model recognised gets its advice here.
"""

from actions.belief import Matter
from actions.turn import Turn

WHERE = frozenset({"inform", "outage_query", "repair_report", "nlu_fallback"})


class HazardService:
    name = "hazard"
    intents = frozenset({"hazard"})
    urgency = 10

    async def begin(self, turn: Turn, matter: Matter) -> None:
        if turn.around.hazard is None:
            turn.hazard = "other"
            turn.say("utter_hazard_other")
        turn.say("utter_hazard_registered")
        if turn.heard.first("community", "street", "building"):
            self._note(turn, matter)
        else:
            turn.ask(matter, "place", "utter_hazard_ask_place")

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        """Whatever sounds like a place goes to the crew as it was said: nobody is asked twice in danger."""
        heard = turn.heard
        if foreign or not (heard.intent in WHERE or heard.first("community", "street", "building")):
            return False
        self._note(turn, matter)
        return True

    def _note(self, turn: Turn, matter: Matter) -> None:
        text = turn.heard.text.strip()[:200]
        payload = {"ticket_kind": "紧急处置", "text": f"位置：{text}"}
        turn.errands.append({"key": turn.key("hazard-place"), "kind": "note", "payload": payload})
        turn.say("utter_hazard_place_noted", address=text)
        matter.question = None

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        turn.ask(matter, "place", "utter_hazard_ask_place")

    def listens(self, matter: Matter) -> bool:
        return False
