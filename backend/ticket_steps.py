"""What staff do with tickets: one table of what is possible when, and each step as one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hours import desk
from backend.locks import hold
from backend.problems import Impossible, Invalid, Missing
from backend.tables import IdempotencyRow, TicketEventRow, TicketRow
from utility.models import Grade, TicketStatus
from utility.staff import Step, StepRequest

S = TicketStatus
OPEN: Final = (S.OPEN, S.DISPATCHED, S.ACCEPTED, S.ARRIVED)
ALL: Final = tuple(TicketStatus)
OPERATION: Final = "step"
DRILL: Final = "drill"
"""The channel of exercises: what comes over it sends nobody out."""


@dataclass(frozen=True)
class Rule:
    """`within`: the statuses in which a step is possible; `to`: the status after it, None when it stays."""

    within: tuple[TicketStatus, ...]
    to: TicketStatus | None = None
    paused: bool | None = None
    wants_note: bool = False


RULES: Final[dict[Step, Rule]] = {
    Step.DISPATCH: Rule((S.OPEN, S.DISPATCHED, S.ACCEPTED), S.DISPATCHED),
    Step.ACCEPT: Rule((S.OPEN, S.DISPATCHED), S.ACCEPTED),
    Step.ARRIVE: Rule((S.DISPATCHED, S.ACCEPTED), S.ARRIVED),
    Step.FIX: Rule((S.DISPATCHED, S.ACCEPTED, S.ARRIVED), S.FIXED),
    Step.CLOSE: Rule((*OPEN, S.FIXED), S.CLOSED, wants_note=True),
    Step.REOPEN: Rule((S.FIXED, S.CLOSED), S.OPEN),
    Step.WAIT: Rule(OPEN, paused=False),
    Step.GO_ON: Rule(OPEN, paused=True),
    Step.REVISIT: Rule((S.FIXED, S.CLOSED)),
    Step.RAISE: Rule(OPEN),
    Step.NOTE: Rule(ALL, wants_note=True),
}


def possible(row: TicketRow) -> list[Step]:
    """The steps that a ticket can take now."""
    return [step for step in Step if _fits(row, RULES[step]) and not (step is Step.RAISE and row.grade == Grade.MAJOR)]


def _fits(row: TicketRow, rule: Rule) -> bool:
    paused = row.paused_at is not None
    return TicketStatus(row.status) in rule.within and rule.paused in (None, paused)


async def take(session: AsyncSession, no: str, wish: StepRequest, key: str, now: datetime) -> TicketRow:
    """Once per key. Missing, Impossible (the status does not allow it), Invalid (a team or a note is wanting)."""
    await hold(session, "ticket-news")  # whoever numbers news is alone, so that a reader never skips one
    row = await session.scalar(select(TicketRow).where(TicketRow.no == no).with_for_update())
    if row is None:
        raise Missing("no such ticket")
    if await session.get(IdempotencyRow, (OPERATION, key)):
        return row
    rule = RULES[wish.step]
    if wish.step not in possible(row):
        raise Impossible(f"{wish.step} is not possible in status {row.status}")
    if row.channel == DRILL and wish.step is Step.DISPATCH:
        raise Impossible("a drill sends nobody out")
    if rule.wants_note and not wish.note.strip():
        raise Invalid("body.note: this step wants a note")
    await _change(session, row, wish, now)
    if rule.to:
        row.status = rule.to
    internal = wish.step is Step.NOTE
    session.add(
        TicketEventRow(
            ticket_no=no,
            name=wish.step,
            at=now,
            note=wish.note.strip(),
            staff=wish.staff,
            internal=internal,
            news=None if internal else await _next(session),
        )
    )
    kept = {"ticket_no": no, "conversation": "", "joined": False, "at": now}
    session.add(IdempotencyRow(operation=OPERATION, key=key, **kept))
    await session.flush()
    return row


async def _change(session: AsyncSession, row: TicketRow, wish: StepRequest, now: datetime) -> None:
    """What a step does beside the status."""
    changes: dict[Step, Callable[[], None]] = {
        Step.DISPATCH: lambda: _dispatch(row, wish.team),
        Step.WAIT: lambda: setattr(row, "paused_at", now),
        Step.RAISE: lambda: setattr(row, "grade", _higher(Grade(row.grade))),
    }
    if wish.step in (Step.GO_ON, Step.FIX, Step.CLOSE) and row.paused_at:
        await _go_on(session, row, now)
    changes.get(wish.step, lambda: None)()


def _dispatch(row: TicketRow, team: str) -> None:
    if not team.strip():
        raise Invalid("body.team: 派单 wants a team")
    row.contact = team.strip()


def _higher(grade: Grade) -> Grade:
    grades = list(Grade)
    return grades[min(grades.index(grade) + 1, len(grades) - 1)]


async def _go_on(session: AsyncSession, row: TicketRow, now: datetime) -> None:
    """The promise moves by the time that was waited, in the promise's own time."""
    if row.paused_at is None:
        return
    if row.limits and row.limits[0].working_days:
        hours = await desk(session, now.date())
        row.due_at = hours.after_minutes(row.due_at, int(hours.open_for(row.paused_at, now) / timedelta(minutes=1)))
    else:
        row.due_at += now - row.paused_at
    row.paused_at = None


async def _next(session: AsyncSession) -> int:
    """The number of the next news."""
    return (await session.scalar(select(func.max(TicketEventRow.news))) or 0) + 1
