"""The conversation in the middle: what was said, and where the agent writes."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from nicegui import background_tasks, ui

from console import rows
from console.elements import Composer, Transcript
from console.parts import Parts
from console.sending import filled, objections
from console.wording import who
from desk.errors import DeskError
from desk.model import CARRIED, Author, Conversation, Draft, Kind, Message, Status
from desk.ports import Typing
from desk.staff import Agent, Canned

PAGE = 100


@dataclass(frozen=True)
class Hooks:
    """What the rest of the workbench does for the conversation, and is told of it."""

    title: Callable[[], None]
    values: Callable[[], dict[str, str]]


class Chat:
    """One conversation at a time; the page makes it once and opens one after the other in it."""

    def __init__(self, parts: Parts, agent: Agent, hooks: Hooks) -> None:
        self._parts, self._agent, self._hooks = parts, agent, hooks
        self.conversation: Conversation | None = None
        self.noting = False
        self._following: asyncio.Task[None] | None = None
        self._canned: dict[str, Canned] = {}
        self._notes_seen: set[str] = set()
        self._transcript = Transcript(self._earlier)
        self._composer = Composer(self._send, self._keep_draft, self._typing, self._take_canned, _trouble)
        self._show_composer()
        ui.timer(1.5, self._look)

    @property
    def id(self) -> str:
        return self.conversation.id if self.conversation else ""

    @property
    def mine(self) -> bool:
        conversation = self.conversation
        held = conversation is not None and conversation.status is Status.HUMAN
        return held and conversation is not None and conversation.agent == self._agent.name

    async def open(self, conversation: str) -> None:
        """Show a conversation from its end, follow it, and bring back what was typed and not sent."""
        self.close()
        self.conversation = await self._parts.switchboard.conversation(conversation)
        lines = await self._parts.reading.lines(conversation, limit=PAGE)
        notes = await self._parts.papers.notes(conversation)
        self._notes_seen = {note.id for note in notes}
        shown = rows.lines(lines, notes, self._titles())
        self._transcript.reset(shown, earlier=bool(lines) and lines[0].seq > 1)
        self.note(False)
        self._canned = {each.id: each for each in await self._parts.papers.canned()}
        self._composer.set(canned=[vars_of(each) for each in self._canned.values()])
        self._composer.put(await self._parts.papers.draft(conversation, self._agent.name))
        self._following = background_tasks.create(self._follow(conversation, lines[-1].seq if lines else 0))
        if lines:
            await self._parts.papers.read_up_to(conversation, self._agent.name, lines[-1].seq)
        await self._look()
        if self.mine:
            self._composer.focus()

    def close(self) -> None:
        if self._following:
            self._following.cancel()
        self._following = self.conversation = None

    def note(self, on: bool) -> None:
        """Write for colleagues instead of the customer."""
        self.noting = on
        self._show_composer()

    async def toggle_note(self) -> None:
        """What was begun as a reply waits as its draft; what was begun as a note and not kept is gone."""
        if self.conversation:
            self.note(not self.noting)
            kept = "" if self.noting else await self._parts.papers.draft(self.id, self._agent.name)
            self._composer.put(kept)

    async def refresh(self) -> None:
        """Something about the conversation may have changed hands."""
        if self.conversation is None:
            return
        before = (self.conversation.status, self.conversation.agent)
        self.conversation = await self._parts.switchboard.conversation(self.id)
        await self._look_for_notes()
        if before != (self.conversation.status, self.conversation.agent):
            self.noting = False  # whoever takes over means the customer
            self._show_composer()
            self._hooks.title()

    def suggest(self, text: str) -> None:
        """A draft from the bot, for the agent to judge."""
        self._composer.insert(text)

    # --- reading -------------------------------------------------------------------------------------------------

    async def _follow(self, conversation: str, after: int) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            async for item in self._parts.switchboard.follow(conversation, after):
                if self.id != conversation:
                    return
                if isinstance(item, Typing):
                    if item.by is Author.CUSTOMER:
                        self._transcript.set_typing("客户正在输入……" if item.on else "")
                else:
                    await self._show(item)

    async def _show(self, message: Message) -> None:
        if message.author is Author.CUSTOMER:
            self._transcript.set_typing("")
        self._transcript.append([rows.line(message, self._titles())])
        await self._parts.papers.read_up_to(message.conversation, self._agent.name, message.seq)

    async def _earlier(self, first: int) -> None:
        lines = await self._parts.reading.lines(self.id, before=int(first), limit=PAGE)
        shown = [rows.line(each, self._titles()) for each in lines]
        self._transcript.prepend(shown, earlier=bool(lines) and lines[0].seq > 1)

    async def _look_for_notes(self) -> None:
        fresh = [note for note in await self._parts.papers.notes(self.id) if note.id not in self._notes_seen]
        self._notes_seen |= {note.id for note in fresh}
        self._transcript.append([rows.note_line(note, self._titles()) for note in fresh])

    async def _look(self) -> None:
        """How far lines were carried, and what may still be said: only where a platform is between us."""
        if self.conversation is None or self.conversation.channel not in CARRIED:
            return
        self._transcript.set_states(rows.states(await self._parts.reading.carried(self.id)))
        left = await self._parts.reading.remaining(self.id, self._parts.clock())
        if left or self.conversation.channel == "wechat":
            until = left.until.timestamp() if left else 0
            self._composer.set(allowance={"left": left.messages if left else 0, "until": until})
            self._show_composer(exhausted=not (left and left.messages))

    def _titles(self) -> dict[str, str]:
        return {agent.name: agent.title for agent in self._parts.board.picture.agents}

    # --- writing -------------------------------------------------------------------------------------------------

    def _show_composer(self, *, exhausted: bool = False) -> None:
        if self.conversation is None:
            self._composer.set(locked=True, note=False, placeholder="从左边选择一个会话", allowance=None)
            return
        if self.noting:
            said = ("内部备注：只有同事能看到", False)
        elif not self.mine:
            said = ("接入后才能回复客户；可以写内部备注", True)
        elif exhausted:
            said = ("微信可发条数已用完：客户再次留言后才能回复", True)
        else:
            said = (f"回复{who(self.conversation.channel, self.id)}", False)
        hint = "Enter 发送 · Shift+Enter 换行 · / 常用语"
        self._composer.set(placeholder=said[0], locked=said[1], note=self.noting, hint=hint, conversation=self.id)
        if self.conversation.channel not in CARRIED:
            self._composer.set(allowance=None)

    async def _send(self, text: str) -> None:
        if self.noting:
            await self._parts.papers.note(self.id, self._agent.name, text, self._parts.clock(), whisper=not self.mine)
            await self._look_for_notes()
            return
        doubts = objections(text, self._parts.duty.rules.taboo)
        if doubts and not await self._is_meant(doubts):
            self._composer.insert(text)
            return
        await self.say(Draft(Author.AGENT, Kind.TEXT, text, data={"agent": self._agent.name}))
        await self._keep_draft("")

    async def say(self, draft: Draft) -> bool:
        """To the customer; what could not be sent comes back to where it was typed."""
        try:
            await self._parts.switchboard.reply(self.id, self._agent.name, draft)
        except DeskError:
            ui.notify("没有发出：会话已不在您手上", type="negative", position="top")
            self._composer.insert(draft.text)
            await self.refresh()
            return False
        return True

    async def _is_meant(self, doubts: list[str]) -> bool:
        with ui.dialog() as dialog, ui.card():
            ui.label("发送前请确认").classes("text-subtitle1")
            for doubt in doubts:
                ui.label(doubt).classes("dd-warn")
            with ui.row():
                ui.button("改一改", on_click=lambda: dialog.submit(False)).props("unelevated autofocus")
                ui.button("仍要发送", on_click=lambda: dialog.submit(True)).props("flat color=negative")
        meant = bool(await dialog)
        dialog.delete()
        return meant

    async def _keep_draft(self, text: str) -> None:
        if self.conversation and not self.noting:  # a note is for colleagues: it must not come back as a reply
            await self._parts.papers.keep_draft(self.id, self._agent.name, text, self._parts.clock())

    async def _typing(self, _: object) -> None:
        """The customer sees that somebody is answering, for a few seconds."""
        if self.mine:
            await self._parts.switchboard.typing(self.id, Author.AGENT)

    def _take_canned(self, id: str) -> None:
        if each := self._canned.get(id):
            self._composer.insert(filled(each.text, self._hooks.values() | {"客服": self._agent.title}))


def _trouble(text: str) -> None:
    ui.notify(text, type="negative", position="top")


def vars_of(canned: Canned) -> dict[str, str]:
    return {"id": canned.id, "title": canned.title, "text": canned.text, "initials": canned.initials}


def title_of(conversation: Conversation | None) -> str:
    if conversation is None:
        return "工作台"
    return who(conversation.channel, conversation.id)
