"""The console's own elements: each is a small Vue component beside this file, and its Python side."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import events
from nicegui.element import Element

Row = dict[str, Any]
Heard = Callable[[Any], Any]


def _with_arguments(handler: Heard) -> Callable[[events.GenericEventArguments], Any]:
    return lambda event: handler(event.args)


class ConversationList(Element, component="conversation_list.js"):
    """Rows as dictionaries: id, channel, channel_name, who, text, and optionally unread, deadline, since, mark, tone,
    act (times in seconds since 1970)."""

    def __init__(self, label: str, empty: str, on_choose: Heard, on_act: Heard | None = None) -> None:
        super().__init__()
        self._props["label"], self._props["empty"] = label, empty
        self._props["rows"], self._props["more"], self._props["chosen"] = [], 0, ""
        self.on("choose", _with_arguments(on_choose))
        if on_act:
            self.on("act", _with_arguments(on_act))

    def show(self, rows: Sequence[Row], chosen: str, more: int = 0) -> None:
        """Nothing is sent when nothing is different."""
        new = {"rows": list(rows), "chosen": chosen, "more": more}
        if any(self._props[name] != value for name, value in new.items()):
            self._props.update(new)
            self.update()


class Transcript(Element, component="transcript.js"):
    def __init__(self, on_earlier: Heard) -> None:
        super().__init__()
        self.on("earlier", _with_arguments(on_earlier))

    def reset(self, items: Sequence[Row], *, earlier: bool) -> None:
        self.run_method("reset", list(items), earlier)

    def prepend(self, items: Sequence[Row], *, earlier: bool) -> None:
        self.run_method("prepend", list(items), earlier)

    def append(self, items: Sequence[Row]) -> None:
        self.run_method("append", list(items))

    def set_states(self, states: dict[str, Row]) -> None:
        self.run_method("setStates", states)

    def set_typing(self, text: str) -> None:
        self.run_method("setTyping", text)


class Composer(Element, component="composer.js"):
    def __init__(self, on_send: Heard, on_draft: Heard, on_typing: Heard, on_canned: Heard, on_trouble: Heard) -> None:
        super().__init__()
        self._props.update(
            {"canned": [], "placeholder": "", "locked": True, "note": False, "hint": "", "conversation": ""}
        )
        self.on("send", _with_arguments(on_send))
        self.on("draft", _with_arguments(on_draft))
        self.on("typing", _with_arguments(on_typing))
        self.on("canned", _with_arguments(on_canned))
        self.on("trouble", _with_arguments(on_trouble))

    def set(self, **props: Any) -> None:
        if any(self._props.get(name) != value for name, value in props.items()):
            self._props.update(props)
            self.update()

    def put(self, text: str) -> None:
        """A kept draft: what is there is replaced."""
        self.run_method("put", text)

    def insert(self, text: str) -> None:
        """For the agent to read, change and send."""
        self.run_method("insert", text)

    def focus(self) -> None:
        self.run_method("focus")
