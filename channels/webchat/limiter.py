"""How fast visitors may write: each of them, all together, and new sessions from one address."""

import ipaddress
import math
import time
from collections import OrderedDict
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from channels.webchat.errors import Busy, RateLimited, TooFast

IDS_KEPT = 20_000


@dataclass(frozen=True)
class _Charge:
    item: RateLimitItem
    key: str
    refusal: type[TooFast]


class Limiter:
    """Rates like `20/minute;200/hour`. What is refused is not charged."""

    def __init__(self, *, visitor: str, everybody: str, sessions: str) -> None:
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._visitor = parse_many(visitor)
        self._everybody = parse_many(everybody)
        self._sessions = parse_many(sessions)

    async def message(self, user: str) -> None:
        """Raises RateLimited, Busy."""
        await self._charge(self._message_charges(user))

    async def refund_message(self, user: str) -> None:
        for charge in self._message_charges(user):
            await self._windows.hit(charge.item, charge.key, cost=-1)

    async def session(self, host: str | None) -> None:
        """Raises RateLimited."""
        key = f"address:{network(host)}"
        await self._charge([_Charge(item, key, RateLimited) for item in self._sessions])

    def _message_charges(self, user: str) -> list[_Charge]:
        own = [_Charge(item, f"visitor:{user}", RateLimited) for item in self._visitor]
        return own + [_Charge(item, "everybody", Busy) for item in self._everybody]

    async def _charge(self, charges: list[_Charge]) -> None:
        for index, charge in enumerate(charges):
            if not await self._windows.hit(charge.item, charge.key):
                for paid in charges[:index]:
                    await self._windows.hit(paid.item, paid.key, cost=-1)
                raise charge.refusal(await self._seconds(charge))

    async def _seconds(self, charge: _Charge) -> int:
        stats = await self._windows.get_window_stats(charge.item, charge.key)
        return max(1, math.ceil(stats.reset_time - time.time()))


def network(host: str | None) -> str:
    """Who shares an address: an IPv6 customer has a whole /64 of them."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


class Accepted:
    """Which ids were taken lately, and as what: a repetition is answered at once, costs nothing, is never refused.

    Only a short cut: the desk itself knows every id for ever.
    """

    def __init__(self) -> None:
        self._seqs: OrderedDict[str, int] = OrderedDict()

    def seq(self, external_id: str) -> int | None:
        return self._seqs.get(external_id)

    def note(self, external_id: str, seq: int) -> None:
        self._seqs[external_id] = seq
        if len(self._seqs) > IDS_KEPT:
            self._seqs.popitem(last=False)
