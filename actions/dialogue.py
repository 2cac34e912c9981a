"""Leads a conversation through its matters: what is asked, what interrupts, what is taken up again.

The matters of a conversation are a stack. The top one is talked about; what it interrupted waits below and is taken
up again when it is done. Why this and not Rasa's forms: docs/decisions/0003.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from actions import escalation, given, hazard, symptom, wishes, zh
from actions.belief import Json, Matter
from actions.labels import INTENTS, MENU
from actions.service import Service
from actions.turn import Heard, Turn
from actions.wishes import ANSWERS, ASIDES, SURE, VERY_SURE
from utility.errors import UtilityError, UtilityUnavailable

log = logging.getLogger(__name__)

MANY_MISSES = 2
# What looks foreign may still be the answer to these questions, which are answered in the customer's own words.
FREE_TEXT = frozenset({"symptom", "description", "building"})


class Dialogue:
    def __init__(self, services: Iterable[Service]) -> None:
        self._services: Mapping[str, Service] = {service.name: service for service in services}
        self._by_intent = {intent: service for service in self._services.values() for intent in service.intents}

    async def respond(self, turn: Turn) -> None:
        """Answer one message. Never raises for what the utility does: the customer reads an honest sentence."""
        if zh.is_vulnerable(turn.heard.text):
            turn.belief.vulnerable = True
        try:
            cancelled = await self._hear(turn)
            await self._carry_on(turn, ended=cancelled)
        except UtilityUnavailable:
            self._busy(turn)
        except UtilityError:
            log.exception("the utility refused something no service expected")
            self._busy(turn)
        if not turn.replies and turn.handoff is None:
            self._miss(turn)
        escalation.of_the_turn(turn)
        escalation.tell(turn)

    def _busy(self, turn: Turn) -> None:
        turn.say("utter_busy")
        escalation.call(turn, escalation.BUSY)

    # --- what is this message? -----------------------------------------------------------------------------------

    async def _hear(self, turn: Turn) -> bool:
        """True when the matter on top was cancelled."""
        matter = turn.belief.matter
        turn.heard = heard = given.in_words(turn)
        if given.take(turn, matter):
            if matter and matter.question:
                await self._services[matter.service].ask_again(turn, matter)
            return False
        if turn.around.hazard or heard.intent == "hazard":
            self._keep_story(turn, matter)
            await self._begin(turn, "hazard")
        elif heard.choice:
            await self._chosen(turn)
        elif heard.intent == "cancel" and matter and not self._is_answer_to_listening(turn, matter):
            self._cancel(turn)
            return True
        elif matter and matter.question:
            await self._in_the_middle(turn, matter)
        else:
            await self._afresh(turn)
        return False

    def _keep_story(self, turn: Turn, matter: Matter | None) -> None:
        """A complaint that speaks of danger is heard when the danger has been seen to; nothing of it is lost."""
        if matter and self._is_answer_to_listening(turn, matter):
            self._queue(turn, replace(turn.heard, intent=matter.slots["intent"]))
            return
        told = wishes.wishes(turn.heard, self._by_intent)
        for story in (wish for wish in told if wishes.hears_stories(self._by_intent[wish.intent])):
            self._queue(turn, story)

    async def _chosen(self, turn: Turn) -> None:
        """A pressed button belongs to its own matter, even when that is not on top; to none when it is over."""
        name = (turn.heard.choice or "").partition(".")[0]
        matter = next((m for m in reversed(turn.belief.matters) if m.service == name), None)
        if matter is None:
            turn.say("utter_choice_expired")
            return
        turn.belief.matters.remove(matter)
        turn.belief.matters.append(matter)
        if not await self._services[name].answer(turn, matter, foreign=False):
            turn.say("utter_choice_expired")
            await self._services[name].ask_again(turn, matter)

    async def _in_the_middle(self, turn: Turn, matter: Matter) -> None:
        service, other = self._services[matter.service], self._other(turn, matter)
        if self._is_aside(turn, matter):
            await self._aside(turn, matter)
            return
        kin: frozenset[str] = getattr(service, "kin", frozenset())  # 没电了 tells a repair report its trouble
        if turn.heard.intent in kin and await service.answer(turn, matter, foreign=False):
            turn.belief.misses = 0
            return
        both = self._apart(turn, matter)
        if (other is None or both) and await self._answered(turn, matter, both):
            turn.belief.misses = 0
            return
        if other is None:
            await self._aside(turn, matter)
            return
        await service.answer(turn, matter, foreign=True)
        await self._begin_wishes(turn)

    async def _answered(self, turn: Turn, matter: Matter, both: tuple[Heard, Heard] | None) -> bool:
        """139…,另外查下电费 answers the question and wishes for more: that waits until this matter is done."""
        service, heard = self._services[matter.service], turn.heard
        if both is None:
            return await service.answer(turn, matter, foreign=False)
        turn.heard, second = both
        answered = await service.answer(turn, matter, foreign=False)
        turn.heard = heard
        if answered:
            self._let_wait(turn, matter, second)
        return answered

    def _apart(self, turn: Turn, matter: Matter) -> tuple[Heard, Heard] | None:
        """The answer in a message and the wish beside it; None where there is one only, or the wish comes first."""
        service, heard = self._services[matter.service], turn.heard
        if heard.choice or self._is_answer_to_listening(turn, matter):
            return None
        both = wishes.apart(heard, self._by_intent, service)
        urgent = both is not None and self._by_intent[both[1].intent].urgency > service.urgency
        return None if urgent or zh.comes_first(heard.text) else both

    def _let_wait(self, turn: Turn, matter: Matter, second: Heard) -> None:
        """Put a wish right below the matter that is being talked about."""
        if any(other.service == self._by_intent[second.intent].name for other in turn.belief.matters):
            return
        self._queue(turn, second)
        waiting = turn.belief.matters.pop()
        turn.belief.matters.insert(turn.belief.matters.index(matter), waiting)
        if matter.question:
            turn.say("utter_next_in_turn", what=INTENTS[second.intent])
            turn.replies.insert(0, turn.replies.pop())  # before the question, which is what one answers

    def _is_aside(self, turn: Turn, matter: Matter) -> bool:
        """Small talk for sure: a bare thank-you is no place, and a talk about the weather no phone number."""
        heard = turn.heard
        if heard.intent not in ASIDES or heard.entities or heard.choice or self._is_answer_to_listening(turn, matter):
            return False
        if heard.intent == "chitchat_oos":
            return heard.confidence >= VERY_SURE and matter.question not in FREE_TEXT
        return heard.confidence >= SURE

    def _other(self, turn: Turn, matter: Matter) -> Service | None:
        """The service another wish in the middle of this matter belongs to."""
        heard = turn.heard
        service = self._services[matter.service]
        if heard.intent in ANSWERS | ASIDES or heard.intent in service.intents or heard.confidence < SURE:
            return None
        if self._is_answer_to_listening(turn, matter):
            return None
        return self._by_intent.get(heard.intent)

    def _is_answer_to_listening(self, turn: Turn, matter: Matter) -> bool:
        free = self._services[matter.service].listens(matter)
        return free and turn.heard.intent != "handoff" and not zh.changes_subject(turn.heard.text)

    async def _aside(self, turn: Turn, matter: Matter) -> None:
        """Small talk is answered and the question repeated; what was not understood is asked once more, kindly."""
        service = self._services[matter.service]
        if turn.heard.intent in ASIDES and (speaker := self._by_intent.get(turn.heard.intent)):
            await speaker.begin(turn, Matter(speaker.name))
        else:
            turn.belief.misses += 1
            if turn.belief.misses >= MANY_MISSES:
                self._stuck(turn, [("转人工", "/handoff"), ("先不办了", "/cancel")])
            else:
                turn.say("utter_not_understood_here")
        if turn.handoff is None:
            await service.ask_again(turn, matter)

    def _stuck(self, turn: Turn, ways_out: Sequence[tuple[str, str]]) -> None:
        """To people when there are any, else honestly."""
        if escalation.call(turn, escalation.STUCK):
            turn.say("utter_handoff_stuck")
        else:
            turn.say("utter_stuck", buttons=ways_out)

    async def _afresh(self, turn: Turn) -> None:
        if wishes.wishes(turn.heard, self._by_intent):
            turn.belief.misses = 0
            await self._begin_wishes(turn)
        elif turn.heard.intent == "nlu_fallback":
            self._miss(turn)
        else:
            await self._without_matter(turn)

    async def _without_matter(self, turn: Turn) -> None:
        """An answer without a question: facts are kept for what may come, and the customer is asked what for."""
        if turn.heard.intent == "cancel":
            turn.say("utter_nothing_to_cancel")
        elif turn.heard.intent in ("affirm", "deny"):
            turn.say("utter_what_else", buttons=MENU)
        else:
            phone = turn.heard.first("phone") or zh.phone(turn.heard.text)
            turn.belief.phone = phone or turn.belief.phone
            if phone and "hazard" in self._services and hazard.is_recent(turn.belief.danger_at, turn.now):
                turn.begin("hazard", phone=phone)
                return
            if symptom.sign(turn.heard.text):  # where, what and a phone: that is what a report is made of
                await self._begin(turn, "repair" if phone else "outage")
                return
            turn.say("utter_what_for", buttons=MENU)
            turn.belief.account_no = zh.account_no(turn.heard.text) or turn.belief.account_no

    def _miss(self, turn: Turn) -> None:
        """Say what was not understood, with the two best guesses as buttons."""
        turn.belief.misses += 1
        guesses = [name for name, _ in turn.heard.ranking if name in INTENTS][:2]
        buttons = [(INTENTS[name], f"/{name}") for name in guesses]
        if turn.belief.misses >= MANY_MISSES:
            self._stuck(turn, [*buttons, ("转人工", "/handoff")])
        else:
            turn.say("utter_which" if buttons else "utter_not_understood", buttons=[*buttons, ("都不是", "/help")])

    # --- beginning, ending, taking up again ------------------------------------------------------------------------

    async def _begin_wishes(self, turn: Turn) -> None:
        """Begin what the message wishes for; of several wishes the most urgent first, the others wait their turn."""
        first, *rest = wishes.wishes(turn.heard, self._by_intent)
        for wish in reversed(rest):
            self._queue(turn, wish)
        if rest:
            turn.say("utter_one_after_the_other", first=INTENTS[first.intent], then=INTENTS[rest[0].intent])
        await self._begin(turn, self._by_intent[first.intent].name, first)

    def _queue(self, turn: Turn, wish: Heard) -> None:
        turn.belief.matters.append(Matter(self._by_intent[wish.intent].name, {"wish": wishes.kept(wish)}))

    async def _begin(self, turn: Turn, name: str, part: Heard | None = None, slots: Json | None = None) -> None:
        """Open a matter, for a part of the message when it has several wishes; one that waits is gone on with."""
        heard = turn.heard
        turn.heard = part or heard
        matters, service = turn.belief.matters, self._services[name]
        matters[:] = [m for m in matters if m.question or "wish" in m.slots]  # what is over is no matter
        waiting = next((m for m in matters if m.service == name and m.question), None)
        if waiting and slots is None:
            matters.remove(waiting)
            matters.append(waiting)
            if not await service.answer(turn, waiting, foreign=False):
                await service.ask_again(turn, waiting)
        else:
            matters[:] = [m for m in matters if m is not waiting]
            if name in escalation.SKILLS:
                turn.belief.topic, turn.belief.topic_intent = name, turn.heard.intent
            matters.append(Matter(name, {"intent": turn.heard.intent, **(slots or {})}, id=turn.around.message_id))
            await service.begin(turn, matters[-1])
        turn.heard = heard

    def _cancel(self, turn: Turn) -> None:
        matter = turn.belief.matters.pop()
        turn.say("utter_cancelled", what=INTENTS.get(matter.slots.get("intent", ""), "这件事"))

    async def _carry_on(self, turn: Turn, *, ended: bool) -> None:
        """Close what is done, begin what was wished for, and take up again what was interrupted."""
        resumed = ended
        while turn.wishes or turn.belief.matters:
            matter = turn.belief.matter
            if matter and matter.question is None and "wish" not in matter.slots:
                turn.belief.matters.pop()
                resumed = True
            elif turn.wishes:
                name, slots = turn.wishes.pop(0)
                await self._begin(turn, name, slots=slots)
                resumed = False  # it has just asked its own question
            elif matter and "wish" in matter.slots:
                turn.belief.matters.pop()
                await self._begin(turn, matter.service, wishes.restored(matter.slots["wish"]))
                resumed = False
            elif matter and resumed:
                turn.say("utter_resume", what=INTENTS.get(matter.slots.get("intent", ""), "刚才的事"))
                await self._services[matter.service].ask_again(turn, matter)
                return
            else:
                return
