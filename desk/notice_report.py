"""Who was told of which fact about an outage, how far that came, and who has said that they saw it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from desk import notice_tables as n
from desk import tables as t
from desk.database import Database
from desk.model import DeliveryState

f, o, d, c = n.notice_fact.c, n.notice.c, t.delivery.c, t.conversation.c


@dataclass(frozen=True)
class Told:
    """One fact. `people` are all whom it concerns; `queued` wait for the morning or their turn; `carried` reached a
    platform (or the web chat, which fetches), `failed` did not; `acknowledged` pressed 已知晓."""

    fact: int
    outage: str
    kind: str
    scope: str
    text: str
    at: datetime
    people: int
    queued: int
    carried: int
    failed: int
    acknowledged: int


@dataclass(frozen=True)
class Silent:
    """Somebody who was told and has not said that they saw it."""

    conversation: str
    channel: str
    important: bool
    told_at: datetime | None
    failure: str


class NoticeReport:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def facts(self, limit: int = 100) -> list[Told]:
        """The newest first."""
        told = o.state == "told"
        failed = told & (d.state == DeliveryState.FAILED)
        carried = told & (d.state.is_(None) | (d.state == DeliveryState.SENT))
        figures = (
            func.count(o.conversation).label("people"),
            _count(o.state == "queued").label("queued"),
            _count(carried).label("carried"),
            _count(failed).label("failed"),
            _count(o.acknowledged_at.is_not(None)).label("acknowledged"),
        )
        newest = select(n.notice_fact).order_by(f.id.desc()).limit(limit).subquery()
        about = [newest.c[name] for name in ("id", "outage", "fact", "scope", "text", "at")]
        query = select(*about, *figures).select_from(newest)
        query = query.outerjoin(n.notice, o.fact == newest.c.id).outerjoin(t.delivery, d.message == o.message)
        query = query.group_by(*about).order_by(newest.c.id.desc())
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        counts = ("people", "queued", "carried", "failed", "acknowledged")
        return [
            Told(
                fact=row.id,
                outage=row.outage,
                kind=row.fact,
                scope=row.scope,
                text=row.text,
                at=row.at,
                **{name: int(getattr(row, name) or 0) for name in counts},
            )
            for row in rows
        ]

    async def silent(self, fact: int, limit: int = 200) -> list[Silent]:
        """Important ones first, then those who were told longest ago."""
        query = select(o.conversation, c.channel, o.important, o.told_at, d.state, d.reason)
        query = query.join(t.conversation, c.id == o.conversation).outerjoin(t.delivery, d.message == o.message)
        query = query.where(o.fact == fact, o.acknowledged_at.is_(None))
        async with self._db.read() as db:
            rows = (await db.execute(query.order_by(o.important.desc(), o.told_at).limit(limit))).all()
        return [
            Silent(row.conversation, row.channel, row.important, row.told_at, _failure(row.state, row.reason))
            for row in rows
        ]


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _failure(state: str | None, reason: str | None) -> str:
    return (reason or "未送达") if state in (DeliveryState.FAILED, DeliveryState.HELD) else ""
