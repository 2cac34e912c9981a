"""The reports: a day, a week or a month, on the page and as xlsx."""

from collections.abc import Callable
from datetime import timedelta

from fastapi import Request
from nicegui import ui

from console.elements import Row
from console.frame import frame
from console.parts import Parts, looking
from console.sheets import workbook
from console.tiles import percent, span, tile
from console.wording import CHANNELS, OUTCOMES
from desk.reports import Report, Service

SPANS = {"今天": 1, "近 7 天": 7, "近 30 天": 30}
HEADS = ("转人工", "已接入", "平均首次响应", "按时率", "平均处理时长", "评价数", "满意率")
DEFINITIONS = (
    "首次响应：从客户要人工到坐席第一句话。按时：首次响应不超过考核分钟数。满意率：评价为满意及以上的比例。"
    "独立解决：客户发过言且没有转人工的会话比例。未测得的显示为 —，不按 0 计。"
)


class Reporting:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._report: Report | None = None

    def build(self) -> None:
        with ui.element("div").classes("dd-page"):
            with ui.row().classes("items-center"):
                self._span = ui.toggle(list(SPANS), value="近 7 天", on_change=self._show)
                ui.space()
                ui.button("导出 Excel", icon="download", on_click=self._download).props("outline")
            self._box = ui.element("div").classes("dd-page").style("padding:0")
            with ui.element("div").classes("dd-hint"):
                ui.label(DEFINITIONS)
        ui.timer(0.05, self._show, once=True)

    async def _show(self) -> None:
        now = self._parts.clock()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        since = midnight - timedelta(days=SPANS[str(self._span.value)] - 1)
        rules = self._parts.duty.rules
        self._report = report = await self._parts.reports.of(
            since, now + timedelta(seconds=1), timedelta(minutes=rules.mean_response_minutes)
        )
        titles = self._titles()
        self._box.clear()
        with self._box:
            self._tiles(report)
            _table("各渠道", "渠道", _rows(report.channels, lambda name: CHANNELS.get(name, name)))
            _table("各坐席", "坐席", _rows(report.agents, lambda name: titles.get(name, name)))
            with ui.element("div").classes("dd-two"):
                _bars("转人工原因", report.reasons)
                _bars("服务小结分类", report.codes)
            _days(report)

    def _tiles(self, report: Report) -> None:
        rules, total = self._parts.duty.rules, report.total
        slow = total.first_response is not None and total.first_response > rules.mean_response_minutes * 60
        unhappy = total.satisfaction is not None and total.satisfaction * 100 < rules.satisfaction_percent
        with ui.element("div").classes("dd-tiles"):
            tile("客户会话", str(report.conversations))
            tile("转人工", str(total.wanted))
            tile("独立解决", percent(report.contained))
            tile(f"平均首次响应（目标 ≤{rules.mean_response_minutes} 分）", span(total.first_response), bad=slow)
            tile(f"满意率（目标 ≥{rules.satisfaction_percent}%）", percent(total.satisfaction), bad=unhappy)
            tile("未答复消息（目标 0）", str(report.unanswered), bad=report.unanswered > 0)

    def _titles(self) -> dict[str, str]:
        return {agent.name: agent.title for agent in self._parts.board.picture.agents}

    def _download(self) -> None:
        if self._report is None:
            return
        name = f"电答报表_{self._report.since:%Y%m%d}-{self._report.until:%Y%m%d}.xlsx"
        ui.download.content(sheets(self._report, self._titles()), name)


def sheets(report: Report, titles: dict[str, str]) -> bytes:
    total = [("合计", *_cells(report.total))]
    channels = [(CHANNELS.get(name, name), *_cells(each)) for name, each in report.channels.items()]
    agents = [(titles.get(name, name), *_cells(each)) for name, each in report.agents.items()]
    days = [(day.isoformat(), *_cells(each)) for day, each in report.days.items()]
    endings = [(OUTCOMES.get(name, "进行中"), count) for name, count in report.endings.items()]
    return workbook(
        {
            "各渠道": (("渠道", *HEADS), [*channels, *total]),
            "各坐席": (("坐席", *HEADS), agents),
            "各日": (("日期", *HEADS), days),
            "转人工原因": (("原因", "次数"), list(report.reasons.items())),
            "小结分类": (("分类", "次数"), list(report.codes.items())),
            "结束方式": (("方式", "次数"), endings),
            "口径": (("说明",), [(DEFINITIONS,)]),
        }
    )


def _cells(each: Service) -> tuple[str | int, ...]:
    return (
        each.wanted,
        each.served,
        span(each.first_response),
        percent(each.on_time),
        span(each.handling),
        each.opinions,
        percent(each.satisfaction),
    )


def _rows(services: dict[str, Service], named: Callable[[str], str]) -> list[Row]:
    keys = ("wanted", "served", "first", "on_time", "handling", "opinions", "satisfaction")
    return [{"name": named(name), **dict(zip(keys, _cells(each), strict=True))} for name, each in services.items()]


def _table(title: str, first: str, rows: list[Row]) -> None:
    keys = ("wanted", "served", "first", "on_time", "handling", "opinions", "satisfaction")
    columns: list[Row] = [{"name": "name", "label": first, "field": "name", "align": "left"}]
    columns += [
        {"name": key, "label": head, "field": key, "align": "right"} for key, head in zip(keys, HEADS, strict=True)
    ]
    with ui.element("section").classes("dd-panel"):
        with ui.element("h2"):
            ui.label(title)
        ui.table(columns=columns, rows=rows, row_key="name").props(
            'flat dense hide-pagination no-data-label="暂无数据"'
        )


def _bars(title: str, counts: dict[str, int]) -> None:
    names = list(counts)[:10][::-1]
    with ui.element("section").classes("dd-panel"):
        with ui.element("h2"):
            ui.label(title)
        if not names:
            ui.label("暂无数据").classes("dd-empty")
            return
        options = {
            "color": ["#0b6e5f"],
            "grid": {"left": 110, "right": 40, "top": 8, "bottom": 24},
            "xAxis": {"type": "value", "minInterval": 1},
            "yAxis": {"type": "category", "data": names},
            "series": [
                {"type": "bar", "data": [counts[name] for name in names], "label": {"show": True, "position": "right"}}
            ],
        }
        ui.echart(options).classes("w-full").style("height:230px")


def _days(report: Report) -> None:
    days = list(report.days)
    with ui.element("section").classes("dd-panel"):
        with ui.element("h2"):
            ui.label("每日转人工与接入")
        options = {
            "color": ["#9dc9c0", "#0b6e5f"],
            "legend": {"top": 0},
            "tooltip": {"trigger": "axis"},
            "grid": {"left": 36, "right": 12, "top": 34, "bottom": 26},
            "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in days]},
            "yAxis": {"type": "value", "minInterval": 1},
            "series": [
                {"name": "转人工", "type": "bar", "data": [report.days[day].wanted for day in days]},
                {"name": "已接入", "type": "bar", "data": [report.days[day].served for day in days]},
            ],
        }
        ui.echart(options).classes("w-full").style("height:230px")


def page(parts: Parts) -> None:
    @ui.page("/reports", title="电答 · 报表")
    async def reports(request: Request) -> None:
        session = looking(request)
        with frame(parts, session, "reports"):
            Reporting(parts).build()
