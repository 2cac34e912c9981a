"""The access token: one for the account, shared by all processes, renewed before it ends, never logged.

`stable_token` gives every caller the same token while it is good, so two processes that renew at once do no harm; the
shelf saves the calls (there is a daily limit), and a lock on it lets one of them do it.
"""

import asyncio
import logging
from datetime import timedelta

import httpx

from desk.errors import TryLater
from desk.ports import Clock, Kept, Shelf

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)  # in its last five minutes the platform gives a new one beside it
FORCED_APART = timedelta(seconds=60)  # force_refresh: 20 a day, 30 s apart
TIMEOUT = 10.0


class Tokens:
    def __init__(self, http: httpx.AsyncClient, app_id: str, secret: str, shelf: Shelf, clock: Clock) -> None:
        self._http, self._app_id, self._secret, self._shelf, self._clock = http, app_id, secret, shelf, clock
        self._name = f"wechat-token:{app_id}"
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """A token that is good for some minutes; raises TryLater."""
        kept = await self._shelf.read(self._name)
        if kept and kept.until - EARLY > self._clock():
            return kept.value
        async with self._lock:
            return await self._fresh(than=None)

    async def renew(self, stale: str) -> str:
        """Another one than this, which the platform has refused; raises TryLater."""
        async with self._lock:
            return await self._fresh(than=stale)

    async def _fresh(self, than: str | None) -> str:
        kept = await self._shelf.read(self._name)
        if kept and kept.value != than and kept.until - EARLY > self._clock():
            return kept.value  # somebody else has just done it
        force = than is not None and await self._shelf.lock(f"{self._name}:forced", FORCED_APART)
        value, seconds = await self._fetch(force)
        await self._shelf.write(self._name, Kept(value, self._clock() + timedelta(seconds=seconds)))
        return value

    async def _fetch(self, force: bool) -> tuple[str, float]:
        asked = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        try:
            answer = (await self._http.post("/cgi-bin/stable_token", json=asked, timeout=TIMEOUT)).json()
        except (httpx.HTTPError, ValueError) as error:
            raise TryLater(f"no token: {type(error).__name__}") from None
        if "access_token" not in answer:
            code = answer.get("errcode")
            log.error("WeChat gives no token: errcode %s %s", code, str(answer.get("errmsg", ""))[:120])
            raise TryLater(f"no token: errcode {code}", 30)
        return str(answer["access_token"]), float(answer.get("expires_in", 7200))
