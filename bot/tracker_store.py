"""What Rasa remembers: the last turns of the latest conversations, in memory.

The gateway owns the record and the belief travels with each message, so a conversation that is forgotten here loses
nothing, and the 1,000th message of a conversation costs what the 10th costs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class LatestTurns(TrackerStore):
    """At most `events` events of each of the `conversations` conversations that spoke last."""

    def __init__(
        self, domain: Domain, event_broker: EventBroker | None = None, events: int = 40, conversations: int = 5000,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._events = events
        self._conversations = conversations
        self._kept: OrderedDict[str, list[Event]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        self._kept[tracker.sender_id] = self._latest(tracker)
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > self._conversations:
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        events = self._kept.get(sender_id)
        if events is None:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.update_with_events(list(events), self.domain)
        return tracker

    async def keys(self) -> Iterable[str]:
        return list(self._kept)

    def _latest(self, tracker: DialogueStateTracker) -> list[Event]:
        """The last events, cut at a turn so that no half turn is left, with the slots that earlier turns had set."""
        events = list(tracker.events)
        if len(events) <= self._events:
            return events
        start = _turn_start(events, len(events) - self._events)
        dropped = {event.key: event for event in events[:start] if isinstance(event, SlotSet)}
        return [SessionStarted(), *dropped.values(), ActionExecuted("action_listen"), *events[start:]]


def _turn_start(events: list[Event], earliest: int) -> int:
    """Where the first whole turn begins at or after `earliest`; the last turn of all is always kept."""
    starts = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    later = [at for at in starts if at >= earliest]
    return later[0] if later else (starts[-1] if starts else earliest)
