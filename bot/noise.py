"""Synthetic noise for held-out sentences: what fingers, voice input and haste do to them. The same noise every time."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from bot.lexicon import syllables

ONE_IN = 6  # about one character in so many is hit, at least one in a sentence
SHORTEST = 4  # a shorter sentence with a hole in it is another sentence
PUNCTUATION = re.compile(r"[，。！？；、,.!?;~～…\s]+")


def homophones(text: str) -> str:
    """Some characters replaced by others of the same sound."""
    alike = _alike()
    hit = _hit(text, [at for at, character in enumerate(text) if len(alike.get(character, "")) > 1])
    return "".join(
        _other(character, alike[character], at) if at in hit else character for at, character in enumerate(text)
    )


def dropped(text: str) -> str:
    """Some characters lost; digits stay, because a number with a hole is no number."""
    hit = _hit(text, [at for at, character in enumerate(text) if not character.isdigit()])
    return text if len(text) < SHORTEST else "".join(character for at, character in enumerate(text) if at not in hit)


def unpunctuated(text: str) -> str:
    """As voice input writes it."""
    return PUNCTUATION.sub("", text)


KINDS: dict[str, Callable[[str], str]] = {
    "homophones": homophones,
    "dropped characters": dropped,
    "no punctuation": unpunctuated,
}


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Character → all characters of its sound, itself among them."""
    by_sound: defaultdict[str, str] = defaultdict(str)
    for character, sound in syllables().items():
        by_sound[sound] += character
    return {character: by_sound[sound] for character, sound in syllables().items()}


def _hit(text: str, places: list[int]) -> set[int]:
    count = max(1, len(text) // ONE_IN)
    return set(sorted(places, key=lambda at: _lot(text, at))[:count])


def _lot(text: str, at: int) -> bytes:
    return hashlib.sha256(f"{at} {text}".encode()).digest()


def _other(character: str, alike: str, at: int) -> str:
    others = alike.replace(character, "")
    return others[_lot(character, at)[0] % len(others)]
