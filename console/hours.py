"""The hours in which people answer, as the utility's systems keep them: seen, and set from a day on."""

from datetime import date, timedelta

from nicegui import ui

from console.context import local
from console.parts import Parts
from desk.staff import Agent
from utility.errors import UtilityError
from utility.staff import NewHours


class HoursForm:
    def __init__(self, parts: Parts, me: Agent) -> None:
        self._parts, self._me = parts, me
        with ui.element("section").classes("dd-panel"):
            self._now = ui.label("").classes("dd-hint")
            self._shifts = ui.input("时段（如 9:00-12:00,13:30-17:30）", validation={"请填时段": bool}).classes("w-80")
            self._text = ui.input("对客户的说法（如 工作日9:00-17:30）", validation={"请填写": bool}).classes("w-80")
            self._working = ui.switch("只在工作日（含调休）", value=True)
            tomorrow = (local(parts.clock()) + timedelta(days=1)).date()
            self._from = ui.input("从哪天起", value=tomorrow.isoformat(), validation={"请填日期": _is_day})
            self._from.props("type=date").classes("w-80")
            for field in (self._shifts, self._text):
                field.without_auto_validation()
            ui.button("保存", on_click=self._save).props("unelevated")
        ui.timer(0.05, self._show, once=True)

    async def _show(self) -> None:
        try:
            hours = await self._parts.utility.service_hours()
        except UtilityError:
            self._now.set_text("后台系统暂时连不上，看不到现行服务时间")
            return
        state = "现在在服务时间内" if hours.open_now else f"现在不在，下次{local(hours.next_open_at):%m月%d日%H:%M}"
        self._now.set_text(f"现行：{hours.text}（自{hours.valid_from}起，{hours.source}）。{state}")

    async def _save(self) -> None:
        if not all([self._shifts.validate(), self._text.validate(), self._from.validate()]):
            return
        try:
            wish = NewHours(
                staff=self._me.name,
                text=self._text.value,
                shifts=self._shifts.value.replace("，", ",").replace("：", ":").replace(" ", ""),
                working_days_only=self._working.value,
                valid_from=date.fromisoformat(self._from.value),
            )
            await self._parts.utility.set_service_hours(wish)
        except (ValueError, UtilityError):
            ui.notify("没有保存：请检查时段和日期", type="negative", position="top")
            return
        await self._parts.audit.write_now(self._me.name, "修改服务时间", wish.shifts, f"自{wish.valid_from}起")
        ui.notify("已保存", type="positive", position="top")
        await self._show()


def _is_day(text: str | None) -> bool:
    try:
        return bool(date.fromisoformat(text or ""))
    except ValueError:
        return False
