"""Danger: advice before anything else, then only what the crew needs to find the place. Never a form.

The gateway gives the advice itself when its word patterns see the danger, and makes the urgent ticket in either case
(desk/answer.py). What only the model recognised gets its advice here.
"""

import re
from datetime import datetime, timedelta

from actions import zh
from actions.belief import Matter
from actions.turn import Turn

# So long after a report of danger a bare phone number is meant for the crew: the ticket is of one hour (decision 0004).
FOR_THE_CREW = timedelta(hours=1)
WHERE = frozenset({"inform", "outage_query", "repair_report", "nlu_fallback"})


class HazardService:
    name = "hazard"
    intents = frozenset({"hazard"})
    urgency = 10

    async def begin(self, turn: Turn, matter: Matter) -> None:
        if phone := matter.slots.get("phone"):
            self._note_phone(turn, phone)
            return
        turn.belief.danger_at = turn.now.isoformat()
        if turn.around.hazard is None:
            turn.hazard = "other"
            turn.say("utter_hazard_other")
        turn.say("utter_hazard_registered")
        if turn.heard.first("community", "street", "building"):
            self._note_place(turn, matter)
        else:
            turn.ask(matter, "place", "utter_hazard_ask_place")

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        """Whatever sounds like a place goes to the crew as it was said: nobody is asked twice in danger."""
        heard = turn.heard
        if foreign or not (heard.intent in WHERE or heard.first("community", "street", "building")):
            return False
        phone = heard.first("phone")
        if phone and not heard.first("community", "street", "building") and not re.search(r"[^\W\d_]{3}", heard.text):
            self._note_phone(turn, phone)
            await self.ask_again(turn, matter)
            return True
        self._note_place(turn, matter)
        return True

    def _note_place(self, turn: Turn, matter: Matter) -> None:
        text = turn.heard.text.strip()[:200]
        self._note(turn, "hazard-place", f"位置：{text}")
        turn.say("utter_hazard_place_noted", address=text)
        matter.question = None

    def _note_phone(self, turn: Turn, phone: str) -> None:
        self._note(turn, "hazard-phone", f"联系电话：{phone}")
        turn.say("utter_hazard_phone_noted", phone=zh.mask_phone(phone))

    def _note(self, turn: Turn, purpose: str, text: str) -> None:
        payload = {"ticket_kind": "紧急处置", "text": text}
        turn.errands.append({"key": turn.key(purpose), "kind": "note", "payload": payload})

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        turn.ask(matter, "place", "utter_hazard_ask_place")

    def listens(self, matter: Matter) -> bool:
        return False


def is_recent(danger_at: str | None, now: datetime) -> bool:
    """Whether danger was reported so lately that what is said now may belong to it."""
    return danger_at is not None and now - datetime.fromisoformat(danger_at) <= FOR_THE_CREW
