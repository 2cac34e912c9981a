"""One message and its answer, as every service sees it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from actions import zh
from actions.belief import Belief, Json, Matter
from utility.client import UtilityClient
from utility.models import TicketRequest


@dataclass(frozen=True)
class Entity:
    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Clause:
    """A part of the message that reads as a wish of its own."""

    text: str
    intent: str
    confidence: float
    start: int = 0


@dataclass(frozen=True)
class Heard:
    """What was understood. `choice` is the value of a pressed button, `slot=value`."""

    text: str
    intent: str
    confidence: float = 1.0
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    clauses: tuple[Clause, ...] = ()
    choice: str | None = None

    def first(self, *names: str) -> str | None:
        """The value of the first entity with one of these names that is not said to be wrong ("不是3栋,是5栋")."""
        named = (entity for entity in self.entities if entity.name in names)
        return next((entity.value for entity in named if not zh.denied(self.text, entity.start)), None)

    def of_pieces(self, clause: Clause, pieces: Sequence[tuple[int, int]]) -> "Heard":
        """The wish of a clause with these pieces (start, end) of the message, as if they had been all of it."""
        text, inside = "", []
        for start, end in pieces:
            moved = len(text) - start
            inside += [
                replace(entity, start=entity.start + moved, end=entity.end + moved)
                for entity in self.entities
                if start <= entity.start and entity.end <= end
            ]
            text += self.text[start:end]
        return Heard(text, clause.intent, clause.confidence, entities=tuple(inside))

    def chosen(self, service: str, slot: str) -> str | None:
        """The value of a pressed button, when it answers this slot of this service."""
        name, found, value = (self.choice or "").partition("=")
        return value if found and name == f"{service}.{slot}" else None


@dataclass(frozen=True)
class Circumstances:
    """What the gateway tells with a message. `data` holds a photo or a location, or `arrived` for a new follower;
    `personal_data` says whether the channel may carry any; `bind_link` leads to the page on which accounts are bound,
    once and for ten minutes."""

    conversation: str
    message_id: str
    channel: str
    humans_on_duty: bool = False
    hazard: str | None = None
    data: Json = field(default_factory=dict)
    personal_data: bool = True
    bind_link: str = ""


@dataclass(frozen=True)
class Reply:
    """A response of domain.yml with its values and buttons, or (without `response`) something to show."""

    response: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()
    custom: Json = field(default_factory=dict)


@dataclass
class Turn:
    """What a service works with: what was heard, what is believed, the utility, and the answer as it grows."""

    heard: Heard
    around: Circumstances
    belief: Belief
    utility: UtilityClient
    now: datetime
    replies: list[Reply] = field(default_factory=list)
    errands: list[Json] = field(default_factory=list)
    handoff: Json | None = None
    hazard: str | None = None
    wishes: list[tuple[str, Json]] = field(default_factory=list)

    # --- saying --------------------------------------------------------------------------------------------------

    def say(self, response: str, *, buttons: Sequence[tuple[str, str]] = (), **values: object) -> None:
        """Say a response of domain.yml. A button is (title, payload); see `choose` for choices of a question."""
        texts = {name: str(value) for name, value in values.items()}
        self.replies.append(Reply(response, texts, tuple(buttons)))

    def offer(self, buttons: Sequence[tuple[str, str]]) -> None:
        """Hang more buttons on the last sentence."""
        last = self.replies[-1]
        self.replies[-1] = replace(last, buttons=(*last.buttons, *buttons))

    def show_card(self, title: str, fields: Sequence[tuple[str, str]], footer: str = "") -> None:
        """A table of label and value; `title` and values are data, the labels stand in the caller's constants."""
        rows = [{"label": label, "value": value} for label, value in fields]
        text = "\n".join([title, *(f"{label}:{value}" for label, value in fields), *filter(None, [footer])])
        card = {"title": title, "fields": rows, "footer": footer, "text": text}
        self.replies.append(Reply(custom={"card": card}))

    def show_chart(self, chart: Json, alt: str) -> None:
        self.replies.append(Reply(custom={"image": {"chart": chart, "alt": alt}}))

    def ask(
        self,
        matter: Matter,
        slot: str,
        response: str,
        choices: Sequence[tuple[str, str]] = (),
        *,
        ways_out: Sequence[tuple[str, str]] = (),
        **values: object,
    ) -> None:
        """Ask for a slot; `choices` are (title, value) and come back as its value, `ways_out` (title, payload)."""
        matter.asked = matter.asked + 1 if matter.question == slot else 1
        matter.question = slot
        buttons = [(title, choice(matter.service, slot, value)) for title, value in choices]
        self.say(response, buttons=[*buttons, *ways_out], **values)

    # --- doing ---------------------------------------------------------------------------------------------------

    def key(self, purpose: str) -> str:
        """An idempotency key: neither the same message nor the same matter ever orders the same thing twice.

        A ticket may be made and its answer lost with the process that made it: the customer is asked to try again,
        and confirms the same matter with another message.
        """
        matter = self.belief.matter
        return f"{purpose}:{matter.id if matter and matter.id else self.around.message_id}"

    def keep(self, request: TicketRequest, key: str) -> None:
        """The utility is away: the gateway keeps the ticket and creates it exactly once later."""
        self.errands.append({"key": key, "kind": "ticket", "payload": request.model_dump(mode="json")})

    def begin(self, service: str, **slots: Any) -> None:
        """Wish for another service to go on from here with what is known; it begins when this one is done."""
        self.wishes.append((service, slots))


def choice(service: str, slot: str, value: str) -> str:
    """The payload of a button that answers a question."""
    return command("inform", choice=f"{service}.{slot}={value}")


def command(intent: str, **entities: str) -> str:
    """The payload of a button that says a wish with its facts, whatever is open: never expires."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")
