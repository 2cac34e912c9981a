"""What the power company knows of the customer: accounts, tickets, the outage at their address; and sending it.

Numbers and addresses are masked. A bill goes only to who has proved to be the account's holder: it was bound.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from console.context import fact, group, local
from console.parts import Parts
from console.wording import SOURCE
from desk.model import Author, Conversation, Draft, Json, Kind
from desk.staff import Agent, Episode
from utility.errors import UtilityError
from utility.models import Grant, Outage, Ticket

Say = Callable[[Draft], Awaitable[bool]]


class CustomerGroup:
    def __init__(self, parts: Parts, agent: Agent, say: Say) -> None:
        self._parts, self._agent, self._say = parts, agent, say
        self.values: dict[str, str] = {}

    async def show(self, conversation: Conversation, episode: Episode | None) -> None:
        """Reads what is to be shown first, so that nothing is shown by halves."""
        self.values = {}
        place = str(episode.facts.get("地点", "")) if episode else ""
        try:
            tickets = await self._parts.utility.tickets(conversation.id)
            grants = await self._parts.utility.bound(conversation.id)
            outages = await self._outages(grants, place)
        except UtilityError:
            with group("户号与工单"):
                ui.label("后台系统暂时连不上，稍后点刷新").classes("dd-warn")
            return
        self._show_outages(outages)
        self._show_accounts(grants)
        self._show_tickets(tickets)

    async def _outages(self, grants: list[Grant], place: str) -> list[Outage]:
        """At the bound accounts, else at the place that was named; each once."""
        utility = self._parts.utility
        found = [outage for g in grants for outage in (await utility.account_outages(g.account.account_no)).outages]
        if not found and place:
            for match in (await utility.find_places(place, limit=1))[:1]:
                found = (await utility.place_outages(match.place.id)).outages
        return list({outage.id: outage for outage in found}.values())

    def _show_outages(self, outages: list[Outage]) -> None:
        if not outages:
            return
        with group("停电情况"):
            for outage in outages[:2]:
                fact(outage.kind, f"{outage.scope} · {outage.status}", warn=outage.status == "停电中")
                fact("预计来电", _expected(outage))
                _send("发停电信息", partial(self._send_outage, outage))
            if outages[0].expected_at:
                self.values["预计复电时间"] = f"{local(outages[0].expected_at):%m月%d日%H:%M}"

    def _show_accounts(self, grants: list[Grant]) -> None:
        with group("绑定户号"):
            if not grants:
                ui.label("没有绑定户号").classes("dd-empty")
            for grant in grants:
                account = grant.account
                fact("户号", f"尾号{account.account_no[-4:]} · {account.holder_masked} · {account.address_masked}")
                if account.life_support or account.hardship:
                    fact("特别", "生命支持设备用户" if account.life_support else "困难家庭", warn=True)
                if account.manager:
                    fact("客户经理", account.manager)
                _send("发本期账单", partial(self._send_bill, grant))

    def _show_tickets(self, tickets: list[Ticket]) -> None:
        with group("工单"):
            if not tickets:
                ui.label("没有工单").classes("dd-empty")
            for ticket in tickets[:5]:
                urged = f" · 催{ticket.urged}次" if ticket.urged else ""
                link = ui.link(f"{ticket.no} · {ticket.kind} · {ticket.status}{urged}", f"/tickets?no={ticket.no}")
                link.props('target="_blank"')
            if tickets:
                self.values["工单号"] = tickets[0].no

    async def _send_outage(self, outage: Outage) -> None:
        await self._say(self._card(*outage_card(outage)))

    async def _send_bill(self, grant: Grant) -> None:
        """The newest bill, with its source and time."""
        now = self._parts.clock()
        first = f"{now.year - (now.month <= 3)}-{(now.month - 4) % 12 + 1:02}"
        try:
            bills = await self._parts.utility.bills(grant.account.account_no, first, f"{now:%Y-%m}", grant.token)
        except UtilityError:
            ui.notify("账单暂时查不到", type="negative", position="top")
            return
        if not bills:
            ui.notify("近三个月没有账单", type="warning", position="top")
            return
        bill = bills[-1]
        fields = [
            ("户号", f"尾号{bill.account_no[-4:]}"),
            ("月份", bill.period),
            ("电量", f"{bill.kwh}千瓦时"),
            ("电费", f"{bill.total}元"),
            ("状态", bill.status.value),
        ]
        footer = SOURCE.format(source=bill.source, at=f"{local(bill.as_of):%m-%d %H:%M}")
        if await self._say(self._card(f"{bill.period} 电费账单", fields, footer)):
            await self._parts.audit.write_now(self._agent.name, "发送账单", bill.account_no[-4:], bill.period)

    def _card(self, title: str, fields: list[tuple[str, str]], footer: str) -> Draft:
        rows = [{"label": label, "value": value} for label, value in fields]
        data: Json = {"title": title, "fields": rows, "footer": footer, "agent": self._agent.name}
        text = "\n".join([title, *(f"{label}：{value}" for label, value in fields), footer])
        return Draft(Author.AGENT, Kind.CARD, text, data=data)


def outage_card(outage: Outage) -> tuple[str, list[tuple[str, str]], str]:
    """Title, fields and footer; a time that nobody knows is not said."""
    fields = [("范围", outage.scope), ("状态", outage.status.value), ("原因", outage.reason)]
    fields += [("开始", f"{local(outage.starts_at):%m-%d %H:%M}"), ("预计来电", _expected(outage))]
    footer = SOURCE.format(source=outage.source, at=f"{local(outage.updated_at):%m-%d %H:%M}")
    return outage.kind.value, fields, footer


def _expected(outage: Outage) -> str:
    return f"{local(outage.expected_at):%m-%d %H:%M}" if outage.expected_at else "暂未确定"


def _send(title: str, act: Callable[[], Awaitable[object]]) -> None:
    ui.button(title, on_click=act).props("outline dense no-caps")
