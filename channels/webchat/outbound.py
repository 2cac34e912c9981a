"""What a visitor is given of the transcript: named fields only, so that what is internal stays inside."""

from datetime import UTC
from typing import Any

import orjson

from channels.chart import BadChart
from channels.picture import picture_of
from desk.model import Author, Json, Kind, Message

PREFIX = "/webchat"
CARD_FIELDS = ("title", "fields", "footer")
PICTURE_FIELDS = ("url", "alt")


def external_id(conversation: str, client_id: str) -> str:
    """A client's id is its own; on the channel it must be unique among all."""
    return f"{conversation}:{client_id}"


class Rendering:
    """Messages as JSON. `alt_template` puts a chart into words (see chart.alt_text)."""

    def __init__(self, alt_template: str) -> None:
        self._alt_template = alt_template

    def many(self, messages: list[Message]) -> bytes:
        return orjson.dumps([self._public(message) for message in messages])

    def one(self, message: Message) -> bytes:
        return orjson.dumps(self._public(message))

    def _public(self, message: Message) -> dict[str, Any]:
        public: dict[str, Any] = {
            "seq": message.seq,
            "author": message.author,
            "kind": message.kind,
            "text": self._text(message),
            "buttons": [{"title": button.title, "payload": button.payload} for button in message.buttons],
            "data": self._data(message),
            "at": message.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        }
        if message.author is Author.CUSTOMER and message.external_id is not None:
            public["id"] = message.external_id.removeprefix(external_id(message.conversation, ""))
        return public

    def _text(self, message: Message) -> str:
        """A card's text says all of it in words, for channels without cards; here its fields are shown."""
        return str(message.data.get("title", message.text)) if message.kind is Kind.CARD else message.text

    def _data(self, message: Message) -> Json:
        if message.kind is Kind.CARD:
            return _only(CARD_FIELDS, message.data)
        if message.kind is Kind.IMAGE:
            return self._picture(message)
        return {}

    def _picture(self, message: Message) -> Json:
        try:
            picture, words = picture_of(message, self._alt_template), ""
        except BadChart:
            picture, words = None, str(message.data.get("alt") or message.text)
        if picture or words:
            return {"url": f"{PREFIX}/images/{message.seq}", "alt": picture.words if picture else words}
        return _only(PICTURE_FIELDS, message.data)


def _only(names: tuple[str, ...], data: Json) -> Json:
    return {name: data[name] for name in names if name in data}
