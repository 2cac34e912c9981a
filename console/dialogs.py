"""The small windows of the workbench: hand over, close, open a ticket."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from console.wording import CODES, SKILLS
from desk.board import Picture
from desk.staff import Agent, Summary
from utility.models import Grade, TicketKind
from utility.staff import Step


@dataclass(frozen=True)
class Transfer:
    skill: str
    wanted: str | None
    note: str


@dataclass(frozen=True)
class Close:
    summary: Summary
    ask: bool


@dataclass(frozen=True)
class NewTicket:
    kind: TicketKind
    grade: Grade
    phone: str
    address: str
    description: str


@dataclass(frozen=True)
class StepWish:
    note: str
    team: str


async def ask_transfer(picture: Picture, agent: Agent) -> Transfer | None:
    """None when it was thought better of."""
    colleagues = {each.name: f"{each.title}（{each.presence}）" for each in picture.here() if each.name != agent.name}
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label("转接").classes("text-subtitle1")
        skill = ui.select(dict(zip(SKILLS, SKILLS, strict=True)), label="转给技能组", clearable=True).classes("w-full")
        person = ui.select(colleagues, label="或指定同事", clearable=True).classes("w-full")
        note = ui.textarea("给接手同事的话", validation={"请写一句交接说明": _is_said})
        note.classes("w-full").props("autogrow").without_auto_validation()

        def go() -> None:
            if note.validate():
                dialog.submit(Transfer(skill.value or "", person.value, note.value.strip()))

        _buttons("转接", go, dialog)
    answer: Transfer | None = await _answer(dialog)
    return answer


async def ask_close(*, may_ask: bool) -> Close | None:
    """服务小结."""
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label("结束会话 · 服务小结").classes("text-subtitle1")
        code = ui.select(list(CODES), label="业务类型", validation={"请选择": bool}).classes("w-full")
        code.without_auto_validation()
        result = ui.textarea("处理结果（选填）").classes("w-full").props("autogrow maxlength=300")
        ask = ui.checkbox("请客户评价", value=may_ask)
        ask.set_enabled(may_ask)
        if not may_ask:
            ui.label("今天已请这位客户评价过").classes("dd-hint")

        def go() -> None:
            if code.validate():
                dialog.submit(Close(Summary(str(code.value), (result.value or "").strip()), bool(ask.value)))

        _buttons("结束会话", go, dialog)
    answer: Close | None = await _answer(dialog)
    return answer


async def ask_ticket(address: str, description: str) -> NewTicket | None:
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label("新建工单").classes("text-subtitle1")
        kind = ui.select([each.value for each in TicketKind], value=TicketKind.REPAIR.value, label="类型")
        grade = ui.select([each.value for each in Grade], value=Grade.NORMAL.value, label="等级")
        phone = ui.input("联系电话（选填）", validation={"请填 7 到 12 位数字": _is_phone})
        where = ui.input("地址", value=address)
        what = ui.textarea("内容", value=description, validation={"请写明情况": _is_said})
        for each in (kind, grade, phone, where, what):
            each.classes("w-full")

        def go() -> None:
            if phone.validate() and what.validate():
                made = NewTicket(
                    TicketKind(kind.value), Grade(grade.value), phone.value.strip(), where.value.strip(), what.value
                )
                dialog.submit(made)

        _buttons("提交工单", go, dialog)
    answer: NewTicket | None = await _answer(dialog)
    return answer


async def ask_step(step: Step, teams: Sequence[str], *, wants_note: bool) -> StepWish | None:
    """What a step of a ticket needs: a team, a note, or nothing but a second look."""
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label(step.value).classes("text-subtitle1")
        team = ui.select(list(teams), label="派给", with_input=True, validation={"请选班组": bool}).classes("w-full")
        team.set_visibility(bool(teams))
        team.without_auto_validation()
        label = "内部备注（客户看不到）" if step is Step.NOTE else "说明（客户会看到）"
        checks = {"请写明": _is_said} if wants_note else {}
        note = ui.textarea(label, validation=checks).classes("w-full").props("autogrow maxlength=500")
        note.without_auto_validation()

        def go() -> None:
            if note.validate() and (not teams or team.validate()):
                dialog.submit(StepWish((note.value or "").strip(), team.value or ""))

        _buttons(step.value, go, dialog)
    answer: StepWish | None = await _answer(dialog)
    return answer


async def ask_reason(title: str) -> str | None:
    """Why something masked is to be seen; it goes on record."""
    with ui.dialog() as dialog, ui.card().classes("w-80"):
        ui.label(title).classes("text-subtitle1")
        ui.label("会记入操作日志").classes("dd-hint")
        reason = ui.input("原因", validation={"请写明原因": _is_said}).classes("w-full")
        reason.without_auto_validation()

        def go() -> None:
            if reason.validate():
                dialog.submit(reason.value.strip())

        _buttons("查看", go, dialog)
    answer: str | None = await _answer(dialog)
    return answer


def _is_said(text: str | None) -> bool:
    return bool((text or "").strip())


def _is_phone(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 7 <= len(text) <= 12)


def _buttons(title: str, go: Callable[[], None], dialog: ui.dialog) -> None:
    with ui.row().classes("w-full justify-end"):
        ui.button("取消", on_click=lambda: dialog.submit(None)).props("flat")
        ui.button(title, on_click=go).props("unelevated")


async def _answer(dialog: ui.dialog) -> Any:
    answer = await dialog
    dialog.delete()
    return answer
