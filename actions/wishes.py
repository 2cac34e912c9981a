"""What a message wishes for: one matter or several, and which of its words belong to which."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Final

from actions import zh
from actions.belief import Json
from actions.service import Service
from actions.turn import Clause, Entity, Heard

# Below this the model is not believed to have heard a wish in a part of a message.
SURE: Final = 0.55
# A part outweighs the politeness around it only from here on.
VERY_SURE: Final = 0.8
# Small talk that is answered on the way: it begins no matter.
ASIDES: Final = frozenset({"greet", "thanks", "goodbye", "help", "chitchat_oos"})
# What never begins a matter: it answers a question.
ANSWERS: Final = frozenset({"inform", "affirm", "deny", "nlu_fallback"})
POLITENESS: Final = ASIDES - {"chitchat_oos"}
TICKET: Final = "ticket_progress"
# Who asks for a human by that name is given one, whatever else is told; 客服还凶我 belongs to a complaint.
HUMAN: Final = "handoff"
BY_NAME: Final = re.compile(r"人工|真人|活人|转接")
WHERE: Final = frozenset({"community", "street", "building"})


# By intent. A service may have `hears_stories` and `absorbs` (intents) besides what each has.
Services = Mapping[str, Service]


def wishes(heard: Heard, services: Services) -> list[Heard]:
    """Each as if it had been the whole message, the most urgent first; [] for a mere answer."""
    told = _told(heard.clauses, services)
    stories = [clause for clause in told if hears_stories(services[clause.intent])]
    if stories and not zh.changes_subject(heard.text):
        humans = [clause for clause in told if clause.intent == HUMAN and BY_NAME.search(clause.text)]
        return [replace(heard, intent=clause.intent) for clause in (*humans, stories[0])]
    own = _without_absorbed(told, services)
    if len(own) > 1:
        return sorted(_parts(heard, own), key=lambda part: -services[part.intent].urgency)
    if own and _is_meant(own[0], heard, services, absorbs=len(own) < len(told)):
        return [replace(heard, intent=own[0].intent, confidence=own[0].confidence)]
    if heard.intent in services:
        return [heard]
    # A ticket's number alone asks how far it is.
    return [replace(heard, intent=TICKET)] if heard.first("ticket_no") and TICKET in services else []


def apart(heard: Heard, services: Services, answered: Service) -> tuple[Heard, Heard] | None:
    """The answer to a question of `answered`, and what the same message wishes for besides; None: there is nothing."""
    kin = answered.intents | getattr(answered, "absorbs", frozenset()) | getattr(answered, "kin", frozenset())
    told = [c for c in _told(heard.clauses, services) if c.intent not in kin and services[c.intent] is not answered]
    second = next((c for c in told if zh.changes_subject(c.text) or c.confidence >= VERY_SURE), None)
    answer = next((c for c in heard.clauses if c.intent in ANSWERS and c.confidence >= SURE), None)
    if second is None or answer is None:
        return None
    starts = sorted({0, *(clause.start for clause in heard.clauses)})
    pieces = list(zip(starts, [*starts[1:], len(heard.text)], strict=True))
    its = [(start, end) for start, end in pieces if start <= second.start < end]
    rest = [piece for piece in pieces if piece not in its]
    return heard.of_pieces(answer, rest), heard.of_pieces(second, its)


def hears_stories(service: object) -> bool:
    """A message with several parts is one story to it: 停电三天没人管,我要投诉 is one complaint."""
    return bool(getattr(service, "hears_stories", False))


def _told(clauses: Iterable[Clause], services: Services) -> list[Clause]:
    """The first clause that wishes for something of each service."""
    told: dict[str, Clause] = {}
    for clause in clauses:
        service = services.get(clause.intent)
        if service and clause.confidence >= SURE and clause.intent not in ASIDES:
            told.setdefault(service.name, clause)
    return list(told.values())


def _without_absorbed(told: list[Clause], services: Services) -> list[Clause]:
    """没电了 beside a repair report tells its trouble; 另外问下… is a wish of its own."""
    absorbed = {intent for clause in told for intent in getattr(services[clause.intent], "absorbs", ())}
    return [clause for clause in told if clause.intent not in absorbed or zh.changes_subject(clause.text)]


def _is_meant(clause: Clause, heard: Heard, services: Services, *, absorbs: bool) -> bool:
    """Whether the only wish that is told says better what is wanted than the message as a whole.

    跳闸了,东方名城6栋201,电话139… as a whole is like nothing known, or like a mere answer.
    """
    polite = heard.intent in POLITENESS and clause.confidence >= VERY_SURE
    return absorbs or polite or heard.intent not in services


def _parts(heard: Heard, own: list[Clause]) -> list[Heard]:
    """Each wish with the words that belong to it: its own, and facts that stand in clauses of their own.

    A number is everybody's; a place is the wish's before it.
    """
    own = sorted(own, key=lambda clause: clause.start)
    starts = [0, *sorted(clause.start for clause in heard.clauses)[1:]]
    pieces = list(zip(starts, [*starts[1:], len(heard.text)], strict=True))
    owners = [_owner(start, end, heard, own) for start, end in pieces]
    chosen = [[piece for piece, owner in zip(pieces, owners, strict=True) if owner in (clause, None)] for clause in own]
    return [heard.of_pieces(clause, kept) for clause, kept in zip(own, chosen, strict=True)]


def _owner(start: int, end: int, heard: Heard, own: list[Clause]) -> Clause | None:
    """The wish that a piece of the message belongs to; None where it belongs to all."""
    before = [clause for clause in own if clause.start < end]
    if before and before[-1].start >= start:
        return before[-1]
    placed = any(entity.name in WHERE and start <= entity.start < end for entity in heard.entities)
    return (before or own)[-1 if before else 0] if placed else None


# --- wishes that wait ------------------------------------------------------------------------------------------------


def kept(wish: Heard) -> Json:
    """As it waits in the belief."""
    return asdict(wish)


def restored(wish: Json) -> Heard:
    """What was kept of a wish that had to wait."""
    return Heard(wish["text"], wish["intent"], entities=tuple(Entity(**entity) for entity in wish["entities"]))
