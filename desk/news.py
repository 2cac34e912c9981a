"""Tells customers what staff did with their tickets, each thing once.

How far the utility's news have been read is kept in the same transaction as the lines that came of them: whoever dies
in between has told nobody, and several processes tell nobody twice.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from desk import tables as t
from desk.database import Database
from desk.feed import Feed
from desk.model import Author, Draft, Kind, Message
from desk.phrases import Phrases
from desk.rows import say
from utility.errors import UtilityError
from utility.staff import Step, TicketNews
from utility.staff_client import StaffClient

log = logging.getLogger(__name__)

NAME = "ticket-news"
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
PHRASES = {
    Step.DISPATCH: "utter_news_dispatched",
    Step.ACCEPT: "utter_news_accepted",
    Step.ARRIVE: "utter_news_arrived",
    Step.FIX: "utter_news_fixed",
    Step.CLOSE: "utter_news_closed",
    Step.REOPEN: "utter_news_reopened",
    Step.WAIT: "utter_news_waiting",
}
s = t.shelf.c


class NewsRunner:
    def __init__(self, database: Database, utility: StaffClient, feed: Feed, phrases: Phrases) -> None:
        self._db, self._utility, self._feed, self._phrases = database, utility, feed, phrases

    async def run(self, pause: float = 2.0) -> None:
        """Until cancelled; while the utility is away there are no news."""
        while True:
            try:
                while await self.round():
                    pass
            except UtilityError as away:
                log.info("news: %s", away)
            except Exception:
                log.exception("news: this round failed")
            await asyncio.sleep(pause)

    async def round(self) -> bool:
        """Tell the next of them; whether there may be more."""
        read = await self._read()
        if read is None:
            await self._begin(await self._utility.last_news())
            return False
        news = await self._utility.ticket_news(read)
        if news:
            self._feed.publish(*await self._tell(read, news))
        return bool(news)

    async def _read(self) -> int | None:
        async with self._db.read() as db:
            value = await db.scalar(select(s.value).where(s.name == NAME))
        return None if value is None else int(value)

    async def _begin(self, last: int) -> None:
        """What happened before we were there was told by others, or needs no telling."""
        try:
            async with self._db.write() as db:
                await db.execute(insert(t.shelf).values(name=NAME, value=str(last), until=FOR_EVER))
        except IntegrityError:
            log.info("news: another process began at the same moment")

    async def _tell(self, read: int, news: Sequence[TicketNews]) -> list[Message]:
        """Nothing when another process was faster."""
        async with self._db.write() as db:
            mine = update(t.shelf).where(s.name == NAME, s.value == str(read)).values(value=str(news[-1].id))
            if not (await db.execute(mine)).rowcount:
                return []
            wanted = {each for item in news for each in item.conversations}
            query = select(t.conversation.c.id).where(t.conversation.c.id.in_(wanted))
            known = set((await db.scalars(query)).all())
            lines = [(to, text, item.at) for item in news if (text := self._text(item)) for to in item.conversations]
            drafts = [(to, Draft(Author.SYSTEM, Kind.TEXT, text), at) for to, text, at in lines if to in known]
            return [await say(db, to, draft, at) for to, draft, at in drafts]

    def _text(self, news: TicketNews) -> str:
        """Empty for what is no customer's business."""
        phrase = next((name for step, name in PHRASES.items() if step == news.name), None)
        if phrase is None:
            return ""
        told = self._phrases.text(phrase, ticket_no=news.ticket_no, kind=news.kind)
        return f"{told}\n{news.note}" if news.note else told
