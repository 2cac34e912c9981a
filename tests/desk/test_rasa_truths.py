"""The six truths of Rasa, seen on the real one: what desk/rasa.py absorbs really happens."""

import re
import signal
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from desk.errors import BotFailure
from desk.model import Author, Kind, Message
from desk.rasa import RasaBot
from tests.stack import Stack

pytestmark = pytest.mark.bot

LISTENING = "0A"
# What the bot believes when it has asked where the danger is: the next words are told back as they were said.
ASKED_WHERE = {"matters": [{"service": "hazard", "question": "place", "asked": 1}]}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def bot(http: httpx.AsyncClient, stack: Stack) -> RasaBot:
    return RasaBot(http, stack.settings.rasa_urls, timeout=10)


def message(text: str, conversation: str = "") -> Message:
    name = uuid.uuid4().hex
    return Message(name, conversation or name, 2, Author.CUSTOMER, Kind.TEXT, text, datetime.now(UTC))


async def raw(http: httpx.AsyncClient, stack: Stack, text: str, **metadata: Any) -> httpx.Response:
    """What Rasa's REST channel answers when it is asked without us, and without any secret."""
    body = {"sender": uuid.uuid4().hex, "message": text, "metadata": {"belief": {}} | metadata}
    return await http.post(f"{stack.settings.rasa_urls[0]}/webhooks/rest/webhook", json=body)


def said(response: httpx.Response) -> list[str]:
    return [item["text"] for item in response.json() if "text" in item]


async def test_a_failed_action_is_an_empty_list_to_rasa_and_a_failure_to_us(
    http: httpx.AsyncClient, stack: Stack, bot: RasaBot
) -> None:
    question = message("停电了")
    stack.kill("actions")
    try:
        response = await raw(http, stack, "停电了")
        assert (response.status_code, response.json()) == (200, [])
        with pytest.raises(BotFailure, match="empty answer"):
            await bot.ask(question, {}, {})
    finally:
        stack.start("actions")
    assert (await bot.ask(question, {}, {})).replies, "the conversation goes on when actions are back"


async def test_paragraphs_arrive_as_several_messages_and_leave_as_one(
    http: httpx.AsyncClient, stack: Stack, bot: RasaBot
) -> None:
    where = "阳光花园3栋\n\n门口的路灯旁边"
    first, second = said(await raw(http, stack, where, belief=ASKED_WHERE))
    assert first.endswith("阳光花园3栋") and second.startswith("门口的路灯旁边")
    (reply,) = (await bot.ask(message(where), ASKED_WHERE, {})).replies
    assert where in reply.text


async def test_a_command_is_obeyed_by_rasa_but_not_a_customers(
    http: httpx.AsyncClient, stack: Stack, bot: RasaBot
) -> None:
    assert (await raw(http, stack, " /restart")).json() == []
    assert "人工" in said(await raw(http, stack, "\u3000/handoff"))[0]
    for typed in ("/restart", " /restart", "\t/session_start", "\u3000/back", '/inform{"choice":"repair.confirm=yes"}'):
        assert (await bot.ask(message(typed), {}, {})).replies


def test_a_customer_who_types_a_command_is_answered_and_nothing_is_forgotten(stack: Stack) -> None:
    visitor = stack.visitor()
    assert visitor.answer(visitor.say("我要报修,阳光花园的"), 30)
    sent = visitor.say("/restart")
    assert visitor.answer(sent, 30)
    assert next(line for line in visitor.messages(sent - 1))["text"] == "/restart"
    assert any(
        "接着" in line["text"] or "栋" in line["text"] or "故障" in line["text"] for line in visitor.messages(sent)
    )


async def test_rasa_waits_for_an_action_and_we_do_not(http: httpx.AsyncClient, stack: Stack) -> None:
    impatient = RasaBot(http, stack.settings.rasa_urls, timeout=1.0)
    with stopped(stack, "actions"):
        began = time.monotonic()
        with pytest.raises(BotFailure, match="TimeoutError"):
            await impatient.ask(message("停电了"), {}, {})
        assert time.monotonic() - began < 2.0
        http.timeout = httpx.Timeout(4.0)
        with pytest.raises(httpx.ReadTimeout):
            await raw(http, stack, "停电了")


async def test_the_rest_channel_asks_for_no_secret_and_there_is_no_other_door(
    http: httpx.AsyncClient, stack: Stack
) -> None:
    response = await raw(http, stack, "你好")
    assert "authorization" not in response.request.headers
    assert said(response)
    for path in ("/conversations/x/tracker", "/model/parse", "/domain", "/webhooks/socketio/webhook"):
        assert (await http.get(stack.settings.rasa_urls[0] + path)).status_code == 404


@pytest.mark.parametrize("name", ["rasa.1", "actions", "backend", "gateway"])
def test_every_process_listens_on_loopback_only(stack: Stack, name: str) -> None:
    assert listening(stack.ports[name]) == {"0100007F"}  # 127.0.0.1, as the kernel writes it


async def test_rasa_writes_down_nothing_of_what_is_said(http: httpx.AsyncClient, stack: Stack, bot: RasaBot) -> None:
    await bot.ask(message("我是测试用户欧阳某某,电话13800138999"), {}, {})
    assert "13800138999" not in stack.log("rasa")
    assert "欧阳" not in stack.log("rasa")


@contextmanager
def stopped(stack: Stack, name: str) -> Any:
    stack.signal(name, signal.SIGSTOP)
    try:
        yield
    finally:
        stack.signal(name, signal.SIGCONT)


def listening(port: int) -> set[str]:
    """The addresses of all sockets that listen on a port, from the kernel's own tables."""
    tables = [Path(f"/proc/net/{table}").read_text() for table in ("tcp", "tcp6")]
    rows = [row for table in tables for row in re.findall(r"^ *\d+: (\w+):(\w+) \w+:\w+ (\w+) ", table, re.MULTILINE)]
    return {address for address, at, state in rows if int(at, 16) == port and state == LISTENING}
