"""The right side: who the customer is, what is known, and what can be done for them from here."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from console.parts import Parts
from console.wording import CHANNELS, OUTCOMES, SCORES
from desk.model import Conversation, Draft
from desk.staff import Agent, Episode
from utility.errors import UtilityError

Say = Callable[[Draft], Awaitable[bool]]
OF_EPISODE = {"原话": "客户原话"}


class Context:
    """Reads when a conversation is opened, and again when asked to."""

    def __init__(self, parts: Parts, agent: Agent, customer: "CustomerGroup") -> None:
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
            if episodes and episodes[0].conversation == conversation.id:
                self._episode(episodes[0])
            self._who(conversation, tags)
            await self._customer.show(conversation)
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


class CustomerGroup:
    """What the power company knows: accounts, tickets, the outage at their address. Masked; a reveal is on record."""

    def __init__(self, parts: Parts, agent: Agent, say: Say) -> None:
        self._parts, self._agent, self._say = parts, agent, say
        self.values: dict[str, str] = {}

    async def show(self, conversation: Conversation) -> None:
        self.values = {}
        try:
            tickets = await self._parts.utility.tickets(conversation.id)
            grants = await self._parts.utility.bound(conversation.id)
        except UtilityError:
            with group("户号与工单"):
                ui.label("后台系统暂时连不上，稍后点刷新").classes("dd-warn")
            return
        with group("绑定户号"):
            if not grants:
                ui.label("没有绑定户号").classes("dd-empty")
            for grant in grants:
                account = grant.account
                fact("户号", f"尾号{account.account_no[-4:]} · {account.holder_masked} · {account.address_masked}")
                if account.life_support or account.hardship:
                    fact("特别", "生命支持设备用户" if account.life_support else "困难家庭", warn=True)
                await self._outage(account.account_no)
        with group("工单"):
            if not tickets:
                ui.label("没有工单").classes("dd-empty")
            for ticket in tickets[:5]:
                fact(ticket.kind, f"{ticket.no} · {ticket.status}{f' · 催{ticket.urged}次' if ticket.urged else ''}")
            if tickets:
                self.values["工单号"] = tickets[0].no

    async def _outage(self, account_no: str) -> None:
        try:
            report = await self._parts.utility.account_outages(account_no)
        except UtilityError:
            return
        for outage in report.outages[:1]:
            when = f"，预计{local(outage.expected_at):%m-%d %H:%M}来电" if outage.expected_at else "，恢复时间未定"
            fact("停电", f"{outage.kind} · {outage.status}{when}", warn=True)
            if outage.expected_at:
                self.values["预计复电时间"] = f"{local(outage.expected_at):%m月%d日%H:%M}"


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
    return moment.astimezone()


__all__ = ["OUTCOMES", "SCORES", "Context", "CustomerGroup", "fact", "group", "local"]
