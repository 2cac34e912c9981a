"""Who is composing something just now, for all processes: a customer or an agent, told every few seconds."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from desk import tables as t
from desk.database import Database
from desk.model import Author

LASTS = timedelta(seconds=6)
SPARED = timedelta(seconds=2)  # told again sooner than that, nothing is written
KNOWN = 2000
s = t.shelf.c
PREFIX = "typing"

Key = tuple[str, Author]


class Composing:
    """Lies on the shelf that all processes share; what is over is swept by whoever writes next."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._told: dict[Key, datetime] = {}

    async def tell(self, conversation: str, by: Author, now: datetime) -> None:
        key = (conversation, by)
        if now - self._told.get(key, now - LASTS) < SPARED:
            return
        if len(self._told) >= KNOWN:
            self._told.clear()
        self._told[key] = now
        name = f"{PREFIX}:{by}:{conversation}"
        async with self._db.write() as db:
            await db.execute(delete(t.shelf).where((s.name == name) | (s.name.startswith(PREFIX) & (s.until < now))))
            await db.execute(insert(t.shelf).values(name=name, value="", until=now + LASTS))

    async def done(self, conversation: str, by: Author) -> None:
        """The line is there. Costs nothing where nothing was told here."""
        if self._told.pop((conversation, by), None):
            async with self._db.write() as db:
                await db.execute(delete(t.shelf).where(s.name == f"{PREFIX}:{by}:{conversation}"))

    async def all(self, now: datetime) -> Mapping[Key, datetime]:
        """Who composes where, and until when that holds unless it is told again."""
        query = select(s.name, s.until).where(s.name.startswith(f"{PREFIX}:"), s.until > now)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return {_key(row.name): row.until for row in rows}


def _key(name: str) -> Key:
    _, by, conversation = name.split(":", 2)
    return conversation, Author(by)
