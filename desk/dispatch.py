"""Sees to it that whoever waits for a person gets one: hands out, takes back, tells places, and ends a wait in vain.

Any number of processes may run it on one database: every act is a compare-and-set, and who comes second does nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from datetime import timedelta

from desk.agents import AgentStore
from desk.board import Board
from desk.callback import callback
from desk.duty import Duty
from desk.errors import DeskError
from desk.handoffs import Handoffs
from desk.model import Errand, Status
from desk.phrases import Phrases
from desk.ports import Clock
from desk.routing import assign
from desk.staff import Episode, Presence
from desk.switchboard import Switchboard

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(days=30)  # so long an agent is remembered as the one who knows the customer


class Dispatcher:
    def __init__(
        self,
        board: Board,
        duty: Duty,
        handoffs: Handoffs,
        agents: AgentStore,
        switchboard: Switchboard,
        phrases: Phrases,
        clock: Clock,
    ) -> None:
        self._board, self._duty, self._handoffs, self._agents = board, duty, handoffs, agents
        self._switchboard, self._phrases, self._clock = switchboard, phrases, clock
        self._wake = asyncio.Event()
        self._known: dict[str, str | None] = {}
        board.watch(self._wake.set)

    async def run(self, pause: float = 1.0) -> None:
        """Until cancelled; at once when something changes, else every `pause` seconds."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("dispatch: this round failed")
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def round(self) -> None:
        await self._duty.renew()
        await self._board.look()
        await self._miss_agents()
        await self._take_back()
        await self._hand_out()
        await self._end_vain_waits()
        await self._tell_places()

    async def _miss_agents(self) -> None:
        """Whose browser has shown no sign of life for a while is gone."""
        lost = await self._agents.gone(self._clock() - self._duty.rules.span("gone_after"))
        for name in lost:
            log.warning("agent %s is gone", name)
            await self._agents.set_presence(name, Presence.AWAY, self._clock())
        if lost:
            await self._board.look()

    async def _take_back(self) -> None:
        """The conversations of who is gone, and those in which the customer has waited too long for a word."""
        for episode in self._board.picture.episodes:
            if episode.status is Status.HUMAN and episode.agent and self._is_neglected(episode):
                await self._try(self._switchboard.put_back(episode.conversation, by=episode.agent))

    def _is_neglected(self, episode: Episode) -> bool:
        agent = self._board.picture.agent(episode.agent)
        if agent is None or not agent.active or not agent.presence.here:
            return True
        waited = self._clock() - (episode.awaiting_since or self._clock())
        return waited > self._duty.rules.span("silent_after")

    async def _hand_out(self) -> None:
        picture = await self._board.look()
        last = {e.conversation: known for e in picture.queue if (known := await self._who_knows(e))}
        for conversation, name in assign(picture.episodes, picture.agents, last):
            agent = picture.agent(name)
            await self._try(self._switchboard.claim(conversation, name, agent.title if agent else name))

    async def _who_knows(self, episode: Episode) -> str | None:
        """Asked once per hand-over."""
        if episode.id not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            since = self._clock() - KNOWN_FOR
            self._known[episode.id] = await self._handoffs.last_agent(episode.conversation, since)
        return self._known[episode.id]

    async def _end_vain_waits(self) -> None:
        """Never a dead end: who waits too long, or whom nobody can serve any more, is called back. Danger waits on:
        its ticket has long been made, and whoever comes in sees it first."""
        for episode in self._board.picture.queue:
            waited = self._clock() - episode.queued_at
            nobody = not self._duty.open_now() and waited > self._duty.rules.span("gone_after")
            if not episode.dangerous and (nobody or waited > self._duty.rules.span("wait_at_most")):
                await self._try(self._switchboard.expire(episode.conversation, self._callback(episode)))

    def _callback(self, episode: Episode) -> Errand:
        about = self._phrases.text("utter_handoff_callback_reason", last=episode.last_text)
        important = episode.priority > 0
        return callback(episode.id, episode.channel, episode.conversation, about, important=important)

    async def _tell_places(self) -> None:
        """Not every step forward: a platform counts our messages. Half the way, and the last step, are worth one."""
        await self._board.look()
        for place, episode in enumerate(self._board.picture.queue):
            if not episode.dangerous and self._worth_telling(episode, place):
                mine = await self._handoffs.told(episode, place, self._clock())
                if mine and episode.told_place is not None:  # the first place was told when they joined
                    await self._try(self._switchboard.tell(episode.conversation, self._place(episode, place)))

    def _worth_telling(self, episode: Episode, ahead: int) -> bool:
        if episode.told_place is None:
            return True
        recently = self._clock() - (episode.told_at or episode.queued_at) < self._duty.rules.span("tell_place_every")
        return not recently and ahead < episode.told_place and (ahead == 0 or ahead <= episode.told_place // 2)

    def _place(self, episode: Episode, ahead: int) -> str:
        wait = self._duty.wait(episode.priority, episode.skill, episode.queued_at)
        if ahead == 0 or wait.minutes is None:
            return self._phrases.text("utter_handoff_next")
        return self._phrases.text("utter_handoff_place", ahead=str(ahead), minutes=str(wait.minutes))

    async def _try(self, act: Awaitable[object]) -> None:
        """Somebody else may have been faster, an agent, the customer or another process: then it is done."""
        try:
            await act
        except DeskError as late:
            log.info("dispatch: %s", late)
