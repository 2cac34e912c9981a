"""Bank cards and passwords: never needed here, never kept."""

import re

from actions import zh

CARD = re.compile(r"(?<!\d)(62|60|4|5)\d{14,17}(?!\d)")
SECRET = re.compile(r"(密码|验证码|校验码|cvv2?|cvn2?|有效期)(是|为|:|,|=)*\d{3,8}", re.IGNORECASE)
HIDDEN = "***"


def is_in(text: str) -> bool:
    """A number that can be a bank card's, or a password or code with its digits."""
    said = zh.plain(text)
    return bool(SECRET.search(said)) or any(_is_card(run) for run in zh.digit_runs(text))


def without(text: str) -> str:
    """The text as it may stand in a ticket."""
    hidden = SECRET.sub(HIDDEN, zh.plain(text))
    return CARD.sub(lambda found: HIDDEN if _is_card(found[0]) else found[0], hidden)


def _is_card(digits: str) -> bool:
    """A bank's prefix, 16 to 19 digits, and a last digit that fits (Luhn, ISO/IEC 7812)."""
    if not CARD.fullmatch(digits) or len(digits) < 16:
        return False
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
