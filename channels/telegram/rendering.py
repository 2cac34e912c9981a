"""Messages of the desk in the forms that Telegram has: texts of at most 4,096 characters, keyboards, pictures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.chart import BadChart
from channels.picture import Picture, picture_of
from desk.model import Message
from desk.ports import Parcel

MOST_CHARACTERS = 4096
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BREAKS = ("\n\n", "\n", "。", "；", "，")


@dataclass(frozen=True)
class Text:
    """`keys` are (title, data): the data are the message's number and the button's, so they fit Telegram's 64 bytes."""

    text: str
    keys: tuple[tuple[str, str], ...] = ()


Body = Text | Picture


def pack(messages: Sequence[Message], alt_template: str) -> list[Parcel]:
    """One parcel a message, more for one that is too long."""
    return [Parcel((message.id,), body) for message in messages for body in _bodies(message, alt_template)]


def _bodies(message: Message, alt_template: str) -> list[Body]:
    try:
        if picture := picture_of(message, alt_template):
            return [picture]
    except BadChart:
        pass  # its words are shown instead
    keys = tuple((button.title, f"{message.seq}.{number}") for number, button in enumerate(message.buttons, 1))
    pieces = split(CONTROL.sub("", message.text).strip() or "…", MOST_CHARACTERS)
    return [*(Text(piece) for piece in pieces[:-1]), Text(pieces[-1], keys)]


def split(text: str, most: int) -> list[str]:
    """Pieces of at most `most` characters, cut at the last good place."""
    pieces = []
    while len(text) > most:
        ends = (text.rfind(mark, most // 3, most - len(mark)) + len(mark) for mark in BREAKS)
        end = next((end for end in ends if end > most // 3), most)
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text]
