"""Where an incident is: the transformer areas of a report, the extent that people read, the accounts that are off."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.breaches import extents_of
from backend.plan_scope import Reach, reach
from backend.tables import AccountRow, BuildingAreaRow, OutageRow, PlaceRow, TransformerAreaRow
from utility.plans import PlanScope

EVERYBODY = "整个小区"
"""A report's scope that speaks for the whole of its place."""


@dataclass(frozen=True)
class Spot:
    """Where a report comes from, as far as it is known; `building` is normalised."""

    place: PlaceRow | None
    building: str
    account: AccountRow | None
    scope: str


async def areas_of(session: AsyncSession, spot: Spot) -> list[str]:
    """The transformer areas that a report speaks of; [] when they are not known.

    The account's own; else the building's; else the place's only one, or all of them if the report is of all.
    """
    account, place = spot.account, spot.place
    if account and (place is None or account.place_id == place.id) and spot.building in ("", account.building):
        return [account.transformer_area]
    if place is None:
        return []
    if spot.building:
        return await _of_building(session, place.id, spot.building)
    names = await _of_place(session, place.id)
    return names if len(names) == 1 or spot.scope == EVERYBODY else []


async def _of_building(session: AsyncSession, place_id: str, building: str) -> list[str]:
    """As the register of buildings says, else as its accounts do, else the place's only one."""
    registered = await session.get(BuildingAreaRow, (place_id, building))
    if registered:
        return [registered.transformer_area]
    homes = select(AccountRow.transformer_area).where(AccountRow.place_id == place_id, AccountRow.building == building)
    names = list(await session.scalars(homes.distinct())) or await _of_place(session, place_id)
    return names if len(names) == 1 else []


async def _of_place(session: AsyncSession, place_id: str) -> list[str]:
    named = select(TransformerAreaRow.name).where(TransformerAreaRow.place_id == place_id)
    return list(await session.scalars(named.order_by(TransformerAreaRow.name)))


@dataclass(frozen=True)
class Whole:
    """An incident's extent before it becomes a row: no buildings are all of the places."""

    place_ids: list[str]
    buildings: list[str]
    areas: list[str]
    feeder: str
    text: str
    district: str


async def whole_of(session: AsyncSession, scope: PlanScope) -> Whole:
    """Part of one place is told by its buildings, where every account of it has one.

    Invalid when a name is unknown or nothing is named.
    """
    found = await reach(session, scope)
    buildings = found.scope.buildings
    areas = found.area_names
    if buildings:
        areas = await _registered(session, found.place_ids[0], buildings) or areas
    elif len(found.places) == 1 and not found.scope.place_ids:
        buildings = await _buildings(session, found.places[0].id, areas)
    return Whole(
        place_ids=found.place_ids,
        buildings=buildings,
        areas=areas,
        feeder=found.feeder,
        text=_text(found, buildings),
        district=min(found.districts, default=""),
    )


async def _registered(session: AsyncSession, place_id: str, buildings: Sequence[str]) -> list[str]:
    """The areas of buildings as the register has them."""
    named = BuildingAreaRow.place_id == place_id, BuildingAreaRow.building.in_(buildings)
    return sorted(set(await session.scalars(select(BuildingAreaRow.transformer_area).where(*named))))


async def _buildings(session: AsyncSession, place_id: str, areas: Sequence[str]) -> list[str]:
    """Of the areas; [] when they are all of the place's, or when not every account there has a building."""
    if set(await _of_place(session, place_id)) <= set(areas):
        return []
    registered = select(BuildingAreaRow.building).where(BuildingAreaRow.transformer_area.in_(areas))
    homes = select(AccountRow.building).where(AccountRow.transformer_area.in_(areas)).distinct()
    names = {*await session.scalars(registered), *await session.scalars(homes)}
    return [] if "" in names else sorted(names, key=lambda name: (len(name), name))


def _text(found: Reach, buildings: list[str]) -> str:
    if len(found.places) > 1 and found.scope.feeders:
        return found.text
    places = [place.id for place in found.places]
    named = PlanScope(place_ids=places, buildings=buildings if len(places) == 1 else [])
    return Reach(named, found.places, found.areas, false()).text


async def customers_of(session: AsyncSession, outage: OutageRow) -> int:
    """How many accounts it takes off."""
    extent = (await extents_of(session, [outage]))[outage.id]
    counts = [await session.scalar(select(func.count()).where(part)) or 0 for part in extent.parts()]
    return sum(counts)
