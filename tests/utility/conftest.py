"""A server that does what the test tells it, behind a real uvicorn and a real socket."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

PLACES = '[{"id":"C01","kind":"community","name":"阳光花园","aliases":[],"district":"城东区","area":"城区"}]'.encode()

Act = Callable[["Server"], Awaitable[tuple[int, bytes]]]


@dataclass
class Server:
    """Answers with the acts in turn, the last one for ever; counts what came in."""

    acts: list[Act]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    calm: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.requests.append(scope)
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        status, body = await act(self)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def answering(status: int, body: bytes = PLACES) -> Act:
    async def act(_server: Server) -> tuple[int, bytes]:
        return status, body

    return act


async def hanging(server: Server) -> tuple[int, bytes]:
    """No answer until the test is over."""
    await server.calm.wait()
    return 200, PLACES


async def hanging_up(_server: Server) -> tuple[int, bytes]:
    """The connection is closed without an answer."""
    raise ConnectionResetError


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here, so that they can share one server."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[Server]:
    told = Server([answering(200)])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(told, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 (uvicorn has a flag, no event)
            await asyncio.sleep(0.01)
        told.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield told
        server.should_exit = True
        await task


@pytest_asyncio.fixture(loop_scope="session")
async def server(running: Server) -> AsyncIterator[Server]:
    """The running server, told nothing yet; whoever still hangs afterwards is let go."""
    running.acts, running.requests, running.calm = [answering(200)], [], asyncio.Event()
    yield running
    running.calm.set()


@pytest_asyncio.fixture(loop_scope="session")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url) as client:
        yield client
