"""Keeps who is signed in: one session per agent, under the hash of what the browser holds."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from desk import staff_tables as s
from desk.agents import agent_of
from desk.audit import write_in
from desk.database import Database, Transaction
from desk.staff import Act, Agent, Presence

SEEN_EVERY = timedelta(seconds=30)

a, n = s.agent.c, s.agent_session.c
_LOOK = select(s.agent, n.csrf, n.began_at, n.seen_at.label("used_at")).join(s.agent_session, n.agent == a.name)


@dataclass(frozen=True)
class Session:
    """`token` is for the browser alone; `csrf` goes into its forms."""

    token: str
    csrf: str
    agent: Agent


class Sessions:
    def __init__(self, database: Database, idle: timedelta, longest: timedelta) -> None:
        """`idle` is how long nothing may happen, `longest` how long a session lasts whatever happens."""
        self._db, self._idle, self._longest = database, idle, longest

    async def find(self, token: str, now: datetime, *, used: bool) -> Session | None:
        """None when it is none of ours or too old, which ends it. `used`: somebody did something, so it goes on."""
        hashed = _hashed(token)
        async with self._db.read() as db:
            row = (await db.execute(_LOOK.where(n.token == hashed))).first()
        if row is None or not row.active:
            return None
        if now - row.began_at > self._longest or now - row.used_at > self._idle:
            await self._expire(hashed, now)
            return None
        if used and now - row.used_at >= SEEN_EVERY:
            async with self._db.write() as db:
                await db.execute(update(s.agent_session).where(n.token == hashed).values(seen_at=now))
        return Session(token, row.csrf, agent_of(row))

    async def leave(self, token: str, now: datetime) -> None:
        """Whoever leaves is away."""
        await self._end(n.token == _hashed(token), "退出", now)

    async def _expire(self, hashed: str, now: datetime) -> None:
        old = (n.seen_at < now - self._idle) | (n.began_at < now - self._longest)
        await self._end((n.token == hashed) & old, "会话到期", now)

    async def _end(self, which: ColumnElement[bool], act: str, now: datetime) -> None:
        async with self._db.write() as db:
            whose = select(n.agent).where(which).scalar_subquery()
            # The agent's row first, as at a sign-in: two that wait for each other would both be lost.
            name = await db.scalar(select(a.name).where(a.name == whose).with_for_update())
            if name and (await db.execute(delete(s.agent_session).where(which))).rowcount:
                await away(db, name)
                await write_in(db, Act(now, name, act))


async def begin(db: Transaction, row: Row[Any], now: datetime) -> tuple[Session, bool]:
    """A new session, and whether it ended another one. The agent's row must be ours (FOR UPDATE)."""
    session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(24), agent_of(row))
    ended = await end(db, row.name)
    values = {"token": _hashed(session.token), "agent": row.name, "csrf": session.csrf}
    await db.execute(insert(s.agent_session).values(**values, began_at=now, seen_at=now))
    return session, ended


async def end(db: Transaction, name: str) -> bool:
    """Whether there was one."""
    return bool((await db.execute(delete(s.agent_session).where(n.agent == name))).rowcount)


async def away(db: Transaction, name: str) -> None:
    await db.execute(update(s.agent).where(a.name == name).values(presence=Presence.AWAY))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
