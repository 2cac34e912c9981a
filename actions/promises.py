"""Time limits as customers read them: always with their source, the general ones also with the day since when."""

from typing import Final

from actions.turn import Turn
from utility.models import Ticket

TITLE: Final = "现在执行的服务时限"
SOURCE: Final = "依据"
SINCE: Final = "执行日期"
# What is shown to a question about promises, in this order.
SHOWN: Final = ("到达现场", "恢复供电", "计划停电公告", "欠费复电", "电表校验", "居民用电报装", "投诉联系", "投诉答复")


def of_ticket(ticket: Ticket) -> str:
    """投诉受理后24小时内联系客户;…(依据:…)"""
    sources = "、".join(dict.fromkeys(limit.source for limit in ticket.limits))
    return ";".join(limit.text for limit in ticket.limits) + f"({SOURCE}:{sources})"


async def show(turn: Turn) -> None:
    """The promises in force; of those that depend on the area only the customer's, when it is known."""
    place = turn.belief.place
    limits = await turn.utility.time_limits(place.area if place and place.area else None)
    told = sorted((limit for limit in limits if limit.matter in SHOWN), key=lambda limit: SHOWN.index(limit.matter))
    rows = [(limit.matter, f"{limit.text}({SOURCE}:{limit.source})") for limit in told]
    since = max((limit.valid_from for limit in told), default=None)
    turn.show_card(TITLE, rows, f"{SINCE}:{since:%Y-%m-%d}起" if since else "")
