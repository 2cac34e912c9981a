"""The gazetteer: communities and streets, and the way from a customer's words to one of them."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.parts import Reading
from backend.placenames import Matcher, Named
from backend.problems import Missing
from backend.refusals import MISSING
from backend.tables import PlaceRow
from utility.models import Area, Place, PlaceKind, PlaceMatch

router = APIRouter(tags=["地名"])


def place_of(row: PlaceRow) -> Place:
    return Place(
        id=row.id,
        kind=PlaceKind(row.kind),
        name=row.name,
        aliases=row.aliases,
        district=row.district,
        area=Area(row.area),
    )


async def every_place(session: AsyncSession) -> list[PlaceRow]:
    return list(await session.scalars(select(PlaceRow).order_by(PlaceRow.position)))


async def known_place(session: AsyncSession, place_id: str) -> PlaceRow:
    """Missing when the gazetteer has no such place."""
    row = await session.get(PlaceRow, place_id)
    if row is None:
        raise Missing("no such place")
    return row


async def places_meant(session: AsyncSession, text: str, limit: int) -> list[PlaceMatch]:
    """Candidates for the customer's words, best first."""
    rows = {row.id: row for row in await every_place(session)}
    named = (Named(row.id, (row.name, *row.aliases), row.kind == PlaceKind.STREET) for row in rows.values())
    hits = _matcher(tuple(named)).find(text, limit)
    return [PlaceMatch(place=place_of(rows[hit.id]), score=hit.score, matched=hit.matched) for hit in hits]


@lru_cache(maxsize=2)
def _matcher(named: tuple[Named, ...]) -> Matcher:
    return Matcher(named)


Words = Annotated[
    str | None, Query(max_length=2000, description="名称、别名、错字或整句话", examples=["我们翠湖苑3栋没电了"])
]


@router.get("/places", summary="查找地名", response_model=list[PlaceMatch] | list[Place])
async def find_places(
    session: Reading,
    q: Words = None,
    limit: Annotated[int, Query(ge=1, le=20, description="how many candidates at most")] = 4,
) -> list[PlaceMatch] | list[Place]:
    """With `q`: candidates, best first, none below a score of 0.6. Without: the whole gazetteer."""
    if q is None:
        return [place_of(row) for row in await every_place(session)]
    return await places_meant(session, q, limit)


@router.get("/places/{place_id}", summary="一个地名", responses=MISSING)
async def one_place(place_id: str, session: Reading) -> Place:
    """A community or street by its id."""
    return place_of(await known_place(session, place_id))
