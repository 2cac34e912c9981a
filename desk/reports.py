"""What the desk has done in a span of time, as figures with their definitions.

first response: from the wish for a person to an agent's first word · on time: first responses within the founding
documents' mean of 30 minutes (rules.mean_response_minutes) · satisfaction: share of opinions of 4 or 5 · containment:
conversations in which the customer wrote and no person was wanted · unanswered: customers' messages of the span that
have had no answer and are older than a minute. What nobody measured is None, never 0.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Row, func, select

from desk import staff_tables as s
from desk import tables as t
from desk.database import Database
from desk.model import Author
from desk.staff import Ending

h, m = s.handoff.c, t.message.c
PATIENCE = timedelta(minutes=1)
HAPPY = 4


@dataclass(frozen=True)
class Service:
    """Of a channel, an agent, a day or all: seconds are means, shares are 0 to 1."""

    wanted: int
    served: int
    first_response: float | None
    on_time: float | None
    handling: float | None
    opinions: int
    satisfaction: float | None


@dataclass(frozen=True)
class Report:
    since: datetime
    until: datetime
    total: Service
    channels: dict[str, Service]
    agents: dict[str, Service]
    days: dict[date, Service]
    reasons: dict[str, int]
    codes: dict[str, int]
    endings: dict[str, int]
    conversations: int
    contained: float | None
    messages: int
    unanswered: int


class Reports:
    def __init__(self, database: Database, zone: tzinfo | None = None) -> None:
        self._db, self._zone = database, zone

    async def of(self, since: datetime, until: datetime, on_time: timedelta) -> Report:
        """From `since` to before `until`; a hand-over belongs to the day of its wish."""
        async with self._db.read() as db:
            query = select(s.handoff).where(h.began_at >= since, h.began_at < until)
            rows = (await db.execute(query)).all()
            wrote = (m.author == Author.CUSTOMER) & (m.at >= since) & (m.at < until)
            talked = set((await db.scalars(select(m.conversation).where(wrote).distinct())).all())
            messages = await db.scalar(select(func.count()).select_from(t.message).where(wrote))
            late = wrote & m.answered_at.is_(None) & (m.at < min(until, datetime.now(until.tzinfo)) - PATIENCE)
            unanswered = await db.scalar(select(func.count()).select_from(t.message).where(late))
        wanted = {row.conversation for row in rows}
        return Report(
            since=since,
            until=until,
            total=_service(rows, on_time),
            channels=_each(rows, lambda row: row.channel, on_time),
            agents=_each([row for row in rows if row.agent], lambda row: row.agent, on_time),
            days=_each(rows, lambda row: row.began_at.astimezone(self._zone).date(), on_time),
            reasons=_counted(row.reason.partition("：")[0] for row in rows),
            codes=_counted(row.code for row in rows if row.code),
            endings=_counted(row.outcome or "open" for row in rows),
            conversations=len(talked),
            contained=len(talked - wanted) / len(talked) if talked else None,
            messages=messages or 0,
            unanswered=unanswered or 0,
        )

    async def hours(self, since: datetime, until: datetime) -> dict[tuple[int, str], int]:
        """Wishes for a person by hour of the day and channel."""
        query = select(h.began_at, h.channel).where(h.began_at >= since, h.began_at < until)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return dict(Counter((row.began_at.astimezone(self._zone).hour, row.channel) for row in rows))


def _each(rows: Sequence[Row[Any]], key: Any, on_time: timedelta) -> dict[Any, Service]:
    groups: defaultdict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: _service(groups[name], on_time) for name in sorted(groups)}


def _service(rows: Sequence[Row[Any]], on_time: timedelta) -> Service:
    first = [row.replied_at - row.began_at for row in rows if row.replied_at]
    closed = [row for row in rows if row.claimed_at and row.outcome == Ending.RESOLVED]
    scores = [row.score for row in rows if row.score is not None]
    return Service(
        wanted=len(rows),
        served=sum(1 for row in rows if row.claimed_at),
        first_response=_mean(span.total_seconds() for span in first),
        on_time=_mean(float(span <= on_time) for span in first),
        handling=_mean((row.closed_at - row.claimed_at).total_seconds() for row in closed),
        opinions=len(scores),
        satisfaction=_mean(float(score >= HAPPY) for score in scores),
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return sum(known) / len(known) if known else None


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())
