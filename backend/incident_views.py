"""Incidents as staff see them: in the list, and one with everything that speaks for it and was done about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from backend.alarm_views import alarm_of
from backend.confirmation_counts import answers
from backend.incident_checks import checklist
from backend.incident_files import incident_there
from backend.incident_work import possible
from backend.masking import mask_address
from backend.outages import whole_outages
from backend.tables import (
    AlarmRow,
    IncidentEventRow,
    IncidentReportRow,
    IncidentRow,
    OutageRow,
    OutageStepRow,
    TicketPartyRow,
    TicketRow,
)
from utility.alarms import Alarm
from utility.incidents import (
    Estimate,
    Incident,
    IncidentDetail,
    IncidentEvent,
    IncidentOrigin,
    IncidentReport,
    IncidentState,
    Progress,
)
from utility.models import Outage

Column = InstrumentedAttribute[Any]
SHOWN: Final = 200
"""So many reports and alarms are shown, the first ones."""


async def listed(session: AsyncSession, rows: Sequence[IncidentRow], now: datetime) -> list[Incident]:
    """In the order of the rows; everything is read once for all of them."""
    ids = [row.outage_id for row in rows]
    found = list(await session.scalars(select(OutageRow).where(OutageRow.id.in_(ids))))
    drills = {outage.id: outage.drill for outage in found}
    outages = {outage.id: outage for outage in await whole_outages(session, found, now)}
    reports = await _counted(session, IncidentReportRow.outage_id, IncidentReportRow.conversation, ids)
    alarms = await _counted(session, AlarmRow.outage_id, AlarmRow.id, ids)
    return [_incident(row, outages[row.outage_id], drills[row.outage_id], reports, alarms) for row in rows]


async def _counted(session: AsyncSession, by: Column, what: Column, ids: Sequence[str]) -> dict[str, int]:
    counted = select(by, func.count(what.distinct())).where(by.in_(ids)).group_by(by)
    return {str(id): int(count) for id, count in await session.execute(counted)}


def _incident(
    row: IncidentRow, outage: Outage, drill: bool, reports: dict[str, int], alarms: dict[str, int]
) -> Incident:
    return Incident(
        outage_id=row.outage_id,
        state=IncidentState(row.state),
        origin=IncidentOrigin(row.origin),
        active=row.active,
        drill=drill,
        stage=row.stage,
        scope_text=outage.scope,
        place_ids=outage.place_ids,
        transformer_areas=outage.transformer_areas,
        feeder=outage.feeder,
        reason=outage.reason,
        fault_type=row.fault_type,
        cause_code=row.cause_code,
        responsible_unit=row.responsible_unit,
        team=row.team,
        customers=row.customers,
        starts_at=outage.starts_at,
        opened_at=row.opened_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        arrived_at=row.arrived_at,
        restored_at=row.restored_at,
        expected_at=outage.expected_at,
        reopened=row.reopened,
        flagged=row.flagged,
        reports=reports.get(row.outage_id, 0),
        alarms=alarms.get(row.outage_id, 0),
    )


async def detail(session: AsyncSession, outage_id: str, now: datetime) -> IncidentDetail:
    """Missing when there is none."""
    incident, outage = await incident_there(session, outage_id)
    steps = await _steps(session, outage_id)
    attached = select(func.count()).where(TicketRow.outage_id == outage_id)
    return IncidentDetail(
        incident=(await listed(session, [incident], now))[0],
        reports=await _reports(session, outage_id),
        alarms=await _alarms(session, outage_id),
        tickets=await session.scalar(attached) or 0,
        steps=[Progress(name=step.name, at=step.at, note=step.note) for step in steps],
        next_steps=possible(incident),
        estimates=_estimates(incident, outage, steps),
        checklist=await checklist(session, incident),
        answers=await answers(session, outage, incident, now),
        history=await _history(session, outage_id),
    )


async def _steps(session: AsyncSession, outage_id: str) -> Sequence[OutageStepRow]:
    mine = select(OutageStepRow).where(OutageStepRow.outage_id == outage_id)
    return (await session.scalars(mine.order_by(OutageStepRow.position))).all()


def _estimates(incident: IncidentRow, outage: OutageRow, steps: Sequence[OutageStepRow]) -> list[Estimate]:
    first = [(outage.expected_at, incident.confirmed_at or incident.opened_at, outage.reason)]
    later = [(step.expected_at, step.at, step.note) for step in steps]
    return [Estimate(expected_at=end, said_at=at, reason=why) for end, at, why in [*first, *later] if end]


async def _reports(session: AsyncSession, outage_id: str) -> list[IncidentReport]:
    """One line for a customer's part in a ticket, however many areas it speaks of."""
    report, party = IncidentReportRow, TicketPartyRow
    same = (party.ticket_no == report.ticket_no) & (party.conversation == report.conversation)
    mine = select(report, party).join(party, same).where(report.outage_id == outage_id)
    ordered = mine.order_by(report.at, report.ticket_no, report.conversation, report.transformer_area).limit(SHOWN)
    found: dict[tuple[str, str], tuple[list[str], TicketPartyRow]] = {}
    for row, told in await session.execute(ordered):
        found.setdefault((row.ticket_no, row.conversation), ([], told))[0].append(row.transformer_area)
    return [
        IncidentReport(
            ticket_no=told.ticket_no,
            conversation=told.conversation,
            transformer_areas=areas,
            address=mask_address(told.address),
            symptom=told.symptom,
            scope=told.scope,
            description=told.description,
            at=told.at,
        )
        for areas, told in found.values()
    ]


async def _alarms(session: AsyncSession, outage_id: str) -> list[Alarm]:
    mine = select(AlarmRow).where(AlarmRow.outage_id == outage_id).order_by(AlarmRow.at, AlarmRow.id)
    return [alarm_of(row) for row in await session.scalars(mine.limit(SHOWN))]


async def _history(session: AsyncSession, outage_id: str) -> list[IncidentEvent]:
    mine = select(IncidentEventRow).where(IncidentEventRow.outage_id == outage_id).order_by(IncidentEventRow.id)
    return [
        IncidentEvent(name=row.name, staff=row.staff, at=row.at, note=row.note) for row in await session.scalars(mine)
    ]
