"""What a plan would do: who is affected, how early they are told, and what it must not meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.clock import LOCAL
from backend.limits import limits_in_force
from backend.masking import mask_name
from backend.plan_approval import not_approved
from backend.plan_scope import Reach, reach
from backend.problems import Invalid
from backend.tables import AccountRow, GuaranteedEventRow, PeakWindowRow, PlaceRow
from utility.models import OutageKind, TariffClass, TimeLimit
from utility.plans import (
    ClassCount,
    EventClash,
    FaultCode,
    ImportantUser,
    PeakOverlap,
    PlanFault,
    PlanImpact,
    PlanWish,
    VulnerableHome,
)

LISTED: Final = 200
"""So many people are listed; the counts go on."""

LONGEST: Final = 31
"""Days: a longer window is a slip of the pen."""

PROMISES: Final = {OutageKind.PLANNED: "计划停电公告", OutageKind.TEMPORARY: "临时停电通知"}
"""Which time limit (commitment 2) holds for which kind; the second one is for important customers only."""

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Judged:
    reach: Reach
    impact: PlanImpact


async def judge(
    session: AsyncSession,
    wish: PlanWish,
    now: datetime,
    told_at: datetime | None = None,
    limits: Sequence[TimeLimit] | None = None,
) -> Judged:
    """What the plan would do. `told_at`: when its beginning and scope were announced, now for what is new; `limits`:
    those in force, where they were read already.

    Invalid for a window or a scope that makes no sense; what merely forbids publishing is among the faults.
    """
    _sensible(wish)
    found = await reach(session, wish.scope)
    unlisted = await not_approved(session, wish, found.scope)
    counts = await _counts(session, found.accounts)
    important = sum(count.important for count in counts)
    vulnerable = any(count.life_support or count.hardship for count in counts)
    minutes = int((wish.starts_at - (told_at or now)).total_seconds() // 60)
    promises = await limits_in_force(session, now.date()) if limits is None else limits
    limit = next((each for each in promises if each.matter == PROMISES.get(wish.kind)), None)
    due = limit is not None and (wish.kind is OutageKind.PLANNED or important > 0)
    impact = PlanImpact(
        scope_text=wish.scope_text or found.text,
        place_ids=found.place_ids,
        transformer_areas=found.area_names,
        accounts=sum(count.accounts for count in counts),
        by_class=[ClassCount(tariff_class=count.tariff_class, accounts=count.accounts) for count in counts],
        important_count=important,
        important=await _important(session, found.accounts) if important else [],
        life_support=sum(count.life_support for count in counts),
        hardship=sum(count.hardship for count in counts),
        vulnerable=await _vulnerable(session, found.accounts) if vulnerable else [],
        lead_minutes=minutes,
        lead_days=days(minutes),
        lead_limit=limit,
        lead_breach=due and limit is not None and minutes < (limit.minutes or 0),
        peaks=await _peaks(session, wish, found),
        clashes=await _clashes(session, wish, found),
        not_approved=unlisted,
        faults=[],
    )
    return Judged(found, impact.model_copy(update={"faults": list(_faults(wish, impact))}))


def days(minutes: int) -> Decimal:
    """Rounded down to a tenth: 6.99 days are not seven."""
    return (Decimal(minutes) / (24 * 60)).quantize(Decimal("0.1"), ROUND_FLOOR)


def _sensible(wish: PlanWish) -> None:
    if wish.kind is OutageKind.FAULT:
        raise Invalid(f"body.kind: {say.NOT_A_PLAN}")
    if not timedelta(0) < wish.ends_at - wish.starts_at <= LONGEST * DAY:
        raise Invalid(f"body.ends_at: {say.WINDOW.format(days=LONGEST)}")


def _faults(wish: PlanWish, impact: PlanImpact) -> Iterator[PlanFault]:
    limit = impact.lead_limit
    if impact.lead_breach and limit and not wish.lead_reason:
        text = say.LEAD.format(text=limit.text, source=limit.source, days=impact.lead_days)
        yield PlanFault(code=FaultCode.LEAD, text=text)
    if impact.peaks and not wish.peak_reason:
        yield PlanFault(code=FaultCode.PEAK, text=say.PEAK.format(names=_names(impact.peaks)))
    if impact.clashes:
        yield PlanFault(code=FaultCode.EVENT, text=say.EVENT.format(names=_names(impact.clashes)))
    if impact.not_approved:
        yield PlanFault(code=FaultCode.APPROVAL, text=say.APPROVAL.format(count=len(impact.not_approved)))


def _names(things: Sequence[PeakOverlap] | Sequence[EventClash]) -> str:
    return say.SEPARATOR.join(sorted({thing.name for thing in things}))


# --- whom ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Count:
    tariff_class: TariffClass
    accounts: int
    important: int
    life_support: int
    hardship: int


async def _counts(session: AsyncSession, concerned: ColumnElement[bool]) -> list[_Count]:
    columns: tuple[Any, ...] = (
        AccountRow.tariff_class,
        func.count(),
        func.count(AccountRow.important_kind),
        func.sum(cast(AccountRow.life_support, Integer)),
        func.sum(cast(AccountRow.hardship, Integer)),
    )
    rows = await session.execute(select(*columns).where(concerned).group_by(AccountRow.tariff_class))
    found = [_Count(TariffClass(tariff), *counts) for tariff, *counts in rows]
    return sorted(found, key=lambda count: list(TariffClass).index(count.tariff_class))


async def _important(session: AsyncSession, concerned: ColumnElement[bool]) -> list[ImportantUser]:
    query = select(AccountRow, PlaceRow).join(PlaceRow, PlaceRow.id == AccountRow.place_id)
    query = query.where(concerned, AccountRow.important_kind.is_not(None)).order_by(AccountRow.account_no)
    return [
        ImportantUser(
            account_no=account.account_no,
            name=account.holder,
            kind=account.important_kind or "",
            place=f"{place.district}{place.name}",
            manager=account.manager,
        )
        for account, place in await session.execute(query.limit(LISTED))
    ]


async def _vulnerable(session: AsyncSession, concerned: ColumnElement[bool]) -> list[VulnerableHome]:
    query = select(AccountRow, PlaceRow).join(PlaceRow, PlaceRow.id == AccountRow.place_id)
    query = query.where(concerned, or_(AccountRow.life_support, AccountRow.hardship))
    query = query.order_by(AccountRow.life_support.desc(), AccountRow.account_no)
    return [
        VulnerableHome(
            account_masked=account.account_no[-4:],
            holder_masked=mask_name(account.holder),
            place=f"{place.district}{place.name}",
            life_support=account.life_support,
            hardship=account.hardship,
        )
        for account, place in await session.execute(query.limit(LISTED))
    ]


# --- when ---------------------------------------------------------------------------------------------------------


async def _peaks(session: AsyncSession, wish: PlanWish, found: Reach) -> list[PeakOverlap]:
    query = select(PeakWindowRow).where(PeakWindowRow.district.in_(["", *found.districts]))
    query = query.where(or_(PeakWindowRow.place_id.is_(None), PeakWindowRow.place_id.in_(found.place_ids)))
    names = {place.id: place.name for place in found.places}
    return [
        PeakOverlap(
            name=peak.name,
            place=names.get(peak.place_id or "", peak.district),
            days=f"{peak.from_day}–{peak.to_day}",
            hours=f"{peak.from_hour}:00–{peak.to_hour}:00",
            source=peak.source,
        )
        for peak in await session.scalars(query.order_by(PeakWindowRow.id))
        if _meets(peak, wish.starts_at.astimezone(LOCAL), wish.ends_at.astimezone(LOCAL))
    ]


def _meets(peak: PeakWindowRow, starts: datetime, ends: datetime) -> bool:
    """Is an hour of the peak within the window on one of its days?"""
    day = datetime.combine(starts.date(), time(0), LOCAL)
    while day < ends:
        begins, until = day + timedelta(hours=peak.from_hour), day + timedelta(hours=peak.to_hour)
        if _in_season(peak, f"{day:%m-%d}") and begins < ends and starts < until:
            return True
        day += DAY
    return False


def _in_season(peak: PeakWindowRow, day: str) -> bool:
    if peak.from_day <= peak.to_day:
        return peak.from_day <= day <= peak.to_day
    return day >= peak.from_day or day <= peak.to_day


async def _clashes(session: AsyncSession, wish: PlanWish, found: Reach) -> list[EventClash]:
    during = GuaranteedEventRow.ends_at > wish.starts_at, GuaranteedEventRow.starts_at < wish.ends_at
    events = await session.scalars(select(GuaranteedEventRow).where(*during).order_by(GuaranteedEventRow.id))
    return [
        EventClash(name=event.name, starts_at=event.starts_at, ends_at=event.ends_at, source=event.source)
        for event in events
        if not event.place_ids or set(event.place_ids) & set(found.place_ids)
    ]
