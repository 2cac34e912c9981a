"""Compares the tickets that a journey expects with those that the backend holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.journeys.journey import Facts, filled
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
    """In words; empty when the backend holds exactly what is expected."""
    if len(expected) != len(tickets):
        return [f"{len(expected)} tickets expected, found {[f'{t.kind} {t.no} {t.symptom}' for t in tickets]}"]
    pairs = zip(expected, tickets, strict=True)
    return [wrong for wanted, ticket in pairs for name, value in wanted.items()
            if (wrong := _difference(name, value, ticket, names, facts))]  # fmt: skip


def _difference(name: str, expected: Any, ticket: Ticket, names: Names, facts: Facts) -> str:
    value, fits = _judged(name, expected, ticket, names, facts)
    return "" if fits else f"{ticket.no}: {name} is {value!r}, expected {expected!r}"


def _judged(name: str, expected: Any, ticket: Ticket, names: Names, facts: Facts) -> tuple[Any, bool]:
    wanted = filled(expected, facts) if isinstance(expected, str) else expected
    if name == "place":
        value = names.get(ticket.place_id or "", "")
        return value, value == wanted
    if name == "timeline":
        lines = [line.name for line in ticket.timeline]
        return lines, set(wanted) <= set(lines)
    if name == "notes":
        text = "\n".join(line.note for line in ticket.timeline)
        return text, all(filled(part, facts) in text for part in wanted)
    if name in WORDS:
        words = WORDS[name](ticket)
        return words, wanted in words if wanted else not words
    value = VALUES[name](ticket)
    return value, value == wanted
