"""Chinese words: jieba with our dictionary, and the concepts behind the words of our trade."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import jieba

from bot.lexicon import LEXICON, lines

DICTIONARY = LEXICON / "jieba.txt"


@lru_cache(maxsize=1)
def tokenizer() -> jieba.Tokenizer:
    """jieba with the words of the trade; loading takes most of a second, once per process."""
    jieba.setLogLevel(logging.WARNING)
    loaded = jieba.Tokenizer()
    loaded.load_userdict(str(DICTIONARY))
    return loaded


def cut(text: str) -> list[str]:
    """The words of a text, without blanks."""
    return [word for word in tokenizer().cut(text) if not word.isspace()]


def is_word(text: str) -> bool:
    """Whether the dictionary has it as a word of its own."""
    return bool(tokenizer().FREQ.get(text))


@lru_cache(maxsize=1)
def _concepts() -> tuple[dict[str, str], int]:
    """Word → concept, and the length of the longest word, from lines like `没电: 停电 断电 没得电`."""
    found = {}
    for line in lines("concepts.txt"):
        concept, _, words = line.partition(":")
        found.update({word: concept.strip() for word in words.split()})
    return found, max(map(len, found), default=0)


def concepts(text: str) -> Iterable[str]:
    """The concepts a text names, the longest reading of each word, and each pair of neighbours in order."""
    found = list(_named(text))
    yield from found
    yield from (f"{one}+{other}" for one, other in pairwise(found))


def _named(text: str) -> Iterable[str]:
    known, longest = _concepts()
    at = 0
    while at < len(text):
        for size in range(min(longest, len(text) - at), 0, -1):
            concept = known.get(text[at : at + size])
            if concept:
                yield concept
                at += size
                break
        else:
            at += 1
