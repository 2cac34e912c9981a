"""What is going on now, for those who lead: the queue, the agents, the day so far."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from nicegui import background_tasks, ui

from console.elements import Row
from console.frame import frame
from console.parts import Parts, looking
from console.tiles import percent, span, tile
from console.wording import CHANNELS
from desk.board import Picture
from desk.model import Status
from desk.reports import Report
from desk.staff import Presence

RENEW_EVERY = 15.0  # seconds between two looks at the day's figures; the rest comes as it happens


class Wallboard:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._changed = asyncio.Event()
        self._today: Report | None = None

    def build(self) -> None:
        with ui.element("div").classes("dd-page"):
            self._now = ui.element("div").classes("dd-tiles").props('aria-label="此刻"')
            self._day = ui.element("div").classes("dd-tiles").props('aria-label="今天"')
            with ui.element("div").classes("dd-two"):
                with ui.element("section").classes("dd-panel"):
                    _heading("今天各小时转人工")
                    self._chart = ui.echart(_hours({})).classes("w-full").style("height:260px")
                with ui.element("section").classes("dd-panel"):
                    _heading("坐席")
                    self._agents = ui.table(columns=AGENT_COLUMNS, rows=[], row_key="name").props("flat dense")
                    self._agents.classes("w-full")
        forget = self._parts.board.watch(self._changed.set)
        task = background_tasks.create(self._keep_up())

        def end() -> None:
            forget()
            task.cancel()

        ui.context.client.on_delete(end)
        ui.timer(RENEW_EVERY, self._renew)
        ui.timer(1.0, self._changed.set)
        ui.timer(0.05, self._renew, once=True)

    async def _keep_up(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._show_now(self._parts.board.picture)
            await asyncio.sleep(0.9)

    async def _renew(self) -> None:
        now = self._parts.clock()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        minutes = timedelta(minutes=self._parts.duty.rules.mean_response_minutes)
        self._today = await self._parts.reports.of(midnight, now + timedelta(minutes=1), minutes)
        self._show_day(self._today)
        hours = await self._parts.reports.hours(midnight, now + timedelta(minutes=1))
        self._chart.options.update(_hours(hours))
        self._chart.update()

    def _show_now(self, picture: Picture) -> None:
        queue, rules = picture.queue, self._parts.duty.rules
        now = self._parts.clock()
        longest = max((now - each.queued_at for each in queue), default=None)
        people = [each for each in picture.episodes if each.status is Status.HUMAN]
        late = sum(1 for each in people if each.awaiting_since and now - each.awaiting_since > rules.span("next_reply"))
        self._now.clear()
        with self._now:
            tile("正在排队", str(len(queue)), bad=len(queue) > 10)
            tile(
                "最长等待",
                span(longest.total_seconds()) if longest else "0 秒",
                bad=bool(longest and longest > rules.span("first_reply")),
            )
            tile("险情待接", str(sum(1 for each in queue if each.dangerous)), bad=any(e.dangerous for e in queue))
            tile("人工会话", str(len(people)))
            tile("超时未回", str(late), bad=late > 0)
            tile(
                "就绪坐席", f"{sum(1 for a in picture.here() if a.presence is Presence.READY)} / {len(picture.here())}"
            )
        self._agents.rows[:] = agent_rows(picture, now)
        self._agents.update()

    def _show_day(self, day: Report) -> None:
        rules, total = self._parts.duty.rules, day.total
        slow = total.first_response is not None and total.first_response > rules.mean_response_minutes * 60
        unhappy = total.satisfaction is not None and total.satisfaction * 100 < rules.satisfaction_percent
        self._day.clear()
        with self._day:
            tile("今天转人工", str(total.wanted))
            tile("已接入", str(total.served))
            tile("平均首次响应", span(total.first_response), bad=slow, hint="从客户要人工到坐席第一句话")
            tile("满意率", percent(total.satisfaction), bad=unhappy, hint="评价为满意及以上的比例")
            tile("智能客服独立解决", percent(day.contained), hint="客户发过言且没有转人工的会话比例")
            tile("未答复消息", str(day.unanswered), bad=day.unanswered > 0)


AGENT_COLUMNS: list[Row] = [
    {"name": "title", "label": "坐席", "field": "title", "align": "left"},
    {"name": "presence", "label": "状态", "field": "presence", "align": "left"},
    {"name": "load", "label": "会话", "field": "load", "align": "right"},
    {"name": "late", "label": "等回复", "field": "late", "align": "right"},
    {"name": "skills", "label": "技能", "field": "skills", "align": "left"},
]


def agent_rows(picture: Picture, now: datetime) -> list[Row]:
    rows = []
    for agent in sorted(picture.agents, key=lambda each: (not each.presence.here, each.title)):
        if agent.active:
            mine = picture.chats(agent.name)
            waiting = sum(1 for each in mine if each.awaiting_since)
            load = f"{len(mine)} / {agent.capacity}"
            row = {"name": agent.name, "title": agent.title, "presence": agent.presence.value, "load": load}
            rows.append(row | {"late": waiting, "skills": "、".join(agent.skills)})
    return rows


def _hours(hours: dict[tuple[int, str], int]) -> dict[str, Any]:
    channels = sorted({channel for _, channel in hours}) or list(CHANNELS)
    series = [
        {
            "name": CHANNELS.get(channel, channel),
            "type": "bar",
            "stack": "all",
            "data": [hours.get((hour, channel), 0) for hour in range(24)],
        }
        for channel in channels
    ]
    return {
        "color": ["#0b6e5f", "#3d7ea6", "#c08a2d"],
        "grid": {"left": 36, "right": 12, "top": 34, "bottom": 26},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{hour}时" for hour in range(24)]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
    }


def _heading(text: str) -> None:
    with ui.element("h2"):
        ui.label(text)


def page(parts: Parts) -> None:
    @ui.page("/wallboard", title="电答 · 实时大屏")
    async def wallboard(request: Request) -> None:
        session = looking(request)
        with frame(parts, session, "wallboard"):
            Wallboard(parts).build()
