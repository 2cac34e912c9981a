"""What can be done about a complaint at once: tell what is known of the outage, urge the open repair."""

from typing import Final

from actions import grievance, story, zh
from actions import place as places
from actions.belief import Matter
from actions.turn import Turn
from utility.models import (
    ComplaintClass,
    Outage,
    OutageKind,
    OutageStatus,
    Ticket,
    TicketKind,
    TicketNote,
    TicketStatus,
)

# How many outages are told of, the most telling first.
AT_MOST: Final = 2
TELLING: Final = (OutageStatus.ONGOING, OutageStatus.RESTORED, OutageStatus.ANNOUNCED)
UNDER_WAY: Final = frozenset(TicketStatus) - {TicketStatus.FIXED, TicketStatus.CLOSED}
# What the crew reads in the time line of its ticket.
URGING: Final = "客户投诉抢修慢，请尽快处理并联系客户"


async def tell_outages(turn: Turn, matter: Matter) -> None:
    """The known interruptions of the place, with as-of times; also that none is known."""
    place = places.of(matter)
    if place is None or not place.id:
        return
    report = await turn.utility.place_outages(place.id, place.block or None)
    known = [outage for outage in report.outages if outage.status in TELLING]
    known.sort(key=lambda outage: TELLING.index(outage.status))
    for outage in known[:AT_MOST]:
        _tell(turn, outage)
    if not known:
        where, as_of = place.name + place.block, zh.say_time(report.as_of, turn.now)
        turn.say("utter_complaint_no_outage", where=where, as_of=as_of)


def _tell(turn: Turn, outage: Outage) -> None:
    step = outage.steps[-1] if outage.steps else None
    turn.say(
        _response(outage),
        kind=outage.kind,
        scope=outage.scope,
        reason=outage.reason,
        began=zh.say_time(outage.starts_at, turn.now),
        ended=zh.say_time(outage.ends_at or outage.updated_at, turn.now),
        window=zh.say_window(outage.starts_at, outage.ends_at, turn.now),
        progress=f"{step.name}({zh.say_time(step.at, turn.now)})" if step else "核实中",
        expected=zh.say_time(outage.expected_at, turn.now) if outage.expected_at else "暂时还不能确定",
        as_of=zh.say_time(outage.updated_at, turn.now),
    )


def _response(outage: Outage) -> str:
    if outage.status is OutageStatus.RESTORED:
        return "utter_complaint_restored"
    fault = outage.kind is OutageKind.FAULT
    return "utter_complaint_fault" if fault else "utter_complaint_planned"


async def look_at_own_tickets(turn: Turn, matter: Matter, kind: ComplaintClass) -> None:
    """Urge the open repair that was slow; remember whether the same was complained of before."""
    tickets = await turn.utility.tickets(turn.around.conversation)
    matter.slots["again"] = any(t.kind is TicketKind.COMPLAINT and t.complaint_class is kind for t in tickets)
    repair = next((t for t in tickets if t.kind is TicketKind.REPAIR and t.status in UNDER_WAY), None)
    if repair and grievance.is_about_slow_repair(story.of(matter)):
        await _urge(turn, repair)


async def _urge(turn: Turn, repair: Ticket) -> None:
    note = TicketNote(conversation=turn.around.conversation, text=URGING)
    urged = await turn.utility.urge(repair.no, note, turn.key("complaint-urge"))
    turn.say("utter_complaint_urged", ticket_no=urged.no, contact=urged.contact)
