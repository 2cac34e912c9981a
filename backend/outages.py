"""Plans and faults as they stand at a moment, and what is known about a place, a building or an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.access import AccountNo
from backend.accounts import known_account
from backend.buildings import building_of
from backend.parts import Now, Reading
from backend.places import known_place, place_of
from backend.policies import policies
from backend.problems import Missing
from backend.refusals import MISSING
from backend.tables import OutagePlaceRow, OutageRow, OutageStepRow, PlaceRow
from utility.models import Outage, OutageKind, OutageReport, OutageStatus, OutageStep, Place

router = APIRouter(tags=["停电"])

RANK = {OutageStatus.ONGOING: 0, OutageStatus.ANNOUNCED: 1, OutageStatus.RESTORED: 2, OutageStatus.CANCELLED: 3}


@dataclass(frozen=True)
class Window:
    """How far a report looks: ahead for announcements, back for what was restored."""

    ahead: timedelta
    back: timedelta

    def shows(self, outage: Outage, now: datetime) -> bool:
        match outage.status:
            case OutageStatus.ONGOING:
                return True
            case OutageStatus.ANNOUNCED | OutageStatus.CANCELLED:
                return now - self.back <= outage.starts_at <= now + self.ahead
            case OutageStatus.RESTORED:
                return outage.ends_at is not None and outage.ends_at >= now - self.back


def outage_at(row: OutageRow, places: list[str], steps: Iterable[OutageStepRow], now: datetime) -> Outage:
    """The outage as it stands now. A step whose time has not come is left out.

    `expected_at` is the newest word on it; once it has passed without a restoration nobody knows any more.
    """
    seen = [step for step in steps if step.at <= now]
    expected = next((step.expected_at for step in reversed(seen) if step.expected_at), row.expected_at)
    status = _status(row, now)
    waiting = status is OutageStatus.ONGOING and expected is not None and expected <= now
    return Outage(
        id=row.id,
        kind=OutageKind(row.kind),
        status=status,
        place_ids=places,
        buildings=row.buildings,
        scope=row.scope,
        feeder=row.feeder,
        transformer_areas=row.transformer_areas,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        expected_at=None if waiting else expected,
        steps=[OutageStep(name=step.name, at=step.at, note=step.note) for step in seen],
        updated_at=max([row.published_at, *(step.at for step in seen)]),
        source=row.source,
    )


def _status(row: OutageRow, now: datetime) -> OutageStatus:
    if row.cancelled:
        return OutageStatus.CANCELLED
    if now < row.starts_at:
        return OutageStatus.ANNOUNCED
    return OutageStatus.RESTORED if row.ends_at is not None and row.ends_at <= now else OutageStatus.ONGOING


def touches(outage: Outage, building: str) -> bool:
    """Does it concern this building? One without buildings concerns all; an unnamed building may be any."""
    return not building or not outage.buildings or building in outage.buildings


async def outages_of(session: AsyncSession, place: PlaceRow, building: str, now: datetime) -> list[Outage]:
    """What is known, most pressing first: ongoing, then announced by beginning, then restored, newest first."""
    rules = await policies(session)
    window = Window(timedelta(days=rules.announced_days), timedelta(hours=rules.restored_hours))
    mine = select(OutagePlaceRow.outage_id).join(PlaceRow, PlaceRow.id == OutagePlaceRow.place_id)
    mine = mine.where(or_(PlaceRow.id == place.id, PlaceRow.street == place.name))
    recent = or_(OutageRow.ends_at.is_(None), OutageRow.ends_at >= now - window.back)
    public = OutageRow.drill.is_(False) & OutageRow.draft.is_(False)
    rows = list(await session.scalars(select(OutageRow).where(OutageRow.id.in_(mine), public, recent)))
    known = [outage for outage in await whole_outages(session, rows, now) if touches(outage, building)]
    return sorted((outage for outage in known if window.shows(outage, now)), key=_pressing)


def _pressing(outage: Outage) -> tuple[int, float]:
    start = outage.starts_at.timestamp()
    return RANK[outage.status], start if outage.status is OutageStatus.ANNOUNCED else -start


async def whole_outages(session: AsyncSession, rows: list[OutageRow], now: datetime) -> list[Outage]:
    """The outages of these rows, in their order, each with its places and its progress."""
    ids = [row.id for row in rows]
    places = list(await session.scalars(select(OutagePlaceRow).where(OutagePlaceRow.outage_id.in_(ids))))
    ordered = select(OutageStepRow).where(OutageStepRow.outage_id.in_(ids)).order_by(OutageStepRow.position)
    steps = list(await session.scalars(ordered))
    return [
        outage_at(
            row,
            sorted(place.place_id for place in places if place.outage_id == row.id),
            [step for step in steps if step.outage_id == row.id],
            now,
        )
        for row in rows
    ]


async def known_outage(session: AsyncSession, outage_id: str, now: datetime) -> Outage:
    """Missing when there is none of this id."""
    row = await session.get(OutageRow, outage_id)
    if row is None:
        raise Missing("no such outage")
    return (await whole_outages(session, [row], now))[0]


def _report(place: Place | None, outages: list[Outage], now: datetime) -> OutageReport:
    return OutageReport(place=place, outages=outages, as_of=now, source=wording.OUTAGES)


Building = Annotated[
    str | None, Query(max_length=100, description="3栋, 3号楼 or a longer address with it", examples=["3栋"])
]


@router.get("/places/{place_id}/outages", summary="地点的停电信息", responses=MISSING)
async def place_outages(place_id: str, session: Reading, now: Now, building: Building = None) -> OutageReport:
    """Ongoing, announced for the next 14 days, restored within 24 hours. A street answers for the communities on it.

    With `building`, outages that are limited to other buildings are left out.
    """
    place = await known_place(session, place_id)
    return _report(place_of(place), await outages_of(session, place, building_of(building or ""), now), now)


@router.get("/accounts/{no}/outages", summary="户号的停电信息", responses=MISSING)
async def account_outages(no: AccountNo, session: Reading, now: Now) -> OutageReport:
    """Outages are public, addresses are not: `place` is null. No grant is needed."""
    account = await known_account(session, no)
    place = await known_place(session, account.place_id)
    return _report(None, await outages_of(session, place, account.building, now), now)


@router.get("/outages/{outage_id}", summary="一条停电信息", responses=MISSING)
async def one_outage(outage_id: str, session: Reading, now: Now) -> Outage:
    """One plan or fault with its progress; neither an exercise nor a draft."""
    row = await session.get(OutageRow, outage_id)
    if row is None or row.drill or row.draft:
        raise Missing("no such outage")
    return (await whole_outages(session, [row], now))[0]
