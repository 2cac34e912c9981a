"""The building inside an address: 3栋, 3号楼, 三幢, A座, 3# all name the same kind of thing."""

import re
import unicodedata
from typing import Final

_NUMERALS: Final = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_BUILDING: Final = re.compile(r"(\d{1,3}|[A-Za-z]|[一二两三四五六七八九十]{1,3})\s*(?:栋|幢|座|号楼|#楼?)")


def building_of(text: str) -> str:
    """`阳光花园三号楼2单元501` → `3栋`; empty when no building is named. One spelling, so that two can be compared."""
    found = _BUILDING.search(unicodedata.normalize("NFKC", text))
    return f"{_number(found[1])}栋" if found else ""


def _number(text: str) -> str:
    if text.isdigit():
        return str(int(text))
    if text.isascii():
        return text.upper()
    tens, ten, ones = text.rpartition("十")
    return str((_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0))
