"""Tickets: a board by status and a list, and one of them with its time line and what can be done with it."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime

from fastapi import Request
from nicegui import ui

from console import dialogs
from console.context import fact, group, local
from console.frame import frame
from console.parts import Parts, looking
from console.sheets import workbook
from console.tiles import span
from console.wording import CHANNELS
from desk.sign_in import Session
from utility.errors import NotPossible, UtilityError
from utility.models import TicketKind, TicketStatus
from utility.staff import StaffTicket, StaffTicketDetail, Step, StepRequest

LANES = (
    TicketStatus.OPEN,
    TicketStatus.DISPATCHED,
    TicketStatus.ACCEPTED,
    TicketStatus.ARRIVED,
    TicketStatus.FIXED,
    TicketStatus.CLOSED,
)
SHOWN = 200
RENEW_EVERY = 10.0
WANTS_NOTE = (Step.CLOSE, Step.NOTE, Step.WAIT)
HEADS = ("工单号", "类型", "状态", "等级", "班组", "地点", "内容", "渠道", "受理时间", "时限", "剩余", "催办", "客户数")


class Tickets:
    def __init__(self, parts: Parts, session: Session) -> None:
        self._parts, self._agent = parts, session.agent
        self._tickets: list[StaffTicket] = []
        self._open = ""

    def build(self, wanted: str) -> None:
        with ui.element("div").classes("dd-page").style("max-width:none"):
            with ui.row().classes("items-center w-full no-wrap"):
                self._view = ui.toggle(["看板", "列表"], value="看板", on_change=self.show)
                kinds = {"": "全部类型", **{kind.value: kind.value for kind in TicketKind}}
                self._kind = ui.select(kinds, value="", on_change=self.show).props("outlined dense options-dense")
                self._overdue = ui.checkbox("只看超时", on_change=self.show)
                self._closed = ui.checkbox("含已办结", on_change=self.show)
                self._text = ui.input(placeholder="工单号、地址、内容", on_change=self.show)
                self._text.props('outlined dense clearable debounce=400 aria-label="搜索工单"').style("width:240px")
                ui.space()
                ui.button("导出 Excel", icon="download", on_click=self._download).props("outline")
            self._box = ui.element("div").style("width:100%")
        self._drawer = ui.dialog().props("position=right full-height")
        with self._drawer, ui.card().style("width:520px;height:100vh;border-radius:0;overflow-y:auto"):
            self._one = ui.element("div").classes("dd-context w-full")
        ui.timer(0.05, self.show, once=True)
        ui.timer(RENEW_EVERY, self.show)
        if wanted:
            ui.timer(0.1, lambda: self.open(wanted), once=True)

    async def show(self) -> None:
        filters = {"kind": self._kind.value or None, "text": self._text.value or None, "limit": str(SHOWN)}
        filters["overdue"] = "true" if self._overdue.value else None
        try:
            found = await self._parts.utility.staff_tickets(**filters)
        except UtilityError:
            ui.notify("后台系统暂时连不上", type="negative", position="top")
            return
        shown = [t for t in found if self._closed.value or t.status is not TicketStatus.CLOSED]
        if shown == self._tickets and self._box.default_slot.children and not self._view_changed():
            return
        self._tickets, self._drawn = shown, self._view.value
        self._box.clear()
        with self._box:
            if self._view.value == "看板":
                self._board(shown)
            else:
                self._list(shown)

    def _view_changed(self) -> bool:
        return bool(getattr(self, "_drawn", None) != self._view.value)

    def _board(self, tickets: Sequence[StaffTicket]) -> None:
        lanes = LANES if self._closed.value else LANES[:-1]
        with ui.element("div").classes("dd-board"):
            for status in lanes:
                mine = [ticket for ticket in tickets if ticket.status is status]
                with ui.element("section").classes("dd-lane").props(f'aria-label="{status}"'):
                    with ui.element("h2"):
                        ui.label(f"{status} {len(mine)}")
                    for ticket in mine:
                        self._card(ticket)

    def _card(self, ticket: StaffTicket) -> None:
        card = ui.element("button").classes(f"dd-ticket{' late' if _late(ticket) else ''}")
        card.on("click", lambda: self.open(ticket.no))
        with card:
            with ui.element("div").classes("dd-line"):
                ui.label(ticket.no).style("font-weight:600;flex:1;white-space:nowrap")
                ui.label(_left(ticket)).classes(f"dd-clock{' late' if _late(ticket) else ''}")
            ui.label(f"{ticket.kind} · {ticket.grade}").classes(
                "dd-mark danger" if ticket.grade == "重大" else "dd-mark"
            )
            ui.label(ticket.place or "地点未明").style("font-size:13px")
            ui.label(ticket.description[:40]).style("font-size:13px;color:var(--soft)")
            more = [f"催{ticket.urged}次" if ticket.urged else "", f"{ticket.parties}户" if ticket.parties > 1 else ""]
            if any(more):
                ui.label(" · ".join(filter(None, more))).classes("dd-mark")

    def _list(self, tickets: Sequence[StaffTicket]) -> None:
        names = [f"c{n}" for n in range(len(HEADS))]
        columns = [
            {"name": name, "label": head, "field": name, "align": "left", "sortable": True}
            for name, head in zip(names, HEADS, strict=True)
        ]
        rows = [dict(zip(names, _cells(ticket), strict=True)) for ticket in tickets]
        table = ui.table(columns=columns, rows=rows, row_key="c0", pagination=20).props("flat dense")
        table.classes("w-full dd-panel").on("rowClick", lambda event: self.open(event.args[1]["c0"]))

    # --- one of them ---------------------------------------------------------------------------------------------

    async def open(self, no: str) -> None:
        try:
            detail = await self._parts.utility.staff_ticket(no)
        except UtilityError:
            ui.notify("没有这张工单，或后台系统暂时连不上", type="warning", position="top")
            return
        self._open = no
        self._show_one(detail)
        self._drawer.open()

    def _show_one(self, detail: StaffTicketDetail) -> None:
        ticket = detail.ticket
        self._one.clear()
        with self._one:
            with ui.row().classes("items-center w-full"):
                ui.label(ticket.no).style("font-size:18px;font-weight:700")
                ui.label(ticket.status.value).classes("dd-mark")
                ui.space()
                ui.button(icon="close", on_click=self._drawer.close).props('flat round dense aria-label="关闭"')
            with group("概况"):
                fact("类型", f"{ticket.kind} · {ticket.grade}", warn=ticket.grade == "重大")
                fact("班组", ticket.team)
                fact("地点", ticket.place or "未明")
                fact("时限", f"{local(ticket.due_at):%m-%d %H:%M}（{_left(ticket)}）", warn=_late(ticket))
                if ticket.outage_id:
                    fact("关联故障", ticket.outage_id)
            with group("处理"), ui.element("div").classes("dd-tools"):
                for step in detail.steps:
                    look = "unelevated" if step in (Step.DISPATCH, Step.CLOSE) else "outline"
                    ui.button(step.value, on_click=lambda step=step: self._step(step)).props(f"{look} dense no-caps")
            self._parties(detail)
            with group("时间线"):
                for line in detail.timeline:
                    kind = "（内部）" if line.internal else ""
                    by = f" · {line.staff}" if line.staff else ""
                    fact(f"{local(line.at):%m-%d %H:%M}", f"{line.name}{kind}{by} {line.note}")
            if detail.related:
                with group("相关工单"):
                    for each in detail.related:
                        row = ui.button(f"{each.no} · {each.kind} · {each.status}").props(
                            "flat dense no-caps align=left"
                        )
                        row.on_click(lambda no=each.no: self.open(no))

    def _parties(self, detail: StaffTicketDetail) -> None:
        with group("客户"):
            for party in detail.parties:
                with ui.element("div").classes("dd-line"):
                    said = " ".join(filter(None, (party.phone_masked, party.address, party.symptom)))
                    ui.label(said or "未留信息").style("flex:1")
                    if party.phone_masked:
                        see = ui.button("查看电话").props("flat dense no-caps")
                        see.on_click(lambda conversation=party.conversation: self._reveal(conversation))
                ui.label(party.description).style("color:var(--soft);font-size:13px")

    async def _reveal(self, conversation: str) -> None:
        if not (reason := await dialogs.ask_reason("查看完整电话")):
            return
        try:
            contact = await self._parts.utility.reveal_contact(self._open, conversation, self._agent.name, reason)
        except UtilityError:
            ui.notify("暂时查不到", type="negative", position="top")
            return
        await self._parts.audit.write_now(self._agent.name, "查看电话", self._open, reason)
        ui.notify(f"联系电话：{contact.phone or '未留'}", position="top", timeout=15_000, close_button="关闭")

    async def _step(self, step: Step) -> None:
        teams = await self._parts.utility.teams() if step is Step.DISPATCH else []
        wish = await dialogs.ask_step(step, teams, wants_note=step in WANTS_NOTE)
        if wish is None:
            return
        request = StepRequest(staff=self._agent.name, step=step, note=wish.note, team=wish.team)
        try:
            detail = await self._parts.utility.take_step(self._open, request, f"console:{uuid.uuid4().hex}")
        except NotPossible:
            ui.notify("工单状态已变，请看最新情况", type="warning", position="top")
            detail = await self._parts.utility.staff_ticket(self._open)
        except UtilityError:
            ui.notify("后台系统暂时连不上，这一步没有做成", type="negative", position="top")
            return
        else:
            await self._parts.audit.write_now(self._agent.name, f"工单{step}", self._open, wish.note)
        self._show_one(detail)
        await self.show()

    async def _download(self) -> None:
        rows = [_cells(ticket) for ticket in self._tickets]
        content = await asyncio.to_thread(workbook, {"工单": (HEADS, rows)})
        ui.download.content(content, f"工单_{self._parts.clock():%Y%m%d_%H%M}.xlsx")


def _late(ticket: StaffTicket) -> bool:
    done = ticket.status in (TicketStatus.FIXED, TicketStatus.CLOSED)
    return ticket.seconds_left < 0 and not ticket.paused and not done


def _left(ticket: StaffTicket) -> str:
    if ticket.status in (TicketStatus.FIXED, TicketStatus.CLOSED):
        return "已完成"
    if ticket.paused:
        return "等客户"
    left = span(abs(ticket.seconds_left))
    return f"超 {left}" if ticket.seconds_left < 0 else f"余 {left}"


def _cells(ticket: StaffTicket) -> tuple[str | int, ...]:
    return (
        ticket.no,
        ticket.kind.value,
        ticket.status.value,
        ticket.grade.value,
        ticket.team,
        ticket.place,
        ticket.description,
        CHANNELS.get(ticket.channel, ticket.channel),
        _time(ticket.created_at),
        _time(ticket.due_at),
        _left(ticket),
        ticket.urged,
        ticket.parties,
    )


def _time(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"


def page(parts: Parts) -> None:
    @ui.page("/tickets", title="电答 · 工单")
    async def tickets(request: Request, no: str = "") -> None:
        session = looking(request)
        with frame(parts, session, "tickets"):
            Tickets(parts, session).build(no)
