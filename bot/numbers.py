"""Numbers as Chinese people write and say them: 一百二 is 120, 两万块 is 20000, 三三零幺 is 3301."""

from __future__ import annotations

import re

DIGITS = dict(zip("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两俩", "00123456789123456789122", strict=True))
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
SPOKEN = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两"
NUMERAL = "[" + SPOKEN + "十拾百佰千仟万]"
LONGEST = 16
TENS_LEFT_OUT = re.compile(r"([百佰千仟万])([一二三四五六七八九])$")


def digits(text: str) -> str:
    """The ASCII digits of a text, spoken ones included, everything else left out."""
    return "".join(c if c.isascii() and c.isdigit() else DIGITS.get(c, "") for c in text)


def value(text: str) -> float | None:
    """The number a numeral stands for: 186.5, 三百, 一百二, 1万2, 二零二六; None when it is none."""
    text = text.replace(",", "")
    if len(text) > LONGEST:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    mixed = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万])(\d*)", text)
    if mixed:
        unit = (UNITS | LARGE)[mixed[2]]
        rest = int(mixed[3]) * unit // 10 if len(mixed[3]) == 1 else int(mixed[3] or 0)
        return float(mixed[1]) * unit + rest
    if text and all(c in DIGITS for c in text):
        return float(digits(text))
    return _spelled(text)


def whole(text: str) -> int | None:
    """The same for numbers that must be whole: 三 → 3, 十一 → 11, 02 → 2."""
    found = value(text)
    return int(found) if found is not None and found == int(found) else None


def plain(number: float) -> str:
    """Without a trailing .0: 500, 88.6."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _spelled(text: str) -> float | None:
    total = section = digit = 0
    for c in text:
        if c in DIGITS:
            digit = int(DIGITS[c])
        elif c in UNITS:
            section += (digit or 1) * UNITS[c]
            digit = 0
        elif c in LARGE:
            total, section, digit = (total + section + digit) * LARGE[c], 0, 0
        else:
            return None
    short = TENS_LEFT_OUT.search(text)
    if short:  # 一百二 means 120, 两万三 means 23000
        digit *= (UNITS | LARGE)[short[1]] // 10
    return float(total + section + digit) if text else None
