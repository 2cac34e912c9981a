"""Pure reading of tickets: which one is meant, what it promises and whether that was kept, its time line in short."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from actions import zh
from utility.models import Ticket, TicketEvent, TicketKind, TicketStatus, TimeLimit

URGED, ADDED = "催办", "补充"
ORDINALS: Final = "一二三四五六七八九"
KINDS: Final = (
    (re.compile(r"投诉"), (TicketKind.COMPLAINT,)),
    (re.compile(r"回电|人工"), (TicketKind.CALLBACK,)),
    (re.compile(r"报修|抢修|维修"), (TicketKind.REPAIR, TicketKind.HAZARD)),
)
NUMBER: Final = re.compile(r"(rp|em|cp|cb|sr)[-_ ]?\d{8}[-_— ]?\d{4}(?!\d)", re.IGNORECASE)
# How many lines of the time line, and letters of a note, are read on a phone.
LINES, NOTE_LONGEST = 6, 40
# The line of the time line that keeps a promise.
KEPT_BY: Final = {
    "到达现场": "到达",
    "恢复供电": "修复",
    "紧急处置": "到达",
    "投诉联系": "联系",
    "投诉答复": "答复",
    "人工回电": "回电",
    "服务申请答复": "答复",
}
# As it is called in a sentence: 抢修人员到达:今天10:50前.
NAMES: Final = {
    "到达现场": "抢修人员到达现场",
    "投诉联系": "专员与您联系",
    "投诉答复": "答复处理结果",
    "服务申请答复": "答复您的申请",
}
DONE: Final = (TicketStatus.FIXED, TicketStatus.CLOSED)


@dataclass(frozen=True)
class Promised:
    """One promise. `due` is None where only the words of the limit say it, `kept_at` while it is not kept."""

    limit: TimeLimit
    due: datetime | None
    kept_at: datetime | None

    @property
    def name(self) -> str:
        return NAMES.get(self.limit.matter, self.limit.matter)

    def late(self, now: datetime) -> bool:
        """Broken: kept after its time, or not kept though its time has passed."""
        return self.due is not None and (self.kept_at or now) > self.due


def promises(ticket: Ticket) -> list[Promised]:
    """In the order in which they fall due: all that were kept, and the first that is not."""
    told = list(_all(ticket))
    still_open = next((index for index, promised in enumerate(told) if promised.kept_at is None), None)
    if still_open is None:
        return told
    return told[:still_open] if ticket.status in DONE else told[: still_open + 1]


def _all(ticket: Ticket) -> Iterator[Promised]:
    """`due_at` belongs to the first; minutes of the next run from when the one before was kept (到达后3小时内恢复)."""
    due: datetime | None = ticket.due_at
    for limit, following in zip(ticket.limits, [*ticket.limits[1:], None], strict=True):
        kept_at = next((line.at for line in ticket.timeline if line.name == KEPT_BY.get(limit.matter)), None)
        yield Promised(limit, due, kept_at)
        minutes = following.minutes if following else None
        due = kept_at + timedelta(minutes=minutes) if kept_at and minutes else None


def shown(ticket: Ticket) -> list[TicketEvent]:
    """Without the additions of others: only that there was one is known of them."""
    return [line for line in ticket.timeline if line.note or line.name != ADDED]


def line_of(line: TicketEvent, now: datetime) -> str:
    note = line.note if len(line.note) <= NOTE_LONGEST else line.note[:NOTE_LONGEST] + "…"
    return f"{zh.say_time(line.at, now)} {line.name}{':' if note else ''}{note}"


def tail_beside(text: str) -> str | None:
    """The last digits of a phone that stand in a text beside a ticket's number: CP20261120-0001 8901."""
    return zh.tail(NUMBER.sub(" ", unicodedata.normalize("NFKC", text)))


def title_of(ticket: Ticket) -> str:
    """故障报修(跳闸,0001)"""
    return f"{ticket.kind}({','.join(filter(None, [ticket.symptom[:8], ticket.no[-4:]]))})"


def meant(tickets: list[Ticket], text: str, intent: str) -> list[Ticket]:
    """Those of the kind that is spoken of, when there are any; talk of a crew speaks of repairs."""
    kinds = next((kinds for pattern, kinds in KINDS if pattern.search(text)), None)
    if kinds is None and intent == "repair_progress":
        kinds = KINDS[-1][1]
    return [ticket for ticket in tickets if kinds and ticket.kind in kinds] or tickets


def picked(choices: list[tuple[str, str]], text: str) -> str | None:
    """The ticket that an answer in words means: 第二个, 0002, 跳闸那个."""
    said = zh.plain(text)
    if found := re.search(rf"第([{ORDINALS}]|\d)", said):
        place = int(found[1]) if found[1].isdecimal() else ORDINALS.index(found[1]) + 1
        return choices[place - 1][1] if 1 <= place <= len(choices) else None
    fitting = [no for title, no in choices if any(word in said for word in re.split(r"[(,)]", title) if word)]
    return fitting[0] if len(fitting) == 1 else None
