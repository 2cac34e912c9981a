"""My matters: how far a ticket is, whether its promises were kept, and urging."""

import re
from typing import Any, Final

from actions import zh
from actions.belief import Matter
from actions.known_outage import facts
from actions.labels import HUMAN
from actions.tickets import (
    ADDED,
    DONE,
    LINES,
    URGED,
    Promised,
    line_of,
    meant,
    picked,
    promises,
    shown,
    tail_beside,
    title_of,
)
from actions.turn import Turn, command
from utility.errors import IdentityLocked, NotFound, UtilityError, UtilityUnavailable
from utility.models import Ticket, TicketKind, TicketNote

URGING: Final = re.compile(
    r"催|快(点|些|一点)|赶紧|赶快|抓紧|加急|怎么还|多久了|人呢|师傅呢|没人(来|管|联系)|没动静|"
    r"(还|都)(没|不|未)有?人?(来|到|修|好|联系|处理|回|办|给)"
)
ALL: Final = re.compile(r"全部|所有|都(查|看|催|要)|每(个|张|一)")
FORGOTTEN: Final = re.compile(r"忘|不记得|记不|不知道|不清楚|没有了?$|换号|丢了")
# From this length on the customer's words go to the crew with the urging.
WORTH_TELLING: Final = 8
URGE, AGAIN = "催办", "再催一次"
REPORT, REPORT_AGAIN, COMPLAIN = ("故障报修", "/repair_report"), ("重新报修", "/repair_report"), ("投诉", "/complaint")


class ProgressService:
    """Asks at most two things: `ticket`, which of several; `tail`, the end of the phone, for one made elsewhere.

    A button 催办 is the intent repair_progress with a ticket number and no words of the customer's.
    """

    name = "progress"
    intents = frozenset({"ticket_progress", "repair_progress"})
    kin = frozenset({"repair_report"})  # 跳闸那个 chooses a ticket
    urgency = 3

    async def begin(self, turn: Turn, matter: Matter) -> None:
        pressed = not turn.heard.text and turn.heard.intent == "repair_progress"
        matter.slots["urge"] = pressed and turn.heard.first("ticket_no") is not None
        await self._follow(turn, matter)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        return not foreign and await self._follow(turn, matter)

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        if matter.question == "ticket":
            turn.ask(matter, "ticket", "utter_progress_which", [(title, no) for title, no in matter.slots["choices"]])
        else:
            turn.ask(matter, "tail", "utter_progress_ask_tail")

    def listens(self, matter: Matter) -> bool:
        return False

    async def _follow(self, turn: Turn, matter: Matter) -> bool:
        """One step on; False when the message answers nothing."""
        matter.slots["urge"] = matter.slots["urge"] or bool(URGING.search(zh.plain(turn.heard.text)))
        number = turn.heard.first("ticket_no") or zh.ticket_no(turn.heard.text)
        try:
            if number:
                await self._numbered(turn, matter, number, tail_beside(turn.heard.text) or _known_tail(turn))
            elif matter.question == "ticket":
                return await self._chosen(turn, matter)
            elif matter.question == "tail":
                return await self._tail(turn, matter)
            else:
                await self._mine(turn, matter)
        except UtilityUnavailable:
            matter.question = None
            turn.say("utter_progress_away", buttons=[HUMAN])
        return True

    # --- which ticket? -------------------------------------------------------------------------------------------

    async def _mine(self, turn: Turn, matter: Matter) -> None:
        """What this conversation made or joined: the open ones; failing that, what became of the last."""
        tickets = await turn.utility.tickets(turn.around.conversation)
        waiting = meant([t for t in tickets if t.status not in DONE], turn.heard.text, turn.heard.intent)
        if len(waiting) > 1:
            matter.slots["choices"] = [(title_of(ticket), ticket.no) for ticket in waiting]
            await self._ask_which(turn, matter)
        elif waiting or tickets:
            await self._tell(turn, matter, (waiting or tickets)[0])
        else:
            turn.say("utter_progress_none", buttons=[REPORT, COMPLAIN, HUMAN])

    async def _ask_which(self, turn: Turn, matter: Matter) -> None:
        matter.question = "ticket"
        await self.ask_again(turn, matter)

    async def _chosen(self, turn: Turn, matter: Matter) -> bool:
        choices = [(title, no) for title, no in matter.slots["choices"]]
        if ALL.search(turn.heard.text):
            wanted = [no for _, no in choices]
        else:
            chosen = turn.heard.chosen(self.name, "ticket") or picked(choices, turn.heard.text)
            wanted = [chosen] if chosen else []
        for no in wanted:
            await self._numbered(turn, matter, no, None)
        return bool(wanted)

    async def _numbered(self, turn: Turn, matter: Matter, number: str, tail: str | None) -> None:
        """Own tickets are told at once; those made elsewhere against the last digits of their phone."""
        matter.slots["no"] = number
        try:
            ticket = await turn.utility.ticket(number, turn.around.conversation, tail)
        except NotFound:
            if tail is None or not (matter.question == "tail" or turn.heard.first("phone")):
                turn.ask(matter, "tail", "utter_progress_ask_tail")
            else:
                turn.ask(matter, "tail", "utter_progress_wrong_tail")
                turn.offer([HUMAN])
        except IdentityLocked as locked:
            matter.question = None
            turn.say("utter_progress_locked", until=zh.say_time(locked.until, turn.now), buttons=[HUMAN])
        else:
            await self._tell(turn, matter, ticket)

    async def _tail(self, turn: Turn, matter: Matter) -> bool:
        if tail := zh.tail(turn.heard.text):
            await self._numbered(turn, matter, matter.slots["no"], tail)
        elif FORGOTTEN.search(turn.heard.text):
            matter.question = None
            turn.say("utter_progress_no_tail", buttons=[HUMAN])
        else:
            return False
        return True

    # --- telling and urging --------------------------------------------------------------------------------------

    async def _tell(self, turn: Turn, matter: Matter, ticket: Ticket) -> None:
        matter.question = None
        if matter.slots["urge"] and ticket.status not in DONE:
            await self._urge(turn, ticket)
            return
        turn.say(
            "utter_progress_ticket",
            kind=ticket.kind,
            ticket_no=ticket.no,
            status=ticket.status,
            timeline="\n".join(line_of(line, turn.now) for line in shown(ticket)[-LINES:]),
            as_of=zh.say_time(ticket.as_of, turn.now),
        )
        await _tell_what_is_due(turn, ticket)
        turn.offer(_ways_on(turn, ticket, URGE))

    async def _urge(self, turn: Turn, ticket: Ticket) -> None:
        words = turn.heard.text.strip()
        note = TicketNote(
            conversation=turn.around.conversation, text=words if len(zh.plain(words)) >= WORTH_TELLING else ""
        )
        key = turn.key(f"urge:{ticket.no}")
        try:
            ticket = await turn.utility.urge(ticket.no, note, key)
        except UtilityUnavailable:
            turn.errands.append({"key": key, "kind": "urge", "payload": {"ticket_no": ticket.no, "text": note.text}})
            turn.say("utter_progress_urge_kept", ticket_no=ticket.no, buttons=[HUMAN])
            return
        turn.say(
            "utter_progress_urged",
            ticket_no=ticket.no,
            contact=ticket.contact,
            count=ticket.urged,
            latest=line_of(next(line for line in reversed(shown(ticket)) if line.name not in (URGED, ADDED)), turn.now),
            as_of=zh.say_time(ticket.as_of, turn.now),
        )
        await _tell_what_is_due(turn, ticket)
        turn.offer(_ways_on(turn, ticket, AGAIN)[1:])


async def _tell_what_is_due(turn: Turn, ticket: Ticket) -> None:
    """Promises kept and broken, honestly; with a known outage, its newest forecast instead of the first one."""
    attached = ticket.outage_id is not None and ticket.status not in DONE
    for promised in promises(ticket):
        _tell_promise(turn, promised, forecast_follows=attached and promised.limit.matter == "恢复供电")
    if attached and ticket.outage_id:
        try:
            outage = await turn.utility.outage(ticket.outage_id)
        except UtilityError:
            return  # the ticket has been told; the forecast is an addition
        turn.say("utter_progress_outage", **facts(turn, outage))


def _tell_promise(turn: Turn, promised: Promised, *, forecast_follows: bool) -> None:
    limit = promised.limit
    if promised.due is None:
        if promised.kept_at is None:
            turn.say("utter_progress_in_words", promise=limit.text, source=limit.source)
        return
    values: dict[str, Any] = {"what": promised.name, "due": zh.say_time(promised.due, turn.now)}
    if promised.kept_at:
        kept = "utter_progress_kept_late" if promised.late(turn.now) else "utter_progress_kept"
        turn.say(kept, **values, at=zh.say_time(promised.kept_at, turn.now))
    elif promised.late(turn.now):
        turn.say("utter_progress_late", **values)
    elif not forecast_follows:
        turn.say("utter_progress_ahead", **values, promise=limit.text, source=limit.source)


def _ways_on(turn: Turn, ticket: Ticket, urge: str) -> list[tuple[str, str]]:
    """Urging first; a human and a complaint only where something went wrong."""
    if ticket.status in DONE:
        return [REPORT_AGAIN] if ticket.kind is TicketKind.REPAIR else []
    broken = any(promised.late(turn.now) for promised in promises(ticket))
    ways = [(urge, command("repair_progress", ticket_no=ticket.no))]
    if broken or turn.belief.vulnerable:
        ways.append(HUMAN)
    return [*ways, COMPLAIN] if broken and ticket.kind is not TicketKind.COMPLAINT else ways


def _known_tail(turn: Turn) -> str | None:
    """The last digits of a phone that is known already: of this message, this conversation, the verified account."""
    account = turn.belief.account
    phone = turn.heard.first("phone") or turn.belief.phone or (account.phone_masked if account else None)
    return phone[-4:] if phone else None
