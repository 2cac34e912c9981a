"""Decides who answers a conversation, and sees to it that somebody does. Nobody else decides."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace

from desk import commands
from desk.answer import Answerer
from desk.errors import BadTransition
from desk.feed import Feed
from desk.handoffs import Change, Handoffs
from desk.model import (
    CARRIED,
    Author,
    Button,
    Conversation,
    Draft,
    Errand,
    Handoff,
    Kind,
    Message,
    Outcome,
    Pending,
    Status,
    Step,
)
from desk.phrases import Phrases
from desk.ports import Clock, FeedItem, Inbound, Stirred, Typing
from desk.staff import Ending, Summary
from desk.store import Store
from desk.turn import RunningTurn, Turns

log = logging.getLogger(__name__)

KNOWN_USERS = 20_000


class Switchboard:
    """receive · escalate · claim · reply · transfer · take over · resolve · leave · expire."""

    def __init__(
        self,
        store: Store,
        handoffs: Handoffs,
        answerer: Answerer,
        feed: Feed,
        phrases: Phrases,
        clock: Clock,
        wake_errands: Callable[[], None],
    ) -> None:
        self._store, self._handoffs, self._answerer, self._feed = store, handoffs, answerer, feed
        self._phrases, self._clock, self._wake_errands = phrases, clock, wake_errands
        self._turns = Turns(store)
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    # --- what channels ask ---------------------------------------------------------------------------------------

    async def open(self, channel: str, user: str) -> str:
        """The conversation id of this user; made, and greeted, when there is none yet."""
        if known := self._known.get((channel, user)):
            return known
        greeting = self._phrases.draft("utter_greet")
        conversation = await self._store.open(channel, user, [greeting], self._clock())
        self._known[channel, user] = conversation
        if len(self._known) > KNOWN_USERS:
            self._known.popitem(last=False)
        return conversation

    async def receive(self, inbound: Inbound) -> RunningTurn:
        """Commit a message with what danger demands at once, and see to its answer."""
        conversation = await self.open(inbound.channel, inbound.user)
        inbound = await self._checked(conversation, inbound)
        advice, errands = self._answerer.at_once(conversation, inbound)
        accepted = await self._store.accept(conversation, inbound, self._clock(), advice, errands)
        if not accepted.duplicate:
            self._feed.publish(accepted.message, *accepted.advice)
            if errands:
                self._wake_errands()
        await self._handoffs.composing.done(conversation, Author.CUSTOMER)
        if accepted.status is Status.WAITING and not accepted.duplicate:
            await self._heed(conversation, inbound)
        if accepted.holder:
            self._start(self._tend(conversation, accepted.holder, accepted.pending))
        return self._turns.of(accepted.message, duplicate=accepted.duplicate)

    async def _checked(self, conversation: str, inbound: Inbound) -> Inbound:
        """A payload counts only when it was offered here; else what was sent is plain text."""
        if inbound.trusted:
            return inbound
        if inbound.payload is None:
            chosen = await self._typed(conversation, inbound) if inbound.channel in CARRIED else None
            return replace(inbound, payload=chosen.payload, text=chosen.title) if chosen else inbound
        offered = await self._store.offered(conversation)
        button = next((button for button in offered if button.payload == inbound.payload), None)
        if button is None:
            return replace(inbound, payload=None, text=inbound.text or inbound.payload)
        return replace(inbound, text=button.title)

    async def _typed(self, conversation: str, inbound: Inbound) -> Button | None:
        """The button that was named by its number or its title, where buttons are read more often than pressed. One
        that stands alone has no number: 1 may be the answer to the question above it."""
        if choice := inbound.choice:
            offers = await self._store.offers(conversation, choice.seq)
            named = 0 < choice.number <= len(offers) and (choice.seq is not None or len(offers) > 1)
            return offers[choice.number - 1] if named else None
        return next((b for b in await self._store.offered(conversation) if b.title == inbound.text), None)

    async def _heed(self, conversation: str, inbound: Inbound) -> None:
        """Somebody who waits may leave the queue, with a button or in words."""
        if commands.leaves(inbound.text, inbound.payload):
            with contextlib.suppress(BadTransition):  # an agent took it at this very moment
                await self.leave(conversation)

    async def conversation(self, conversation: str) -> Conversation:
        """Raises UnknownConversation."""
        return await self._store.conversation(conversation)

    async def transcript(self, conversation: str, after: int = 0) -> list[Message]:
        await self._store.conversation(conversation)
        return await self._store.transcript(conversation, after)

    async def forget(self, channel: str, user: str) -> None:
        """The customer left: what was known about them, and what was to be sent to them, is given up."""
        self._known.pop((channel, user), None)
        await self._store.forget(channel, user, self._clock())
        self._wake_errands()

    async def follow(self, conversation: str, after: int = 0) -> AsyncIterator[FeedItem]:
        """The gap since `after`, then live. A jump in the numbers means something was missed: it is read again."""
        queue = self._feed.subscribe(conversation)
        try:
            for message in await self.transcript(conversation, after):
                after = message.seq
                yield message
            while True:
                item = await queue.get()
                if isinstance(item, Typing):
                    yield item
                elif isinstance(item, Stirred):
                    for message in await self._store.transcript(conversation, after):
                        after = message.seq
                        yield message
                elif item.seq > after:
                    missed = item.seq > after + 1
                    for message in await self._store.transcript(conversation, after) if missed else [item]:
                        after = message.seq
                        yield message
        finally:
            self._feed.unsubscribe(conversation, queue)

    # --- what agents do ------------------------------------------------------------------------------------------

    async def escalate(self, conversation: str, handoff: Handoff) -> None:
        """To the queue, by a person's or a program's wish."""
        waiting = self._answerer.waiting(handoff)
        await self._change(conversation, Change(Step.ESCALATE, waiting, handoff=handoff))

    async def claim(self, conversation: str, agent: str, title: str = "") -> None:
        """Compare-and-set; raises ClaimedByOther for whoever comes second."""
        mark = self._mark("utter_handoff_claimed", agent=title or agent)
        await self._change(conversation, Change(Step.CLAIM, mark, agent=agent))

    async def take_over(self, conversation: str, agent: str, title: str = "") -> None:
        """A supervisor takes a conversation out of an agent's hands."""
        mark = self._mark("utter_handoff_claimed", agent=title or agent)
        await self._change(conversation, Change(Step.TAKE_OVER, mark, agent=agent))

    async def transfer(
        self, conversation: str, handoff: Handoff, by: str | None = None, wanted: str | None = None, note: str = ""
    ) -> None:
        """To another skill, or to one agent, with a note for whoever takes it; the place in the queue stays. Raises
        NotYours when `by` does not have it."""
        mark = self._mark("utter_handoff_transferred")
        change = Change(Step.TRANSFER, mark, by=by, handoff=handoff, wanted=wanted, note=note)
        await self._change(conversation, change)

    async def put_back(self, conversation: str, by: str) -> None:
        """An agent is gone or silent: the customer is told, keeps their place, and gets the next who is free."""
        await self._change(conversation, Change(Step.TRANSFER, self._mark("utter_handoff_put_back"), by=by))

    async def resolve(
        self, conversation: str, by: str | None = None, summary: Summary | None = None, ask: str | None = None
    ) -> None:
        """Back to the bot; `ask` is the hand-over (its id) that the customer may give an opinion on."""
        question = self._mark("utter_satisfaction_ask", buttons=commands.rating_buttons(ask)) if ask else None
        change = Change(Step.RESOLVE, self._mark("utter_handoff_resolved"), question, by=by, summary=summary)
        await self._change(conversation, replace(change, ending=Ending.RESOLVED))

    async def leave(self, conversation: str) -> None:
        """The customer does not want to wait any longer."""
        mark = self._mark("utter_handoff_left")
        await self._change(conversation, Change(Step.EXPIRE, mark, ending=Ending.GAVE_UP))

    async def expire(self, conversation: str, callback: Errand | None = None) -> None:
        """Nobody came in time: the bot is back, with a promise to be called."""
        mark = self._mark("utter_handoff_expired")
        errands = (callback,) if callback else ()
        await self._change(conversation, Change(Step.EXPIRE, mark, ending=Ending.EXPIRED, errands=errands))
        if errands:
            self._wake_errands()

    async def reply(self, conversation: str, agent: str, draft: Draft) -> Message:
        """An agent's word to the customer; raises NotYours unless the conversation is in this agent's hands."""
        message = await self._handoffs.reply(conversation, agent, draft, self._clock())
        await self._handoffs.composing.done(conversation, Author.AGENT)
        self._feed.publish(message)
        return message

    async def tell(self, conversation: str, text: str) -> Message:
        """A line of the desk's own to the customer, whoever has the conversation."""
        message = await self._store.say(conversation, Draft(Author.SYSTEM, Kind.NOTICE, text), self._clock())
        self._feed.publish(message)
        return message

    async def typing(self, conversation: str, by: Author) -> None:
        """Somebody is composing a line: of interest where people talk with each other."""
        if (await self._store.conversation(conversation)).status is not Status.BOT:
            await self._handoffs.composing.tell(conversation, by, self._clock())

    def _mark(self, phrase: str, buttons: tuple[Button, ...] = (), **values: str) -> Draft:
        """A line of the desk's own; one with buttons is a question."""
        kind = Kind.BUTTONS if buttons else Kind.NOTICE
        return Draft(Author.BOT if buttons else Author.SYSTEM, kind, self._phrases.text(phrase, **values), buttons)

    async def _change(self, conversation: str, change: Change) -> None:
        said = await self._handoffs.change(conversation, change, self._clock())
        self._feed.publish(*said, Stirred(conversation))

    # --- watching ------------------------------------------------------------------------------------------------

    async def watch(self, pause: float = 1.0) -> None:
        """Until cancelled: take up what was accepted and is being answered by nobody, after a crash above all."""
        while True:
            try:
                await self.take_up()
            except Exception:
                log.exception("watch: this round failed")
            await asyncio.sleep(pause)

    async def take_up(self) -> None:
        """One round of the watch."""
        for conversation, holder in await self._store.take_abandoned(self._clock()):
            self._start(self._tend(conversation, holder))

    async def close(self, patience: float = 8.0) -> None:
        """Let running turns end; what does not end in time is taken up at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- the turn ------------------------------------------------------------------------------------------------

    async def _tend(self, conversation: str, holder: str, pending: Pending | None = None) -> None:
        """Answer this conversation's messages one at a time, oldest first, until there are none."""
        self._feed.publish(Typing(conversation, on=True))
        try:
            pending = pending or await self._store.pending(conversation)
            while pending and await self._answer(pending, holder):
                pending = await self._store.pending(conversation)
        except Exception:
            # The messages stay unanswered in the database; the watch takes them up when the lease has run out.
            log.exception("conversation %s: the turn broke off", conversation)
        finally:
            self._feed.publish(Typing(conversation, on=False))

    async def _answer(self, pending: Pending, holder: str) -> bool:
        outcome = Outcome(())  # when a person has it, the person answers
        if pending.conversation.status is Status.BOT:
            outcome = await self._answerer.answer(pending)
        finished = await self._store.finish(pending.message, holder, outcome, self._clock())
        if finished is None:
            log.warning("conversation %s was taken over; its late answer is dropped", pending.conversation.id)
            return False
        self._feed.publish(*finished.replies)
        self._turns.done(pending.message, finished.replies)
        if outcome.errands:
            self._wake_errands()
        return finished.more
