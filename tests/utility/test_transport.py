"""httpx over aiohttp's connections: the same answers and the same failures, over real HTTP."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from utility.transport import Transport

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[tuple[httpx.AsyncClient, list[int]]]:
    """A client of a server that answers each request so, and the ports from which connections came."""
    callers: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer.get_extra_info("peername")[1])
        try:
            while True:
                await answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(base_url=url, transport=Transport()) as client:
        yield client, callers


def says(status: str, body: bytes, *headers: str) -> Answer:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


async def test_an_answer_comes_with_its_status_its_headers_and_its_words() -> None:
    async with served(says("409 Conflict", '{"message":"已有"}'.encode(), "X-Why: twice")) as (client, _):
        response = await client.get("/tickets", params={"q": "翠湖苑 5栋"})
    assert (response.status_code, response.headers["x-why"], response.json()) == (409, "twice", {"message": "已有"})


async def test_what_is_sent_arrives_as_it_is() -> None:
    seen: list[bytes] = []

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head)
        await says("200 OK", b"[]")(head, writer)

    async with served(answer) as (client, _):
        await client.get("/places/%E7%BF%A0%2F", params={"q": "a b&c"}, headers={"Idempotency-Key": "repair:m1"})
    line, *headers = seen[0].decode().lower().split("\r\n")
    assert line == "get /places/%e7%bf%a0%2f?q=a+b%26c http/1.1"
    assert "idempotency-key: repair:m1" in headers


async def test_a_packed_answer_is_unpacked_once() -> None:
    async with served(says("200 OK", gzip.compress(b'{"a":1}'), "Content-Encoding: gzip")) as (client, _):
        assert (await client.get("/")).json() == {"a": 1}


async def test_a_redirect_is_not_followed() -> None:
    async with served(says("302 Found", b"", "Location: /elsewhere")) as (client, callers):
        assert (await client.get("/")).status_code == 302
        assert len(callers) == 1


async def test_one_connection_serves_many_calls() -> None:
    async with served(says("200 OK", b"[]")) as (client, callers):
        for _ in range(5):
            await client.get("/")
        assert len(callers) == 1


async def test_nobody_listening_is_a_connection_error() -> None:
    async with httpx.AsyncClient(transport=Transport()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://127.0.0.1:1/")


async def test_a_connection_that_breaks_in_an_answer_is_a_protocol_error() -> None:
    async def half(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
        writer.close()

    async with served(half) as (client, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/", content=b"{}")


async def test_whoever_calls_decides_how_long_to_wait() -> None:
    async def never(_: bytes, writer: asyncio.StreamWriter) -> None: ...

    async with served(never) as (client, _):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.get("/")
