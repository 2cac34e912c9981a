"""Quality checks: closed hand-overs scored by the six principles."""

import uuid
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select

from desk import staff_tables as s
from desk.audit import write_in
from desk.database import Database
from desk.staff import Act

# seed_features.md, row 15 and the six principles of service: each 0 to 5.
PRINCIPLES = ("规范用语", "准确解答", "主动热情", "及时响应", "首问负责", "隐私安全")
BEST = 5
h, q = s.handoff.c, s.quality.c


class QualityChecks:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def sample(self, since: datetime, limit: int = 40) -> list[Row[tuple[object, ...]]]:
        """Closed hand-overs that an agent served, as rows of `handoff` with `scores`: unchecked ones first, the worst
        rated before the others."""
        query = (
            select(s.handoff, q.scores)
            .outerjoin(s.quality, q.handoff == h.id)
            .where(h.closed_at >= since, h.agent.is_not(None))
            .order_by(q.id.is_not(None), func.coalesce(h.score, 6), h.closed_at.desc())
            .limit(limit)
        )
        async with self._db.read() as db:
            return list((await db.execute(query)).all())

    async def score(
        self, handoff: str, agent: str, scores: dict[str, int], comment: str, by: str, now: datetime
    ) -> None:
        """The newest word on a hand-over counts; that there was one before is in the audit log."""
        fitting = {name: max(0, min(BEST, int(scores[name]))) for name in PRINCIPLES}
        async with self._db.write() as db:
            await db.execute(delete(s.quality).where(q.handoff == handoff))
            values = {"id": uuid.uuid4().hex, "handoff": handoff, "agent": agent, "scores": fitting, "comment": comment}
            await db.execute(insert(s.quality).values(**values, by=by, at=now))
            await write_in(db, Act(now, by, "质检评分", handoff, f"{agent} {sum(fitting.values())}"))

    async def means(self, since: datetime) -> dict[str, tuple[int, float]]:
        """Per agent: how many were checked, and the mean share of all points."""
        async with self._db.read() as db:
            rows = (await db.execute(select(q.agent, q.scores).where(q.at >= since))).all()
        points: dict[str, list[float]] = {}
        for row in rows:
            points.setdefault(row.agent, []).append(sum(row.scores.values()) / (BEST * len(PRINCIPLES)))
        return {agent: (len(shares), sum(shares) / len(shares)) for agent, shares in points.items()}
