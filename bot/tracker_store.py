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
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class LatestTurns(TrackerStore):
    """At most `events` events of each of the `conversations` conversations that spoke last."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        events: int = 40,
        conversations: int = 5000,
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
        tracker.update_with_events(list(events), self.domain, override_timestamp=False)
        return tracker

    async def keys(self) -> Iterable[str]:
        return list(self._kept)

    def _latest(self, tracker: DialogueStateTracker) -> list[Event]:
        """The last events of the last session, cut at a turn, with the slots that earlier turns had set."""
        events = _last_session(list(tracker.events))
        if len(events) <= self._events:
            return events
        start = _turn_start(events, len(events) - self._events)
        slots = {event.key: event for event in events[:start] if isinstance(event, SlotSet)}
        opening = [event for event in events[:2] if not isinstance(event, SlotSet)]
        return [
            *opening,
            *slots.values(),
            ActionExecuted(ACTION_LISTEN_NAME, timestamp=events[start].timestamp),
            *events[start:],
        ]


def _last_session(events: list[Event]) -> list[Event]:
    """What Rasa's own stores hand back: events from the last start of a session on."""
    starts = [at for at, event in enumerate(events) if _starts_session(event)]
    return events[starts[-1] :] if starts else events


def _starts_session(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME


def _turn_start(events: list[Event], earliest: int) -> int:
    """Where the first whole turn begins at or after `earliest`; the last turn of all is always kept."""
    starts = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    later = [at for at in starts if at >= earliest]
    return later[0] if later else (starts[-1] if starts else earliest)
