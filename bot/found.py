"""What a pattern found: an entity with its place in the normalised text and its value in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Found:
    entity: str
    start: int
    end: int
    value: str
    rank: int = 0  # among equally long ones the higher rank wins

    @property
    def size(self) -> int:
        return self.end - self.start


Finder = Callable[[str, date], Iterable[Found]]


def longest(candidates: Iterable[Found]) -> list[Found]:
    """The longest of those that overlap, in order of appearance; guesses (rank below 0) only where nothing is known."""
    kept: list[Found] = []
    for one in sorted(candidates, key=lambda found: (found.rank < 0, -found.size, -found.rank, found.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)
