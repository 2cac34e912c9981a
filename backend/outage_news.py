"""The news of outages: facts that people are to be told, for the desk to read on from where it was."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.locks import hold
from backend.outages import whole_outages
from backend.parts import Now, Reading
from backend.problems import Missing
from backend.tables import OutageNewsRow, OutageRow
from utility.plans import OutageFact, OutageNews

router = APIRouter(tags=["停电"])

Limit = Annotated[int, Query(ge=1, le=200)]


async def tell(session: AsyncSession, outage_id: str, fact: OutageFact, note: str, at: datetime) -> OutageNewsRow:
    """Appends a fact within the caller's transaction; Missing for an unknown outage. `note` is for customers.

    The numbering is locked until the transaction ends, so that a reader never skips one: call it last, after every
    row that somebody else may hold is in hand.
    """
    await session.flush()
    await hold(session, "outage-news")
    outage = await session.get(OutageRow, outage_id)
    if outage is None:
        raise Missing("no such outage")
    newest = await session.scalar(select(func.max(OutageNewsRow.id))) or 0
    told = select(func.max(OutageNewsRow.version)).where(OutageNewsRow.outage_id == outage_id)
    row = OutageNewsRow(
        id=newest + 1,
        outage_id=outage_id,
        fact=fact,
        note=note,
        at=at,
        drill=outage.drill,
        version=(await session.scalar(told) or 0) + 1,
    )
    session.add(row)
    await session.flush()
    return row


@router.get("/outage-news", summary="停电信息流")
async def outage_news(
    session: Reading, now: Now, after: Annotated[int, Query(ge=0, le=2**62)] = 0, limit: Limit = 100
) -> list[OutageNews]:
    """What became known since, in order: each once, none ever skipped. The outage is as it stands now."""
    query = select(OutageNewsRow).where(OutageNewsRow.id > after).order_by(OutageNewsRow.id).limit(limit)
    rows = (await session.scalars(query)).all()
    wanted = {row.outage_id for row in rows}
    found = list(await session.scalars(select(OutageRow).where(OutageRow.id.in_(wanted))))
    outages = {outage.id: outage for outage in await whole_outages(session, found, now)}
    return [
        OutageNews(
            id=row.id,
            outage_id=row.outage_id,
            fact=OutageFact(row.fact),
            note=row.note,
            at=row.at,
            drill=row.drill,
            version=row.version,
            outage=outages[row.outage_id],
        )
        for row in rows
    ]


@router.get("/outage-news/last", summary="最新停电信息编号")
async def last_outage_news(session: Reading) -> int:
    """Where a new reader begins; 0 when nothing has happened yet."""
    return await session.scalar(select(func.max(OutageNewsRow.id))) or 0
