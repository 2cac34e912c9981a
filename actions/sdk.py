"""Between rasa-sdk and the dialogue: what Rasa understood comes in, what the bot says and believes goes out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.belief import Belief, Json
from actions.dialogue import Dialogue
from actions.turn import Circumstances, Clause, Entity, Heard, Turn
from utility.client import UtilityClient
from utility.rehearsal import RehearsalClient

# The policy chooses one of these; each leads into the same dialogue, which knows the open matters.
ACTIONS = (
    "action_smalltalk",
    "action_inform",
    "action_fallback",
    "action_hazard",
    "action_handoff",
    "action_outage",
    "action_repair",
    "action_progress",
    "action_billing",
    "action_complaint",
    "action_request",
)


class DialogueAction(Action):  # type: ignore[misc]  # rasa-sdk has no types
    """One name of the domain's actions."""

    def __init__(self, name: str, dialogue: Dialogue, utility: UtilityClient, clock: Callable[[], datetime]) -> None:
        self._name, self._dialogue, self._utility, self._clock = name, dialogue, utility, clock

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Json) -> list[Json]:
        message = tracker.latest_message
        facts = message.get("metadata") or {}
        # The gateway's belief wins; without a gateway (rasa shell) the tracker's slot is all there is.
        belief = Belief.from_json(facts["belief"] if "belief" in facts else tracker.get_slot("belief"))
        around = Circumstances(
            conversation=tracker.sender_id,
            message_id=facts.get("message_id") or message.get("message_id") or tracker.sender_id,
            channel=facts.get("channel", "rest"),
            humans_on_duty=facts.get("humans_on_duty", False),
            hazard=facts.get("hazard"),
            data=facts.get("data") or {},
            personal_data=facts.get("personal_data", True),
            bind_link=facts.get("bind_link", ""),
        )
        utility = RehearsalClient(self._utility) if facts.get("rehearsal") else self._utility
        turn = Turn(heard(message), around, belief, utility, self._clock())
        await self._dialogue.respond(turn)
        _speak(dispatcher, turn)
        events: list[Json] = [SlotSet("belief", turn.belief.to_json())]
        return events


def heard(message: Json) -> Heard:
    """What Rasa's `latest_message` says. A pressed button (`/intent{…}`) has no words of the customer's."""
    text = message.get("text") or ""
    intent = message.get("intent") or {}
    entities = tuple(
        Entity(e["entity"], str(e["value"]), e.get("start", 0), e.get("end", 0))
        for e in message.get("entities", ())
        if e["entity"] != "choice"
    )
    choice = next((str(e["value"]) for e in message.get("entities", ()) if e["entity"] == "choice"), None)
    return Heard(
        text="" if text.startswith("/") else text,
        intent=intent.get("name") or "nlu_fallback",
        confidence=intent.get("confidence") or 0.0,
        ranking=tuple((i["name"], i["confidence"]) for i in message.get("intent_ranking", ())),
        entities=entities,
        clauses=tuple(Clause(**clause) for clause in message.get("clauses", ())),
        choice=choice,
    )


def _speak(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    for reply in turn.replies:
        if reply.response:
            buttons = [{"title": title, "payload": payload} for title, payload in reply.buttons]
            dispatcher.utter_message(response=reply.response, buttons=buttons, **_values(reply.values))
        if reply.custom:
            dispatcher.utter_message(json_message=reply.custom)
    beside: dict[str, Any] = {"belief": turn.belief.to_json(), "errands": turn.errands}
    if turn.handoff:
        beside["handoff"] = turn.handoff
    if turn.hazard:
        beside["hazard"] = turn.hazard
    dispatcher.utter_message(json_message=beside)


def _values(values: Any) -> dict[str, str]:
    return dict(values)
