"""Repair reports: place, trouble, scope and phone, read back and confirmed; then a ticket with its promise."""

import re
from collections.abc import Mapping
from typing import Any, Final

from actions import place as places
from actions import zh
from actions.belief import Matter
from actions.form import Form
from actions.known_outage import KnownOutageSlot, facts
from actions.labels import HUMAN, INTENTS, SCOPES
from actions.place import BuildingSlot, PlaceSlot
from actions.slot import ChoiceSlot, PhoneSlot, contact_of, say_contact
from actions.symptom import SymptomSlot, sign
from actions.tickets import promises
from actions.turn import Turn, command
from utility.errors import UtilityError, UtilityUnavailable
from utility.models import Grade, Ticket, TicketKind, TicketRequest

# A household's trouble with these is the utility's own side of the property boundary, or may well be.
OUR_SIDE: Final = re.compile(r"电表|表箱|表前|进户|入户|变压器|电线杆|电杆")
QUESTION: Final = re.compile(
    r"什么时候|啥时候|几点|多久|为什么|为啥|怎么回事|咋回事|是不是停|停不停|查.{0,6}停电|[吗么?]$"
)
WHAT_IS_DUE: Final = {"到达现场": "目标到达时间", "恢复供电": "目标恢复时间"}
PLACE, TROUBLE, SCOPE, PHONE = "地址", "故障", "范围", "联系电话"
CHARGES_TOLD: Final = "（已告知客户：表后维修可能收费，须先征得同意）"
READ_BACK_LONGEST: Final = 40
SEE, URGE = "查进度", "催办"

Values = Mapping[str, Any]


class RepairService(Form):
    name = "repair"
    intents = frozenset({"repair_report"})
    kin = frozenset({"outage_query"})
    absorbs = kin | {"repair_progress"}  # said beside a report they tell its trouble and its haste: 没电了,师傅快来
    urgency = 6
    slots = (
        PlaceSlot(free_text=True),
        KnownOutageSlot(),
        BuildingSlot(),
        SymptomSlot(),
        ChoiceSlot("scope", "utter_ask_scope_repair", SCOPES, entity="scope", read=zh.scope),
        PhoneSlot(),
    )
    confirmation = "utter_repair_confirm"
    changeable = (
        ("小区", "place"), ("楼栋门牌", "building"), ("故障现象", "symptom"), ("影响范围", "scope"), ("电话", "phone"),
    )  # fmt: skip

    async def begin(self, turn: Turn, matter: Matter) -> None:
        if sign(turn.heard.text):
            matter.slots["words"] = turn.heard.text.strip()
        if not turn.heard.first("scope") and zh.scope(turn.heard.text) == "一户":  # 邻居家都亮着: not asked for again
            matter.slots.setdefault("scope", "一户")
        if zh.is_angry(turn.heard.text):
            turn.say("utter_repair_sorry")
        await super().begin(turn, matter)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        """没电了 may be an answer, and is none of another matter's; 什么时候来电 is a question of its own."""
        intent = turn.heard.intent
        if self.listens(matter) and intent == "cancel" and not foreign:
            matter.question = None
            turn.say("utter_cancelled", what=INTENTS["repair_report"])
            return True
        alike = not foreign and not turn.heard.choice and intent in self.kin | self.intents
        if alike and intent in self.kin and QUESTION.search(zh.plain(turn.heard.text)):
            return False
        if await super().answer(turn, matter, foreign=foreign):
            return True
        if alike:
            await self.ask_again(turn, matter)
        return alike

    def listens(self, matter: Matter) -> bool:
        """Asked for the trouble in the customer's own words, whatever they sound like are the answer."""
        return matter.question == "symptom" and bool(matter.slots.get("in_words"))

    def forget(self, turn: Turn, matter: Matter, slot: str) -> None:
        if slot == "symptom":
            matter.slots.pop("words", None)
        super().forget(turn, matter, slot)

    async def go_on(self, turn: Turn, matter: Matter) -> None:
        self._care(turn, matter)
        if matter.slots.get("known", {}).get("answer") == "wait":
            matter.question = None
            turn.say("utter_repair_wait", buttons=[("查停电进展", "/outage_query")])
            return
        await super().go_on(turn, matter)

    def _care(self, turn: Turn, matter: Matter) -> None:
        """Who depends on the supply, or is about to complain further up, goes first and is offered a human, once."""
        upward = zh.threatens_upward(turn.heard.text)
        if (turn.belief.vulnerable or upward) and not matter.slots.get("urgent"):
            matter.slots["urgent"] = True
            turn.say("utter_repair_first" if upward else "utter_repair_vulnerable", buttons=[HUMAN])

    def _confirm(self, turn: Turn, matter: Matter) -> None:
        if _may_be_charged(matter) and not matter.slots.get("charges_told"):
            matter.slots["charges_told"] = True
            turn.say("utter_repair_boundary")
        super()._confirm(turn, matter)

    def read_back(self, turn: Turn, matter: Matter) -> Values:
        place, slots = places.of(matter), matter.slots
        lines = (
            (PLACE, place.address if place else ""),
            (TROUBLE, _shortened(slots["symptom"])),
            (SCOPE, next((title for title, value in SCOPES if value == slots["scope"]), "")),
            (PHONE, say_contact(turn, matter)),
        )
        return {"facts": "\n".join(f"{label}:{value}" for label, value in lines if value)}

    # --- the ticket ----------------------------------------------------------------------------------------------

    async def complete(self, turn: Turn, matter: Matter) -> None:
        request, key = _request(turn, matter), turn.key("repair")
        try:
            ticket = await turn.utility.create_ticket(request, key)
        except UtilityUnavailable:
            turn.keep(request, key)
            turn.say("utter_repair_kept")
            return
        await _tell_ticket(turn, matter, ticket)


def _request(turn: Turn, matter: Matter) -> TicketRequest:
    place, slots = places.of(matter), matter.slots
    phone, account_no = contact_of(turn, matter)
    told = CHARGES_TOLD if slots.get("charges_told") and _may_be_charged(matter) else ""
    return TicketRequest(
        kind=TicketKind.REPAIR,
        channel=turn.around.channel,
        conversation=turn.around.conversation,
        phone=phone,
        account_no=account_no,
        place_id=place.id or None if place else None,
        address=place.address if place else "",
        symptom=slots["symptom"],
        scope=slots["scope"],
        description=slots.get("words", "") + told,
        grade=Grade.IMPORTANT if slots.get("urgent") else Grade.NORMAL,
    )


async def _tell_ticket(turn: Turn, matter: Matter, ticket: Ticket) -> None:
    """Number and who comes, the promise, what it belongs to, and the two ways to follow it."""
    response = "utter_repair_joined" if ticket.joined else "utter_repair_created"
    turn.say(response, ticket_no=ticket.no, contact=ticket.contact, status=ticket.status)
    _tell_promise(turn, matter, ticket)
    if ticket.outage_id:
        await _tell_attached(turn, matter, ticket.outage_id)
    no = ticket.no
    turn.offer([(SEE, command("ticket_progress", ticket_no=no)), (URGE, command("repair_progress", ticket_no=no))])


def _tell_promise(turn: Turn, matter: Matter, ticket: Ticket) -> None:
    """What is due next: its target, where it stands written, and where the crew will call; late is said as late."""
    promised = promises(ticket)[-1]
    if promised.due is None or promised.kept_at:
        return
    due, limit = zh.say_time(promised.due, turn.now), promised.limit
    if promised.late(turn.now):
        turn.say("utter_progress_late", what=promised.name, due=due)
        return
    turn.say(
        "utter_repair_promise",
        goal=WHAT_IS_DUE.get(limit.matter, limit.matter),
        due=due,
        phone=say_contact(turn, matter),
        promise=limit.text,
        source=limit.source,
    )


async def _tell_attached(turn: Turn, matter: Matter, outage_id: str) -> None:
    """An outage that has been told is only named."""
    if matter.slots.get("known", {}).get("outage") == outage_id:
        turn.say("utter_repair_attached_known")
        return
    try:
        outage = await turn.utility.outage(outage_id)
    except UtilityError:
        turn.say("utter_repair_attached_known")  # the ticket is made; the rest would be an addition
        return
    turn.say("utter_repair_attached", **facts(turn, outage))


def _may_be_charged(matter: Matter) -> bool:
    """One household's trouble that may lie behind the property boundary (seed row 78): said before submission."""
    return matter.slots.get("scope") == "一户" and not OUR_SIDE.search(
        matter.slots["symptom"] + matter.slots.get("words", "")
    )


def _shortened(text: str) -> str:
    return text if len(text) <= READ_BACK_LONGEST else text[:READ_BACK_LONGEST] + "…"
