"""When is a new report the same trouble as one that is open already?"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.tables import TicketPartyRow, TicketRow
from utility.models import TicketKind, TicketStatus

DONE: Final = (TicketStatus.FIXED, TicketStatus.CLOSED)
ONE_HOUSEHOLD: Final = "一户"
_MARKS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Trouble:
    """Where something is wrong, as far as it is known; `building` is normalised, `address` as the customer wrote it."""

    conversation: str
    place_id: str | None
    building: str
    account_no: str | None
    address: str
    scope: str


async def open_ticket_for(
    session: AsyncSession, trouble: Trouble, now: datetime, within: timedelta
) -> TicketRow | None:
    """The newest open repair ticket for the same trouble, or None. Call it while holding the lock of the kind."""
    near = [TicketRow.account_no == trouble.account_no] if trouble.account_no else []
    near += [TicketRow.place_id == trouble.place_id] if trouble.place_id else []
    if not near:
        return None
    candidates = (
        select(TicketRow, TicketPartyRow)
        .join(TicketPartyRow, TicketPartyRow.ticket_no == TicketRow.no)
        .where(TicketRow.kind == TicketKind.REPAIR, TicketRow.status.not_in(DONE), TicketRow.created_at > now - within)
        .where(or_(*near))
        .order_by(TicketRow.created_at.desc(), TicketRow.no.desc())
    )
    for ticket, party in await session.execute(candidates):
        if _same(trouble, _trouble_of(ticket, party)):
            return ticket
    return None


def _trouble_of(ticket: TicketRow, party: TicketPartyRow) -> Trouble:
    return Trouble(party.conversation, ticket.place_id, ticket.building, party.account_no, party.address, party.scope)


def _same(new: Trouble, old: Trouble) -> bool:
    """Same account; or same place and building; or same place and same words where neither names a building.

    Two households that each say that only they are out do not have the same trouble, even in one building.
    """
    if new.account_no and new.account_no == old.account_no:
        return True
    if new.place_id is None or new.place_id != old.place_id or new.building != old.building:
        return False
    same_words = _plain(new.address) == _plain(old.address)
    if new.scope == old.scope == ONE_HOUSEHOLD and new.conversation != old.conversation:
        return same_words and bool(_plain(new.address))
    return bool(new.building) or same_words


def _plain(address: str) -> str:
    return _MARKS.sub("", address)
