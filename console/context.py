"""The right side: who the customer is, what is known, and what can be done for them from here."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from nicegui import ui

from console.parts import Parts
from console.wording import CHANNELS, ZONE
from desk.model import Conversation
from desk.staff import Agent, Episode

OF_EPISODE = {"原话": "客户原话"}


class Known(Protocol):
    """What else is known of the customer; `values` go into canned replies."""

    values: dict[str, str]

    async def show(self, conversation: Conversation, episode: Episode | None) -> None: ...


class Context:
    """Reads when a conversation is opened, and again when asked to."""

    def __init__(self, parts: Parts, agent: Agent, customer: Known) -> None:
        self._parts, self._agent, self._customer = parts, agent, customer
        self._box = ui.element("div").classes("dd-context").props('role="complementary" aria-label="客户信息"')

    @property
    def values(self) -> dict[str, str]:
        return self._customer.values

    async def show(self, conversation: Conversation | None) -> None:
        self._box.clear()
        if conversation is None:
            return
        episodes = await self._parts.handoffs.of(conversation.id)
        tags = await self._parts.papers.tags(conversation.id)
        with self._box:
            if episodes:
                self._episode(episodes[0])
            self._who(conversation, tags)
            await self._customer.show(conversation, episodes[0] if episodes else None)
            self._past(episodes)

    def _episode(self, episode: Episode) -> None:
        with group("转人工原因"):
            fact("原因", episode.reason, warn=episode.dangerous)
            if episode.skill:
                fact("技能组", episode.skill)
            fact("进入时间", f"{local(episode.began_at):%m-%d %H:%M:%S}")
            for label, value in episode.facts.items():
                fact(OF_EPISODE.get(label, label), str(value), warn=label in ("危险", "情绪"))

    def _who(self, conversation: Conversation, tags: list[str]) -> None:
        with group("客户"):
            fact("渠道", CHANNELS.get(conversation.channel, conversation.channel))
            fact("编号", conversation.id[:8].upper())
            chips = ui.input_chips("标签", value=tags, on_change=self._tagger(conversation.id))
            chips.props("dense outlined hide-bottom-space").classes("w-full")

    def _tagger(self, conversation: str) -> Callable[[Any], Awaitable[None]]:
        async def set_tags(event: Any) -> None:
            await self._parts.papers.set_tags(conversation, list(event.value))

        return set_tags

    def _past(self, episodes: list[Episode]) -> None:
        if not episodes[1:]:
            return
        titles = {agent.name: agent.title for agent in self._parts.board.picture.agents}
        with group("以往人工服务"):
            for episode in episodes[1:6]:
                by = titles.get(episode.agent or "", "")
                fact(f"{local(episode.began_at):%m-%d}", f"{episode.reason} · {by or '未接入'}")


def group(title: str) -> ui.element:
    box = ui.element("section").classes("dd-group")
    with box, ui.element("h3"):
        ui.label(title)
    return box


def fact(label: str, value: str, *, warn: bool = False) -> None:
    with ui.element("div").classes("dd-fact"):
        ui.label(label).style("display:inline")
        ui.label(value).classes("dd-warn" if warn else "")


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)
