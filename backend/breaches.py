"""Whom an outage hurt against the rules: its accounts, page by page, and what each of them is due."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.compensation_rules import LATE, Due, Lapse, applicable, dues, measured, minutes, rules_in_force
from backend.tables import AccountRow, OutagePlaceRow, OutageRow, PlanRow
from utility.compensation import Breach, CompensationRule
from utility.models import OutageKind

PAGE: Final = 2000
"""Accounts that are held in memory at a time."""
NAMES: Final = 20
"""Transformer areas or places that one query asks for."""


@dataclass(frozen=True)
class Home:
    """An account as rules look at it."""

    account_no: str
    tariff_class: str
    place_id: str
    building: str
    transformer_area: str


def home_of(row: AccountRow) -> Home:
    return Home(row.account_no, row.tariff_class, row.place_id, row.building, row.transformer_area)


@dataclass(frozen=True)
class Extent:
    """Which accounts are off: those of the named buildings, else of the transformer areas, else of the places; and
    those of areas that went off beyond the plan."""

    places: frozenset[str]
    buildings: frozenset[str]
    areas: frozenset[str]
    beyond: frozenset[str]

    def holds(self, home: Home) -> bool:
        if home.transformer_area in self.beyond:
            return True
        if self.buildings:
            return home.place_id in self.places and home.building in self.buildings
        return home.transformer_area in self.areas if self.areas else home.place_id in self.places

    def parts(self) -> Iterator[ColumnElement[bool]]:
        """Conditions over an index each, which together say the same; no account is in two of them."""
        place, area = AccountRow.place_id, AccountRow.transformer_area
        if self.buildings:
            named = and_(place.in_(self.places), AccountRow.building.in_(self.buildings))
            yield named
            yield from (and_(area.in_(some), ~named) for some in _some(self.beyond))
        elif self.areas:
            yield from (area.in_(some) for some in _some(self.areas | self.beyond))
        else:
            yield from (place.in_(some) for some in _some(self.places))
            yield from (and_(area.in_(some), place.not_in(self.places)) for some in _some(self.beyond))


def _some(names: frozenset[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    return (ordered[start : start + NAMES] for start in range(0, len(ordered), NAMES))


@dataclass(frozen=True)
class Case:
    """An outage that is over, the rules of the day it began, whom it hurt, and the month's other outages there."""

    lapse: Lapse
    rules: list[CompensationRule]
    extent: Extent
    others: list[Extent]
    _known: dict[tuple[str, int], list[Due]] = field(default_factory=dict)

    def times(self, home: Home) -> int:
        """How often the account was off this month, this time included."""
        return 1 + sum(other.holds(home) for other in self.others)

    def dues(self, home: Home) -> list[Due]:
        """What the account gets. The same for all of a class that were off as often: worked out once."""
        alike = home.tariff_class, self.times(home)
        if alike not in self._known:
            self._known[alike] = dues(self.rules, home.tariff_class, self.lapse, alike[1])
        return self._known[alike]

    def rules_for(self, home: Home) -> list[CompensationRule]:
        return applicable(self.rules, home.tariff_class, self.lapse)

    def broken(self) -> list[CompensationRule]:
        """The rules that this outage may have gone against, whoever the account."""
        most = 1 + len(self.others)
        ours = [rule for rule in self.rules if rule.breach in (self.lapse.breach, Breach.REPEATED)]
        return [rule for rule in ours if measured(rule, self.lapse, most) > rule.threshold]


@dataclass(frozen=True)
class Found:
    account_no: str
    due: Due


async def case_of(session: AsyncSession, outage: OutageRow, now: datetime) -> Case | None:
    """None while it goes on (or nobody said that it ended), and for what no rule is about: see `lapse_of`."""
    lapse = await lapse_of(session, outage, now)
    if lapse is None:
        return None
    others = await _others(session, outage)
    extents = await extents_of(session, [outage, *others])
    rules = await rules_in_force(session, outage.starts_at.date())
    return Case(lapse, rules, extents[outage.id], [extents[other.id] for other in others])


async def lapse_of(session: AsyncSession, outage: OutageRow, now: datetime) -> Lapse | None:
    """None for exercises, drafts, what was cancelled, ordered power use, and what is not over.

    A plan is over when somebody said so, not when it should have been.
    """
    breach = LATE.get(OutageKind(outage.kind))
    if breach is None or outage.drill or outage.draft or outage.cancelled:
        return None
    plan = await session.get(PlanRow, outage.id)
    ended = plan.actual_end if plan else outage.ends_at
    if ended is None or ended > now:
        return None
    planned = plan.planned_end if plan else outage.expected_at
    since = planned if breach is Breach.PLAN_LATE else outage.starts_at
    return Lapse(outage, planned, ended, minutes(since, ended) if since else 0, breach)


async def _others(session: AsyncSession, outage: OutageRow) -> list[OutageRow]:
    """The outages of the same places in the same month that began before. A plan of which nobody said that it began
    did not happen."""
    first = outage.starts_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    here = select(OutagePlaceRow.place_id).where(OutagePlaceRow.outage_id == outage.id)
    alike = select(OutagePlaceRow.outage_id).where(OutagePlaceRow.place_id.in_(here))
    query = select(OutageRow).outerjoin(PlanRow, PlanRow.outage_id == OutageRow.id)
    query = query.where(
        OutageRow.id.in_(alike),
        OutageRow.id != outage.id,
        OutageRow.starts_at >= first,
        OutageRow.starts_at < outage.starts_at,
        *PUBLIC,
        or_(PlanRow.outage_id.is_(None), PlanRow.actual_start.is_not(None)),
    )
    return list(await session.scalars(query))


PUBLIC: Final = (
    OutageRow.kind.in_(list(LATE)),
    OutageRow.drill.is_(False),
    OutageRow.draft.is_(False),
    OutageRow.cancelled.is_(False),
)
"""Outages that rules are about."""


async def extents_of(session: AsyncSession, outages: Sequence[OutageRow]) -> dict[str, Extent]:
    ids = [outage.id for outage in outages]
    places: dict[str, set[str]] = {}
    for row in await session.scalars(select(OutagePlaceRow).where(OutagePlaceRow.outage_id.in_(ids))):
        places.setdefault(row.outage_id, set()).add(row.place_id)
    beyond = {plan.outage_id: plan.actual_areas for plan in await _plans(session, ids)}
    return {
        outage.id: Extent(
            frozenset(places.get(outage.id, ())),
            frozenset(outage.buildings),
            frozenset(outage.transformer_areas),
            frozenset(beyond.get(outage.id, ())),
        )
        for outage in outages
    }


async def _plans(session: AsyncSession, ids: Sequence[str]) -> list[PlanRow]:
    return list(await session.scalars(select(PlanRow).where(PlanRow.outage_id.in_(ids))))


async def find_breaches(session: AsyncSession, outage: OutageRow, now: datetime) -> AsyncIterator[list[Found]]:
    """Page by page, so that memory stays flat; nothing where no rule was broken or the outage is not over.

    The caller may commit between two pages.
    """
    case = await case_of(session, outage, now)
    if case is None or not case.broken():
        return
    for part in case.extent.parts():
        async for homes in _pages(session, part):
            yield [Found(home.account_no, due) for home in homes for due in case.dues(home)]


async def _pages(session: AsyncSession, part: ColumnElement[bool]) -> AsyncIterator[list[Home]]:
    columns = (
        AccountRow.account_no,
        AccountRow.tariff_class,
        AccountRow.place_id,
        AccountRow.building,
        AccountRow.transformer_area,
    )
    last = ""
    while True:
        query = select(*columns).where(part, AccountRow.account_no > last)
        page = (await session.execute(query.order_by(AccountRow.account_no).limit(PAGE))).all()
        if not page:
            return
        yield [Home(*row) for row in page]
        last = page[-1].account_no
