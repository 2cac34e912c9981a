"""Whether people are at the desk, how long the queue is, and what may honestly be said about the wait."""

import math
from datetime import datetime, timedelta

from desk.board import Board
from desk.handoffs import Handoffs
from desk.ports import Clock, Wait
from desk.routing import NEVER
from desk.rules import RuleStore
from desk.staff import Presence, Rules
from utility.client import UtilityClient
from utility.errors import UtilityError

REMEMBERED = timedelta(seconds=60)
# How long a conversation takes where there are none yet to tell.
PACE = timedelta(minutes=6)


class Duty:
    """Reads hours, rules and pace once a minute (`renew`), so that a customer's message waits for none of them."""

    def __init__(
        self, board: Board, handoffs: Handoffs, rules: RuleStore, utility: UtilityClient, clock: Clock
    ) -> None:
        self._board, self._handoffs, self._rule_store = board, handoffs, rules
        self._utility, self._clock = utility, clock
        self._renewed_at = NEVER
        self._open, self._pace = True, PACE
        self.rules = Rules()

    async def renew(self) -> None:
        """The utility being away changes nothing: who sits at the desk is there."""
        now = self._clock()
        self.rules = await self._rule_store.read()
        if now - self._renewed_at < REMEMBERED:
            return
        self._renewed_at = now
        self._pace = await self._handoffs.pace() or PACE
        try:
            self._open = (await self._utility.service_hours()).open_now
        except UtilityError:
            self._open = True

    def open_now(self) -> bool:
        """Whether a wish for people is met by people: within the hours, and somebody is here."""
        return self.on_call() and (self._open or not self.rules.hours_kept)

    def on_call(self) -> bool:
        """Whether anybody is here at all: for danger that is enough, at any hour."""
        return bool(self._board.picture.here())

    def wait(self, priority: int = 0, skill: str = "", since: datetime | None = None) -> Wait:
        """For somebody who is in the queue since then, or who joins it now."""
        mine = (-priority, since or self._clock())
        ahead = sum(1 for other in self._board.picture.queue if other.turn[:2] < mine)
        ready = {agent.name: agent.capacity for agent in self._board.picture.here() if agent.presence is Presence.READY}
        hands = sum(ready.values())
        if not hands:
            return Wait(ahead, None)
        load = sum(1 for episode in self._board.picture.episodes if episode.agent in ready)
        free = max(hands - load, 0)
        turns = max(ahead + 1 - free, 0)
        return Wait(ahead, max(1, math.ceil(turns * self._pace / hands / timedelta(minutes=1))))
