"""Finds an earlier conversation by words that were said in it."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console import rows
from console.elements import ConversationList
from console.parts import Parts

SHORTEST = 2  # characters


class Finder:
    def __init__(self, parts: Parts, open_: Callable[[str], Awaitable[None]]) -> None:
        self._parts = parts
        with ui.element("div").classes("dd-part"):
            self._words = ui.input(placeholder="查找聊过的内容，回车").props(
                'dense outlined clearable aria-label="查找会话"'
            )
            self._words.classes("dd-find").on("keydown.enter", self._find).on("clear", self._forget)
            self._found = ConversationList("查找结果", "没有找到", open_)
            self._found.set_visibility(False)

    async def _find(self) -> None:
        words: str = (self._words.value or "").strip()
        if len(words) < SHORTEST:
            ui.notify(f"请至少输入{SHORTEST}个字", position="top")
            return
        self._found.show(rows.found_rows(await self._parts.reading.search(words)), "")
        self._found.set_visibility(True)

    def _forget(self) -> None:
        self._found.set_visibility(False)
