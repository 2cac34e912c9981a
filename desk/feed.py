"""Tells whoever follows a conversation what is new in it, inside this process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from desk.ports import Signal

# A follower that is further behind than this loses its queue and reads the gap from the transcript instead.
BACKLOG = 200


class Feed:
    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[Signal]]] = defaultdict(set)
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have this called whenever something is published, whatever it is."""
        self._watchers.append(watcher)

    def publish(self, *items: Signal) -> None:
        for watcher in self._watchers:
            watcher()
        for item in items:
            for queue in self._queues.get(item.conversation, ()):
                if not queue.full():  # a full queue shows as a gap in the sequence numbers, which is read again
                    queue.put_nowait(item)

    def subscribe(self, conversation: str) -> asyncio.Queue[Signal]:
        queue: asyncio.Queue[Signal] = asyncio.Queue(BACKLOG)
        self._queues[conversation].add(queue)
        return queue

    def unsubscribe(self, conversation: str, queue: asyncio.Queue[Signal]) -> None:
        self._queues[conversation].discard(queue)
        if not self._queues[conversation]:
            del self._queues[conversation]
