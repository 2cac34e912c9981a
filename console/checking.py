"""Quality checks: a sample of closed conversations, read and scored by the six principles."""

from datetime import timedelta
from typing import Any

from fastapi import Request
from nicegui import ui

from console import rows
from console.context import local
from console.elements import Row, Transcript
from console.frame import frame
from console.parts import Parts, looking
from console.tiles import percent
from console.wording import SCORES, who
from desk.quality import BEST, PRINCIPLES
from desk.sign_in import Session

SINCE = timedelta(days=30)
COLUMNS: list[Row] = [
    {"name": "at", "label": "结束时间", "field": "at", "align": "left"},
    {"name": "who", "label": "客户", "field": "who", "align": "left"},
    {"name": "agent", "label": "坐席", "field": "agent", "align": "left"},
    {"name": "code", "label": "分类", "field": "code", "align": "left"},
    {"name": "score", "label": "客户评价", "field": "score", "align": "left"},
    {"name": "checked", "label": "质检", "field": "checked", "align": "left"},
]


class Checking:
    def __init__(self, parts: Parts, session: Session) -> None:
        self._parts, self._agent = parts, session.agent
        self._chosen: Row | None = None

    def build(self) -> None:
        with ui.element("div").classes("dd-page"):
            self._means = ui.element("div").classes("dd-tiles")
            with ui.element("div").classes("dd-two"):
                with ui.element("section").classes("dd-panel"):
                    with ui.element("h2"):
                        ui.label("抽样（近 30 天，未质检与差评在前）")
                    self._table = ui.table(columns=COLUMNS, rows=[], row_key="id", pagination=12)
                    self._table.props('flat dense no-data-label="还没有结束的人工会话"').classes("w-full")
                    self._table.on("rowClick", lambda event: self._open(event.args[1]))
                with (
                    ui.element("section")
                    .classes("dd-panel")
                    .style("height:calc(100vh - 190px);display:flex;flex-direction:column")
                ):
                    self._transcript = Transcript(lambda _: None)
                    self._form = ui.element("div")
        ui.timer(0.05, self._show, once=True)

    async def _show(self) -> None:
        titles = {agent.name: agent.title for agent in self._parts.board.picture.agents}
        sample = await self._parts.quality.sample(self._parts.clock() - SINCE)
        self._table.rows[:] = [_row(each, titles) for each in sample]
        self._table.update()
        means = await self._parts.quality.means(self._parts.clock() - SINCE)
        self._means.clear()
        with self._means:
            for agent, (count, share) in means.items():
                with ui.element("div").classes("dd-tile"):
                    ui.label(percent(share)).style("font-size:22px;font-weight:700")
                    ui.label(f"{titles.get(agent, agent)} · 质检 {count} 次").style("color:var(--soft)")

    async def _open(self, row: Row) -> None:
        """The taboo words among what the agent said are shown before anything is scored."""
        self._chosen = row
        titles = {agent.name: agent.title for agent in self._parts.board.picture.agents}
        lines = await self._parts.reading.lines(row["conversation"], limit=200)
        self._transcript.reset([rows.line(line, titles) for line in lines], earlier=False)
        taboo = [w for w in self._parts.duty.rules.taboo for line in lines if line.author == "agent" and w in line.text]
        self._form.clear()
        with self._form:
            if taboo:
                ui.label(f"出现服务忌语：{'、'.join(dict.fromkeys(taboo))}").classes("dd-warn")
            with ui.element("div").style("display:grid;grid-template-columns:1fr 1fr;gap:2px 16px"):
                numbers = {name: self._number(name, row) for name in PRINCIPLES}
            comment = ui.input("评语").classes("w-full").props("dense outlined maxlength=300")
            ui.button("保存评分", on_click=lambda: self._save(numbers, comment)).props("unelevated")

    def _number(self, name: str, row: Row) -> ui.rating:
        with ui.row().classes("items-center no-wrap"):
            ui.label(name).style("width:70px")
            kept = (row["scores"] or {}).get(name, BEST)
            return ui.rating(value=kept, max=BEST).props(f'aria-label="{name}"')

    async def _save(self, numbers: dict[str, Any], comment: Any) -> None:
        if self._chosen is None:
            return
        scores = {name: int(each.value or 0) for name, each in numbers.items()}
        row, now = self._chosen, self._parts.clock()
        await self._parts.quality.score(row["id"], row["by"], scores, comment.value or "", self._agent.name, now)
        ui.notify("评分已保存", type="positive", position="top")
        await self._show()


def _row(each: Any, titles: dict[str, str]) -> Row:
    checked = f"{sum(each.scores.values())} / {BEST * len(PRINCIPLES)}" if each.scores else "未质检"
    return {
        "id": each.id,
        "conversation": each.conversation,
        "by": each.agent,
        "scores": each.scores,
        "at": f"{local(each.closed_at):%m-%d %H:%M}",
        "who": who(each.channel, each.conversation),
        "agent": titles.get(each.agent, each.agent),
        "code": each.code or "",
        "score": SCORES.get(each.score, "未评价"),
        "checked": checked,
    }


def page(parts: Parts) -> None:
    @ui.page("/quality", title="电答 · 质检")
    async def quality(request: Request) -> None:
        session = looking(request)
        with frame(parts, session, "quality"):
            Checking(parts, session).build()
