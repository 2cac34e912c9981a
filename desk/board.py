"""What is going on with people right now, in memory: every open hand-over and every agent, as the database has them.

Each process looks for itself, so that several need nothing but the database: a conversation that moved anywhere is
published to whoever follows it here.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desk.agents import AgentStore
from desk.composing import Key
from desk.database import Database
from desk.feed import Feed
from desk.handoffs import Handoffs, waiting
from desk.model import Status
from desk.ports import Clock, Stirred, Typing
from desk.staff import Agent, Episode

log = logging.getLogger(__name__)

LOOK_EVERY = 0.15  # seconds
LOOK_ANYWAY = 20  # looks: the database may not tell that something changed


@dataclass(frozen=True)
class Picture:
    """One look at everything."""

    episodes: tuple[Episode, ...] = ()
    agents: tuple[Agent, ...] = ()

    @property
    def queue(self) -> list[Episode]:
        """Whose turn comes first first."""
        return waiting(self.episodes)

    def of(self, conversation: str) -> Episode | None:
        return next((e for e in self.episodes if e.conversation == conversation), None)

    def agent(self, name: str | None) -> Agent | None:
        return next((agent for agent in self.agents if agent.name == name), None)

    def chats(self, agent: str) -> list[Episode]:
        """What an agent has in hand, the longest unanswered first."""
        mine = [e for e in self.episodes if e.status is Status.HUMAN and e.agent == agent]
        return sorted(mine, key=lambda e: (e.awaiting_since is None, e.awaiting_since or e.began_at))

    def here(self) -> list[Agent]:
        return [agent for agent in self.agents if agent.serves]


class Board:
    def __init__(self, database: Database, handoffs: Handoffs, agents: AgentStore, feed: Feed, clock: Clock) -> None:
        self._database, self._handoffs, self._agents, self._feed = database, handoffs, agents, feed
        self._clock = clock
        self._composing: dict[Key, datetime] = {}
        self._watchers: list[Callable[[], None]] = []
        self._seen_version: int | None = None
        self.picture = Picture()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Have this called after every change; what is returned ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def _look_who_writes(self) -> None:
        now = self._clock()
        before, self._composing = self._composing, dict(await self._handoffs.composing.all(now))
        for conversation, by in before.keys() ^ self._composing.keys():
            self._feed.publish(Typing(conversation, on=(conversation, by) in self._composing, by=by))

    async def look(self) -> Picture:
        """Read everything, and tell of what is different."""
        episodes, agents = await self._handoffs.open(), await self._agents.all()
        await self._look_who_writes()
        before, self.picture = self.picture, Picture(tuple(episodes), tuple(agents))
        if before == self.picture:
            return self.picture
        for conversation in _moved(before, self.picture):
            self._feed.publish(Stirred(conversation))
        for watcher in tuple(self._watchers):
            watcher()
        return self.picture

    async def follow(self) -> None:
        """Until cancelled."""
        looks = 0
        while True:
            try:
                version = await self._database.version()
                looks += 1
                if version is None or version != self._seen_version or looks % LOOK_ANYWAY == 0:
                    self._seen_version = version
                    await self.look()
            except Exception:
                log.exception("board: this look failed")
            await asyncio.sleep(LOOK_EVERY)


def _moved(before: Picture, now: Picture) -> set[str]:
    """Conversations in which something was said or decided, the ones that left among them."""
    old = {(e.conversation, e.id): e for e in before.episodes}
    new = {(e.conversation, e.id): e for e in now.episodes}
    return {key[0] for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
