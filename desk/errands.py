"""Errands: what must be done at the utility exactly once, now or when it is back.

An errand is written in the same transaction as the message that caused it, and carries an idempotency key, so a crash
between doing it and noting it does not do it twice.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from desk import tables as t
from desk.database import Database
from desk.feed import Feed
from desk.model import Author, Draft, Errand, Kind, Message
from desk.phrases import Phrases
from desk.ports import Clock
from desk.rows import say
from utility.errors import UtilityError, UtilityUnavailable
from utility.incidents import ConfirmationWish
from utility.models import Ticket, TicketKind, TicketNote, TicketRequest
from utility.staff_client import StaffClient

log = logging.getLogger(__name__)

HOLD = timedelta(seconds=15)
PHOTO_WAITS = timedelta(minutes=30)
CLOCKS_DIFFER = timedelta(seconds=5)  # ours and the utility's, and a time that is told in whole seconds
# Seconds between attempts; then always the last.
PAUSES = (1, 2, 4, 8, 16, 32, 60)


class ErrandStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def take(self, now: datetime, hold: timedelta = HOLD, limit: int = 20) -> list[tuple[Errand, int]]:
        """Take what is due, with its earlier attempts; nobody else takes it before `hold` is over."""
        e = t.errand.c
        due = select(t.errand).where(e.done_at.is_(None), e.due_at <= now).order_by(e.due_at).limit(limit)
        async with self._db.read() as db:
            rows = (await db.execute(due)).all()
        taken = []
        for row in rows:
            async with self._db.write() as db:
                done = await db.execute(
                    update(t.errand)
                    .where(e.key == row.key, e.due_at == row.due_at, e.done_at.is_(None))
                    .values(due_at=now + hold, attempts=row.attempts + 1)
                )
            if done.rowcount:
                taken.append((Errand(row.key, row.kind, row.payload, row.conversation), row.attempts))
        return taken

    async def close(self, errand: Errand, said: Draft | None, now: datetime, failure: str = "") -> Message | None:
        """Close an errand and say its outcome in one transaction; None when nothing is said or it was closed."""
        e = t.errand.c
        async with self._db.write() as db:
            done = await db.execute(
                update(t.errand)
                .where(e.key == errand.key, e.done_at.is_(None))
                .values(done_at=now, failure=failure or None)
            )
            if not done.rowcount or said is None:
                return None
            return await say(db, errand.conversation, said, now)

    async def postpone(self, errand: Errand, due: datetime) -> None:
        async with self._db.write() as db:
            await db.execute(update(t.errand).where(t.errand.c.key == errand.key).values(due_at=due))

    async def awaits_ticket(self, conversation: str) -> bool:
        """Whether a ticket of the conversation is still to be created."""
        e = t.errand.c
        wanted = select(func.count()).select_from(t.errand)
        wanted = wanted.where(e.conversation == conversation, e.kind == "ticket", e.done_at.is_(None))
        async with self._db.read() as db:
            return bool(await db.scalar(wanted))

    async def open(self) -> int:
        """How many errands are not done yet."""
        async with self._db.read() as db:
            return await db.scalar(select(func.count()).select_from(t.errand).where(t.errand.c.done_at.is_(None))) or 0


class Runner:
    """Carries errands out, the oldest first, for as long as it takes."""

    def __init__(self, store: ErrandStore, utility: StaffClient, feed: Feed, phrases: Phrases, clock: Clock) -> None:
        self._store, self._utility, self._feed, self._phrases, self._clock = store, utility, feed, phrases, clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self, pause: float = 1.0) -> None:
        """Until cancelled; an error of the database is logged and the round repeated."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("errands: this round failed")
            self._wake.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def round(self) -> None:
        for errand, attempts in await self._store.take(self._clock()):
            await self._one(errand, attempts)

    async def _one(self, errand: Errand, attempts: int) -> None:
        try:
            text = await self._carry_out(errand)
        except UtilityUnavailable:
            pause = PAUSES[min(attempts, len(PAUSES) - 1)]
            await self._store.postpone(errand, self._clock() + timedelta(seconds=pause))
        except UtilityError as refusal:
            log.error("errand %s was refused: %s", errand.key, refusal)
            await self._close(errand, self._phrases.text("utter_errand_refused"), str(refusal))
        else:
            await self._close(errand, text)

    async def _close(self, errand: Errand, text: str, failure: str = "") -> None:
        said = Draft(Author.SYSTEM, Kind.TEXT, text) if text else None
        message = await self._store.close(errand, said, self._clock(), failure)
        if message:
            self._feed.publish(message)

    async def _carry_out(self, errand: Errand) -> str:
        """What to say about it. Raises UtilityError; also for what cannot be read, which may hold up nothing else."""
        try:
            if errand.kind == "ticket":
                return self._registered(await self._create(errand))
            if errand.kind == "note":
                return await self._note(errand)
            if errand.kind == "urge":
                return await self._urge(errand)
            if errand.kind == "photo":
                return await self._photo(errand)
            if errand.kind == "power":
                return await self._power(errand)
            if errand.kind == "unbind":
                await self._utility.unbind(errand.conversation)
                return ""
        except (KeyError, ValueError):  # their texts would show what the customer wrote
            raise UtilityError("its payload cannot be read") from None
        raise UtilityError(f"nobody knows how to do an errand of kind {errand.kind!r}")

    async def _create(self, errand: Errand) -> Ticket:
        return await self._utility.create_ticket(TicketRequest.model_validate(errand.payload), errand.key)

    def _registered(self, ticket: Ticket) -> str:
        name = "utter_errand_hazard" if ticket.kind is TicketKind.HAZARD else "utter_errand_ticket"
        return self._phrases.text(name, ticket_no=ticket.no, kind=ticket.kind)

    async def _urge(self, errand: Errand) -> str:
        """Urge a ticket that the action had already found to be the customer's."""
        note = TicketNote(conversation=errand.conversation, text=errand.payload["text"])
        ticket = await self._utility.urge(errand.payload["ticket_no"], note, errand.key)
        return self._phrases.text("utter_errand_urged", ticket_no=ticket.no)

    async def _note(self, errand: Errand) -> str:
        """Add facts to the newest open ticket of the wanted kind; the ticket itself may still be an errand."""
        kind = errand.payload["ticket_kind"]
        note = TicketNote(conversation=errand.conversation, text=errand.payload["text"])
        coming = await self._store.awaits_ticket(errand.conversation)  # asked first: it may come to be in between
        tickets = await self._utility.tickets(errand.conversation)
        wanted = [ticket for ticket in tickets if ticket.kind == kind]
        if not wanted and not coming:
            raise UtilityError("the ticket this note belongs to was refused")
        if not wanted:
            raise UtilityUnavailable("the ticket this note belongs to does not exist yet")
        await self._utility.add_note(wanted[0].no, note, errand.key)
        return ""

    async def _power(self, errand: Errand) -> str:
        """The answer to 来电了吗. What follows from a yes was said at once; a no is told what is done about it."""
        wish = ConfirmationWish.model_validate(
            {"conversation": errand.conversation} | {name: errand.payload[name] for name in ("powered", "channel")}
        )
        answered = await self._utility.confirm_power(errand.payload["outage"], wish)
        return "" if wish.powered else answered.note

    async def _photo(self, errand: Errand) -> str:
        """Tell the ticket that the customer sent a photo. One sent while a form was being filled in belongs to the
        ticket that comes of it, for half an hour; after that, and always else, to the newest, or to none."""
        sent = datetime.fromisoformat(errand.payload["at"]) - CLOCKS_DIFFER
        tickets = await self._utility.tickets(errand.conversation)
        mine = [ticket for ticket in tickets if ticket.created_at >= sent or not errand.payload["coming"]]
        if not mine and errand.payload["coming"] and self._clock() - sent < PHOTO_WAITS:
            raise UtilityUnavailable("the ticket this photo belongs to does not exist yet")
        for ticket in (mine or tickets)[:1]:  # the newest comes first
            text = self._phrases.text("utter_photo_note", message=errand.payload["message"])
            note = TicketNote(conversation=errand.conversation, text=text)
            await self._utility.add_note(ticket.no, note, errand.key)
        return ""
