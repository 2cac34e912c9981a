"""A terminal conversation over the web chat: by hand, or one reply block for each line of input."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Iterator, Mapping

from launch.command import leave
from launch.webchat import Message, Visitor, WebchatError

PATIENCE = 15.0  # seconds for an answer


def main() -> int:
    visitor = Visitor(address(os.environ))
    visitor.open()
    greeting = visitor.messages(after=0)
    seen = _last_seq(greeting, 0)
    buttons = show(greeting, visitor.url) if sys.stdin.isatty() else []
    unanswered = 0
    for line in _lines():
        said, sent = _exchange(visitor, line, buttons, seen)
        if not said:
            unanswered += 1
            continue
        seen, buttons = _last_seq(said, sent), show(said, visitor.url)
    return 1 if unanswered else 0


def address(environment: Mapping[str, str]) -> str:
    """Where the gateway answers, by the same variables it was started with."""
    host = environment.get("DIANDA_HOST") or "127.0.0.1"
    port = environment.get("DIANDA_PORT") or "8000"
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 — compared, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _exchange(visitor: Visitor, line: str, buttons: list[Message], seen: int) -> tuple[list[Message], int]:
    """Send a line; what came since the last block, and the line's own place. Nothing when it went unanswered."""
    try:
        pressed = _pressed(line, buttons)
        sent = visitor.say(pressed["title"], pressed["payload"]) if pressed else visitor.say(line)
        said = visitor.answer(sent, PATIENCE)
        if said and sent > seen + 1:  # an agent or a notice spoke between two lines
            said = [each for each in visitor.messages(seen) if each["author"] != "customer"]
    except WebchatError as error:
        print(f"not answered: {line!r}: {error}", file=sys.stderr, flush=True)
        return [], seen
    if not said:
        print(f"not answered within {PATIENCE:.0f} s: {line!r}", file=sys.stderr, flush=True)
    return said, sent


def _pressed(line: str, buttons: list[Message]) -> Message | None:
    """The button that a number chooses."""
    chosen = int(line) if line.isascii() and line.isdigit() and len(line) < 3 else 0
    return buttons[chosen - 1] if 0 < chosen <= len(buttons) else None


def show(messages: list[Message], url: str) -> list[Message]:
    """Print a block and return its buttons, in the order of their numbers."""
    buttons: list[Message] = []
    for message in messages:
        print(_text(message, url))
        for button in message["buttons"]:
            buttons.append(button)
            print(f"  {len(buttons)}. {button['title']}")
    print(flush=True)
    return buttons


def _text(message: Message, url: str) -> str:
    """A message in words: of a card its fields, of a picture its description and address."""
    data = message["data"]
    lines = [message["text"]]
    if message["kind"] == "card":
        lines += [data.get("title", ""), *map(_field, data.get("fields", [])), data.get("footer", "")]
    if message["kind"] == "image":
        picture = str(data.get("url", ""))
        lines += [data.get("alt", ""), url + picture if picture.startswith("/") else picture]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _field(field: object) -> str:
    """A line of a card, which has a label and a value."""
    if isinstance(field, Mapping):
        return "：".join(str(value) for value in field.values())
    return "：".join(map(str, field)) if isinstance(field, list) else str(field)


def _last_seq(messages: list[Message], otherwise: int) -> int:
    return max([otherwise, *(int(message["seq"]) for message in messages)])


def _lines() -> Iterator[str]:
    """What the person types, or the lines of the input; empty ones left out."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    typed = _typed() if sys.stdin.isatty() else iter(sys.stdin)
    return (line.strip() for line in typed if line.strip())


def _typed() -> Iterator[str]:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 — line editing, where Python was built with it
    while True:
        try:
            yield input("> ")
        except EOFError:
            print()
            return


if __name__ == "__main__":
    leave(main)
