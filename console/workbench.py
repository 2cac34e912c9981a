"""The workbench: the queue and one's conversations on the left, the conversation, the customer on the right."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from nicegui import background_tasks, ui

from console import dialogs, rows
from console.chat import Chat, Hooks, title_of
from console.context import Context
from console.customer import CustomerGroup
from console.elements import ConversationList
from console.finding import Finder
from console.frame import frame
from console.parts import Parts, looking
from desk.errors import ClaimedByOther, DeskError
from desk.model import Handoff, Status
from desk.staff import Agent
from utility.errors import UtilityError
from utility.models import TicketRequest

PAUSE = 0.2  # seconds between two pictures of the lists, however much happens
A_DAY = timedelta(days=1)


@dataclass
class Lists:
    queue: ConversationList
    mine: ConversationList
    all: ConversationList | None


class Workbench:
    def __init__(self, parts: Parts, agent: Agent) -> None:
        self._parts, self._agent = parts, agent
        self._changed = asyncio.Event()
        self._waiting: int | None = None
        self._closing = False

    def build(self, wanted: str) -> None:
        with ui.element("div").classes("dd-desk"):
            with ui.element("section").classes("dd-column").props('aria-label="会话列表"'):
                self._lists = self._build_lists()
                Finder(self._parts, self.open)
            with ui.element("section").classes("dd-column").props('aria-label="会话"'):
                self._build_chat()
            with ui.element("section").classes("dd-column").props('aria-label="客户"'):
                with ui.element("div").classes("dd-title"):
                    ui.label("客户与业务")
                    ui.space()
                    ui.button(icon="refresh", on_click=self._show_context).props('flat dense round aria-label="刷新"')
                customer = CustomerGroup(self._parts, self._agent, self._chat.say)
                self._context = Context(self._parts, self._agent, customer)
        ui.keyboard(on_key=self._key, ignore=[])
        forget = self._parts.board.watch(self._changed.set)
        task = background_tasks.create(self._keep_up())

        def end() -> None:
            forget()
            task.cancel()
            self._chat.close()

        ui.context.client.on_delete(end)
        self._changed.set()
        self._titles()
        if wanted:
            ui.timer(0.05, lambda: self.open(wanted), once=True)

    def _build_lists(self) -> Lists:
        with ui.element("div").classes("dd-part"):
            _title("我的会话", "Alt+1…9")
            mine = ConversationList("我的会话", "还没有会话，状态设为“就绪”后自动分配", self.open)
        with ui.element("div").classes("dd-part"):
            _title("排队", "Alt+Q 接入下一位")
            queue = ConversationList("排队", "没有人在排队", self.open, self.claim)
        if not self._agent.role.leads:
            return Lists(queue, mine, None)
        with ui.element("div").classes("dd-part"):
            _title("全部人工会话", "旁听与接管")
            return Lists(queue, mine, ConversationList("全部人工会话", "没有进行中的会话", self.open))

    def _build_chat(self) -> None:
        with ui.element("div").classes("dd-title"):
            self._title = ui.label("工作台")
            ui.space()
            with ui.element("div").classes("dd-tools"):
                self._buttons = {
                    "claim": _tool("接入", self.claim_open, "unelevated"),
                    "take_over": _tool("接管", self.take_over, "outline color=negative"),
                    "note": _tool("备注 Alt+N", self.toggle_note, "outline"),
                    "suggest": _tool("参考答复 Alt+A", self.suggest, "outline"),
                    "ticket": _tool("建工单", self.new_ticket, "outline"),
                    "transfer": _tool("转接", self.transfer, "outline"),
                    "close": _tool("结束 Alt+E", self.close, "unelevated color=secondary"),
                }
        self._chat = Chat(self._parts, self._agent, Hooks(self._titles, lambda: self._context.values))

    # --- keeping up ----------------------------------------------------------------------------------------------

    async def _keep_up(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._refresh()
            await asyncio.sleep(PAUSE)

    async def _refresh(self) -> None:
        picture, chosen = self._parts.board.picture, self._chat.id
        mine = picture.chats(self._agent.name)
        held = [each.conversation for each in mine]
        read = await self._parts.papers.read_marks(self._agent.name, held) if held else {}
        shown = rows.chat_rows(mine, read, self._parts.duty.rules)
        self._lists.mine.show(shown, chosen)
        queue, more = self._parts.queue.of(picture)
        self._lists.queue.show(queue, chosen, more)
        if self._lists.all:
            self._lists.all.show(rows.watch_rows(picture), chosen)
        waiting = sum(1 for row in shown if "deadline" in row)
        if waiting != self._waiting:
            self._waiting = waiting
            text = f"{waiting}个会话等您回复" if waiting else ""
            self._lists.mine.client.run_javascript(f"window.dianda?.work({waiting}, {text!r})")
        await self._chat.refresh()

    # --- acts ----------------------------------------------------------------------------------------------------

    async def open(self, conversation: str) -> None:
        try:
            await self._chat.open(conversation)
        except DeskError:
            ui.notify("没有这个会话", type="warning", position="top")
            return
        ui.run_javascript(f"history.replaceState(null, '', '/console/?c={self._chat.id}')")
        self._titles()
        self._changed.set()
        await self._show_context()

    async def claim(self, conversation: str) -> None:
        try:
            await self._parts.switchboard.claim(conversation, self._agent.name, self._agent.title)
        except ClaimedByOther as other:
            holder = self._parts.board.picture.agent(other.holder)
            ui.notify(f"已由{holder.title if holder else other.holder}接入", type="warning", position="top")
        except DeskError:
            ui.notify("客户已不在排队", type="warning", position="top")
        await self._parts.board.look()
        await self.open(conversation)

    async def claim_open(self) -> None:
        await self.claim(self._chat.id)

    async def claim_next(self) -> None:
        for first in self._parts.board.picture.queue[:1]:
            await self.claim(first.conversation)

    async def take_over(self) -> None:
        await self._act(self._parts.switchboard.take_over(self._chat.id, self._agent.name, self._agent.title), "接管")

    async def transfer(self) -> None:
        if not (wish := await dialogs.ask_transfer(self._parts.board.picture, self._agent)):
            return
        episode = self._parts.board.picture.of(self._chat.id)
        priority = episode.priority if episode else 0
        handoff = Handoff(f"{self._agent.title}转接", wish.skill, priority)
        by = self._agent.name if self._chat.mine else None
        await self._act(
            self._parts.switchboard.transfer(self._chat.id, handoff, by=by, wanted=wish.wanted, note=wish.note), "转接"
        )

    async def close(self) -> None:
        if not self._chat.mine or self._closing:
            return
        asked = await self._parts.handoffs.asked_since(self._chat.id, self._parts.clock() - A_DAY)
        self._closing = True  # the key pressed twice asks once
        wish = await dialogs.ask_close(may_ask=not asked)
        self._closing = False
        if not wish:
            return
        episode = self._parts.board.picture.of(self._chat.id)
        ask = episode.id if wish.ask and episode else None
        await self._act(
            self._parts.switchboard.resolve(self._chat.id, by=self._agent.name, summary=wish.summary, ask=ask), "结束"
        )

    async def new_ticket(self) -> None:
        """A ticket in the customer's name; its number goes into the reply for the agent to send."""
        if not self._chat.id or self._chat.conversation is None:
            return
        episode = self._parts.board.picture.of(self._chat.id)
        facts = episode.facts if episode else {}
        wish = await dialogs.ask_ticket(str(facts.get("地点", "")), str(facts.get("原话", "")))
        if wish is None:
            return
        request = TicketRequest(
            kind=wish.kind,
            grade=wish.grade,
            channel=self._chat.conversation.channel,
            conversation=self._chat.id,
            phone=wish.phone or None,
            address=wish.address,
            description=wish.description,
        )
        try:
            ticket = await self._parts.utility.create_ticket(request, f"console:{uuid.uuid4().hex}")
        except UtilityError:
            ui.notify("后台系统暂时连不上，工单没有建成", type="negative", position="top")
            return
        await self._parts.audit.write_now(self._agent.name, "建工单", ticket.no, ticket.kind)
        ui.notify(f"已建工单 {ticket.no}", type="positive", position="top")
        self._chat.suggest(f"已为您登记{ticket.kind}，工单号{ticket.no}，{ticket.contact}会与您联系。")
        await self._show_context()

    async def suggest(self) -> None:
        """The bot's answer to the customer's last words, as a draft: an agent sends it, or not."""
        if not self._chat.mine or self._chat.conversation is None:
            return
        text = await self._parts.copilot.suggest(self._chat.conversation)
        if text:
            self._chat.suggest(text)
        else:
            ui.notify("智能客服没有可参考的答复", position="top")

    async def toggle_note(self) -> None:
        await self._chat.toggle_note()

    async def _act(self, act: "object", name: str) -> None:
        try:
            await act  # type: ignore[misc]
        except DeskError:
            ui.notify("会话已有变化，请看最新状态", type="warning", position="top")
        else:
            await self._parts.audit.write_now(self._agent.name, name, self._chat.id)
        await self._parts.board.look()
        await self._chat.refresh()
        self._titles()

    # --- showing -------------------------------------------------------------------------------------------------

    async def _show_context(self) -> None:
        await self._context.show(self._chat.conversation)

    def _titles(self) -> None:
        conversation = self._chat.conversation
        self._title.set_text(title_of(conversation))
        status = conversation.status if conversation else None
        waiting, human = status is Status.WAITING, status is Status.HUMAN
        shown = {
            "claim": waiting,
            "take_over": human and not self._chat.mine and self._agent.role.leads,
            "note": status is not None,
            "suggest": self._chat.mine,
            "ticket": status is not None,
            "transfer": self._chat.mine or waiting,
            "close": self._chat.mine,
        }
        for name, button in self._buttons.items():
            button.set_visibility(shown[name])

    async def _key(self, event: "object") -> None:
        key = event.key  # type: ignore[attr-defined]
        if not (event.action.keydown and event.modifiers.alt):  # type: ignore[attr-defined]
            return
        mine = self._parts.board.picture.chats(self._agent.name)
        code = key.code or ""
        if code.startswith("Digit") and code[5:] != "0" and int(code[5:]) <= len(mine):
            await self.open(mine[int(code[5:]) - 1].conversation)
        elif code == "KeyQ":
            await self.claim_next()
        elif code == "KeyN":
            await self.toggle_note()
        elif code == "KeyA":
            await self.suggest()
        elif code == "KeyE":
            await self.close()


def _title(text: str, hint: str) -> None:
    with ui.element("div").classes("dd-title"):
        ui.label(text)
        with ui.element("small"):
            ui.label(hint)


def _tool(title: str, act: "object", look: str) -> ui.button:
    button = ui.button(title, on_click=act).props(f"{look} dense no-caps")  # type: ignore[arg-type]
    button.set_visibility(False)
    return button


def page(parts: Parts) -> None:
    @ui.page("/", title="电答坐席")
    async def workbench(request: Request, c: str = "") -> None:
        session = looking(request)
        bench = Workbench(parts, session.agent)
        with frame(parts, session, "workbench"):
            bench.build(c)
