"""Small things that all processes share for a while: a value under a name, and a lock."""

from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from desk import tables as t
from desk.database import Database
from desk.ports import Clock, Kept

s = t.shelf.c


class DatabaseShelf:
    """See ports.Shelf."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def read(self, name: str) -> Kept | None:
        async with self._db.read() as db:
            row = (await db.execute(select(s.value, s.until).where(s.name == name, s.until > self._clock()))).first()
        return Kept(row.value, row.until) if row else None

    async def write(self, name: str, kept: Kept) -> None:
        async with self._db.write() as db:
            await db.execute(delete(t.shelf).where(s.name == name))
            await db.execute(insert(t.shelf).values(name=name, value=kept.value, until=kept.until))

    async def lock(self, name: str, lasts: timedelta) -> bool:
        now = self._clock()
        async with self._db.write() as db:
            again = update(t.shelf).where(s.name == name, s.until <= now).values(until=now + lasts)
            if (await db.execute(again)).rowcount:
                return True
        try:
            async with self._db.write() as db:
                await db.execute(insert(t.shelf).values(name=name, value="", until=now + lasts))
        except IntegrityError:
            return False
        return True
