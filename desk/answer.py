"""Finds the answer to one message: danger at once, then the bot, then an honest apology. Never nothing."""

import logging
from collections.abc import Callable, Sequence

from desk import commands
from desk.callback import callback
from desk.errors import BotFailure
from desk.hazard import HazardWatch
from desk.model import (
    Author,
    BotTurn,
    Button,
    Conversation,
    Draft,
    Errand,
    Handoff,
    Json,
    Kind,
    Message,
    Outcome,
    Pending,
)
from desk.phrases import Phrases
from desk.ports import Bot, Clock, Inbound, People
from desk.staff import DANGER

log = logging.getLogger(__name__)

# The button of the apology. While Rasa is away the desk itself understands it; when it is back, Rasa does.
CALL_ME = "/handoff"
UNHAPPY = 2


class Answerer:
    def __init__(
        self,
        bot: Bot,
        hazards: HazardWatch,
        phrases: Phrases,
        clock: Clock,
        people: People,
        impersonal: frozenset[str] = frozenset(),
        bind_link: Callable[[Conversation], str] | None = None,
    ) -> None:
        """`impersonal` are channels on which nobody's personal data may be shown; `bind_link` makes a link to the page
        on which accounts are bound."""
        self._bot, self._hazards, self._phrases = bot, hazards, phrases
        self._clock, self._people, self._impersonal = clock, people, impersonal
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
        if commands.is_ours(message.payload):
            return self._obeyed(message, conversation.channel)
        facts: Json = {
            "channel": conversation.channel,
            "humans_on_duty": self._people.open_now(),
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
        replies, errands, handoff = turn.replies, turn.errands, turn.handoff
        danger = known_danger or turn.hazard is not None
        if danger and self._people.on_call():
            handoff = self._for_danger(turn, pending)
        if handoff:
            replies = (*replies, self.waiting(handoff))
        if turn.hazard and not known_danger:
            message, channel = pending.message, pending.conversation.channel
            log.warning("hazard %s in conversation %s, found by the model", turn.hazard, message.conversation)
            urgent = self._urgent(turn.hazard, channel, message.conversation, message.text)
            errands = (urgent, *errands)
        return Outcome(replies, turn.belief, errands, handoff)

    def waiting(self, handoff: Handoff) -> Draft:
        """What somebody who joins the queue is told: their place, an honest estimate, and the way out of it."""
        leave = Button(self._phrases.text("utter_handoff_leave_button"), commands.LEAVE)
        if handoff.priority >= DANGER:
            return Draft(Author.BOT, Kind.TEXT, self._phrases.text("utter_handoff_danger"))
        wait = self._people.wait(handoff.priority, handoff.skill)
        if wait.minutes is None or not wait.ahead:
            return Draft(Author.BOT, Kind.BUTTONS, self._phrases.text("utter_handoff_waiting"), (leave,))
        said = self._phrases.text("utter_handoff_queue", ahead=str(wait.ahead), minutes=str(wait.minutes))
        return Draft(Author.BOT, Kind.BUTTONS, said, (leave,))

    def _for_danger(self, turn: BotTurn, pending: Pending) -> Handoff:
        """Danger goes to people at once, at the head of the queue; what the bot has already said stays said."""
        kind = turn.hazard or self._danger(pending.message.text, pending.message.payload)
        name = self._phrases.text(f"utter_hazard_name_{kind}") if kind else ""
        facts = (turn.handoff.facts if turn.handoff else {}) | {"危险": name, "原话": pending.message.text[:200]}
        return Handoff(self._phrases.text("utter_handoff_reason_danger", kind=name), "报修", DANGER, facts)

    def _obeyed(self, message: Message, channel: str) -> Outcome:
        """A button of the desk's own, pressed while the bot is speaking."""
        if answered := commands.power(message):
            outage, powered = answered
            name = "utter_power_back_noted" if powered else "utter_still_dark_noted"
            wish = {"outage": outage, "powered": powered, "channel": channel}
            errand = Errand(f"power:{message.id}", "power", wish, message.conversation)
            return Outcome((Draft(Author.BOT, Kind.TEXT, self._phrases.text(name)),), errands=(errand,))
        if fact := commands.acknowledged(message):
            seen = Draft(Author.BOT, Kind.TEXT, self._phrases.text("utter_notice_seen_noted"))
            return Outcome((seen,), acknowledged=fact)
        rating = commands.rating(message)
        name = "utter_satisfaction_thanks" if rating else "utter_handoff_left_already"
        if rating and rating.score <= UNHAPPY:
            name = "utter_satisfaction_sorry"
        return Outcome((Draft(Author.BOT, Kind.TEXT, self._phrases.text(name)),), rating=rating)

    async def _ask_twice(self, message: Message, belief: Json, facts: Json) -> BotTurn:
        try:
            return await self._bot.ask(message, belief, facts)
        except BotFailure:
            return await self._bot.ask(message, belief, facts)

    def _apology(self, message: Message, channel: str) -> Outcome:
        """An honest sentence and a way on: to people, when there are any; else who asked for one is called back."""
        if self._people.open_now():
            handoff = Handoff(self._phrases.text("utter_handoff_reason_failure"), facts={"原话": message.text[:200]})
            sorry = Draft(Author.BOT, Kind.TEXT, self._phrases.text("utter_apology_to_agent"))
            return Outcome((sorry, self.waiting(handoff)), handoff=handoff)
        if message.payload != CALL_ME:
            button = Button(self._phrases.text("utter_apology_button"), CALL_ME)
            return Outcome((Draft(Author.BOT, Kind.BUTTONS, self._phrases.text("utter_apology"), (button,)),))
        errand = callback(message.id, channel, message.conversation, self._phrases.text("utter_apology_ticket"))
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
