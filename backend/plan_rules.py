"""The numbers that plans use, as policies with their source."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.problems import Unready
from backend.tables import PolicyRow

TOLERANCE = "plan_deviation_minutes"
NOTICE = "plan_notice_hours"


@dataclass(frozen=True)
class PlanRules:
    """`tolerance`: how far from the plan needs no reason. `notice`: so long before the planned beginning an important
    customer must have been told."""

    tolerance: timedelta
    tolerance_source: str
    notice: timedelta

    @property
    def tolerance_minutes(self) -> int:
        return int(self.tolerance / timedelta(minutes=1))


async def plan_rules(session: AsyncSession) -> PlanRules:
    """Unready when the town was never seeded."""
    query = select(PolicyRow).where(PolicyRow.name.in_([TOLERANCE, NOTICE]))
    rows = {row.name: row for row in await session.scalars(query)}
    if len(rows) < 2:
        raise Unready("policies of plans without a value; run python -m backend.seed")
    minutes, hours = int(rows[TOLERANCE].value), int(rows[NOTICE].value)
    return PlanRules(timedelta(minutes=minutes), rows[TOLERANCE].source, timedelta(hours=hours))
