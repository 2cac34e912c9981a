"""An application to check a bill, the meter's data or a payment: a ticket after phone and confirmation."""

from collections.abc import Mapping

from actions import card_data, zh
from actions.belief import Matter
from actions.form import Form
from actions.slot import PhoneSlot
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import Grade, Ticket, TicketKind, TicketRequest

SUBJECTS = {
    "bill": "核查电费、电表和抄表数据",
    "payment": "核对缴费是否到账",
    "reconnection": "已缴费，核对到账并安排复电",
}
SYMPTOM, SKILL = "电费核查", "billing"
WITH_MONTH, IN_WORDS = "{month}账单：{subject}", ";客户原话：{words}"
REGISTERED = "登记号码{phone}"
LONGEST = 300


class BillCheckService(Form):
    """Begun from a bill: `account_no`, `subject` (a key of SUBJECTS), `month` and the customer's `words` come along."""

    name = "bill_check"
    intents: frozenset[str] = frozenset()
    urgency = 2
    slots = (PhoneSlot(response="utter_ask_phone_bill_check"),)
    confirmation = "utter_bill_check_confirm"
    changeable = (("联系电话", "phone"),)

    def read_back(self, turn: Turn, matter: Matter) -> Mapping[str, str]:
        return {"account_no": matter.slots["account_no"], "what": _what(turn, matter), "phone": _phone(turn, matter)}

    async def complete(self, turn: Turn, matter: Matter) -> None:
        request, key = _request(turn, matter), turn.key("bill_check")
        try:
            ticket = await turn.utility.create_ticket(request, key)
        except UtilityUnavailable:
            turn.keep(request, key)
            turn.say("utter_bill_check_kept")
            return
        _tell(turn, matter, ticket)


def _what(turn: Turn, matter: Matter) -> str:
    subject = SUBJECTS[matter.slots["subject"]]
    month = matter.slots.get("month")
    return WITH_MONTH.format(month=zh.say_month(month, turn.now.date()), subject=subject) if month else subject


def _phone(turn: Turn, matter: Matter) -> str:
    """Masked. The registered number is masked at its source."""
    number = matter.slots["phone"]
    if number != "registered":
        return zh.mask_phone(number)
    return REGISTERED.format(phone=turn.belief.account.phone_masked if turn.belief.account else "")


def _request(turn: Turn, matter: Matter) -> TicketRequest:
    words, number = card_data.without(matter.slots.get("words", ""))[:LONGEST], matter.slots["phone"]
    return TicketRequest(
        kind=TicketKind.SERVICE,
        channel=turn.around.channel,
        conversation=turn.around.conversation,
        phone=None if number == "registered" else number,
        account_no=matter.slots["account_no"],
        symptom=SYMPTOM,
        description=_what(turn, matter) + (IN_WORDS.format(words=words) if words else ""),
        grade=Grade.IMPORTANT if turn.belief.vulnerable else Grade.NORMAL,
        skill=SKILL,
    )


def _tell(turn: Turn, matter: Matter, ticket: Ticket) -> None:
    limit = ticket.limits[0] if ticket.limits else None
    turn.say(
        "utter_bill_check_created",
        buttons=[("转人工", "/handoff")] if turn.belief.vulnerable else [],
        ticket_no=ticket.no,
        contact=ticket.contact,
        phone=_phone(turn, matter),
        due=zh.say_time(ticket.due_at, turn.now),
        source=limit.source if limit else ticket.source,
    )
