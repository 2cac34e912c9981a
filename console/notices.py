"""停电通知: each fact that was made known, how many were told, and who has not said that they saw it."""

from fastapi import Request
from nicegui import ui

from console.context import local
from console.elements import Row
from console.frame import frame
from console.parts import Parts, looking
from console.wording import who
from desk.notice_report import Told

COLUMNS: list[Row] = [
    {"name": name, "label": label, "field": name, "align": align, "sortable": True}
    for name, label, align in (
        ("at", "时间", "left"),
        ("kind", "事项", "left"),
        ("scope", "范围", "left"),
        ("people", "应通知", "right"),
        ("queued", "待发", "right"),
        ("carried", "已送达", "right"),
        ("failed", "失败", "right"),
        ("acknowledged", "已知晓", "right"),
    )
]
LOOK_EVERY = 5.0  # seconds


class NoticePage:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        with ui.element("div").classes("dd-page"):
            hint = "停电公布、变更、取消、进展和恢复，每人每事通知一次；夜里不发还早的停电。点一行看谁还没点“已知晓”。"
            ui.label(hint).classes("dd-hint")
            self._table = ui.table(columns=COLUMNS, rows=[], row_key="fact", pagination=15).props("flat dense")
            self._table.classes("w-full dd-panel").on("rowClick", self._open, [[], ["fact"], None])
            self._table.add_slot("no-data", "还没有停电通知")
        ui.timer(LOOK_EVERY, self._look)

    async def _look(self) -> None:
        rows = [_row(each) for each in await self._parts.notices.facts()]
        if rows != self._table.rows:
            self._table.rows = rows
            self._table.update()

    async def _open(self, event: "object") -> None:
        fact = int(event.args[1]["fact"])  # type: ignore[attr-defined]
        silent = await self._parts.notices.silent(fact)
        told = next((each for each in await self._parts.notices.facts() if each.fact == fact), None)
        with ui.dialog() as dialog, ui.card().style("min-width:560px"):
            ui.label(told.text if told else "").classes("text-body2")
            ui.label(f"还没有点“已知晓”的 {len(silent)} 人").classes("text-subtitle1")
            for each in silent:
                with ui.row().classes("items-center w-full"):
                    ui.label("重要" if each.important else "").classes("dd-warn").style("width:40px")
                    ui.link(who(each.channel, each.conversation), f"/?c={each.conversation}")
                    ui.label(f"{local(each.told_at):%m-%d %H:%M} 已发" if each.told_at else "待发")
                    ui.label(each.failure).classes("dd-warn")
            ui.button("关闭", on_click=dialog.close).props("flat")
        dialog.on("hide", dialog.delete)
        dialog.open()


def _row(told: Told) -> Row:
    figures = {name: getattr(told, name) for name in ("people", "queued", "carried", "failed", "acknowledged")}
    return {"fact": told.fact, "at": f"{local(told.at):%m-%d %H:%M}", "kind": told.kind, "scope": told.scope} | figures


def page(parts: Parts) -> None:
    @ui.page("/notices", title="电答 · 停电通知")
    async def notices(request: Request) -> None:
        with frame(parts, looking(request), "notices"):
            NoticePage(parts)
