"""How often one address may try to sign in. Only what fails counts: a whole office shares an address."""

import ipaddress
import math
import time

from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

FAILURES = "30/minute;200/hour"


class TooFast(Exception):
    """`seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Rate:
    """A rate like 30/minute;200/hour. What is refused is not charged."""

    def __init__(self, rate: str = FAILURES) -> None:
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items = parse_many(rate)

    async def charge(self, host: str) -> None:
        """Raises TooFast."""
        for at, item in enumerate(self._items):
            if not await self._windows.hit(item, network(host)):
                await self._give_back(host, at)
                stats = await self._windows.get_window_stats(item, network(host))
                raise TooFast(max(1, math.ceil(stats.reset_time - time.time())))

    async def refund(self, host: str) -> None:
        await self._give_back(host, len(self._items))

    async def _give_back(self, host: str, charged: int) -> None:
        for item in self._items[:charged]:
            await self._windows.hit(item, network(host), cost=-1)


def network(host: str) -> str:
    """Who shares an address: an IPv6 line has a whole /64 of them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
