"""The news of tickets: what staff did and customers are to be told, for the desk to read on from where it was."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import func, select

from backend.parts import Reading
from backend.staff_views import conversations
from backend.tables import TicketEventRow, TicketRow
from utility.models import TicketKind, TicketStatus
from utility.staff import TicketNews

router = APIRouter(tags=["工单处理"])

Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/ticket-news", summary="工单进展流")
async def ticket_news(
    session: Reading, after: Annotated[int, Query(ge=0, le=2**62)] = 0, limit: Limit = 100
) -> list[TicketNews]:
    """What staff did since, in order: each once, none ever skipped."""
    query = select(TicketEventRow, TicketRow).join(TicketRow, TicketRow.no == TicketEventRow.ticket_no)
    query = query.where(TicketEventRow.news > after).order_by(TicketEventRow.news).limit(limit)
    rows = (await session.execute(query)).all()
    parties = await conversations(session, [ticket.no for _, ticket in rows])
    return [
        TicketNews(
            id=event.news or 0,
            ticket_no=ticket.no,
            kind=TicketKind(ticket.kind),
            status=TicketStatus(ticket.status),
            name=event.name,
            note=event.note,
            at=event.at,
            conversations=parties.get(ticket.no, []),
        )
        for event, ticket in rows
    ]


@router.get("/ticket-news/last", summary="最新进展编号")
async def last_news(session: Reading) -> int:
    """Where a new reader begins; 0 when nothing has happened yet."""
    return await session.scalar(select(func.max(TicketEventRow.news))) or 0
