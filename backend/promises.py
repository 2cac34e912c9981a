"""What a new ticket promises: which time limits it carries, which of them falls due first, and who gets in touch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours import desk
from backend.limits import due_at, limits_in_force
from backend.problems import Unready
from backend.tables import TeamRow
from utility.models import Area, Outage, TicketKind, TimeLimit

ARRIVAL: Final = "到达现场"
RESTORATION: Final = "恢复供电"
MATTERS: Final = {
    TicketKind.REPAIR: (ARRIVAL, RESTORATION),
    TicketKind.HAZARD: ("紧急处置",),
    TicketKind.COMPLAINT: ("投诉联系", "投诉答复"),
    TicketKind.CALLBACK: ("人工回电",),
    TicketKind.SERVICE: ("服务申请答复",),
}
"""The matters of `time_limits` that a kind of ticket promises, in the order in which they fall due."""
OF_SKILL: Final = {"举报": ("举报答复",), "建议": ("建议答复",)}
"""Service requests that have a limit of their own, by the skill that handles them."""


@dataclass(frozen=True)
class Promise:
    limits: list[TimeLimit]
    due_at: datetime


async def promise(
    session: AsyncSession, kind: TicketKind, skill: str, area: Area | None, outage: Outage | None, now: datetime
) -> Promise:
    """For an unknown area the slowest promise: nothing is said that cannot be kept.

    Where the crew of a known outage is on site already, only the restoration is still to come.
    """
    matters = OF_SKILL.get(skill, MATTERS[kind]) if kind is TicketKind.SERVICE else MATTERS[kind]
    if outage and any(step.name == "到达" for step in outage.steps):
        matters = (RESTORATION,)
    in_force = await limits_in_force(session, now.date(), area)
    limits = [_slowest(in_force, matter) for matter in matters]
    hours = await desk(session, now.date())
    if kind is TicketKind.CALLBACK:
        return Promise(limits, hours.after_minutes(now, limits[0].minutes or 0))
    if outage and outage.expected_at and matters == (RESTORATION,):
        return Promise(limits, outage.expected_at)
    return Promise(limits, due_at(limits[0], now, hours))


def _slowest(limits: list[TimeLimit], matter: str) -> TimeLimit:
    found = [limit for limit in limits if limit.matter == matter]
    if not found:
        raise Unready(f"no time limit for {matter}; run python -m backend.seed")
    return max(found, key=lambda limit: (limit.working_days or 0, limit.minutes or 0))


async def contact(session: AsyncSession, kind: TicketKind, district: str) -> str:
    """The team of the district, else the one that serves all."""
    teams = select(TeamRow).where(TeamRow.kind == kind, TeamRow.district.in_(["", district]))
    row = await session.scalar(teams.order_by(TeamRow.district.desc()).limit(1))
    if row is None:
        raise Unready(f"no team for {kind}; run python -m backend.seed")
    return row.name
