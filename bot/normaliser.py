"""One written form for what people type: the components read this form, spans point into the original.

Full-width → half-width, traditional → simplified, upper → lower case, invisible characters dropped, stretched
characters ("啊啊啊啊", "！！！") cut to two, input slips of our trade mended (店费 → 电费). Digits are never cut: an
account number may repeat one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import simplified
from bot.slips import restore

INVISIBLE = {"Cf", "Cc", "Mn", "Me"}
STRETCH = 2


@dataclass(frozen=True)
class Written:
    """A normalised text; `origin[i]` is where its i-th character stood in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the normalised text as a span of the original."""
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=512)
def normalise(text: str) -> Written:
    """The normal form of a message; the components that need it ask in turn, so the last ones are kept."""
    characters: list[str] = []
    origin: list[int] = []
    for position, raw in enumerate(text):
        for character in _forms(raw):
            if not _stretched(characters, character):
                characters.append(character)
                origin.append(position)
    return Written(restore("".join(characters)), tuple(origin))


def _forms(raw: str) -> str:
    if "一" <= raw <= "鿿":
        return simplified().get(raw, raw)
    if raw.isascii():
        return " " if raw.isspace() else raw.lower() if raw.isprintable() else ""
    if unicodedata.category(raw) in INVISIBLE:
        return ""
    return unicodedata.normalize("NFKC", raw).lower()


def _stretched(before: list[str], character: str) -> bool:
    if character == " ":
        return not before or before[-1] == " "
    if character.isdigit():
        return False
    return len(before) >= STRETCH and all(earlier == character for earlier in before[-STRETCH:])
