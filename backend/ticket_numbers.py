"""Numbers like RP20261122-0001: per kind and day, without gaps, unique however many ask at once."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from backend.locks import insert
from backend.tables import TicketNumberRow
from utility.models import TicketKind

PREFIXES: Final = {
    TicketKind.REPAIR: "RP",
    TicketKind.HAZARD: "EM",
    TicketKind.COMPLAINT: "CP",
    TicketKind.CALLBACK: "CB",
    TicketKind.SERVICE: "SR",
}


async def next_number(session: AsyncSession, kind: TicketKind, day: date) -> str:
    """The row stays locked until the transaction ends; a transaction that fails gives its number back."""
    first = insert(session, TicketNumberRow).values(prefix=PREFIXES[kind], day=day, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["prefix", "day"], set_={"last": TicketNumberRow.last + 1}
    ).returning(TicketNumberRow.last)
    return format_number(kind, day, (await session.execute(counted)).scalar_one())


def format_number(kind: TicketKind, day: date, count: int) -> str:
    return f"{PREFIXES[kind]}{day:%Y%m%d}-{count:04d}"
