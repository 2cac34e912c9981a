"""The sentences the desk itself says, taken from the responses of domain.yml so that they stand in one place."""

from collections.abc import Mapping, Sequence
from typing import Any

from desk.model import Author, Button, Draft, Kind


class Phrases:
    """`responses` is the section of domain.yml: name → variations of {text, buttons}. The first variation counts."""

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._first = {name: variations[0] for name, variations in responses.items()}

    def text(self, name: str, **values: str) -> str:
        """Raises KeyError for a name that domain.yml does not have."""
        text: str = self._first[name]["text"].strip()
        return text.format(**values) if values else text

    def draft(self, name: str) -> Draft:
        buttons = tuple(Button(b["title"], b["payload"]) for b in self._first[name].get("buttons", ()))
        return Draft(Author.BOT, Kind.BUTTONS if buttons else Kind.TEXT, self.text(name), buttons)

    def texts(self) -> dict[str, str]:
        """Every sentence by its name, for channels that say some of them themselves."""
        return {name: first["text"].strip() for name, first in self._first.items() if "text" in first}
