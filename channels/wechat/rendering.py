"""Messages of the desk in the forms that WeChat has: texts of at most 2,000 bytes, choices, pictures.

Bubbles that follow one another are merged: customer-service messages are few (five in 48 hours), and a call can take
one answer back. Pictures come after the text they belong to.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from channels.chart import BadChart
from channels.picture import Picture, picture_of
from desk.model import Button, Message
from desk.ports import Parcel

MOST_BYTES = 2000  # at about 2,047 WeChat drops the message without a word
MOST_CHOICES = 10
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Where a long text is best cut, the best first.
CUTS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"(?<=[。！？；!?;])"), re.compile(r"(?<=[，、,])"))


@dataclass(frozen=True)
class Offer:
    """A choice as a message's menu shows it; its id comes back when it is pressed."""

    id: str
    title: str


@dataclass(frozen=True)
class Text:
    """`offers` become a menu where WeChat has one, and a numbered list where it has not."""

    text: str
    offers: tuple[Offer, ...] = ()


Body = Text | Picture


class Rendering:
    """`phrases` has the sentences that a list of choices ends with, and the one that puts a chart into words."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._alt = phrases["utter_web_chart_alt"]
        self._choose = phrases["utter_choose_number"]
        self._one = phrases["utter_choose_one"]

    def pack(self, messages: Sequence[Message]) -> list[Parcel]:
        """Few parcels in the order of the messages, pictures last."""
        texts: list[Message] = []
        pictures: list[Parcel] = []
        for message in messages:
            picture = self._picture(message)
            if picture:
                pictures.append(Parcel((message.id,), picture))
            else:
                texts.append(message)
        return [*self._texts(texts), *pictures]

    def plain(self, body: Body) -> str:
        """A body as text alone, its choices as a list."""
        if isinstance(body, Picture):
            return body.words
        if not body.offers:
            return body.text
        if len(body.offers) == 1:
            return f"{body.text}\n\n{self._one.replace('{title}', body.offers[0].title)}"
        listed = "\n".join(f"{number}. {offer.title}" for number, offer in enumerate(body.offers, 1))
        return f"{body.text}\n\n{listed}\n{self._choose}"

    def _texts(self, messages: Sequence[Message]) -> list[Parcel]:
        parcels: list[Parcel] = []
        ids: list[str] = []
        text = ""
        offers: tuple[Offer, ...] = ()
        for message in messages:
            said, offered = clean(message.text), offers_of(message)
            joined = f"{text}\n\n{said}" if text else said
            if text and not self._fits(Text(joined, (*offers, *offered))):
                parcels += self._cut(ids, text, offers)
                ids, joined, offers = [], said, ()
            ids.append(message.id)
            text, offers = joined, (*offers, *offered)[-MOST_CHOICES:]
        return [*parcels, *self._cut(ids, text, offers)] if ids else parcels

    def _fits(self, body: Text) -> bool:
        return len(self.plain(body).encode()) <= MOST_BYTES

    def _cut(self, ids: Sequence[str], text: str, offers: tuple[Offer, ...]) -> list[Parcel]:
        """One parcel, or several where the text is too long; the choices stand under the last."""
        room = MOST_BYTES - (len(self.plain(Text("", offers)).encode()) if offers else 0)
        pieces = split(text, room)
        bodies = [*(Text(piece) for piece in pieces[:-1]), Text(pieces[-1], offers)]
        return [Parcel(tuple(ids), body) for body in bodies]

    def _picture(self, message: Message) -> Picture | None:
        try:
            found = picture_of(message, self._alt)
        except BadChart:
            return None
        return replace(found, words=clean(found.words)) if found else None


def offers_of(message: Message) -> tuple[Offer, ...]:
    """The buttons of a message, numbered for it."""
    return tuple(
        Offer(f"{message.seq}.{number}", _title(button))
        for number, button in zip(count(1), message.buttons, strict=False)
    )


def _title(button: Button) -> str:
    return clean(button.title).replace("\n", " ")


def clean(text: str) -> str:
    """Without the control characters that break WeChat's envelope."""
    return CONTROL.sub("", text).strip()


def split(text: str, most: int) -> list[str]:
    """Pieces of at most `most` bytes, cut between paragraphs, lines, sentences, clauses, and only then anywhere."""
    pieces = []
    while len(text.encode()) > most:
        end = _end(text, most)
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text]


def _end(text: str, most: int) -> int:
    longest = len(text.encode()[:most].decode(errors="ignore"))
    for cut in CUTS:
        ends: Iterable[int] = (found.end() for found in cut.finditer(text, 0, longest))
        best = max((end for end in ends if end > longest // 3), default=0)
        if best:
            return best
    return max(longest, 1)
