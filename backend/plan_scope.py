"""Whom a plan concerns: the scope that staff name, and the places, transformer areas and accounts behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.buildings import building_of
from backend.problems import Invalid
from backend.tables import AccountRow, PlaceRow, TransformerAreaRow
from utility.plans import PlanScope

SHOWN: Final = 6
"""So many names stand in a scope's text; the rest is counted."""


@dataclass(frozen=True)
class Reach:
    """A scope found in the tables. `accounts` says which accounts it concerns, `scope` is the same without doubles."""

    scope: PlanScope
    places: list[PlaceRow]
    areas: list[TransformerAreaRow]
    accounts: ColumnElement[bool]

    @property
    def place_ids(self) -> list[str]:
        return sorted(place.id for place in self.places)

    @property
    def districts(self) -> set[str]:
        return {place.district for place in self.places}

    @property
    def area_names(self) -> list[str]:
        return sorted(area.name for area in self.areas)

    @property
    def feeder(self) -> str:
        return say.SEPARATOR.join(sorted({area.feeder for area in self.areas}))

    @property
    def text(self) -> str:
        """As people read it, when nobody wrote it."""
        names = {place.id: place.name for place in self.places}
        scope = self.scope
        named = [*scope.feeders, *scope.transformer_areas]
        if scope.buildings:
            named += [f"{names[scope.place_ids[0]]}{say.SEPARATOR.join(_runs(scope.buildings))}"]
        else:
            named += [names[id] for id in scope.place_ids]
        more = say.AND_MORE.format(count=len(named)) if len(named) > SHOWN else ""
        listed = [say.ON_THE_LIST.format(count=len(scope.accounts))] if scope.accounts else []
        return say.SEPARATOR.join([*named[:SHOWN], *listed]) + more


def _runs(buildings: Sequence[str]) -> list[str]:
    """1栋 2栋 3栋 7栋 → 1–3栋 7栋."""
    runs: list[list[str]] = []
    for name in (building.removesuffix("栋") for building in buildings):
        follows = runs and name.isdigit() and runs[-1][-1].isdigit() and int(name) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(name)
        else:
            runs.append([name])
    return [f"{run[0]}–{run[-1]}栋" if len(run) > 1 else f"{run[0]}栋" for run in runs]


async def reach(session: AsyncSession, scope: PlanScope) -> Reach:
    """Invalid when a name is unknown, nothing is named, or buildings are without their place."""
    scope = _tidy(scope)
    if not any(scope.model_dump().values()):
        raise Invalid(say.NO_SCOPE)
    areas = await _areas(session, scope)
    named = await _places(session, scope.place_ids)
    _check_buildings(scope, named)
    concerned = _accounts(scope, areas)
    listed = await _listed(session, scope.accounts)
    ids = {area.place_id for area in areas} | {account.place_id for account in listed}
    places = {place.id: place for place in [*named, *await _places(session, sorted(ids - set(scope.place_ids)))]}
    behind = {area.name: area for area in [*areas, *await _behind(session, scope, listed)]}
    return Reach(scope, list(places.values()), list(behind.values()), concerned)


def _tidy(scope: PlanScope) -> PlanScope:
    """No doubles, in a fixed order; buildings in the one spelling that outages compare."""
    buildings = [building_of(name) for name in scope.buildings]
    if not all(buildings):
        raise Invalid(say.NO_BUILDING)
    values = {name: sorted(set(given)) for name, given in scope.model_dump().items()}
    return PlanScope(**values | {"buildings": sorted(set(buildings), key=lambda name: (len(name), name))})


def _check_buildings(scope: PlanScope, named: Sequence[PlaceRow]) -> None:
    if not scope.buildings:
        return
    if len(named) != 1 or scope.feeders or scope.transformer_areas or scope.accounts:
        raise Invalid(say.BUILDINGS_ALONE)
    numbers = [name.removesuffix("栋") for name in scope.buildings]
    if any(number.isdigit() and not 1 <= int(number) <= named[0].buildings for number in numbers):
        raise Invalid(say.NO_BUILDING)


async def _areas(session: AsyncSession, scope: PlanScope) -> list[TransformerAreaRow]:
    """Behind the feeders, and those named themselves."""
    if not scope.feeders and not scope.transformer_areas:
        return []
    named = or_(TransformerAreaRow.feeder.in_(scope.feeders), TransformerAreaRow.name.in_(scope.transformer_areas))
    found = list(await session.scalars(select(TransformerAreaRow).where(named)))
    _all_known(scope.feeders, {area.feeder for area in found}, say.NO_FEEDER)
    _all_known(scope.transformer_areas, {area.name for area in found}, say.NO_AREA)
    return found


async def _places(session: AsyncSession, ids: Sequence[str]) -> list[PlaceRow]:
    if not ids:
        return []
    found = list(await session.scalars(select(PlaceRow).where(PlaceRow.id.in_(ids)).order_by(PlaceRow.position)))
    _all_known(ids, {place.id for place in found}, say.NO_PLACE)
    return found


async def _listed(session: AsyncSession, numbers: Sequence[str]) -> list[AccountRow]:
    if not numbers:
        return []
    found = list(await session.scalars(select(AccountRow).where(AccountRow.account_no.in_(numbers))))
    _all_known(numbers, {account.account_no for account in found}, say.NO_ACCOUNT)
    return found


def _all_known(named: Iterable[str], known: set[str], fault: str) -> None:
    if not set(named) <= known:
        raise Invalid(fault)


def _accounts(scope: PlanScope, areas: Sequence[TransformerAreaRow]) -> ColumnElement[bool]:
    """Plain lists of keys, each over an index of its own: no scan however many accounts there are."""
    at_places: ColumnElement[bool] = AccountRow.place_id.in_(scope.place_ids)
    if scope.buildings:
        at_places = and_(at_places, AccountRow.building.in_(scope.buildings))
    ways: list[ColumnElement[bool]] = [at_places] if scope.place_ids else []
    ways += [AccountRow.transformer_area.in_([area.name for area in areas])] if areas else []
    ways += [AccountRow.account_no.in_(scope.accounts)] if scope.accounts else []
    return or_(*ways)


async def _behind(
    session: AsyncSession, scope: PlanScope, listed: Sequence[AccountRow]
) -> Sequence[TransformerAreaRow]:
    """The transformer areas of places, of buildings where they are known, and of listed accounts."""
    names = {account.transformer_area for account in listed}
    if scope.buildings:
        homes = AccountRow.place_id.in_(scope.place_ids), AccountRow.building.in_(scope.buildings)
        names |= set(await session.scalars(select(AccountRow.transformer_area).where(*homes).distinct()))
    whole = [] if names and scope.buildings else scope.place_ids
    if not names and not whole:
        return []
    found = or_(TransformerAreaRow.place_id.in_(whole), TransformerAreaRow.name.in_(names))
    return (await session.scalars(select(TransformerAreaRow).where(found))).all()
