"""How soon people at the desk see who wants them: `python -m bench.console`, then bench/results/console.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import socketio  # type: ignore[import-untyped]

from bench.report import table
from desk.agents import AgentStore
from desk.database import Database
from desk.handoffs import Change, Handoffs
from desk.model import Author, Draft, Handoff, Kind, Step
from desk.sign_in import SignIn
from desk.staff import Agent, Presence, Role
from desk.store import Store
from launch.command import leave
from launch.progress import step
from tests.stack import Stack

RESULTS = Path(__file__).parent / "results" / "console.md"
METHOD = """The whole stack on one machine. {agents} agents have the workbench open (page and socket, as a browser has
them; what a browser needs to paint it is not in the figures) and {waiting} customers are in the queue. {rounds} further
customers ask for a person, one after the other. *Told*: from their message to the reply with the queue; *shown*: from
the moment the reply stands in the transcript until each open page was sent the longer queue."""
PATIENCE = 20.0  # seconds
MARK = Draft(Author.SYSTEM, Kind.NOTICE, "正在为您转人工客服")
PASSWORD = "-".join(("bench", "password", "1"))


@dataclass
class Page:
    """An open workbench: the length of the queue as it was last shown, and since when."""

    socket: socketio.AsyncClient = field(default_factory=lambda: socketio.AsyncClient(handle_sigint=False))
    queue: int = 0
    seen: dict[int, float] = field(default_factory=dict)

    async def open(self, url: str, name: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            door = await (await http.get(f"{url}/sign-in")).text()
            hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', door))
            form = hidden | {"name": name, "password": PASSWORD}
            page = await (await http.post(f"{url}/sign-in", data=form)).text()
            found = re.search(r"client_id['\"]?\s*:\s*['\"]([0-9a-f-]{36})", page)
            assert found, page[:500]
            cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in http.cookie_jar)
        self.socket.on("update", self._update)
        query = {
            "client_id": found[1],
            "next_message_id": 0,
            "implicit_handshake": "true",
            "document_id": str(uuid.uuid4()),
            "tab_id": str(uuid.uuid4()),
            "old_tab_id": "null",
        }
        address = f"{url.removesuffix('/console')}?" + "&".join(f"{key}={value}" for key, value in query.items())
        await self.socket.connect(
            address,
            headers={"Cookie": cookies},
            transports=["websocket"],
            socketio_path="/console/_nicegui_ws/socket.io",
        )

    def _update(self, changes: Any) -> None:
        changes = json.loads(changes) if isinstance(changes, str) else changes
        for element in changes.values():
            props = element.get("props", {}) if isinstance(element, dict) else {}
            if props.get("label") == "排队" and "rows" in props:
                self.queue = len(props["rows"]) + props.get("more", 0)
                self.seen.setdefault(self.queue, time.monotonic())


async def prepare(url: str, agents: int, waiting: int) -> None:
    database = Database(url)
    store, handoffs, people = Store(database), Handoffs(database), AgentStore(database)
    password = await SignIn(database, _now).hash(PASSWORD)
    for n in range(agents):
        await people.create(Agent(f"bench{n}", f"{n}号", Role.AGENT, ("报修",)), password, _now())
        await people.set_presence(f"bench{n}", Presence.BUSY, _now())
    for n in range(waiting):
        conversation = await store.open("webchat", f"waiting-{n}", (), _now())
        wish = Change(Step.ESCALATE, MARK, handoff=Handoff("客户要求人工", "报修"))
        await handoffs.change(conversation, wish, _now())
    await database.close()


async def measure(stack: Stack, agents: int, waiting: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds: told, and shown for every page and round."""
    pages = [Page() for _ in range(agents)]
    for n, page in enumerate(pages):
        await page.open(stack.console, f"bench{n}")
        await asyncio.sleep(0.05)
    await asyncio.sleep(3)  # what each page shows at first came with it
    told, shown = [], []
    for n in range(1, rounds + 1):
        visitor = await asyncio.to_thread(stack.visitor)
        began = time.monotonic()
        seq = await asyncio.to_thread(visitor.say, "转人工")
        while not any("转人工" in m["text"] for m in await asyncio.to_thread(visitor.messages, seq)):
            assert time.monotonic() - began < PATIENCE
            await asyncio.sleep(0.01)
        at = time.monotonic()
        told.append(at - began)
        await _until(lambda wanted=waiting + n: all(wanted in page.seen for page in pages))
        shown += [max(0.0, page.seen[waiting + n] - at) for page in pages]
        await asyncio.sleep(0.3)
    await asyncio.gather(*(page.socket.disconnect() for page in pages))
    return told, shown


async def _until(done: Any) -> None:
    async with asyncio.timeout(PATIENCE * 3):
        while not done():  # noqa: ASYNC110  # what is waited for comes from another process
            await asyncio.sleep(0.01)


def _now() -> datetime:
    return datetime.now(UTC)


def _figures(name: str, seconds: list[float]) -> list[str]:
    ranked = sorted(seconds)
    at = [statistics.median(ranked), ranked[int(len(ranked) * 0.95)], ranked[int(len(ranked) * 0.99)], ranked[-1]]
    return [name, str(len(ranked)), *(f"{each * 1000:,.0f}" for each in at)]


def main(given: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stack = Stack(Path(folder))
        with stack:
            with step("Agents and customers"):
                asyncio.run(prepare(stack.settings.database_url, given.agents, given.waiting))
            with step(f"{given.rounds} customers who want a person"):
                told, shown = asyncio.run(measure(stack, given.agents, given.waiting, given.rounds))
    head = ["milliseconds", "measured", "median", "p95", "p99", "longest"]
    method = METHOD.format(agents=given.agents, waiting=given.waiting, rounds=given.rounds)
    rows = [_figures("told", told), _figures("shown", shown)]
    text = f"# The console\n\n{method}\n\n{table(head, rows)}\n"
    print(text)
    if not given.dry:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.console")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--dry", action="store_true", help="write no results")
    leave(lambda: main(parser.parse_args()))
