"""Compares the tickets that a journey expects with those that the backend holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.journeys.journey import Facts, filled
from tests.punctuation import half_width
from utility.models import Ticket

Names = Mapping[str, str]
# What is written in words: the expected part must occur in it, and nothing at all where nothing is expected.
WORDS: Final[Mapping[str, Callable[[Ticket], str]]] = {
    "address": lambda ticket: ticket.address_masked,
    "symptom": lambda ticket: ticket.symptom,
    "scope": lambda ticket: ticket.scope,
    "description": lambda ticket: ticket.description,
    "contact": lambda ticket: ticket.contact,
}
# What must be equal.
VALUES: Final[Mapping[str, Callable[[Ticket], Any]]] = {
    "number": lambda ticket: ticket.no,
    "kind": lambda ticket: ticket.kind,
    "status": lambda ticket: ticket.status,
    "grade": lambda ticket: ticket.grade,
    "class": lambda ticket: ticket.complaint_class,
    "joined": lambda ticket: ticket.joined,
    "outage": lambda ticket: ticket.outage_id is not None,
    "urged": lambda ticket: ticket.urged,
    "phone": lambda ticket: (ticket.phone_masked or "")[-4:],
    "limits": lambda ticket: [limit.matter for limit in ticket.limits],
}


def differences(
    expected: Sequence[Mapping[str, Any]], tickets: Sequence[Ticket], names: Names, facts: Facts
) -> list[str]:
    """In words; empty when the backend holds exactly what is expected, in any order."""
    if len(expected) != len(tickets):
        return [f"{len(expected)} tickets expected, found {[f'{t.kind} {t.no} {t.symptom}' for t in tickets]}"]
    left, wrong = list(tickets), []
    for wanted in expected:
        judged = [(_of_one(wanted, ticket, names, facts), ticket) for ticket in left]
        least, best = min(judged, key=lambda found: len(found[0]))
        wrong += least
        left.remove(best)
    return wrong


def _of_one(wanted: Mapping[str, Any], ticket: Ticket, names: Names, facts: Facts) -> list[str]:
    judged = (_difference(name, value, ticket, names, facts) for name, value in wanted.items())
    return [wrong for wrong in judged if wrong]


def _difference(name: str, expected: Any, ticket: Ticket, names: Names, facts: Facts) -> str:
    value, fits = _judged(name, expected, ticket, names, facts)
    return "" if fits else f"{ticket.no}: {name} is {value!r}, expected {expected!r}"


def _judged(name: str, expected: Any, ticket: Ticket, names: Names, facts: Facts) -> tuple[Any, bool]:
    wanted = half_width(filled(expected, facts)) if isinstance(expected, str) else expected
    if name == "place":
        value = names.get(ticket.place_id or "", "")
        return value, value == wanted
    if name == "timeline":
        lines = [line.name for line in ticket.timeline]
        return lines, set(wanted) <= set(lines)
    if name == "notes":
        text = half_width("\n".join(line.note for line in ticket.timeline))
        return text, all(half_width(filled(part, facts)) in text for part in wanted)
    if name in WORDS:
        words = half_width(WORDS[name](ticket))
        return words, wanted in words if wanted else not words
    value = VALUES[name](ticket)
    return value, value == wanted
