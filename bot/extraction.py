"""All patterns over one message: what was said, where in the original text, and its normal form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bot import building, calendar_words, codes, days, names, quantities
from bot.found import Finder, Found, longest
from bot.normaliser import Written
from bot.phrases import Phrases

CHINA = timezone(timedelta(hours=8))
NEIGHBOURS = re.compile(r"隔壁|邻居|别|对门|楼上|上下|左邻|附近|周围|周边|四周")
PATTERNS: tuple[Finder, ...] = (codes.find, building.find, calendar_words.find, days.find, quantities.find, names.find)


def today() -> date:
    """The customer's day: all of China keeps one time."""
    return datetime.now(CHINA).date()


class Extraction:
    """The finders and the clock that says what 上个月 means."""

    def __init__(self, phrases: Phrases, clock: Callable[[], date] = today) -> None:
        self._finders: tuple[Finder, ...] = (phrases.find, *PATTERNS)
        self.clock = clock

    def entities(self, written: Written) -> list[dict[str, Any]]:
        """Rasa entities of a message, spans in the text as the customer wrote it."""
        day = self.clock()
        candidates = [found for finder in self._finders for found in finder(written.text, day)]
        return [
            {"entity": found.entity, "start": start, "end": end, "value": found.value}
            for found in _said_once(written.text, longest(candidates))
            for start, end in [written.span(found.start, found.end)]
        ]


def _said_once(text: str, found: list[Found]) -> list[Found]:
    """就我一家 别家亮着 says one scope twice: the neighbours only confirm it."""
    direct = {one.value for one in found if one.entity == "scope" and not NEIGHBOURS.match(text, one.start)}
    return [
        one
        for one in found
        if one.entity != "scope" or one.value not in direct or not NEIGHBOURS.match(text, one.start)
    ]
