"""Answers to a notice: read, power is back, or still dark."""

import re
from typing import Final

from actions import zh
from actions.labels import INTENTS
from actions.turn import Turn

REPAIR: Final = (INTENTS["repair_report"], "/repair_report")
_BACK: Final = re.compile(
    r"(已|已经)(恢复|来电|送电|通上?了?电|好)|^(来|通|好|亮)了|电来|来电|通了|正常(了|供电)|用上电"
)
_DARK: Final = re.compile(
    r"没(有)?(来|恢复|电|好)|实际没|还(没|黑|冇|未|莫)|黑着|黑的|[冇莫未](有)?(来|得|恢复|电)|没(得|呢)|没有呢|^没|很暗|骗人"
)


def take(turn: Turn) -> None:
    """Thanks for the first two; who is still dark is told what is known, and can report it."""
    said = zh.plain(turn.heard.text)
    if _DARK.search(said) or zh.is_still_dark(said):
        turn.say("utter_request_still_dark", buttons=[REPAIR])
        turn.begin("outage", intent="outage_query", planned=False)
    elif _BACK.search(said) or zh.is_power_back(said):
        turn.say("utter_request_power_back")
    else:
        turn.say("utter_request_receipt")
