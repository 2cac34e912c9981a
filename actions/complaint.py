"""Complaints: listen, ask, apologise, solve, thank — in this order (services.md section 6)."""

from collections.abc import Mapping
from typing import Final

from actions import amends, escalation, grievance, promises, story, zh
from actions import place as places
from actions.belief import Matter
from actions.complaint_slots import CLASSES, CallerPhone, ClassSlot, SceneBuilding, ScenePlace, class_of
from actions.form import Form
from actions.labels import HUMAN, INTENTS
from actions.slot import DECLINED, contact_of, say_contact
from actions.story import StorySlot
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import ComplaintClass, Grade, Ticket, TicketKind, TicketRequest

# A ticket carries so many characters of the customer's words; what is beyond is added to it as notes.
TICKET_LONGEST: Final = 1000
# What is read back of a long story.
SHOWN: Final = 120
# What whoever opens the ticket reads when the words go on in its notes.
GOES_ON: Final = "……（原话较长，后文见本工单补充）"

CHANGEABLE: Final = (("补充内容", "story"), ("改类别", "kind"), ("改地点", "place"), ("改电话", "phone"))
PROGRESS: Final = (INTENTS["ticket_progress"], "/ticket_progress")
EXPLAIN_BILL: Final = ("看这笔电费的明细", "/bill_dispute")
WORDS_FOR: Final = {
    ComplaintClass.SERVICE: "service",
    ComplaintClass.BUSINESS: "business",
    ComplaintClass.OUTAGE: "outage",
    ComplaintClass.QUALITY: "quality",
    ComplaintClass.CONSTRUCTION: "construction",
}


class ComplaintService(Form):
    name = "complaint"
    intents = frozenset({"complaint"})
    # "翠湖苑3栋停电" may just answer where.
    kin = frozenset({"outage_query", "repair_report"})
    urgency = 4
    hears_stories = True  # a message with several parts is one story, not several matters
    telling = StorySlot()
    slots = (
        telling,
        ClassSlot("kind", "utter_ask_complaint_class", CLASSES),
        ScenePlace("utter_ask_complaint_place", free_text=True),
        SceneBuilding(),
        CallerPhone(response="utter_ask_complaint_phone", declinable="不留电话"),
    )
    confirmation = "utter_complaint_confirm"
    changeable = CHANGEABLE

    def listens(self, matter: Matter) -> bool:
        return matter.question == self.telling.name

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        if self.listens(matter) and not foreign and self._gives_up(turn, matter):
            matter.question = None
            turn.say("utter_cancelled", what=INTENTS["complaint"])
            return True
        if not foreign and self._asks_something_else(turn, matter):
            return False
        if await super().answer(turn, matter, foreign=foreign):
            return True
        if foreign or not self._adds(turn, matter):
            return False
        await self.go_on(turn, matter)
        return True

    def _asks_something_else(self, turn: Turn, matter: Matter) -> bool:
        heard = turn.heard
        if heard.intent not in self.kin or self.listens(matter):
            return heard.intent in self.kin and zh.changes_subject(heard.text)
        return not (matter.question == "place" and heard.first("community", "street"))

    def _gives_up(self, turn: Turn, matter: Matter) -> bool:
        heard = turn.heard
        stops = heard.intent == "cancel" and grievance.gives_up(heard.text)
        stops = stops or grievance.takes_back(heard.text)
        return stops and not self.telling.is_finished(turn, matter)

    def _adds(self, turn: Turn, matter: Matter) -> bool:
        """More of the story, said when it was thought to be complete; or the wish to complain once more."""
        heard = turn.heard
        if heard.intent == "complaint":
            return True
        more = heard.intent in ("inform", "nlu_fallback") or grievance.adds(heard.text)
        return (
            more
            and matter.question == "confirm"
            and grievance.tells(heard.text)
            and self.telling.add(matter, heard.text)
        )

    def forget(self, turn: Turn, matter: Matter, slot: str) -> None:
        """The story is never forgotten: it is added to."""
        if slot != self.telling.name:
            super().forget(turn, matter, slot)
            return
        matter.slots.update(heard_out=False, adding=True)
        matter.question = slot

    async def go_on(self, turn: Turn, matter: Matter) -> None:
        """Once everything is known: apologise and do what can be done now, then read back."""
        self._calm(turn, matter)
        missing = [slot.name for slot in self.slots if await slot.missing(turn, matter)]
        if not missing and not matter.slots.get("apologised"):
            matter.slots["apologised"] = True
            self._apologise(turn, matter)
            await self._solve(turn, matter)
        await super().go_on(turn, matter)

    def _calm(self, turn: Turn, matter: Matter) -> None:
        """One sentence of understanding for an angry customer, once."""
        if not zh.is_angry(turn.heard.text) or matter.slots.get("calmed"):
            return
        matter.slots["calmed"] = True
        known = grievance.tells(story.of(matter))
        turn.say(f"utter_complaint_calm_{WORDS_FOR[class_of(matter)]}" if known else "utter_complaint_calm")

    def _apologise(self, turn: Turn, matter: Matter) -> None:
        kind = class_of(matter)
        slow = kind is ComplaintClass.OUTAGE and grievance.is_about_slow_repair(story.of(matter))
        turn.say(f"utter_complaint_sorry_{'repair' if slow else WORDS_FOR[kind]}")

    async def _solve(self, turn: Turn, matter: Matter) -> None:
        """What can be done now. That the utility is away does not stop a complaint."""
        said, kind = story.of(matter), class_of(matter)
        try:
            if grievance.is_about_an_outage(said, kind):
                await amends.tell_outages(turn, matter)
            await amends.look_at_own_tickets(turn, matter, kind)
        except UtilityUnavailable:
            return
        if grievance.is_about_a_bill(said):
            turn.say("utter_complaint_bill")

    def read_back(self, turn: Turn, matter: Matter) -> Mapping[str, str]:
        place = places.of(matter)
        facts = (
            ("类别", class_of(matter)),
            ("内容", zh.mask_phones(zh.shorten(story.of(matter), SHOWN))),
            ("地点", place.address if place else ""),
            ("电话", say_contact(turn, matter) or "不留"),
        )
        return {"facts": "\n".join(f"{label}:{value}" for label, value in facts if value)}

    async def complete(self, turn: Turn, matter: Matter) -> None:
        request, rest = _request(turn, matter)
        for number, text in enumerate(rest):
            payload = {"ticket_kind": TicketKind.COMPLAINT.value, "text": text}
            turn.errands.append({"key": turn.key(f"complaint-note{number}"), "kind": "note", "payload": payload})
        key = turn.key("complaint")
        try:
            ticket = await turn.utility.create_ticket(request, key)
        except UtilityUnavailable:
            turn.keep(request, key)
            turn.say("utter_complaint_kept", buttons=[HUMAN] if request.grade is not Grade.NORMAL else [])
            return
        _thank(turn, matter, ticket)


def _request(turn: Turn, matter: Matter) -> tuple[TicketRequest, list[str]]:
    """The ticket, and the parts of the story that it has no room for."""
    grade, why = grievance.grade_of(
        story.of(matter), vulnerable=turn.belief.vulnerable, again=bool(matter.slots.get("again"))
    )
    words = (f"【{grade}:{why}】" if why else "") + story.of(matter)
    room = TICKET_LONGEST if len(words) <= TICKET_LONGEST else TICKET_LONGEST - len(GOES_ON)
    rest = [words[start : start + TICKET_LONGEST] for start in range(room, len(words), TICKET_LONGEST)]
    place, (phone, account_no) = places.of(matter), contact_of(turn, matter)
    request = TicketRequest(
        kind=TicketKind.COMPLAINT,
        channel=turn.around.channel,
        conversation=turn.around.conversation,
        phone=phone,
        account_no=account_no,
        place_id=place.id or None if place else None,
        address=place.address if place else "",
        description=words[:room] + (GOES_ON if rest else ""),
        complaint_class=class_of(matter),
        grade=grade,
        skill="投诉",
        anonymous=matter.slots.get("phone") == DECLINED,
    )
    return request, rest


def _thank(turn: Turn, matter: Matter, ticket: Ticket) -> None:
    if ticket.grade is Grade.MAJOR:
        turn.say("utter_complaint_major")
        escalation.call(turn, "重大投诉", escalation.URGENT)
    ways = [PROGRESS]
    ways += [HUMAN] if ticket.grade is not Grade.NORMAL else []
    ways += [EXPLAIN_BILL] if grievance.is_about_a_bill(story.of(matter)) else []
    kind, phone = ticket.complaint_class or TicketKind.COMPLAINT, say_contact(turn, matter)
    turn.say(
        "utter_complaint_thanks" if phone else "utter_complaint_thanks_no_phone",
        buttons=ways,
        ticket_no=ticket.no,
        kind=kind if ticket.grade is Grade.NORMAL else f"{kind},{ticket.grade}",
        limits=promises.of_ticket(ticket, calls=bool(phone)),
        contact=ticket.contact,
        due=zh.say_time(ticket.due_at, turn.now),
        phone=phone,
    )
