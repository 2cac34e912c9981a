"""Server-sent events, over a real server and a real socket."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from channels.chart import PROJECT
from channels.webchat import stream
from channels.webchat.outbound import Rendering
from tests.channels.webchat_kit import Customer, House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def server(house: House) -> AsyncIterator[str]:
    """The address of the running application."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(house.app, log_level="error", timeout_graceful_shutdown=5))
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        while not running.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        await serving


@pytest.fixture
async def customer(server: str) -> AsyncIterator[Customer]:
    async with httpx.AsyncClient(base_url=server, timeout=5) as http:
        visitor = Customer(http)
        await visitor.begin()
        yield visitor


class Events:
    """The blocks of a stream, one at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(": ")
                fields[name or "comment"] = value
        raise EOFError

    async def message(self) -> dict[str, Any]:
        block = await self.block()
        assert block["event"] == "message"
        message: dict[str, Any] = json.loads(block["data"])
        assert block["id"] == str(message["seq"])
        return message


@contextlib.asynccontextmanager
async def following(customer: Customer, after: int = 0, **headers: str) -> AsyncIterator[Events]:
    path = f"/webchat/events?after={after}"
    async with customer.http.stream("GET", path, headers=customer.headers | headers) as response:
        assert response.status_code == 200
        events = Events(response)
        assert await events.block() == {"retry": "1000"}
        yield events


async def until(condition: Any, seconds: float = 2.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


async def test_events_are_what_messages_gives(house: House, customer: Customer) -> None:
    async with following(customer) as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        assert events.response.headers["cache-control"] == "no-store"
        await customer.send("m1", "停电了\n两天了")
        assert [await events.message(), await events.message()] == await customer.messages()


async def test_a_client_that_comes_back_is_sent_the_gap_and_then_what_is_new(house: House, customer: Customer) -> None:
    for number in range(4):
        house.desk.say(customer.conversation, f"{number}")
    async with following(customer, after=3) as events:
        assert [(await events.message())["seq"] for _ in range(2)] == [4, 5]
        house.desk.say(customer.conversation, "新的")
        assert (await events.message())["text"] == "新的"


@pytest.mark.parametrize(("header", "first"), [("4", 5), ("1", 3), ("x", 3), ("-3", 3), ("9" * 30, 3), ("²", 3)])
async def test_a_browser_names_the_last_event_it_saw(house: House, customer: Customer, header: str, first: int) -> None:
    for number in range(4):
        house.desk.say(customer.conversation, f"{number}")
    path = "/webchat/events?after=2"
    headers = {b"Authorization": customer.headers["Authorization"].encode(), b"Last-Event-ID": header.encode("latin-1")}
    async with customer.http.stream("GET", path, headers=headers) as response:
        events = Events(response)
        await events.block()
        assert (await events.message())["seq"] == first


async def test_typing_is_an_event_without_a_number(house: House, customer: Customer) -> None:
    async with following(customer, after=1) as events:
        await until(lambda: house.desk.followers)
        house.desk.type(customer.conversation, True)
        house.desk.type(customer.conversation, False)
        assert await events.block() == {"event": "typing", "data": '{"on":true}'}
        assert await events.block() == {"event": "typing", "data": '{"on":false}'}


async def test_no_visitor_hears_another(house: House, customer: Customer) -> None:
    other = Customer(customer.http)
    await other.begin()
    async with following(other, after=1) as events:
        await until(lambda: house.desk.followers)
        house.desk.say(customer.conversation, "不是给您的")
        house.desk.type(customer.conversation, True)
        house.desk.say(other.conversation, "给您的")
        assert (await events.message())["text"] == "给您的"


async def test_two_windows_of_one_visitor_hear_the_same(house: House, customer: Customer) -> None:
    async with following(customer, after=1) as one, following(customer, after=1) as two:
        house.desk.say(customer.conversation, "您好")
        assert (await one.message())["text"] == (await two.message())["text"] == "您好"


async def test_the_feed_ends_when_the_client_leaves(house: House, customer: Customer) -> None:
    async with following(customer):
        await until(lambda: len(house.desk.followers) == 1)
    await until(lambda: not house.desk.followers)


async def test_a_silent_line_is_kept_alive() -> None:
    house = House()
    customer = await house.customer()
    streams = stream.Streams(Rendering(""), keep_alive=0.02)
    chunks = streams.events(house.desk.follow(customer.conversation, 1))
    assert [await anext(chunks) for _ in range(3)] == [stream.OPENING, stream.KEEP_ALIVE, stream.KEEP_ALIVE]
    house.desk.say(customer.conversation, "您好")
    assert (await anext(chunks)).startswith(b"event: message\nid: 2\n")
    streams.close()
    assert [chunk async for chunk in chunks] == []
    assert stream.KEEP_ALIVE_SECONDS == 15


async def test_streams_opened_while_the_server_stops_end_at_once() -> None:
    house = House()
    customer = await house.customer()
    streams = stream.Streams(Rendering(""))
    streams.close()
    assert [chunk async for chunk in streams.events(house.desk.follow(customer.conversation))] == [stream.OPENING]


async def test_a_feed_that_breaks_ends_the_stream_so_that_the_client_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    customer = await house.customer()
    streams = stream.Streams(Rendering(""))
    house.desk.broken = True
    assert [chunk async for chunk in streams.events(house.desk.follow(customer.conversation))] == [stream.OPENING]
    assert "a feed broke off" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_streams_and_then_reaches_the_server(number: signal.Signals) -> None:
    heard: list[str] = []
    before = signal.signal(number, lambda *_: heard.append("server"))
    try:
        with stream.before_shutdown(lambda: heard.append("streams")):
            signal.raise_signal(number)
            await asyncio.sleep(0)
            assert sorted(heard) == ["server", "streams"]
        signal.raise_signal(number)
        assert heard[-1] == "server", "the server's own handler is back"
    finally:
        signal.signal(number, before)


async def test_a_server_with_open_streams_stops_promptly() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "uvicorn", "--factory", "tests.channels.webchat_kit:serving", "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, "--log-level", "error", cwd=PROJECT)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as http:
            visitor = await begun(http)
            async with following(visitor) as events:
                await events.message()
                process.send_signal(signal.SIGTERM)
                stopping = time.monotonic()
                with pytest.raises(EOFError):
                    await events.block()
            await asyncio.wait_for(process.wait(), 5)
            assert time.monotonic() - stopping < 3
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def begun(http: httpx.AsyncClient) -> Customer:
    """A visitor of a server that is still starting."""
    visitor = Customer(http)
    for _ in range(400):
        with contextlib.suppress(httpx.ConnectError):
            await visitor.begin()
            return visitor
        await asyncio.sleep(0.05)
    raise AssertionError("the server did not start")
