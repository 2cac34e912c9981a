"""Alarms of sensors: lost voltage proposes an incident before anybody calls, its return marks the evidence."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.alarm_views import alarm_of
from backend.clustering import open_incident, open_on
from backend.incident_files import LOCK
from backend.incident_making import Beginning
from backend.locks import hold
from backend.outages import outages_of
from backend.parts import Now, Writing
from backend.problems import Invalid
from backend.refusals import Responses
from backend.tables import AlarmRow, PlaceRow, TransformerAreaRow
from utility.alarms import Alarm, AlarmKind, AlarmReport
from utility.incidents import IncidentOrigin
from utility.models import OutageStatus

router = APIRouter(tags=["故障事件"])

MADE: Final[Responses] = {
    200: {"model": Alarm, "description": "这个告警已经收到过：返回第一次的记录"},
    201: {"model": Alarm, "description": "新的告警"},
}


@router.post("/alarms", status_code=201, summary="接收监测告警", responses=MADE)
async def receive(report: AlarmReport, session: Writing, now: Now, response: Response) -> Alarm:
    """Once per source and number. 失压 proposes an incident where none is open and nothing is planned; 过流 and
    通信中断 only add to one; 恢复 marks what it was said of."""
    await hold(session, LOCK)
    known = select(AlarmRow).where(AlarmRow.source == report.source, AlarmRow.external_id == report.external_id)
    if before := await session.scalar(known):
        response.status_code = 200
        return alarm_of(before)
    areas = await _areas(session, report)
    alarm = AlarmRow(**report.model_dump(), received_at=now)
    session.add(alarm)
    await session.flush()
    if report.kind is AlarmKind.WELL:
        await _clear(session, alarm, areas)
    elif report.kind is AlarmKind.NO_VOLTAGE:
        alarm.cleared_at = await _well_since(session, alarm, areas[0].feeder)
    alarm.outage_id = await _belongs(session, alarm, areas, now)
    await session.flush()
    return alarm_of(alarm)


async def _areas(session: AsyncSession, report: AlarmReport) -> list[TransformerAreaRow]:
    """Invalid for a name that nobody knows."""
    named = select(TransformerAreaRow).order_by(TransformerAreaRow.name)
    if report.transformer_area:
        named = named.where(TransformerAreaRow.name == report.transformer_area)
    else:
        named = named.where(TransformerAreaRow.feeder == report.feeder)
    found = list(await session.scalars(named))
    if not found:
        fault = f"transformer_area: {say.NO_AREA}" if report.transformer_area else f"feeder: {say.NO_FEEDER}"
        raise Invalid(f"body.{fault}")
    return found


async def _clear(session: AsyncSession, alarm: AlarmRow, areas: list[TransformerAreaRow]) -> None:
    """What was said before of the same place, or of areas on the same feeder, and not cleared since."""
    here: ColumnElement[bool] = AlarmRow.transformer_area.in_([area.name for area in areas])
    here = or_(here, AlarmRow.feeder == alarm.feeder) if alarm.feeder else here
    dark = AlarmRow.kind == AlarmKind.NO_VOLTAGE, AlarmRow.at <= alarm.at, AlarmRow.cleared_at.is_(None)
    cleared = update(AlarmRow).where(here, *dark, AlarmRow.drill == alarm.drill).values(cleared_at=alarm.at)
    await session.execute(cleared)


async def _well_since(session: AsyncSession, alarm: AlarmRow, feeder: str) -> datetime | None:
    """Alarms may come in another order than they happened in."""
    here: ColumnElement[bool] = AlarmRow.feeder == feeder
    here = or_(here, AlarmRow.transformer_area == alarm.transformer_area) if alarm.transformer_area else here
    well = AlarmRow.kind == AlarmKind.WELL, AlarmRow.at >= alarm.at, AlarmRow.drill == alarm.drill
    found: datetime | None = await session.scalar(select(func.min(AlarmRow.at)).where(here, *well))
    return found


async def _belongs(
    session: AsyncSession, alarm: AlarmRow, areas: list[TransformerAreaRow], now: datetime
) -> str | None:
    """The incident that is open there; else what is known to be off there; else, of 失压, a new incident."""
    names = [area.name for area in areas]
    there = await open_on(session, names, alarm.drill)
    if there:
        return next(iter(there.values()))
    known = await _known(session, areas, now)
    dark = [name for name in names if name not in known]
    if not dark:
        return next(iter(known.values()))
    if alarm.kind != AlarmKind.NO_VOLTAGE or alarm.cleared_at:
        return None
    beginning = Beginning(IncidentOrigin.ALARM, min(alarm.at, now), alarm.drill)
    return (await open_incident(session, dark, beginning, now)).outage_id


async def _known(session: AsyncSession, areas: list[TransformerAreaRow], now: datetime) -> dict[str, str]:
    """The outages that go on there by plan or otherwise, by transformer area."""
    found: dict[str, str] = {}
    for place in await session.scalars(select(PlaceRow).where(PlaceRow.id.in_({area.place_id for area in areas}))):
        ongoing = [o for o in await outages_of(session, place, "", now) if o.status is OutageStatus.ONGOING]
        for area in areas:
            off = (o.id for o in ongoing if not o.transformer_areas or area.name in o.transformer_areas)
            if area.place_id == place.id and (id := next(off, None)):
                found[area.name] = id
    return found
