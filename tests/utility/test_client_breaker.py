"""The client with its breaker: a dead backend is left alone, a refusing one is not."""

import asyncio
import time

import httpx
import pytest

from tests.utility.conftest import Server, answering, hanging
from utility.breaker import Breaker
from utility.client import UtilityClient
from utility.errors import NotFound, UtilityUnavailable
from utility.models import IdentityCheck

CHECK = IdentityCheck(account_no="3300100001", phone_tail="5678", requester="c")
NOT_FOUND = b'{"code":"not_found","message":"m"}'


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(http: httpx.AsyncClient, clock: Clock) -> UtilityClient:
    return UtilityClient(http, secret="s", budget=10, breaker=Breaker(failures=2, pause=5, clock=clock))


async def broken(client: UtilityClient, times: int) -> None:
    for _ in range(times):
        with pytest.raises(UtilityUnavailable):
            await client.check_identity(CHECK)


async def test_a_dead_backend_is_left_alone_and_probed_again(
    server: Server, guarded: UtilityClient, clock: Clock
) -> None:
    server.acts = [answering(503), answering(503), answering(200)]
    await broken(guarded, 2)
    begun = time.monotonic()
    await broken(guarded, 3)
    assert time.monotonic() - begun < 1
    assert len(server.requests) == 2
    clock.now += 5
    assert len(await guarded.places()) == 1
    assert len(await guarded.places()) == 1


async def test_a_call_with_its_retries_is_one_failure(server: Server, guarded: UtilityClient) -> None:
    server.acts = [answering(503), answering(503), answering(503), answering(200)]
    with pytest.raises(UtilityUnavailable):
        await guarded.places()
    assert len(await guarded.places()) == 1


async def test_refusals_keep_the_breaker_closed(server: Server, guarded: UtilityClient) -> None:
    server.acts = [answering(404, NOT_FOUND)]
    for _ in range(5):
        with pytest.raises(NotFound):
            await guarded.place("C99")
    assert len(server.requests) == 5


async def test_a_caller_who_goes_away_is_no_failure(server: Server, guarded: UtilityClient) -> None:
    server.acts = [hanging, hanging, hanging, answering(200)]
    for _ in range(3):
        call = asyncio.create_task(guarded.places())
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert len(await guarded.places()) == 1


async def test_a_caller_who_goes_away_during_the_probe_leaves_it_to_the_next(
    server: Server, guarded: UtilityClient, clock: Clock
) -> None:
    server.acts = [answering(503), answering(503), hanging, answering(200)]
    await broken(guarded, 2)
    clock.now += 5
    probe = asyncio.create_task(guarded.places())
    await asyncio.sleep(0.1)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert len(await guarded.places()) == 1
