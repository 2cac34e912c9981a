"""A small Rasa over real HTTP on loopback that answers what the test wants, or nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

FOREVER = 3600.0


@dataclass
class FakeRasa:
    """`delay` in seconds before the first byte, `drip` between the bytes of the body; a `str` body is sent as it is."""

    body: Any = field(default_factory=lambda: [{"recipient_id": "c1", "text": "好的"}])
    status: int = 200
    delay: float = 0.0
    drip: float = 0.0
    asked: list[Any] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """The same port again after a stop."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next(line for line in head.splitlines() if line.startswith("content-length:"))
            self.asked.append(json.loads(await reader.readexactly(int(length.split(":")[1]))))
            await self._answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, or we were stopped
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay)
        body = (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()
        head = f"HTTP/1.1 {self.status} Whatever\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        for piece in [body[n : n + 1] for n in range(len(body))] if self.drip else [body]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(self.drip)


@asynccontextmanager
async def fake_rasas(count: int = 1) -> AsyncIterator[list[FakeRasa]]:
    rasas = [FakeRasa() for _ in range(count)]
    for rasa in rasas:
        await rasa.start()
    try:
        yield rasas
    finally:
        for rasa in rasas:
            await rasa.stop()
