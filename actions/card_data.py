"""Bank cards and passwords: never needed here, never kept."""

import re
import unicodedata

# A bank's prefix and 16 to 19 digits in all, as they are typed: together or in groups.
CARD = re.compile(r"(?<!\d)(62|60|4|5)(?:[ -]?\d){14,17}(?!\d)")
SECRET = re.compile(r"(密码|验证码|校验码|cvv2?|cvn2?|有效期)[是为:,= ]*\d{3,8}", re.IGNORECASE)
HIDDEN = "***"


def is_in(text: str) -> bool:
    """A number that can be a bank card's, or a password or code with its digits."""
    return without(text) != unicodedata.normalize("NFKC", text)


def without(text: str) -> str:
    """The text, half-width, as it may stand in a ticket."""
    hidden = SECRET.sub(HIDDEN, unicodedata.normalize("NFKC", text))
    return CARD.sub(lambda found: HIDDEN if _fits(found[0]) else found[0], hidden)


def _fits(number: str) -> bool:
    """The last digit is the one that the others demand (Luhn, ISO/IEC 7812): account numbers seldom do."""
    doubled = [int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(re.sub(r"\D", "", number)))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0
