"""Reliability by the month: promises kept, customers affected, SAIDI and its like; causes and units for staff."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Query
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import reliability_wording as say
from backend import wording
from backend.limits import limits_in_force
from backend.parts import Now, Reading
from backend.promises import ARRIVAL, RESTORATION
from backend.reliability_facts import Interruption, bounds, chunks, faults_of, plans_of
from backend.tables import AccountRow, CauseCodeRow, IncidentCheckRow
from utility.models import Area, TimeLimit
from utility.reliability import (
    Definition,
    FaultCount,
    Indices,
    PromiseKept,
    Reliability,
    ReopenedCount,
    StaffReliability,
)

router = APIRouter(tags=["供电可靠性"])

Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
TENTH: Final = Decimal("0.1")
FINE: Final = Decimal("0.0001")


@router.get("/reliability", summary="供电可靠性月报（公开）")
async def reliability(month: Month, session: Reading, now: Now) -> Reliability:
    """Arrival and restoration against the promises, customers affected, SAIDI, SAIFI and CAIDI with their definitions.
    Exercises are left out, plans are counted apart."""
    return await _public(session, month, await faults_of(session, month, now), now)


@router.get("/staff/reliability", summary="供电可靠性月报（内部）")
async def staff_reliability(month: Month, session: Reading, now: Now) -> StaffReliability:
    """The public figures, and causes, responsible units, broken bans and reopened faults beside them."""
    faults = await faults_of(session, month, now)
    names = {row.code: row.name for row in await session.scalars(select(CauseCodeRow))}
    return StaffReliability(
        public=await _public(session, month, faults, now),
        causes=_counts(faults, lambda fault: names.get(fault.cause, fault.cause), now),
        units=_counts(faults, lambda fault: fault.unit, now),
        violations=await _violations(session, [fault.outage_id for fault in faults]),
        reopened=ReopenedCount(
            incidents=sum(fault.reopened > 0 for fault in faults), times=sum(fault.reopened for fault in faults)
        ),
    )


async def _public(session: AsyncSession, month: str, faults: Sequence[Interruption], now: datetime) -> Reliability:
    served = await session.scalar(select(func.count()).select_from(AccountRow)) or 0
    last = min(bounds(month)[1] - timedelta(days=1), now).date()
    limits = [limit for limit in await limits_in_force(session, last) if limit.area]
    return Reliability(
        month=month,
        served=served,
        promises=[
            _kept(limit, limit.area, faults)
            for limit in limits
            if limit.area and limit.minutes and limit.matter in (ARRIVAL, RESTORATION)
        ],
        faults=_indices(faults, served, now),
        plans=_indices(await plans_of(session, month, now), served, now),
        ongoing=sum(fault.ended_at is None for fault in faults),
        definitions=[Definition(name=name, text=text, source=say.SOURCE) for name, text in say.DEFINITIONS],
        as_of=now,
        source=wording.OUTAGES,
    )


def _kept(limit: TimeLimit, area: Area, faults: Sequence[Interruption]) -> PromiseKept:
    took = [_took(limit.matter, fault) for fault in faults if fault.area is area]
    measured = [minutes for minutes in took if minutes is not None]
    on_time = sum(minutes <= (limit.minutes or 0) for minutes in measured)
    return PromiseKept(
        matter=limit.matter,
        area=area,
        limit=limit,
        faults=len(measured),
        mean_minutes=(sum(measured, Decimal()) / len(measured)).quantize(TENTH) if measured else None,
        on_time=on_time,
        on_time_share=(Decimal(100 * on_time) / len(measured)).quantize(TENTH) if measured else None,
    )


def _took(matter: str, fault: Interruption) -> Decimal | None:
    """Minutes: from the fault being known to the arrival, from the arrival to the restoration."""
    since, until = (fault.known_at, fault.arrived_at) if matter == ARRIVAL else (fault.arrived_at, fault.ended_at)
    if since is None or until is None:
        return None
    return max(Decimal((until - since) // timedelta(seconds=1)) / 60, Decimal(0))


def _indices(outages: Sequence[Interruption], served: int, now: datetime) -> Indices:
    customers = sum(one.customers for one in outages)
    minutes = sum(one.customers * one.minutes(now) for one in outages)
    return Indices(
        interruptions=len(outages),
        customers=customers,
        customer_minutes=minutes,
        saidi=_ratio(minutes, served),
        saifi=_ratio(customers, served),
        caidi=_ratio(minutes, customers),
    )


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(FINE) if whole else None


def _counts(faults: Sequence[Interruption], name: Callable[[Interruption], str], now: datetime) -> list[FaultCount]:
    found: dict[str, list[int]] = {}
    for fault in faults:
        found.setdefault(name(fault), []).append(fault.customers * fault.minutes(now))
    counts = [FaultCount(name=each, faults=len(some), customer_minutes=sum(some)) for each, some in found.items()]
    return sorted(counts, key=lambda count: (-count.faults, -count.customer_minutes, count.name))


async def _violations(session: AsyncSession, ids: Sequence[str]) -> int:
    broken = select(func.count()).where(IncidentCheckRow.violation != "")
    return sum([await session.scalar(broken.where(IncidentCheckRow.outage_id.in_(some))) or 0 for some in chunks(ids)])
