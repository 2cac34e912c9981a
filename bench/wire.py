"""As little HTTP as the benchmark needs: what the load generator saves is left for what is measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit


class Refused(Exception):
    """An answer that is no success."""


class Line:
    """One kept-alive connection to a server on loopback; bodies are JSON and have a known length."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._reader = asyncio.StreamReader()
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """The body of the answer; raises Refused, OSError, asyncio.IncompleteReadError."""
        await self._send("POST", path, headers, body)
        return await self._reader.readexactly(await self._length())

    async def lines(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """An answer without end, line by line; lines of its transfer coding come along."""
        await self._send("GET", path, headers)
        await self._length()
        while line := await self._reader.readline():
            yield line

    async def close(self) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None

    async def _send(self, method: str, path: str, headers: Mapping[str, str] | None, body: bytes = b"") -> None:
        if self._writer is None or self._reader.at_eof():  # a server hangs up after seconds of silence
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        wanted = {"Host": "bench", "Content-Type": "application/json", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**wanted, **(headers or {})}.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)

    async def _length(self) -> int:
        """Read the head of an answer; the length of its body, 0 when it has none that is known."""
        status, *fields = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        code = status.split()[1]
        if not code.startswith("2"):
            raise Refused(f"HTTP {code}")
        lengths = [
            value for name, _, value in (field.partition(":") for field in fields) if name.lower() == "content-length"
        ]
        return int(lengths[0]) if lengths else 0
