"""Input slips: a word of the trade whose characters were replaced by others of the same sound (店费, 亭电, 跳匝).

Only the words of data/lexicon/slips.txt are restored, and only where jieba sees no word: 一点费用 keeps its 点费,
because 一点 and 费用 are words. Lengths never change, so spans stay what they were.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from bot.lexicon import lines, syllables
from bot.words import cut, is_word

SHORTEST = 2
FLAT = re.compile("^([zcs])h")
Sound = tuple[str, ...]


def restore(text: str) -> str:
    """The text with its slips mended, as long as before."""
    by_sound, longest = _words()
    borders = _borders(text)
    sounds = _sounds(text)
    mended = list(text)
    at = 0
    while at < len(text):
        size = 1
        if at in borders:
            for end in range(min(at + longest, len(text)), at + SHORTEST - 1, -1):
                words = by_sound.get(sounds[at:end]) if end in borders else None
                if words:
                    mended[at:end] = _meant(text[at:end], words)
                    size = end - at
                    break
        at += size
    return "".join(mended)


def _meant(said: str, words: list[str]) -> str:
    """The word that shares most with what was written; what was written, when that is a word."""
    if said in words or is_word(said):
        return said
    return max(words, key=lambda word: sum(one == other for one, other in zip(word, said, strict=True)))


def _borders(text: str) -> set[int]:
    """Where a word begins or ends."""
    at = 0
    found = {at}
    for word in cut(text):
        at = text.index(word, at) + len(word)
        found |= {at - len(word), at}
    return found


def _sounds(text: str) -> Sound:
    """The syllable of each character, with zh, ch, sh said flat as much of the south says them."""
    return tuple(FLAT.sub(r"\1", syllables().get(character, character)) for character in text)


@lru_cache(maxsize=1)
def _words() -> tuple[dict[Sound, list[str]], int]:
    """Sound → the words that have it, and the length of the longest."""
    found: defaultdict[Sound, list[str]] = defaultdict(list)
    for word in " ".join(lines("slips.txt")).split():
        found[_sounds(word)].append(word)
    return dict(found), max(map(len, found))
