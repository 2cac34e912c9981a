"""The second factor: few tries, then a pause; nothing can be learned from the refusals."""

import asyncio
from collections import Counter

import pytest

from tests.backend.conftest import MONDAY, Town
from utility.errors import IdentityLocked, IdentityMismatch, InvalidRequest
from utility.models import Grant, IdentityCheck


async def wrong(town: Town, account: str = "3300100001", requester: str = "r") -> int:
    """The tries that are left after a wrong one."""
    with pytest.raises(IdentityMismatch) as refused:
        await town.grant(account, "0000", requester)
    return refused.value.tries_left


async def test_three_wrong_tries_begin_a_pause_of_half_an_hour(town: Town) -> None:
    assert [await wrong(town), await wrong(town)] == [2, 1]
    with pytest.raises(IdentityLocked) as locked:
        await town.grant("3300100001", "0000", "r")
    assert (locked.value.until - MONDAY).total_seconds() == 1800
    town.clock.forward(minutes=29)
    with pytest.raises(IdentityLocked) as still:
        await town.grant("3300100001", "5678", "r")
    assert still.value.until == locked.value.until
    town.clock.forward(minutes=1)
    assert (await town.grant("3300100001", "5678", "r")).account.account_no == "3300100001"


async def test_an_unknown_account_is_refused_like_a_wrong_tail(town: Town) -> None:
    assert await wrong(town, "9999999999", "a") == await wrong(town, "3300100001", "b") == 2


async def test_accounts_cannot_be_tried_in_turn(town: Town) -> None:
    await wrong(town, "3300100001")
    await wrong(town, "3300100002")
    with pytest.raises(IdentityLocked):
        await town.grant("3300100003", "0000", "r")


async def test_an_own_account_does_not_buy_more_tries_at_another(town: Town) -> None:
    await wrong(town, "3300100002")
    await wrong(town, "3300100002")
    await town.grant("3300100001", "5678", "r")
    with pytest.raises(IdentityLocked):
        await town.grant("3300100002", "0000", "r")


async def test_passing_clears_what_went_wrong_at_the_same_account(town: Town) -> None:
    await wrong(town)
    await wrong(town)
    await town.grant("3300100001", "5678", "r")
    assert await wrong(town) == 2


async def test_old_wrong_tries_do_not_count(town: Town) -> None:
    await wrong(town)
    await wrong(town)
    town.clock.forward(minutes=31)
    assert await wrong(town) == 2


async def test_one_requesters_tries_do_not_stop_another(town: Town) -> None:
    await wrong(town, requester="a")
    await wrong(town, requester="a")
    assert await wrong(town, requester="b") == 2


async def test_ten_wrong_tries_a_day_close_an_account_until_midnight(town: Town) -> None:
    for number in range(9):
        await wrong(town, requester=f"r{number}")
    with pytest.raises(IdentityLocked) as locked:
        await town.grant("3300100001", "0000", "r9")
    assert locked.value.until == MONDAY.replace(day=24, hour=0, minute=0)
    with pytest.raises(IdentityLocked):
        await town.grant("3300100001", "5678", "somebody else")
    town.clock.set(day=24, hour=0, minute=0)
    assert await town.grant("3300100001", "5678", "somebody else")


async def test_tries_at_the_same_moment_are_counted_one_by_one(town: Town) -> None:
    tries = [town.grant("3300100001", f"{guess:04d}", "r") for guess in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {IdentityMismatch: 2, IdentityLocked: 6}


async def test_many_requesters_at_the_same_moment_do_not_get_past_the_daily_limit(town: Town) -> None:
    tries = [town.grant("3300100001", "0000", f"r{number}") for number in range(16)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {IdentityMismatch: 9, IdentityLocked: 7}


async def test_a_grant_names_its_end_and_the_account(town: Town) -> None:
    grant: Grant = await town.grant("3300100016", "3333")
    assert (grant.expires_at - MONDAY).total_seconds() == 1800
    assert grant.account.manager == "客户经理 何晓东"


async def test_a_malformed_check_breaks_the_contract_and_repeats_nothing(quick: Town) -> None:
    unchecked = IdentityCheck.model_construct(account_no="abc", phone_tail="secret", requester="r")
    with pytest.raises(InvalidRequest) as refused:
        await quick.client.check_identity(unchecked)
    assert "secret" not in str(refused.value)
    assert "body.phone_tail" in str(refused.value)
