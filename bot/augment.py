"""More training sentences out of those written by hand: foreign twins and noisy copies. The same ones every time.

Twins: what is ours and what is not differs by one noun (查电费, 查话费), and nobody can write all those pairs by hand.
Noise: the model meets homophones and lost characters while it learns, not first with a customer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.lexicon import document
from bot.noise import dropped, homophones
from bot.normaliser import normalise

OUTSIDE = "chitchat_oos"
HERE_TOO = {OUTSIDE, "hazard", "inform", "handoff", "affirm", "deny", "cancel", "greet", "thanks", "goodbye", "help"}


class Example(NamedTuple):
    """A normalised text, what it wants, and which sentence written by hand it comes from."""

    text: str
    intent: str
    origin: int


@dataclass(frozen=True)
class Examples:
    """Training sentences; those of one origin belong on the same side of any split."""

    rows: tuple[Example, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Examples:
        """Sentences written by hand, as (text, intent)."""
        return cls(tuple(Example(text, intent, at) for at, (text, intent) in enumerate(pairs)))

    def with_twins(self, every: int) -> Examples:
        """And a foreign twin for about one in `every` sentences that have a noun to swap."""
        return self._and(_twins(self.rows, every))

    def with_noise(self) -> Examples:
        """And two copies of each: one with homophones, one with characters lost."""
        spoilt = (
            Example(normalise(spoil(row.text)).text, row.intent, row.origin)
            for spoil in (homophones, dropped)
            for row in self.rows
        )
        return self._and(spoilt)

    def _and(self, more: Iterable[Example]) -> Examples:
        known = {row.text for row in self.rows}
        return Examples((*self.rows, *(row for row in more if row.text not in known)))


def _twins(rows: Iterable[Example], every: int) -> Iterator[Example]:
    table: dict[str, list[str]] = document("foreign.yml")["twins"]
    ours = sorted(table, key=len, reverse=True)
    for row in rows:
        noun = next((noun for noun in ours if noun in row.text), None)
        lot = int.from_bytes(hashlib.sha256(row.text.encode()).digest()[:4], "big")
        if noun is not None and row.intent not in HERE_TOO and not lot % every:
            yield Example(row.text.replace(noun, table[noun][lot // every % len(table[noun])]), OUTSIDE, row.origin)
