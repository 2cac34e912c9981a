"""What agents keep about conversations: notes, tags, drafts, how far they have read, and canned replies."""

import uuid
from datetime import datetime

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desk import staff_tables as s
from desk import tables as t
from desk.database import Database, Transaction
from desk.handoffs import write_note
from desk.model import Json
from desk.staff import Canned, Note

LONGEST_TAG = 12


class Papers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def note(self, conversation: str, agent: str, text: str, now: datetime, *, whisper: bool = False) -> None:
        """For colleagues; a whisper is a supervisor's word to whoever has the conversation."""
        async with self._db.write() as db:
            row = (await db.execute(select(t.conversation).where(t.conversation.c.id == conversation))).one()
            await write_note(db, row, agent, text, now, whisper=whisper)
            # The board looks when an episode changes: a whisper must not wait for the customer's next word.
            touched = update(s.handoff).where(s.handoff.c.conversation == conversation, s.handoff.c.closed_at.is_(None))
            await db.execute(touched.values(facts=s.handoff.c.facts))

    async def notes(self, conversation: str) -> list[Note]:
        query = select(s.note).where(s.note.c.conversation == conversation).order_by(s.note.c.at)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return [Note(row.id, row.agent, row.text, row.at, row.after, row.whisper) for row in rows]

    async def tags(self, conversation: str) -> list[str]:
        query = select(s.tag.c.name).where(s.tag.c.conversation == conversation).order_by(s.tag.c.name)
        async with self._db.read() as db:
            return list((await db.scalars(query)).all())

    async def set_tags(self, conversation: str, names: list[str]) -> None:
        wanted = {name.strip()[:LONGEST_TAG] for name in names if name.strip()}
        async with self._db.write() as db:
            await db.execute(delete(s.tag).where(s.tag.c.conversation == conversation))
            if wanted:
                rows = [{"conversation": conversation, "name": name} for name in sorted(wanted)]
                await db.execute(insert(s.tag), rows)

    async def draft(self, conversation: str, agent: str) -> str:
        d = s.draft.c
        async with self._db.read() as db:
            found = select(d.text).where(d.conversation == conversation, d.agent == agent)
            return await db.scalar(found) or ""

    async def keep_draft(self, conversation: str, agent: str, text: str, now: datetime) -> None:
        """What was typed and not sent; an empty one is none."""
        async with self._db.write() as db:
            await self._put(db, s.draft, {"conversation": conversation, "agent": agent}, {"text": text, "at": now})

    async def read_up_to(self, conversation: str, agent: str, seq: int) -> None:
        async with self._db.write() as db:
            await self._put(db, s.read_mark, {"conversation": conversation, "agent": agent}, {"seq": seq})

    async def read_marks(self, agent: str, conversations: list[str]) -> dict[str, int]:
        """Up to which message an agent has read each of these."""
        r = s.read_mark.c
        query = select(r.conversation, r.seq).where(r.agent == agent, r.conversation.in_(conversations))
        async with self._db.read() as db:
            return {row.conversation: row.seq for row in (await db.execute(query)).all()}

    async def canned(self) -> list[Canned]:
        query = select(s.canned).order_by(s.canned.c.position, s.canned.c.title)
        async with self._db.read() as db:
            rows = (await db.execute(query)).all()
        return [Canned(row.id, row.title, row.text, row.initials) for row in rows]

    async def put_canned(self, title: str, text: str, initials: str, id: str | None = None) -> str:
        """Write a canned reply, a new one without `id`; its id."""
        fields: Json = {"title": title, "text": text, "initials": initials}
        async with self._db.write() as db:
            if id is None:
                id = uuid.uuid4().hex
                await db.execute(insert(s.canned).values(id=id, position=0, **fields))
            else:
                await db.execute(update(s.canned).where(s.canned.c.id == id).values(fields))
        return id

    async def drop_canned(self, id: str) -> None:
        async with self._db.write() as db:
            await db.execute(delete(s.canned).where(s.canned.c.id == id))

    async def _put(self, db: Transaction, table: Table, key: Json, values: Json) -> None:
        make = sqlite_insert if self._db.is_sqlite else postgres_insert
        statement = make(table).values(**key, **values)
        await db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
