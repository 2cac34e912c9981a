"""Tells everybody whom an outage concerns, each fact once, whoever dies in between.

A fact that the utility makes known becomes a row (`notice_fact`), and a row for each person (`notice`): those whom the
utility names for it, page by page, and those who were told of the same outage before. How far that has come is kept in
the same transaction as the rows. A row becomes a line of the conversation in one transaction with its new state, so no
one is told twice and no one is forgotten; from there the ledger of deliveries carries it on.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, tzinfo
from typing import Any, Protocol

from sqlalchemy import Row, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from desk import notice_tables as n
from desk import notice_words as words
from desk import tables as t
from desk.database import Database, Transaction
from desk.feed import Feed
from desk.model import Author, Button, Draft, Kind, Message
from desk.phrases import Phrases
from desk.ports import Clock
from desk.rows import say
from utility.errors import UtilityError
from utility.incidents import Recipient
from utility.plans import OutageNews

log = logging.getLogger(__name__)

NAME = "outage-news"
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
PAGE, AT_ONCE = 1000, 100
QUIET = (time(22), time(7))
QUEUED, TOLD = "queued", "told"
s, f, o = t.shelf.c, n.notice_fact.c, n.notice.c


class Source(Protocol):
    """What the utility makes known."""

    async def last_outage_news(self) -> int: ...

    async def outage_news(self, after: int, limit: int = 100) -> list[OutageNews]: ...

    async def audience(self, outage_id: str, after: str = "", limit: int = 1000) -> list[Recipient]: ...


class Notices:
    def __init__(
        self, database: Database, utility: Source, feed: Feed, phrases: Phrases, clock: Clock, zone: tzinfo
    ) -> None:
        self._db, self._utility, self._feed, self._phrases = database, utility, feed, phrases
        self._clock, self._zone = clock, zone

    async def run(self, pause: float = 2.0) -> None:
        """Until cancelled; while the utility is away, what is queued is told all the same."""
        while True:
            try:
                while await self.round():
                    pass
            except Exception:
                log.exception("notices: this round failed")
            await asyncio.sleep(pause)

    async def round(self) -> bool:
        """One step of each kind; whether there may be more."""
        more = False
        try:
            more = await self.learn()
        except UtilityError as away:
            log.info("notices: %s", away)
        return await self.tell() or more

    # --- learning ------------------------------------------------------------------------------------------------

    async def learn(self) -> bool:
        """The next fact, or the next page of its people. Raises UtilityError."""
        kept = await self._cursor()
        if kept is None:
            await self._begin(await self._utility.last_outage_news())
            return False
        cursor = json.loads(kept)
        news = await self._utility.outage_news(cursor["read"], 1)
        if not news:
            return False
        people: list[Recipient] = []
        if not news[0].drill:
            people = await self._utility.audience(news[0].outage_id, cursor["after"], PAGE)
        done = len(people) < PAGE
        onward = {"read": news[0].id, "after": ""} if done else cursor | {"after": people[-1].conversation}
        async with self._db.write() as db:
            mine = update(t.shelf).where(s.name == NAME, s.value == kept).values(value=json.dumps(onward))
            if not (await db.execute(mine)).rowcount:
                return True  # another process was faster
            if not news[0].drill:
                await self._note(db, news[0], people, last=done)
        return True

    async def _cursor(self) -> str | None:
        async with self._db.read() as db:
            value: str | None = await db.scalar(select(s.value).where(s.name == NAME))
        return value

    async def _begin(self, last: int) -> None:
        """What was known before we were there was told by others."""
        try:
            async with self._db.write() as db:
                value = json.dumps({"read": last, "after": ""})
                await db.execute(insert(t.shelf).values(name=NAME, value=value, until=FOR_EVER))
        except IntegrityError:
            log.info("notices: another process began at the same moment")

    async def _note(self, db: Transaction, news: OutageNews, people: Sequence[Recipient], *, last: bool) -> None:
        now = self._clock().astimezone(self._zone)
        due = words.due(news, now, QUIET)
        if await db.scalar(select(f.id).where(f.id == news.id)) is None:
            text, buttons = words.text_of(news, self._phrases, self._zone), words.buttons_of(news, self._phrases)
            said = {"text": text, "buttons": [asdict(button) for button in buttons], "scope": news.outage.scope}
            about = {"id": news.id, "outage": news.outage_id, "fact": news.fact.value, "at": news.at, "due_at": due}
            await db.execute(insert(n.notice_fact).values(about | said))
        wanted = {each.conversation: each.important for each in people}
        if last:  # who was told that it comes is told that it does not, wherever they live now
            earlier = select(o.conversation, o.important).join(n.notice_fact, f.id == o.fact)
            earlier = earlier.where(f.outage == news.outage_id, f.id < news.id)
            wanted = {row.conversation: row.important for row in (await db.execute(earlier)).all()} | wanted
        await self._queue(db, news.id, wanted, due)

    async def _queue(self, db: Transaction, fact: int, wanted: dict[str, bool], due: datetime) -> None:
        """Those of them who have a conversation with us and are not in the list yet."""
        names = list(wanted)
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            known = set((await db.scalars(select(t.conversation.c.id).where(t.conversation.c.id.in_(some)))).all())
            listed = select(o.conversation).where(o.fact == fact, o.conversation.in_(some))
            known -= set((await db.scalars(listed)).all())
            rows = [
                {"fact": fact, "conversation": name, "state": QUEUED, "important": wanted[name], "due_at": due}
                for name in some
                if name in known
            ]
            if rows:
                await db.execute(insert(n.notice), rows)

    # --- telling -------------------------------------------------------------------------------------------------

    async def tell(self) -> bool:
        """Some of those who are due; whether there were any."""
        now = self._clock()
        waiting = select(n.notice, f.text, f.buttons).join(n.notice_fact, f.id == o.fact)
        waiting = waiting.where(o.state == QUEUED, o.due_at <= now).order_by(o.due_at, o.fact).limit(AT_ONCE)
        async with self._db.read() as db:
            rows = (await db.execute(waiting)).all()
        if rows:
            self._feed.publish(*await self._say(rows, now))
        return bool(rows)

    async def _say(self, rows: Sequence[Row[Any]], now: datetime) -> list[Message]:
        said = []
        async with self._db.write() as db:
            keys = [(row.fact, row.conversation) for row in rows]
            mine = update(n.notice).where(tuple_(o.fact, o.conversation).in_(keys), o.state == QUEUED)
            taken = await db.execute(mine.values(state=TOLD, told_at=now).returning(o.fact, o.conversation))
            ours = {(row.fact, row.conversation) for row in taken.all()}
            for row in rows:
                if (row.fact, row.conversation) in ours:  # else another process tells it
                    message = await say(db, row.conversation, _draft(row), now)
                    here = (o.fact == row.fact) & (o.conversation == row.conversation)
                    await db.execute(update(n.notice).where(here).values(message=message.id))
                    said.append(message)
        return said


async def acknowledge(db: Transaction, fact: int, conversation: str, now: datetime) -> None:
    """The customer has seen it; the first time counts."""
    mine = (o.fact == fact) & (o.conversation == conversation) & o.acknowledged_at.is_(None)
    await db.execute(update(n.notice).where(mine).values(acknowledged_at=now))


def _draft(row: Row[Any]) -> Draft:
    buttons = tuple(Button(**button) for button in row.buttons)
    return Draft(Author.SYSTEM, Kind.BUTTONS if buttons else Kind.TEXT, row.text, buttons)
