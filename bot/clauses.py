"""Where one message becomes two matters: split at punctuation and at words that open a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONNECTORS = (
    "顺便",
    "另外",
    "还有",
    "对了",
    "然后",
    "再帮我",
    "再给我",
    "再查",
    "再问",
    "还想",
    "还要问",
    "还得",
    "以及",
    "同时",
    "接着",
    "除此之外",
    "最后",
    "再一个",
    "再就是",
    "而且",
    "并且",
    "其次",
    "第二",
    "哦对",
)
BREAK = re.compile(
    r"(?<=\d)[,，.](?=\d)"  # a mark inside a number breaks nothing
    r"|(?P<mark>[，。；！？…,;!?\n~、]+|(?<!\d)\.+(?!\d))"
    r"|(?P<word>" + "|".join(CONNECTORS) + ")"
)
EDGE = " \t，。；！？…,;!?~、.:：\n"
MOST = 8  # a letter of many sentences is judged whole and by its first clauses


@dataclass(frozen=True)
class Clause:
    """A piece of a message and where it starts in it."""

    text: str
    start: int


def split(text: str) -> list[Clause]:
    """The clauses of a message, at least one character each, in order; connectors open the clause they stand in."""
    pieces: list[Clause] = []
    start = 0
    for found in BREAK.finditer(text):
        if not (found["mark"] or found["word"]):
            continue
        _keep(pieces, text, start, found.start())
        start = found.end() if found["mark"] else found.start()
    _keep(pieces, text, start, len(text))
    return pieces[:MOST]


def _keep(pieces: list[Clause], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip(EDGE)
    if kept:
        pieces.append(Clause(kept, start + piece.index(kept)))
