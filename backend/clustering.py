"""Many reports of one transformer area are one fault: what customers report is gathered, and proposes an incident."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.figures import figures
from backend.incident_files import LOCK
from backend.incident_making import MINUTES, Beginning, attach, propose_on, publish
from backend.incident_scope import Spot, areas_of
from backend.joining import ONE_HOUSEHOLD
from backend.locks import hold, insert
from backend.tables import (
    IncidentAreaRow,
    IncidentReportRow,
    IncidentRow,
    OutageRow,
    TicketPartyRow,
    TicketRow,
)
from backend.ticket_steps import DRILL
from utility.incidents import IncidentOrigin, IncidentState
from utility.models import TicketKind

REPORTS: Final = "incident_reports"
AUTOMATIC: Final = "incident_automatic"


async def gather(session: AsyncSession, ticket: TicketRow, party: TicketPartyRow, spot: Spot, now: datetime) -> None:
    """A report becomes evidence: of the incident that is open there, or of one that it makes. Harmless when repeated.

    Who says that the neighbours have power speaks for nothing but the own home.
    """
    if ticket.kind != TicketKind.REPAIR or party.scope == ONE_HOUSEHOLD:
        return
    areas = await areas_of(session, spot)
    if not areas:
        return
    await hold(session, LOCK)
    drill = ticket.channel == DRILL
    await _keep(session, ticket, party, areas, now, drill)
    if ticket.outage_id is None:
        await _meet(session, ticket, areas, now, drill)
    if ticket.outage_id is None:
        await _ripen(session, areas, now, drill)


async def _keep(
    session: AsyncSession, ticket: TicketRow, party: TicketPartyRow, areas: Sequence[str], now: datetime, drill: bool
) -> None:
    """Of a ticket that waits for an outage already, it speaks for that one."""
    rows = [
        {
            "ticket_no": ticket.no,
            "conversation": party.conversation,
            "transformer_area": area,
            "at": now,
            "drill": drill,
            "outage_id": ticket.outage_id,
        }
        for area in areas
    ]
    await session.execute(insert(session, IncidentReportRow).on_conflict_do_nothing(), rows)


async def _meet(session: AsyncSession, ticket: TicketRow, areas: Sequence[str], now: datetime, drill: bool) -> None:
    """What is open there already gets the report; the ticket follows it when customers know of it."""
    for area, outage_id in (await open_on(session, areas, drill)).items():
        await session.execute(_unclaimed(area, drill).values(outage_id=outage_id))
        incident = await session.get_one(IncidentRow, outage_id)
        if incident.state == IncidentState.CONFIRMED and ticket.outage_id is None:
            attach(session, ticket, await session.get_one(OutageRow, outage_id), now)


async def open_on(session: AsyncSession, areas: Sequence[str], drill: bool) -> dict[str, str]:
    """The incidents that are open on these areas."""
    held = select(IncidentAreaRow).where(IncidentAreaRow.transformer_area.in_(areas), IncidentAreaRow.drill == drill)
    return {row.transformer_area: row.outage_id for row in await session.scalars(held)}


def _unclaimed(area: str, drill: bool) -> Update:
    return update(IncidentReportRow).where(
        IncidentReportRow.transformer_area == area,
        IncidentReportRow.drill == drill,
        IncidentReportRow.outage_id.is_(None),
    )


async def _ripen(session: AsyncSession, areas: Sequence[str], now: datetime, drill: bool) -> None:
    """Enough customers within the time: an incident on every area that has them."""
    rules = await figures(session, REPORTS, MINUTES)
    least, since = int(rules[REPORTS].value), now - timedelta(minutes=int(rules[MINUTES].value))
    fresh = (
        IncidentReportRow.transformer_area.in_(areas),
        IncidentReportRow.at > since,
        IncidentReportRow.drill == drill,
        IncidentReportRow.outage_id.is_(None),
    )
    area, voices = IncidentReportRow.transformer_area, func.count(IncidentReportRow.conversation.distinct())
    counted = select(area, func.min(IncidentReportRow.at)).where(*fresh).group_by(area).having(voices >= least)
    open_there = await open_on(session, areas, drill)
    ripe = {name: at for name, at in await session.execute(counted) if name not in open_there}
    if ripe:
        beginning = Beginning(IncidentOrigin.REPORTS, min(ripe.values()), drill)
        await open_incident(session, sorted(ripe), beginning, now)


async def open_incident(session: AsyncSession, areas: list[str], beginning: Beginning, now: datetime) -> IncidentRow:
    """Proposed with all that spoke of the areas lately; confirmed at once if the rule says so."""
    incident = await propose_on(session, areas, beginning, now)
    if (await figures(session, AUTOMATIC))[AUTOMATIC].value == "1":
        await publish(session, incident, say.AUTOMATIC, now)
    return incident
