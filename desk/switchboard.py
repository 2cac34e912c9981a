"""Decides who answers a conversation, and sees to it that somebody does. Nobody else decides."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace

from desk.answer import Answerer
from desk.errors import DeskError
from desk.feed import Feed
from desk.model import CARRIED, Author, Button, Draft, Handoff, Kind, Message, Outcome, Pending, Status, Step
from desk.phrases import Phrases
from desk.ports import Clock, FeedItem, Inbound, Typing
from desk.store import Store
from desk.turn import RunningTurn, Turns

log = logging.getLogger(__name__)

KNOWN_USERS = 20_000


class Switchboard:
    """receive · escalate · claim · reply · note · transfer · resolve · expire."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        feed: Feed,
        phrases: Phrases,
        clock: Clock,
        wake_errands: Callable[[], None],
    ) -> None:
        self._store, self._answerer, self._feed = store, answerer, feed
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
                elif item.seq > after:
                    missed = item.seq > after + 1
                    for message in await self._store.transcript(conversation, after) if missed else [item]:
                        after = message.seq
                        yield message
        finally:
            self._feed.unsubscribe(conversation, queue)

    # --- what agents do ------------------------------------------------------------------------------------------

    async def escalate(self, conversation: str, handoff: Handoff) -> None:
        await self._step(conversation, Step.ESCALATE, "utter_handoff_waiting", handoff=handoff)

    async def claim(self, conversation: str, agent: str) -> None:
        """Compare-and-set; raises ClaimedByOther for whoever comes second."""
        await self._step(conversation, Step.CLAIM, "utter_handoff_claimed", agent=agent)

    async def transfer(self, conversation: str, handoff: Handoff) -> None:
        await self._step(conversation, Step.TRANSFER, "utter_handoff_waiting", handoff=handoff)

    async def resolve(self, conversation: str) -> None:
        await self._step(conversation, Step.RESOLVE, "utter_handoff_resolved")

    async def expire(self, conversation: str) -> None:
        await self._step(conversation, Step.EXPIRE, "utter_handoff_expired")

    async def reply(self, conversation: str, text: str) -> Message:
        """An agent's word to the customer; raises DeskError unless the conversation is in human hands."""
        if (await self._store.conversation(conversation)).status is not Status.HUMAN:
            raise DeskError("only a claimed conversation can be answered by an agent")
        return await self._say(conversation, Draft(Author.AGENT, Kind.TEXT, text))

    async def _step(
        self, conversation: str, step: Step, phrase: str, agent: str | None = None, handoff: Handoff | None = None
    ) -> None:
        mark = Draft(Author.SYSTEM, Kind.NOTICE, self._phrases.text(phrase))
        if message := await self._store.step(conversation, step, self._clock(), mark, agent, handoff):
            self._feed.publish(message)

    async def _say(self, conversation: str, draft: Draft) -> Message:
        message = await self._store.say(conversation, draft, self._clock())
        self._feed.publish(message)
        return message

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
