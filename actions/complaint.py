"""Complaints: listen, ask, apologise, solve, thank — in this order (services.md section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from actions import amends, grievance, promises, story, zh
from actions import place as places
from actions.belief import Matter
from actions.form import Form
from actions.labels import HUMAN, INTENTS
from actions.place import BuildingSlot, PlaceSlot
from actions.slot import DECLINED, ChoiceSlot, PhoneSlot, contact_of, say_contact
from actions.story import StorySlot
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import ComplaintClass, Grade, Ticket, TicketKind, TicketRequest

# A ticket carries so many characters of the customer's words; what is beyond is added to it as notes.
TICKET_LONGEST: Final = 1000
# What is read back of a long story.
SHOWN: Final = 120
# What whoever opens the ticket reads when the words go on in its notes.
GOES_ON: Final = "……(原话较长,后文见本工单补充)"

CLASSES: Final = (
    ("服务态度", ComplaintClass.SERVICE),
    ("收费和办事", ComplaintClass.BUSINESS),
    ("停电和抢修", ComplaintClass.OUTAGE),
    ("电压不稳、老停电", ComplaintClass.QUALITY),
    ("施工和线路设备", ComplaintClass.CONSTRUCTION),
)
CHANGEABLE: Final = (("补充内容", "story"), ("改类别", "kind"), ("改地点", "place"), ("改电话", "phone"))
PROGRESS: Final = (INTENTS["ticket_progress"], "/ticket_progress")
EXPLAIN_BILL: Final = ("看这笔电费的明细", "/bill_dispute")
# These happen somewhere: without the place nothing can be looked into.
SOMEWHERE: Final = (ComplaintClass.OUTAGE, ComplaintClass.QUALITY, ComplaintClass.CONSTRUCTION)
WORDS_FOR: Final = {
    ComplaintClass.SERVICE: "service",
    ComplaintClass.BUSINESS: "business",
    ComplaintClass.OUTAGE: "outage",
    ComplaintClass.QUALITY: "quality",
    ComplaintClass.CONSTRUCTION: "construction",
}


def _class(matter: Matter) -> ComplaintClass:
    """As the customer chose, else as the story reads."""
    chosen = matter.slots.get("kind")
    return ComplaintClass(chosen) if chosen else grievance.class_of(story.of(matter))


@dataclass(frozen=True)
class ScenePlace(PlaceSlot):
    """Where it happened; asked for only where it matters. A place that the story names later is not the scene."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return _class(matter) in SOMEWHERE and await super().missing(turn, matter)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        telling = matter.question in (None, "story")
        if telling and matter.slots.get("place") and not zh.is_correction(turn.heard.text):
            return False
        return await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class SceneBuilding(BuildingSlot):
    """Taken when it is said, never asked for."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return False


@dataclass(frozen=True)
class CallerPhone(PhoneSlot):
    """While somebody tells a story, a number in it is theirs only when they say so: it may be anybody's."""

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        telling = matter.question in (None, "story") and not zh.is_anonymous(turn.heard.text)
        if telling and not grievance.gives_own_phone(turn.heard.text):
            return False
        return await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class ClassSlot(ChoiceSlot):
    """Read from the story; asked for only when the customer wants another one."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return matter.question == self.name and self.name not in matter.slots


class ComplaintService(Form):
    name = "complaint"
    intents = frozenset({"complaint"})
    urgency = 4
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
        if await super().answer(turn, matter, foreign=foreign):
            return True
        if foreign or not self._adds(turn, matter):
            return False
        await self.go_on(turn, matter)
        return True

    def _gives_up(self, turn: Turn, matter: Matter) -> bool:
        heard = turn.heard
        stops = heard.intent == "cancel" and grievance.gives_up(heard.text)
        return stops and not self.telling.is_finished(turn, matter)

    def _adds(self, turn: Turn, matter: Matter) -> bool:
        """More of the story, said when it was thought to be complete; or the wish to complain once more."""
        heard = turn.heard
        if heard.intent == "complaint":
            return True
        more = heard.intent in ("inform", "nlu_fallback") and matter.question == "confirm"
        return more and grievance.tells(heard.text) and self.telling.add(matter, heard.text)

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
        turn.say(f"utter_complaint_calm_{WORDS_FOR[_class(matter)]}" if known else "utter_complaint_calm")

    def _apologise(self, turn: Turn, matter: Matter) -> None:
        kind = _class(matter)
        slow = kind is ComplaintClass.OUTAGE and grievance.is_about_slow_repair(story.of(matter))
        turn.say(f"utter_complaint_sorry_{'repair' if slow else WORDS_FOR[kind]}")

    async def _solve(self, turn: Turn, matter: Matter) -> None:
        """What can be done now. That the utility is away does not stop a complaint."""
        said, kind = story.of(matter), _class(matter)
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
            ("类别", _class(matter)),
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
        complaint_class=_class(matter),
        grade=grade,
        skill="投诉",
        anonymous=matter.slots.get("phone") == DECLINED,
    )
    return request, rest


def _thank(turn: Turn, matter: Matter, ticket: Ticket) -> None:
    if ticket.grade is Grade.MAJOR:
        turn.say("utter_complaint_major")
    ways = [PROGRESS]
    ways += [HUMAN] if ticket.grade is not Grade.NORMAL else []
    ways += [EXPLAIN_BILL] if grievance.is_about_a_bill(story.of(matter)) else []
    kind, phone = ticket.complaint_class or TicketKind.COMPLAINT, say_contact(turn, matter)
    turn.say(
        "utter_complaint_thanks" if phone else "utter_complaint_thanks_no_phone",
        buttons=ways,
        ticket_no=ticket.no,
        kind=kind if ticket.grade is Grade.NORMAL else f"{kind},{ticket.grade}",
        limits=promises.of_ticket(ticket),
        contact=ticket.contact,
        due=zh.say_time(ticket.due_at, turn.now),
        phone=phone,
    )
