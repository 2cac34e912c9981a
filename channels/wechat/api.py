"""The platform's API: its token, its errors as desk.errors, one retry after a token that had gone stale."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from channels.wechat.token import Tokens
from desk.errors import NotCarried, Refused, TryLater, Unreachable, WindowClosed
from desk.ports import Clock

log = logging.getLogger(__name__)

STALE = {40001, 40014, 42001, 41001}
CLOSED = {45015, 45047, 48001}
GONE = {40003, 43004, 43101, 48002, 48004, 50002}
BUSY = {-1: 2.0, 45009: 600.0, 45011: 60.0}
SLOWS_ALL = {45009, 45011}
LARGEST_MEDIA = 10 * 1024 * 1024
TIMEOUT = 10.0

Json = dict[str, Any]


class Api:
    """`http` brings the platform's address (`base_url`) and belongs to the caller."""

    def __init__(self, http: httpx.AsyncClient, tokens: Tokens, clock: Clock) -> None:
        self._http, self._tokens, self._clock = http, tokens, clock
        self._slow_until: datetime | None = None

    async def call(self, method: str, path: str, *, body: Json | None = None, **query: str) -> Json:
        """The platform's answer; raises NotCarried."""
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        return await self._once_more(lambda token: self._send(method, path, token, content=content, query=query))

    async def upload(self, picture: bytes, mime: str = "image/png") -> str:
        """The media_id of a picture, good for three days; raises NotCarried."""
        files = {"media": (f"picture.{mime.removeprefix('image/')}", picture, mime)}
        found = await self._once_more(
            lambda token: self._send("POST", "/cgi-bin/media/upload", token, files=files, query={"type": "image"})
        )
        return str(found["media_id"])

    async def download(self, media_id: str) -> bytes:
        """What a customer sent; raises NotCarried, Refused for more than LARGEST_MEDIA bytes."""

        async def once(token: str) -> bytes:
            query = {"access_token": token, "media_id": media_id}
            async with self._http.stream("GET", "/cgi-bin/media/get", params=query, timeout=TIMEOUT) as answer:
                found = bytearray()
                async for chunk in answer.aiter_bytes():
                    found += chunk
                    if len(found) > LARGEST_MEDIA:
                        raise Refused("it has too many bytes")
                if answer.headers.get("content-type", "").startswith(("application/json", "text/plain")):
                    _check(json.loads(found))
                return bytes(found)

        return await self._once_more(once)

    async def _once_more[Answer](self, attempt: Callable[[str], Awaitable[Answer]]) -> Answer:
        if self._slow_until and self._clock() < self._slow_until:
            raise TryLater("the platform asked for a pause", (self._slow_until - self._clock()).total_seconds())
        token = await self._tokens.get()
        try:
            return await self._checked(attempt, token)
        except _Stale:
            fresh = await self._tokens.renew(token)
        try:
            return await self._checked(attempt, fresh)
        except _Stale as stale:
            raise TryLater(str(stale), 30) from None

    async def _checked[Answer](self, attempt: Callable[[str], Awaitable[Answer]], token: str) -> Answer:
        try:
            return await attempt(token)
        except (httpx.HTTPError, ValueError) as error:  # their texts may show the address, and the token in it
            raise TryLater(f"the platform cannot be reached: {type(error).__name__}") from None
        except _SlowDown as slow:
            self._slow_until = self._clock() + timedelta(seconds=slow.seconds)
            log.warning("WeChat asks for a pause of %s s: %s", slow.seconds, slow)
            raise

    async def _send(
        self,
        method: str,
        path: str,
        token: str,
        *,
        query: Mapping[str, str],
        content: bytes | None = None,
        files: Any = None,
    ) -> Json:
        answer = await self._http.request(
            method, path, params={"access_token": token, **query}, content=content, files=files, timeout=TIMEOUT
        )
        if answer.status_code >= 500:
            raise TryLater(f"the platform answers {answer.status_code}")
        found: Json = answer.json()
        _check(found)
        return found


class _Stale(NotCarried):
    """The token is not good any more."""


class _SlowDown(TryLater):
    """The whole account is over its rate."""


def _check(answer: Json) -> None:
    """Raises what an errcode means; the text of it never holds a token."""
    code = int(answer.get("errcode") or 0)
    if code == 0:
        return
    said = f"errcode {code}: {str(answer.get('errmsg', ''))[:120]}"
    if code in STALE:
        raise _Stale(said)
    if code in SLOWS_ALL:
        raise _SlowDown(said, BUSY[code])
    if code in BUSY:
        raise TryLater(said, BUSY[code])
    if code in CLOSED:
        raise WindowClosed(said)
    if code in GONE:
        raise Unreachable(said)
    raise Refused(said)
