"""The audit log, for those who may read it."""

from fastapi import Request
from nicegui import ui

from console.context import local
from console.elements import Row
from console.frame import frame
from console.parts import Parts, looking

COLUMNS: list[Row] = [
    {"name": "at", "label": "时间", "field": "at", "align": "left"},
    {"name": "agent", "label": "人员", "field": "agent", "align": "left"},
    {"name": "act", "label": "操作", "field": "act", "align": "left"},
    {"name": "subject", "label": "对象", "field": "subject", "align": "left"},
    {"name": "detail", "label": "内容", "field": "detail", "align": "left"},
]
SHOWN = 500


def page(parts: Parts) -> None:
    @ui.page("/audit", title="电答 · 操作日志")
    async def audit(request: Request) -> None:
        session = looking(request)
        acts = await parts.audit.read(limit=SHOWN)
        with frame(parts, session, "audit"), ui.element("div").classes("dd-page"):
            words = ui.input("筛选").props("outlined dense clearable").style("width:280px")
            rows = [
                {"id": n, "at": f"{local(each.at):%Y-%m-%d %H:%M:%S}", "agent": each.agent, "act": each.act}
                | {"subject": each.subject, "detail": each.detail}
                for n, each in enumerate(acts)
            ]
            table = ui.table(columns=COLUMNS, rows=rows, row_key="id", pagination=20).props("flat dense")
            table.classes("w-full dd-panel").bind_filter_from(words, "value")
