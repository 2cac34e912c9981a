"""What customers said to 来电了吗, counted: yes, no, and silence apart from both."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.audience import silent
from backend.tables import ConfirmationRow, IncidentRow, OutageRow
from utility.incidents import Answers


def over(outage: OutageRow, now: datetime) -> bool:
    """The power is back, as far as is known."""
    return outage.ends_at is not None and outage.ends_at <= now


def round_of(outage: OutageRow, incident: IncidentRow | None, now: datetime) -> int:
    """Which restoration an answer is about: the newest one, counted from 0."""
    if incident is None:
        return 0
    return incident.reopened if over(outage, now) else max(incident.reopened - 1, 0)


async def answers(session: AsyncSession, outage: OutageRow, incident: IncidentRow | None, now: datetime) -> Answers:
    """After the newest restoration; before the first one nobody was asked, so nobody is silent."""
    if not over(outage, now) and not (incident and incident.reopened):
        return Answers(yes=0, no=0, silent=0)
    this = ConfirmationRow.outage_id == outage.id, ConfirmationRow.round == round_of(outage, incident, now)
    counted = select(ConfirmationRow.powered, func.count()).where(*this).group_by(ConfirmationRow.powered)
    counts = {bool(powered): int(count) for powered, count in await session.execute(counted)}
    quiet = await silent(session, outage, select(ConfirmationRow.conversation).where(*this))
    return Answers(yes=counts.get(True, 0), no=counts.get(False, 0), silent=quiet)
