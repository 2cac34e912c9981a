"""A utility that keeps tickets by their idempotency keys, and can be away, refuse, or die after the deed."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from utility.errors import InvalidRequest, UtilityUnavailable
from utility.models import Grade, Ticket, TicketKind, TicketNote, TicketRequest, TicketStatus

AT = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass
class FakeUtility:
    """Stands in for `utility.client.UtilityClient`. `called` counts attempts by key, `tickets_of` what came of them."""

    away: bool = False
    refuses: bool = False
    dies_after_the_deed: bool = False
    delay: float = 0.0
    created_at: datetime | None = None  # of tickets made from now on
    called: Counter[str] = field(default_factory=Counter)
    made: dict[str, tuple[str, Ticket]] = field(default_factory=dict)
    notes: dict[str, tuple[str, str]] = field(default_factory=dict)
    urged: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def create_ticket(self, request: TicketRequest, key: str) -> Ticket:
        await self._answer(key)
        _, ticket = self.made.setdefault(
            key, (request.conversation, _ticket(request.kind, len(self.made) + 1, self.created_at or AT))
        )
        if self.dies_after_the_deed:
            raise asyncio.CancelledError  # as a killed process: nothing after this line is done
        return ticket

    async def tickets(self, conversation: str) -> list[Ticket]:
        await self._answer("tickets")
        return [ticket for owner, ticket in reversed(self.made.values()) if owner == conversation]

    async def add_note(self, no: str, note: TicketNote, key: str) -> Ticket:
        await self._answer(key)
        self.notes[key] = (no, note.text)
        return next(ticket for _, ticket in self.made.values() if ticket.no == no)

    async def urge(self, no: str, note: TicketNote, key: str) -> Ticket:
        await self._answer(key)
        self.urged[key] = (no, note.text)
        return next(ticket for _, ticket in self.made.values() if ticket.no == no)

    async def _answer(self, key: str) -> None:
        self.called[key] += 1
        await asyncio.sleep(self.delay)
        if self.away:
            raise UtilityUnavailable("told to be away")
        if self.refuses:
            raise InvalidRequest("told to refuse")


def _ticket(kind: TicketKind, number: int, created_at: datetime) -> Ticket:
    return Ticket(
        no=f"RP20261122-{number:04}",
        kind=kind,
        status=TicketStatus.OPEN,
        grade=Grade.NORMAL,
        place_id=None,
        address_masked="",
        symptom="",
        scope="",
        description="",
        complaint_class=None,
        phone_masked=None,
        created_at=created_at,
        due_at=AT,
        limits=[],
        contact="抢修班",
        timeline=[],
        as_of=AT,
        source="测试",
    )
