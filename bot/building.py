"""Building, unit, floor and room as one entity: 三号楼二单元四零一 → 3栋2单元401室."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.found import Found
from bot.numbers import SPOKEN, digits, whole

NUMBER = rf"(?:\d{{1,3}}|[{SPOKEN}十]{{1,3}})"
BLOCK = rf"(?P<block>{NUMBER}|(?<![a-z])[a-h])(?:号楼|#楼?|栋(?:楼(?!道))?|幢(?:楼(?!道))?|座|号院)"
UNIT = rf"(?P<unit>{NUMBER})(?:单元|门)"
FLOOR = rf"(?P<floor>{NUMBER})(?:楼|层)"
ROOM = rf"(?P<room>(?<!\d)\d{{3,4}}(?!\d)|[{SPOKEN}]{{3,4}})(?:室|房|号房)?"
SPACE = r"[ ,]?"
WHOLE = re.compile(rf"{BLOCK}(?:{SPACE}{UNIT})?(?:{SPACE}{FLOOR})?(?:{SPACE}{ROOM}(?!\d|[年月块元度万千百]))?")
PART = re.compile(rf"{UNIT}(?:{SPACE}{FLOOR})?(?:{SPACE}{ROOM}(?!\d|[年月块元度万千百]))?")
DASHED = re.compile(r"(?<![\d\-.])(?P<block>\d{1,2})-(?P<unit>\d{1,2})-(?P<room>\d{3,4})(?![\d\-])")
SHORT = re.compile(r"(?<![\d\-.])(?P<block>\d{1,2})-(?P<room>\d{3,4})(?![\d\-])")
ROOM_ALONE = re.compile(r"(?<![\d.])(?P<room>\d{3,4})(?:室|房(?!租|子))")
NOT_A_DOOR = re.compile(r"[一两]门$")


def find(text: str, _today: date) -> Iterable[Found]:
    for pattern in (WHOLE, PART, DASHED, SHORT, ROOM_ALONE):
        for hit in pattern.finditer(text):
            if not NOT_A_DOOR.fullmatch(hit.group()):
                yield Found("building", hit.start(), hit.end(), _value(hit.groupdict()), 4)


def _value(parts: dict[str, str | None]) -> str:
    block, unit, floor, room = (parts.get(name) for name in ("block", "unit", "floor", "room"))
    return "".join(
        (
            f"{_number(block)}栋" if block else "",
            f"{_number(unit)}单元" if unit else "",
            f"{_number(floor)}楼" if floor else "",
            f"{digits(room)}室" if room else "",
        )
    )


def _number(said: str) -> str:
    return said.upper() if said.isalpha() and said.isascii() else str(whole(said))
