"""Carries what is to be said to the platforms: in order per conversation, again and again while that is worth it, and
never more than a platform allows."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from desk.errors import NotCarried, TryLater, Unreachable, WindowClosed
from desk.ledger import Ledger, Load
from desk.model import Author, Draft, Kind, Message
from desk.phrases import Phrases
from desk.ports import Carrier, Clock, Parcel

log = logging.getLogger(__name__)

# Seconds between attempts; after the last one a message has failed.
PAUSES = (1, 2, 4, 8, 16, 32, 60, 120, 300, 600)
AT_ONCE = 20
NO_ALLOWANCE = "not deliverable now: the customer has to write first"
KNOCKED = "not deliverable now: the customer was told by a notice that something waits"


class Delivery:
    """See ports.Outbox; `run` is the courier."""

    def __init__(self, ledger: Ledger, carriers: Sequence[Carrier], phrases: Phrases, clock: Clock) -> None:
        self._ledger, self._phrases, self._clock = ledger, phrases, clock
        self._carriers: Mapping[str, Carrier] = {carrier.channel: carrier for carrier in carriers}
        self._wake = asyncio.Event()
        self._places = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        self._wake.set()

    # --- with the request that asked (ports.Outbox) ---------------------------------------------------------------

    async def take(self, conversation: str, answer_to: str) -> list[Message]:
        load = await self._ledger.take_all(conversation, self._clock(), answer_to)
        return list(load.messages) if load else []

    async def carried(self, messages: Sequence[str], answer_to: str) -> None:
        await self._ledger.sent(messages, self._clock(), answer_to)

    async def give_back(self, messages: Sequence[str]) -> None:
        if messages:
            await self._ledger.postpone(messages, self._clock(), None, tried=False)
            self.wake()

    async def release(self, conversation: str) -> None:
        await self._ledger.release(conversation, self._clock())
        self.wake()

    async def answer_to(self, message: str) -> list[Message]:
        return await self._ledger.answer_to(message)

    # --- by itself -----------------------------------------------------------------------------------------------

    async def run(self, pause: float = 0.5) -> None:
        """Until cancelled; an error of the database is logged and the round repeated."""
        while True:
            self._wake.clear()
            try:
                await self.round()
            except Exception:
                log.exception("delivery: this round failed")
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def round(self) -> None:
        """Everything that is due now, several conversations at once."""
        due = await self._ledger.due(self._clock())
        await asyncio.gather(*(self._conversation(conversation) for conversation in due))

    async def _conversation(self, conversation: str) -> None:
        async with self._places:
            load = await self._ledger.take(conversation, self._clock())
            if load is None:
                return
            try:
                await self._carry(load, self._carriers[load.channel])
            except Exception:  # of ours: these messages wait, the others go on
                log.exception("delivery to conversation %s broke off", conversation)
                await self._again(load, [message.id for message in load.messages], "an error of ours")

    async def _carry(self, load: Load, carrier: Carrier) -> None:
        parcels = carrier.pack(load.messages)
        while parcels:
            left = await self._ledger.left(load.conversation, self._clock()) if carrier.metered else len(parcels)
            if left == 0:
                await self._ledger.hold(_ids(parcels), self._clock(), await self._knock(load, carrier))
                return
            if left == 1 and len(parcels) > 1:
                await self._ask_to_write(load, carrier)
                await self._ledger.hold(_ids(parcels), self._clock(), NO_ALLOWANCE)
                return
            if not await self._one(load, carrier, parcels):
                return
            parcels = parcels[1:]

    async def _knock(self, load: Load, carrier: Carrier) -> str:
        """Once for all that waits; what is to stand in the record."""
        if await self._ledger.holds(load.conversation, KNOCKED):
            return KNOCKED
        try:
            knocked = await carrier.knock(load.user)
        except NotCarried as refused:
            log.warning("conversation %s: no notice of what waits: %s", load.conversation, refused)
            knocked = False
        return KNOCKED if knocked else NO_ALLOWANCE

    async def _one(self, load: Load, carrier: Carrier, parcels: list[Parcel]) -> bool:
        """Send the first parcel; False when the rest has to wait, which is then noted."""
        parcel, now = parcels[0], self._clock
        try:
            await carrier.send(load.user, parcel)
        except TryLater as busy:
            await self._again(load, _ids(parcels), str(busy), busy.seconds)
            return False
        except WindowClosed as closed:
            await self._ledger.close_window(load.conversation)
            await self._ledger.hold(_ids(parcels), now(), str(closed))
            return False
        except Unreachable as gone:
            await self._ledger.failed(_ids(parcels), now(), str(gone))
            return False
        except NotCarried as refused:
            log.error("conversation %s: a message was refused: %s", load.conversation, refused)
            await self._ledger.failed(parcel.messages, now(), str(refused))
            return True
        if carrier.metered:
            await self._ledger.spend(load.conversation, now())
        await self._ledger.sent(_done(parcel, parcels[1:]), now())
        return True

    async def _again(self, load: Load, messages: Sequence[str], reason: str, seconds: float = 0.0) -> None:
        if load.attempts >= len(PAUSES):
            log.error("conversation %s: given up after %s attempts: %s", load.conversation, load.attempts, reason)
            await self._ledger.failed(messages, self._clock(), reason)
            return
        pause = max(seconds, PAUSES[load.attempts])
        await self._ledger.postpone(messages, self._clock() + timedelta(seconds=pause), reason, tried=True)

    async def _ask_to_write(self, load: Load, carrier: Carrier) -> None:
        """The last place of an allowance is for asking the customer to open the next one."""
        first = load.messages[0]
        asking = Draft(Author.SYSTEM, Kind.NOTICE, self._phrases.text("utter_more_waiting"))
        message = Message(
            f"{first.id}-more", load.conversation, first.seq, asking.author, asking.kind, asking.text, self._clock()
        )
        for parcel in carrier.pack([message]):
            try:
                await carrier.send(load.user, parcel)
            except NotCarried as refused:
                log.warning("conversation %s could not be asked to write: %s", load.conversation, refused)
            else:
                await self._ledger.spend(load.conversation, self._clock())


def _done(parcel: Parcel, rest: Sequence[Parcel]) -> list[str]:
    """The messages of a parcel that have no further part in another one."""
    coming = set(_ids(rest))
    return [id for id in parcel.messages if id not in coming]


def _ids(parcels: Sequence[Parcel]) -> list[str]:
    """A message that needed several parcels is named once."""
    return list(dict.fromkeys(id for parcel in parcels for id in parcel.messages))
