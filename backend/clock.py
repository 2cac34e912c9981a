"""What time it is where the utility works: China Standard Time, UTC+8 all year."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

LOCAL: Final = timezone(timedelta(hours=8), "CST")

Clock = Callable[[], datetime]
"""Gives an aware time."""


def system_clock() -> datetime:
    """Now, to the second: nothing in the contract is finer."""
    return datetime.now(LOCAL).replace(microsecond=0)
