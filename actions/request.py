"""Services whose systems are not connected yet: say honestly what can be done here, and register the rest."""

from collections.abc import Mapping
from typing import Final

from actions import grievance, promises, receipt, zh
from actions import place as places
from actions.belief import Matter
from actions.form import Form
from actions.labels import HUMAN, INTENTS
from actions.request_slots import (
    AT_HOME,
    OFFER,
    STRAIGHT,
    DescriptionSlot,
    MentionedPlace,
    OfferSlot,
    ReporterPhone,
    intent_of,
    keep_words,
    read_offer,
    tells_more,
    words_of,
)
from actions.slot import DECLINED, contact_of, say_contact
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import Grade, Ticket, TicketKind, TicketRequest

PROGRESS: Final = (INTENTS["ticket_progress"], "/ticket_progress")
# What a ticket carries of the customer's words, and what is read back of them.
TICKET_LONGEST, SHOWN = 1000, 120
# Below this a question in the middle of another request is not believed to be one.
SURE: Final = 0.55
# Answered for good.
ANSWERED: Final = frozenset({"notice_receipt", "commitments"})
# Done on a page of its own, where the channel can show one.
BINDING: Final = frozenset({"bind_account", "unbind_account"})
# Asked rather than wished for.
QUESTIONS: Final = frozenset(
    {"tariff", "ladder_price", "energy_saving", "safety_knowledge", "branch_office", "policy", "my_manager"}
)
# Who among the agents is best at it.
SKILLS: Final = {
    "report_theft": "举报",
    "report_misconduct": "举报",
    "suggestion_praise": "建议",
    "compensation": "理赔",
    "appliance_damage": "理赔",
    "subscribe_notice": "停电",
    "energy_saving": "咨询",
    "safety_knowledge": "咨询",
    "branch_office": "咨询",
    "policy": "咨询",
}
OTHER_SKILL: Final = "营业"


class RequestService(Form):
    name = "request"
    intents = frozenset(
        {"subscribe_notice", "notice_receipt", "compensation", "appliance_damage", "invoice", "tariff", "ladder_price"}
        | {"bind_account", "unbind_account", "transfer_account", "my_manager", "new_connection", "capacity_change"}
        | {"meter_check", "appointment", "suggestion_praise", "report_theft", "report_misconduct", "energy_saving"}
        | {"safety_knowledge", "branch_office", "commitments", "policy"}
    )
    urgency = 1
    slots = (
        OfferSlot("offer", "utter_request_offer", OFFER, read=read_offer),
        DescriptionSlot(),
        MentionedPlace(),
        ReporterPhone(),
    )
    confirmation = "utter_request_confirm"
    changeable = (("改内容", "description"), ("改电话", "phone"))

    async def begin(self, turn: Turn, matter: Matter) -> None:
        """Some are answered at once; the others are told of, and registered when the customer wishes.

        A question in the middle of another matter is answered and nothing is offered: that matter goes on.
        """
        intent = intent_of(matter)
        await self._inform(turn, intent)
        busy = any(other.question for other in turn.belief.matters if other is not matter)
        linked = intent in BINDING and turn.around.bind_link
        if not linked and intent not in ANSWERED and not (busy and intent in QUESTIONS):
            keep_words(turn, matter)
            await super().begin(turn, matter)

    async def _inform(self, turn: Turn, intent: str) -> None:
        if intent == "notice_receipt":
            receipt.take(turn)
        elif intent == "commitments":
            await promises.show(turn)
        elif intent in BINDING and turn.around.bind_link:
            turn.say("utter_bind_page", link=turn.around.bind_link)
        else:
            turn.say(f"utter_request_{intent}")

    def listens(self, matter: Matter) -> bool:
        """A report is told freely."""
        return matter.question == "description" and intent_of(matter) in STRAIGHT

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        heard = turn.heard
        if self.listens(matter) and not foreign and heard.intent == "cancel" and grievance.gives_up(heard.text):
            matter.question = None
            turn.say("utter_cancelled", what=INTENTS[intent_of(matter)])
            return True
        if await super().answer(turn, matter, foreign=foreign):
            return True
        if foreign or heard.choice:
            return False
        if self._adds(turn, matter):
            keep_words(turn, matter)
            await self.go_on(turn, matter)
        elif heard.intent in self.intents and heard.confidence >= SURE:
            await self._answer_on_the_way(turn, matter)
        else:
            return False
        return True

    def _adds(self, turn: Turn, matter: Matter) -> bool:
        """More of the same matter, said when it was thought to be told."""
        heard = turn.heard
        if not tells_more(heard.text) or matter.question not in ("phone", "confirm"):
            return False
        more = heard.intent in ("inform", "nlu_fallback") and matter.question == "confirm"
        return more or heard.intent == intent_of(matter)

    async def _answer_on_the_way(self, turn: Turn, matter: Matter) -> None:
        """Another question of this service: it takes the place of a mere offer, else it is answered in between."""
        intent = turn.heard.intent
        if matter.question != "offer" or intent == "notice_receipt":
            await self._inform(turn, intent)
            await self.go_on(turn, matter)
        elif intent == intent_of(matter):
            keep_words(turn, matter)
            turn.ask(matter, "offer", "utter_request_offer_again", OFFER)
        else:
            matter.slots, matter.question = {"intent": intent}, None
            await self.begin(turn, matter)

    def forget(self, turn: Turn, matter: Matter, slot: str) -> None:
        super().forget(turn, matter, slot)
        if slot == "description":
            matter.slots.pop("words", None)
            matter.slots.pop("device", None)

    async def go_on(self, turn: Turn, matter: Matter) -> None:
        if matter.slots.get("offer") == "no":
            matter.question = None
            turn.say("utter_request_declined")
            return
        await super().go_on(turn, matter)

    def read_back(self, turn: Turn, matter: Matter) -> Mapping[str, str]:
        place = places.of(matter)
        facts = (
            ("事项", INTENTS[intent_of(matter)]),
            ("内容", zh.mask_phones(zh.shorten(words_of(matter), SHOWN))),
            ("地点", place.address if place else ""),
            ("电话", say_contact(turn, matter) or "不留（匿名）"),
        )
        return {"facts": "\n".join(f"{label}:{value}" for label, value in facts if value)}

    async def complete(self, turn: Turn, matter: Matter) -> None:
        request, key = _request(turn, matter), turn.key("request")
        ways = [HUMAN] if request.grade is not Grade.NORMAL else []
        try:
            ticket = await turn.utility.create_ticket(request, key)
        except UtilityUnavailable:
            turn.keep(request, key)
            turn.say("utter_request_kept", buttons=ways)
            return
        _tell(turn, matter, ticket, [PROGRESS, *ways])


def _request(turn: Turn, matter: Matter) -> TicketRequest:
    intent, (phone, account_no) = intent_of(matter), contact_of(turn, matter)
    place = places.of(matter) or (turn.belief.place if intent in AT_HOME else None)
    grave = turn.belief.vulnerable or zh.threatens_upward(words_of(matter))
    return TicketRequest(
        kind=TicketKind.SERVICE,
        channel=turn.around.channel,
        conversation=turn.around.conversation,
        phone=phone,
        account_no=account_no,
        place_id=place.id or None if place else None,
        address=place.address if place else "",
        symptom=INTENTS[intent],
        description=words_of(matter)[:TICKET_LONGEST],
        grade=Grade.IMPORTANT if grave else Grade.NORMAL,
        skill=SKILLS.get(intent, OTHER_SKILL),
        anonymous=matter.slots.get("phone") == DECLINED,
    )


def _tell(turn: Turn, matter: Matter, ticket: Ticket, ways: list[tuple[str, str]]) -> None:
    phone = say_contact(turn, matter)
    turn.say(
        "utter_request_created" if phone else "utter_request_created_nameless",
        buttons=ways,
        what=INTENTS[intent_of(matter)],
        ticket_no=ticket.no,
        contact=ticket.contact,
        phone=phone,
        due=zh.say_time(ticket.due_at, turn.now),
        limits=promises.of_ticket(ticket),
    )
