"""The wish for a human: to the queue when somebody is on duty, else a call-back ticket with its promise."""

from actions import zh
from actions.belief import Matter
from actions.form import Form
from actions.labels import INTENTS
from actions.slot import PhoneSlot
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import Grade, TicketKind, TicketRequest


class HandoffService(Form):
    name = "handoff"
    intents = frozenset({"handoff"})
    urgency = 7
    slots = (PhoneSlot(response="utter_ask_callback_phone"),)

    async def begin(self, turn: Turn, matter: Matter) -> None:
        matter.slots["about"], matter.slots["urgent"] = _about(turn), _urgent(turn)
        if turn.around.humans_on_duty:
            turn.handoff = {"reason": "客户要求人工", "priority": int(_urgent(turn))}
            return
        turn.say("utter_handoff_callback")
        await super().begin(turn, matter)

    async def complete(self, turn: Turn, matter: Matter) -> None:
        registered = matter.slots["phone"] == "registered"
        account = turn.belief.account
        request = TicketRequest(
            kind=TicketKind.CALLBACK,
            channel=turn.around.channel,
            conversation=turn.around.conversation,
            phone=None if registered else matter.slots["phone"],
            account_no=account.account_no if account and registered else None,
            description=matter.slots["about"],
            grade=Grade.IMPORTANT if matter.slots.get("urgent") or _urgent(turn) else Grade.NORMAL,
        )
        key = turn.key("handoff")
        try:
            ticket = await turn.utility.create_ticket(request, key)
            hours = await turn.utility.service_hours()
        except UtilityUnavailable:
            turn.keep(request, key)
            turn.say("utter_handoff_kept")
            return
        phone = account.phone_masked if account and registered else zh.mask_phone(matter.slots["phone"])
        due = zh.say_time(ticket.due_at, turn.now)
        turn.say(
            "utter_handoff_created",
            ticket_no=ticket.no,
            contact=ticket.contact,
            due=due,
            phone=phone,
            hours=hours.text,
        )


def _urgent(turn: Turn) -> bool:
    return turn.belief.vulnerable or zh.threatens_upward(turn.heard.text)


def _about(turn: Turn) -> str:
    """What the human should know before they speak: the open matter, and the customer's last words."""
    below = [INTENTS.get(m.slots.get("intent", "")) for m in turn.belief.matters if m.service != "handoff"]
    doing = "、".join(filter(None, below))
    return f"{f'正在办理：{doing}。' if doing else ''}客户原话：{turn.heard.text.strip()[:200]}"
