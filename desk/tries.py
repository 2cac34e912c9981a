"""How often somebody tried a name in vain, and until when nobody may try it again.

Kept for every name alike, on the shelf that all processes share: whether an agent has it is not to be learned from who
is locked out. A try counts before it is looked at, so that many at once are many.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, Text, case, cast, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desk import staff_tables as s
from desk import tables as t
from desk.database import Database, Transaction
from desk.sign_in_errors import Locked

FREE, PAUSE, LONGEST = 5, timedelta(minutes=15), timedelta(hours=4)
REMEMBERED = timedelta(hours=24)
AT_ONCE = 100
PREFIX = "sign-in:"  # what of ours is on the shelf

v = t.shelf.c


@dataclass(frozen=True)
class Try:
    """The how manieth in vain this would be; `until` is when one may try again if it is."""

    number: int
    until: datetime | None

    @property
    def left(self) -> int:
        return -self.number % FREE


class Tries:
    def __init__(self, database: Database) -> None:
        self._insert = sqlite_insert if database.is_sqlite else postgres_insert

    async def count(self, db: Transaction, name: str, now: datetime) -> Try:
        """After five in vain nobody may for a quarter of an hour, after ten for half an hour, and so on, for four hours
        at most. Raises Locked, which must take the transaction back: what is locked out does not count."""
        await _tidy(db, now)
        number = await self._add(db, name, now)  # first: the row is ours now, whoever else is trying waits
        if until := await db.scalar(select(v.until).where(v.name == _lock(name), v.until > now)):
            raise Locked(until)
        until = None if number % FREE else now + min(PAUSE * 2 ** min(number // FREE - 1, 10), LONGEST)
        if until:
            await db.execute(delete(t.shelf).where(v.name == _lock(name)))
            await db.execute(insert(t.shelf).values(name=_lock(name), value="", until=until))
        await _show(db, name, number, until)
        return Try(number, until)

    async def take_back(self, db: Transaction, name: str, counted: Try) -> None:
        """It was not in vain, but neither does it clear what was before."""
        fewer = cast(cast(v.value, Integer) - 1, Text)
        await db.execute(update(t.shelf).where(v.name == _count(name)).values(value=fewer))
        if counted.until:
            await db.execute(delete(t.shelf).where(v.name == _lock(name)))
        await _show(db, name, counted.number - 1, None)

    async def forget(self, db: Transaction, name: str) -> None:
        await db.execute(delete(t.shelf).where(v.name.in_([_count(name), _lock(name)])))
        await _show(db, name, 0, None)

    async def _add(self, db: Transaction, name: str, now: datetime) -> int:
        first = self._insert(t.shelf).values(name=_count(name), value="1", until=now + REMEMBERED)
        more = case((v.until > now, cast(cast(v.value, Integer) + 1, Text)), else_="1")
        counted = first.on_conflict_do_update(
            index_elements=["name"], set_={"value": more, "until": now + REMEMBERED}
        ).returning(v.value)
        return int((await db.execute(counted)).scalar_one())


async def _tidy(db: Transaction, now: datetime) -> None:
    old = select(v.name).where(v.name.startswith(PREFIX), v.until <= now).limit(AT_ONCE)
    await db.execute(delete(t.shelf).where(v.name.in_(old.with_for_update(skip_locked=True))))


async def _show(db: Transaction, name: str, failures: int, until: datetime | None) -> None:
    """On the agent, if there is one, for those who look after agents."""
    changes = {"failures": failures, "locked_until": until}
    await db.execute(update(s.agent).where(s.agent.c.name == name).values(changes))


def _count(name: str) -> str:
    return f"{PREFIX}tries:{_hidden(name)}"


def _lock(name: str) -> str:
    return f"{PREFIX}lock:{_hidden(name)}"


def _hidden(name: str) -> str:
    """What was typed may be a password in the wrong field."""
    return hashlib.sha256(name.encode()).hexdigest()
