"""Administration: agents, canned replies, the desk's rules and hours. Every act is on record."""

from dataclasses import fields, replace
from typing import Any

from fastapi import Request
from nicegui import ui

from console.demo import initials
from console.frame import frame
from console.hours import HoursForm
from console.parts import Parts, looking
from console.session import allowed
from console.wording import SKILLS
from desk.agents import NameTaken
from desk.rules import BadRule
from desk.sign_in import Session
from desk.staff import Agent, Canned, Role, Rules

RULES = {
    "hours_kept": "只在服务时间内转人工（险情除外）",
    "first_reply": "首次回复时限（秒）",
    "next_reply": "后续回复时限（秒）",
    "silent_after": "坐席多久不回复就退回排队（秒）",
    "gone_after": "坐席失联多久算离线（秒）",
    "wait_at_most": "最长排队时间，超过转回电工单（秒）",
    "tell_place_every": "两次告知排队位置的最短间隔（秒）",
    "mean_response_minutes": "平均首次响应考核（分钟）",
    "satisfaction_percent": "满意率考核（%）",
    "taboo": "服务忌语（每行一个）",
}


class Admin:
    def __init__(self, parts: Parts, session: Session) -> None:
        self._parts, self._me = parts, session.agent

    def build(self) -> None:
        with ui.element("div").classes("dd-page"):
            with ui.tabs().props("align=left dense no-caps") as tabs:
                agents = ui.tab("坐席") if allowed(self._me, "people") else None
                canned, rules, hours = ui.tab("常用语"), ui.tab("规则"), ui.tab("服务时间")
            with ui.tab_panels(tabs, value=agents or canned).classes("w-full bg-transparent"):
                if agents:
                    with ui.tab_panel(agents):
                        self._agents = ui.element("section").classes("dd-panel")
                with ui.tab_panel(canned):
                    self._canned = ui.element("section").classes("dd-panel")
                with ui.tab_panel(rules):
                    self._rules = ui.element("section").classes("dd-panel")
                with ui.tab_panel(hours):
                    HoursForm(self._parts, self._me)
        ui.timer(0.05, self._show, once=True)

    async def _show(self) -> None:
        if allowed(self._me, "people"):
            await self._show_agents()
        await self._show_canned()
        await self._show_rules()

    # --- agents --------------------------------------------------------------------------------------------------

    async def _show_agents(self) -> None:
        agents = await self._parts.agents.all()
        self._agents.clear()
        with self._agents:
            ui.button("新建坐席", icon="person_add", on_click=self._new_agent).props("unelevated")
            for agent in agents:
                with ui.row().classes("items-center w-full"):
                    ui.label(agent.name).style("width:110px;font-weight:600")
                    ui.label(agent.title).style("width:120px")
                    ui.label(agent.role.value).style("width:70px")
                    ui.label("、".join(agent.skills) or "全部技能").style("flex:1;color:var(--soft)")
                    ui.label(f"{agent.capacity} 个会话").style("width:80px")
                    ui.label("在用" if agent.active else "停用").style("width:50px")
                    ui.button("修改", on_click=lambda agent=agent: self._edit(agent)).props("flat dense")
                    ui.button("重置密码", on_click=lambda agent=agent: self._reset(agent)).props("flat dense")
                    codes = ui.button("重置动态口令", on_click=lambda agent=agent: self._reset_code(agent))
                    codes.props("flat dense").set_visibility(agent.has_totp)

    async def _new_agent(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label("新建坐席").classes("text-subtitle1")
            name = ui.input("登录名（字母和数字）", validation={"2 到 40 位字母、数字": _is_name}).classes("w-full")
            form = _AgentForm(Agent("", "", Role.AGENT))

            def go() -> None:
                if name.validate():
                    dialog.submit(form.agent(name.value))

            ui.button("保存", on_click=go).props("unelevated")
        agent = await dialog
        dialog.delete()
        if agent is None:
            return
        try:
            password = await self._parts.sign_in.add(agent, by=self._me.name)
        except NameTaken:
            ui.notify("这个登录名已有人用", type="warning", position="top")
            return
        await self._show_agents()
        with self._agents:
            self._show_password(agent.name, password)

    async def _edit(self, agent: Agent) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label(f"修改 {agent.name}").classes("text-subtitle1")
            form = _AgentForm(agent)
            ui.button("保存", on_click=lambda: dialog.submit(form.agent(agent.name))).props("unelevated")
        changed = await dialog
        dialog.delete()
        if changed is None:
            return
        if changed.name == self._me.name and (changed.role is not Role.ADMIN or not changed.active):
            ui.notify("不能停用自己或取消自己的管理员角色", type="warning", position="top")
            return
        if _loses_admin(agent, changed) and not await self._another_admin(agent.name):
            ui.notify("这是最后一位管理员，请先设另一位", type="warning", position="top")
            return
        await self._parts.agents.change(changed)
        await self._on_record("修改坐席", agent.name, f"{changed.role} {'在用' if changed.active else '停用'}")
        await self._show_agents()

    async def _another_admin(self, name: str) -> bool:
        agents = await self._parts.agents.all()
        return any(each.role is Role.ADMIN and each.active and each.name != name for each in agents)

    async def _reset(self, agent: Agent) -> None:
        self._show_password(agent.name, await self._parts.sign_in.reset_password(agent.name, self._me.name))

    async def _reset_code(self, agent: Agent) -> None:
        await self._parts.sign_in.reset_totp(agent.name, self._me.name)
        ui.notify(f"{agent.name} 下次登录时重新启用动态口令", type="positive", position="top")

    def _show_password(self, name: str, password: str) -> None:
        with ui.dialog() as dialog, ui.card():
            ui.label(f"{name} 的一次性密码").classes("text-subtitle1")
            ui.label(password).style("font:600 20px ui-monospace,monospace")
            ui.label("只显示这一次；首次登录后须修改").classes("dd-hint")
            ui.button("已转告本人", on_click=dialog.close).props("unelevated")
        dialog.open()

    # --- canned replies ------------------------------------------------------------------------------------------

    async def _show_canned(self) -> None:
        self._canned.clear()
        with self._canned:
            ui.button("新建常用语", icon="add", on_click=lambda: self._edit_canned(None)).props("unelevated")
            hint = "可用变量：{工单号} {预计复电时间} {客服}，发送前会填好；填不上的不会发出去。"
            ui.label(hint).classes("dd-hint")
            for each in await self._parts.papers.canned():
                with ui.row().classes("items-center w-full no-wrap"):
                    ui.label(each.title).style("width:110px;font-weight:600")
                    ui.label(f"/{each.initials}").style("width:80px;color:var(--soft)")
                    ui.label(each.text).style("flex:1")
                    ui.button("修改", on_click=lambda each=each: self._edit_canned(each)).props("flat dense")
                    ui.button("删除", on_click=lambda each=each: self._drop(each)).props("flat dense color=negative")

    async def _edit_canned(self, each: Canned | None) -> None:
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            title = ui.input("标题", value=each.title if each else "", validation={"请填标题": bool}).classes("w-full")
            text = ui.textarea("内容", value=each.text if each else "", validation={"请填内容": bool}).classes("w-full")

            def go() -> None:
                if title.validate() and text.validate():
                    dialog.submit((title.value.strip(), text.value.strip()))

            ui.button("保存", on_click=go).props("unelevated")
        answer = await dialog
        dialog.delete()
        if answer is None:
            return
        new_title, words = answer
        await self._parts.papers.put_canned(new_title, words, initials(new_title), each.id if each else None)
        await self._on_record("修改常用语" if each else "新建常用语", new_title)
        await self._show_canned()

    async def _drop(self, each: Canned) -> None:
        await self._parts.papers.drop_canned(each.id)
        await self._on_record("删除常用语", each.title, each.text)
        await self._show_canned()

    # --- rules ---------------------------------------------------------------------------------------------------

    async def _show_rules(self) -> None:
        rules = await self._parts.rules.read()
        self._rules.clear()
        with self._rules, ui.element("div").style("display:grid;grid-template-columns:repeat(2,1fr);gap:10px 24px"):
            for field in fields(Rules):
                self._rule(field.name, getattr(rules, field.name))

    def _rule(self, name: str, value: Any) -> None:
        async def set_rule(event: Any) -> None:
            wanted = event.value.splitlines() if isinstance(value, tuple) else event.value
            wanted = int(wanted) if isinstance(value, int) and not isinstance(value, bool) and wanted else wanted
            try:
                await self._parts.rules.write(name, wanted, self._me.name, self._parts.clock())
            except BadRule:
                ui.notify("这个值不能用", type="warning", position="top")
                return
            await self._on_record("修改规则", RULES[name], str(wanted))

        if isinstance(value, bool):
            ui.switch(RULES[name], value=value, on_change=set_rule)
        elif isinstance(value, int):
            ui.number(RULES[name], value=value, min=1, precision=0, on_change=set_rule).props(
                "outlined dense debounce=600"
            )
        else:
            words = ui.textarea(RULES[name], value="\n".join(value), on_change=set_rule)
            words.props("outlined dense autogrow debounce=800")

    async def _on_record(self, act: str, subject: str, detail: str = "") -> None:
        await self._parts.audit.write_now(self._me.name, act, subject, detail)


class _AgentForm:
    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._title = ui.input("显示名", value=agent.title).classes("w-full")
        self._role = ui.select([role.value for role in Role], value=agent.role.value, label="角色").classes("w-full")
        self._skills = ui.select(list(SKILLS), value=list(agent.skills), label="技能", multiple=True).classes("w-full")
        self._capacity = ui.number("同时会话数", value=agent.capacity, min=1, max=50, precision=0).classes("w-full")
        self._active = ui.switch("可以登录", value=agent.active)

    def agent(self, name: str) -> Agent:
        return replace(
            self._agent,
            name=name,
            title=(self._title.value or name).strip(),
            role=Role(self._role.value),
            skills=tuple(self._skills.value),
            capacity=int(self._capacity.value or 1),
            active=bool(self._active.value),
        )


def _loses_admin(before: Agent, now: Agent) -> bool:
    return before.role is Role.ADMIN and before.active and not (now.role is Role.ADMIN and now.active)


def _is_name(text: str | None) -> bool:
    return bool(text) and text is not None and text.isascii() and text.isalnum() and 2 <= len(text) <= 40


def page(parts: Parts) -> None:
    @ui.page("/admin", title="电答 · 设置")
    async def admin(request: Request) -> None:
        session = looking(request)
        with frame(parts, session, "admin"):
            Admin(parts, session).build()
