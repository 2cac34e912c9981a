"""Normalised text → sparse TF-IDF vector over several channels: words, characters, pinyin, concepts.

Each channel is its own unit-length TF-IDF vector, scaled by the channel's weight, so a rich channel does not drown a
poor one. Pinyin makes homophone slips (交费 / 叫费) and typed pinyin (tingdian) the same thing to the model.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from bot.denied import set_aside
from bot.lexicon import syllables
from bot.words import concepts, cut

Channel = Callable[[str], Iterable[str]]
LONG_NUMBER = re.compile(r"\d[\d\- ]{5,}\d")
NUMBER = re.compile(r"\d+")
LATIN_OR_ONE = re.compile(r"[a-z]+|[^a-z]")


def generalise(text: str) -> str:
    """Numbers stand for their kind: which account it is does not tell what is wanted."""
    return NUMBER.sub("0", LONG_NUMBER.sub("№", text))


def grams(units: str | list[str], shortest: int, longest: int) -> Iterable[str]:
    """All runs of `shortest` to `longest` neighbouring units."""
    joined = "".join if isinstance(units, str) else " ".join
    for size in range(shortest, longest + 1):
        for start in range(len(units) - size + 1):
            yield joined(units[start : start + size])


def character_grams(text: str) -> Iterable[str]:
    return grams("^" + text.replace(" ", "") + "$", 1, 4)


def words(text: str) -> Iterable[str]:
    return cut(text)


def pinyin_grams(text: str) -> Iterable[str]:
    return grams(["^", *spoken(text), "$"], 1, 4)


def spoken(text: str) -> list[str]:
    """The syllables of a text."""
    return [sound for _, sound in syllable_pieces(text) if sound]


def syllable_pieces(text: str) -> list[tuple[str, str]]:
    """A text in pieces with the sound of each, blanks without sound; typed pinyin is cut into its syllables."""
    known = syllables()
    found: list[tuple[str, str]] = []
    for piece in LATIN_OR_ONE.findall(text):
        if piece[0].isascii() and piece.isalpha():
            found.extend((part, part) for part in _split_pinyin(piece))
        else:
            found.append((piece, "" if piece == " " else known.get(piece, piece)))
    return found


@lru_cache(maxsize=1)
def _readings() -> frozenset[str]:
    return frozenset(syllables().values())


def _split_pinyin(letters: str) -> list[str]:
    """Greedy from the left, longest syllable first; letters that are no pinyin stay as they are."""
    found: list[str] = []
    at = 0
    while at < len(letters):
        size = next((n for n in range(6, 1, -1) if letters[at : at + n] in _readings()), 0)
        if not size:
            return [letters]
        found.append(letters[at : at + size])
        at += size
    return found


CHANNELS: dict[str, tuple[Channel, float]] = {
    "c": (character_grams, 1.0),
    "w": (words, 1.0),
    "p": (pinyin_grams, 1.0),
    "k": (concepts, 0.7),
}


@dataclass
class Vectoriser:
    """Feature → column, and the weight of each column."""

    columns: dict[str, int] = field(default_factory=dict)
    idf: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    @classmethod
    def fit(cls, texts: list[str], at_least: int = 1) -> Vectoriser:
        """Learn the columns from training texts; a feature seen in fewer than `at_least` of them is left out."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update({key for keys in _features(text).values() for key in keys})
        kept = sorted(key for key, count in seen.items() if count >= at_least)
        idf = np.array([math.log((1 + len(texts)) / (1 + seen[key])) + 1 for key in kept], dtype=np.float32)
        return cls({key: column for column, key in enumerate(kept)}, idf)

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of one text."""
        columns: list[int] = []
        values: list[np.ndarray] = []
        for channel, counts in _features(text).items():
            known = [(column, n) for key, n in counts.items() if (column := self.columns.get(key)) is not None]
            if not known:
                continue
            at = [column for column, _ in known]
            weights = self.idf[at] * (1 + np.log(np.array([n for _, n in known], dtype=np.float32)))
            columns.extend(at)
            values.append(weights * (CHANNELS[channel][1] / np.linalg.norm(weights)))
        return np.array(columns, dtype=np.int32), np.concatenate(values) if values else np.zeros(0, np.float32)


def _features(text: str) -> dict[str, Counter[str]]:
    prepared = generalise(set_aside(text))
    return {name: Counter(f"{name}{key}" for key in channel(prepared)) for name, (channel, _) in CHANNELS.items()}
