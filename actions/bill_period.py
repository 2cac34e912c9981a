"""Which months a question about bills is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from actions import identity, zh
from actions.belief import Matter
from actions.turn import Heard, Turn

NORMAL = re.compile(r"\d{4}(-\d{2}(/\d{4}-\d{2})?)?")
AGAIN_BACK = re.compile(r"(再|更)(往前|前|上)(面|边)?(一|那)?个?月")
# After the latest bill, which is last month's, this means the one before it.
AND_BEFORE = re.compile(r"^那?(么)?(上个?月|前一个?月)(的|电费)*呢")
COMPARED_WITH = re.compile(r"(比|比起|较|超过|高过|相对)(了|于)?\s*$")
# Bills are kept for two years; a longer list is nobody's question.
LONGEST = 36


@dataclass(frozen=True)
class PeriodSlot:
    """Never asked for: without a month the latest bill is meant. Kept as normal forms, several with commas."""

    name: str = "period"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return False

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        answers_identity = matter.question == identity.NAME and identity.is_bare_tail(turn.heard.text)
        said = _said(turn)
        if foreign or answers_identity or not said:
            return False
        matter.slots[self.name] = said
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        raise AssertionError("a period is never missing")


def _said(turn: Turn) -> str:
    """The months of a message; after a bill, "再上个月" and "那上个月呢" count from that bill."""
    periods, shown = _normal_periods(turn.heard), turn.belief.bill_month
    said = zh.plain(turn.heard.text)
    if shown and (AGAIN_BACK.search(said) or (periods == [shown] and AND_BEFORE.search(said))):
        return zh.month_before(shown)
    return ",".join(periods)


def _normal_periods(heard: Heard) -> list[str]:
    """Without the months that are only compared with: 怎么比上个月贵."""
    periods = [e for e in heard.entities if e.name == "period" and NORMAL.fullmatch(e.value)]
    return [e.value for e in periods if not COMPARED_WITH.search(heard.text[: e.start])]


def asked(matter: Matter, today: date) -> list[str]:
    """The months asked for, oldest first; [] when none was named."""
    months: set[str] = set()
    for period in filter(None, matter.slots.get("period", "").split(",")):
        months.update(_run(*zh.months(period, today)))
    return sorted(months)


def _run(first: str, last: str) -> list[str]:
    """Every month from first to last, the newest of a long row; the first alone when it is the later one."""
    months = [max(first, zh.month_before(last, LONGEST - 1))]
    while months[-1] < last:
        months.append(zh.month_before(months[-1], -1))
    return months


def this_month(today: date) -> str:
    return f"{today:%Y-%m}"


def say(months: Sequence[str], today: date) -> str:
    """9月; 8月、10月; 7月至10月; 2025年11月至2026年10月."""
    names = [zh.say_month(month, today) for month in months]
    if len(months) < 3 or _run(months[0], months[-1]) != list(months):
        return "、".join(names)
    first, last = months[0], months[-1]
    ending = names[-1] if first[:4] == last[:4] else f"{last[:4]}年{int(last[5:])}月"
    return f"{names[0]}至{ending}"
