"""Finds the answer to one message: danger at once, then the bot, then an honest apology. Never nothing."""

import logging
from collections.abc import Callable, Sequence

from desk.errors import BotFailure
from desk.hazard import HazardWatch
from desk.model import Author, BotTurn, Button, Conversation, Draft, Errand, Json, Kind, Message, Outcome, Pending
from desk.phrases import Phrases
from desk.ports import Bot, Clock, Inbound

log = logging.getLogger(__name__)

# The button of the apology. While Rasa is away the desk itself understands it; when it is back, Rasa does.
CALL_ME = "/handoff"


class Answerer:
    def __init__(
        self,
        bot: Bot,
        hazards: HazardWatch,
        phrases: Phrases,
        clock: Clock,
        on_duty: Callable[[], bool],
        impersonal: frozenset[str] = frozenset(),
        bind_link: Callable[[Conversation], str] | None = None,
    ) -> None:
        """`impersonal` are channels on which nobody's personal data may be shown; `bind_link` makes a link to the page
        on which accounts are bound."""
        self._bot, self._hazards, self._phrases = bot, hazards, phrases
        self._clock, self._on_duty, self._impersonal = clock, on_duty, impersonal
        self._bind_link = bind_link

    def at_once(self, conversation: str, inbound: Inbound) -> tuple[Sequence[Draft], Sequence[Errand]]:
        """Safety advice and the urgent ticket for a message that speaks of danger: no model, no form, no waiting."""
        danger = self._danger(inbound.text, inbound.payload)
        if danger is None:
            return (), ()
        log.warning("hazard %s in conversation %s", danger, conversation)
        advice = Draft(Author.BOT, Kind.TEXT, self._phrases.text(f"utter_hazard_{danger}"))
        return [advice], [self._urgent(danger, inbound.channel, conversation, inbound.text)]

    async def answer(self, pending: Pending) -> Outcome:
        message, conversation = pending.message, pending.conversation
        facts: Json = {
            "channel": conversation.channel,
            "humans_on_duty": self._on_duty(),
            "hazard": self._danger(message.text, message.payload),
            "data": message.data,
            "personal_data": conversation.channel not in self._impersonal,
        }
        if self._bind_link and facts["personal_data"]:
            facts["bind_link"] = self._bind_link(conversation)
        try:
            turn = await self._ask_twice(message, conversation.belief, facts)
        except BotFailure as failure:
            log.error("conversation %s: no answer from the bot: %s", conversation.id, failure)
            return self._apology(message, conversation.channel)
        return self._outcome(turn, pending, known_danger=facts["hazard"] is not None)

    def _outcome(self, turn: BotTurn, pending: Pending, *, known_danger: bool) -> Outcome:
        replies, errands = turn.replies, turn.errands
        if turn.handoff:
            replies = (*replies, Draft(Author.SYSTEM, Kind.NOTICE, self._phrases.text("utter_handoff_waiting")))
        if turn.hazard and not known_danger:
            message, channel = pending.message, pending.conversation.channel
            log.warning("hazard %s in conversation %s, found by the model", turn.hazard, message.conversation)
            urgent = self._urgent(turn.hazard, channel, message.conversation, message.text)
            errands = (urgent, *errands)
        return Outcome(replies, turn.belief, errands, turn.handoff)

    async def _ask_twice(self, message: Message, belief: Json, facts: Json) -> BotTurn:
        try:
            return await self._bot.ask(message, belief, facts)
        except BotFailure:
            return await self._bot.ask(message, belief, facts)

    def _apology(self, message: Message, channel: str) -> Outcome:
        """An honest sentence and a way on; who already asked for a person gets a call-back ticket."""
        if message.payload != CALL_ME:
            button = Button(self._phrases.text("utter_apology_button"), CALL_ME)
            return Outcome((Draft(Author.BOT, Kind.BUTTONS, self._phrases.text("utter_apology"), (button,)),))
        request: Json = {
            "kind": "人工回电",
            "channel": channel,
            "conversation": message.conversation,
            "description": self._phrases.text("utter_apology_ticket"),
        }
        errand = Errand(f"callback:{message.id}", "ticket", request, message.conversation)
        said = Draft(Author.BOT, Kind.TEXT, self._phrases.text("utter_apology_registered"))
        return Outcome((said,), errands=(errand,))

    def _danger(self, text: str, payload: str | None) -> str | None:
        return None if payload else self._hazards.look(text)

    def _urgent(self, danger: str, channel: str, conversation: str, text: str) -> Errand:
        """One ticket per kind of danger and hour: who cries for help three times has one emergency."""
        request: Json = {
            "kind": "紧急处置",
            "channel": channel,
            "conversation": conversation,
            "symptom": self._phrases.text(f"utter_hazard_name_{danger}"),
            "description": text,
            "grade": "重大",
        }
        return Errand(f"hazard:{conversation}:{danger}:{self._clock():%Y%m%d%H}", "ticket", request, conversation)
