"""The file of an incident: one writer at a time, every write once per key, and who did what."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.locks import hold, insert
from backend.problems import Impossible, Invalid, Missing
from backend.tables import CauseCodeRow, FaultTypeRow, IncidentEventRow, IncidentRow, OutageRow, TicketNumberRow
from utility.incidents import IncidentState

LOCK = "incidents"
"""Held by whoever writes incidents or what speaks for them. Whoever makes tickets holds their lock before this one;
`ticket-news` and `outage-news` come after it."""
PREFIX = "FT"


async def begin(session: AsyncSession, key: str) -> IncidentRow | None:
    """Alone until the transaction ends; the incident that this key wrote already."""
    await hold(session, LOCK)
    done = await session.scalar(select(IncidentEventRow.outage_id).where(IncidentEventRow.key == key))
    return await session.get_one(IncidentRow, done) if done else None


async def incident_there(session: AsyncSession, outage_id: str) -> tuple[IncidentRow, OutageRow]:
    """An incident and its public side. Missing when there is none."""
    incident = await session.get(IncidentRow, outage_id)
    if incident is None:
        raise Missing("no such incident")
    return incident, await session.get_one(OutageRow, outage_id)


async def going_on(session: AsyncSession, outage_id: str) -> tuple[IncidentRow, OutageRow]:
    """Impossible unless it is confirmed, and neither restored nor withdrawn."""
    incident, outage = await incident_there(session, outage_id)
    if incident.state == IncidentState.PROPOSED:
        raise Impossible(say.NOT_CONFIRMED)
    if not incident.active:
        raise Impossible(say.OVER)
    return incident, outage


async def keep(
    session: AsyncSession, outage_id: str, key: str | None, name: str, staff: str, note: str, now: datetime
) -> None:
    """A line of its history."""
    session.add(IncidentEventRow(outage_id=outage_id, key=key, name=name, staff=staff, at=now, note=note))
    await session.flush()


async def next_id(session: AsyncSession, now: datetime) -> str:
    """FT20261123-0001: the row stays locked until the transaction ends."""
    first = insert(session, TicketNumberRow).values(prefix=PREFIX, day=now.date(), last=1)
    counted = first.on_conflict_do_update(
        index_elements=["prefix", "day"], set_={"last": TicketNumberRow.last + 1}
    ).returning(TicketNumberRow.last)
    return f"{PREFIX}{now:%Y%m%d}-{(await session.execute(counted)).scalar_one():04d}"


async def check_type(session: AsyncSession, fault_type: str | None) -> None:
    if fault_type and await session.get(FaultTypeRow, fault_type) is None:
        raise Invalid(f"body.fault_type: {say.NO_TYPE}")


async def check_cause(session: AsyncSession, code: str) -> None:
    if await session.get(CauseCodeRow, code) is None:
        raise Invalid(f"body.cause_code: {say.NO_CAUSE}")
