"""Time limits as customers read them: always with their source, the general ones also with the day since when."""

from collections.abc import Sequence
from typing import Final

from actions.turn import Turn
from utility.models import Ticket, TimeLimit

TITLE: Final = "现在执行的服务时限"
SOURCE: Final = "依据"
SINCE: Final = "执行日期"
# The promise to call the customer.
CALL: Final = "投诉联系"
# What is shown to a question about promises, in this order.
SHOWN: Final = ("到达现场", "恢复供电", "计划停电公告", "欠费复电", "电表校验", "居民用电报装", "投诉联系", "投诉答复")


def of_ticket(ticket: Ticket, *, calls: bool = True) -> str:
    """投诉受理后24小时内联系客户;…(依据:…). `calls` is False when there is no number to call."""
    return _told([limit for limit in ticket.limits if calls or limit.matter != CALL])


def _told(limits: Sequence[TimeLimit]) -> str:
    sources = "、".join(dict.fromkeys(limit.source for limit in limits))
    return ";".join(limit.text for limit in limits) + f"({SOURCE}:{sources})"


async def show(turn: Turn) -> None:
    """The promises in force; of those that depend on the area only the customer's, when it is known."""
    place = turn.belief.place
    limits = await turn.utility.time_limits(place.area if place and place.area else None)
    told = {matter: [limit for limit in limits if limit.matter == matter] for matter in SHOWN}
    rows = [(matter, _told(same)) for matter, same in told.items() if same]
    since = max((limit.valid_from for same in told.values() for limit in same), default=None)
    turn.show_card(TITLE, rows, f"{SINCE}:{since:%Y-%m-%d}起" if since else "")
