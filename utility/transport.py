"""httpx's interface on aiohttp's connections, for calls among our own processes: a call costs a third of the CPU.

No time-outs of its own: whoever calls has a budget.
"""

import aiohttp
import httpx

CONNECTIONS = 200
# Our servers hang up after 5 s of silence (uvicorn, Sanic): a connection is not used when that may be happening.
KEEP_ALIVE = 4.0


class Transport(httpx.AsyncBaseTransport):
    """Raises httpx.ConnectError when nobody listens, httpx.RemoteProtocolError for any other break."""

    def __init__(self) -> None:
        self._opened: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with self._session().request(
                request.method,
                str(request.url),
                data=await request.aread() or None,
                headers=request.headers.items(),
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except aiohttp.ClientConnectorError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        return httpx.Response(answer.status, headers=answer.raw_headers, content=body, request=request)

    async def aclose(self) -> None:
        if self._opened:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first call, inside the loop that it belongs to."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
                auto_decompress=False,
            )
        return self._opened
