"""A customer's message whose answer is being made, and those who wait for it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from desk.model import Message
from desk.store import Store

# An answer made by another process is seen in the database; this is how often we look.
LOOK_EVERY = 0.25


class Turns:
    """Wakes whoever waits for a reply: the first delivery of a message and every retry of it alike."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def of(self, message: Message, *, duplicate: bool) -> "RunningTurn":
        return RunningTurn(message, duplicate, self)

    def done(self, message: Message, replies: Sequence[Message]) -> None:
        for event in self._waiting.pop(message.id, ()):
            event.set()

    async def replies(self, message: str, timeout: float) -> list[Message] | None:
        event = asyncio.Event()
        self._waiting[message].add(event)
        try:
            async with asyncio.timeout(timeout):
                while (found := await self._store.replies(message)) is None:
                    await self._pause(event)
                return found
        except TimeoutError:
            return None
        finally:
            self._waiting[message].discard(event)
            if not self._waiting[message]:
                del self._waiting[message]

    async def _pause(self, event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await event.wait()
        except TimeoutError:
            pass


@dataclass(frozen=True)
class RunningTurn:
    """See ports.Turn."""

    message: Message
    duplicate: bool
    turns: Turns

    async def replies(self, timeout: float) -> list[Message] | None:
        return await self.turns.replies(self.message.id, timeout)
