"""WeChat's side of the benchmarks, asynchronously: calls that are made again when nothing comes back."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

from tests.channels.wechat_platform import ACCOUNT, QUOTAS, Call, Platform

TRIES, WAITS = 3, 5.0


@dataclass
class Caller:
    """WeChat's side, asynchronously; what is signed and kept is the platform's."""

    platform: Platform
    http: aiohttp.ClientSession
    numbers: int = 0
    latencies: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    async def call(self, user: str, text: str, chance: random.Random | None = None) -> Call:
        """One message: again when nothing came back, and with `chance` sometimes although something did."""
        self.numbers += 1
        id = str(10_000_000 + self.numbers)
        count, lasts = QUOTAS["message"]
        self.platform._quota[user]["message"] = (count, self.platform.now() + lasts)
        created = str(int(time.time()))
        fields = {"ToUserName": ACCOUNT, "FromUserName": user, "CreateTime": created, "MsgType": "text", "MsgId": id}
        xml = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**fields, "Content": text}.items())
        query, body = self.platform.signed(f"<xml>{xml}</xml>")
        call = Call(id)
        while call.tries < TRIES:
            call.tries += 1
            if await self._once(call, query, body) and not (chance and call.tries == 1 and chance.randrange(3) == 0):
                break
        return call

    async def _once(self, call: Call, query: dict[str, str], body: str) -> bool:
        started = time.perf_counter()
        try:
            timeout = aiohttp.ClientTimeout(WAITS)
            sent = self.http.post(self.platform.callback, params=query, data=body.encode(), timeout=timeout)
            async with sent as answer:
                call.status, text = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failed[type(error).__name__] += 1
            await asyncio.sleep(max(0.0, WAITS - (time.perf_counter() - started)))
            return False
        self.latencies.append(time.perf_counter() - started)
        call.body = self.platform._opened(text)
        return True
