"""Accounts kept at hand: proven once, then known; who is bound to the same account is one customer."""

import pytest

from tests.backend.conftest import Town, repair
from utility.errors import IdentityLocked, IdentityMismatch, NotFound
from utility.models import Grant, IdentityCheck, TicketNote


async def bind(town: Town, conversation: str, no: str = "3300100001", tail: str = "5678") -> list[Grant]:
    return await town.client.bind(IdentityCheck(account_no=no, phone_tail=tail, requester=conversation))


def numbers(grants: list[Grant]) -> list[str]:
    return [grant.account.account_no for grant in grants]


async def test_a_bound_account_is_known_from_then_on_with_a_grant_that_works(town: Town) -> None:
    assert numbers(await bind(town, "a")) == ["3300100001"]
    town.clock.forward(minutes=600)
    (grant,) = await town.client.bound("a")
    assert (await town.client.balance("3300100001", grant.token)).account_no == "3300100001"
    assert await town.client.bound("b") == []


async def test_several_accounts_and_the_same_one_twice(town: Town) -> None:
    await bind(town, "a")
    town.clock.forward(minutes=1)
    await bind(town, "a", "3300100002", "1234")
    assert numbers(await bind(town, "a")) == ["3300100001", "3300100002"]


async def test_a_wrong_tail_binds_nothing_and_is_counted(town: Town) -> None:
    for left in (2, 1):
        with pytest.raises(IdentityMismatch) as refused:
            await bind(town, "a", tail="0000")
        assert refused.value.tries_left == left
    with pytest.raises(IdentityLocked):
        await bind(town, "a", tail="0000")
    assert await town.client.bound("a") == []


async def test_one_is_let_go_or_all(town: Town) -> None:
    await bind(town, "a")
    town.clock.forward(minutes=1)
    await bind(town, "a", "3300100002", "1234")
    assert numbers(await town.client.unbind("a", "3300100001")) == ["3300100002"]
    assert numbers(await town.client.unbind("a", "3300100001")) == ["3300100002"]
    await bind(town, "b")
    assert await town.client.unbind("a") == []
    assert numbers(await town.client.bound("b")) == ["3300100001"]


async def test_who_is_bound_to_the_same_account_sees_the_same_tickets(town: Town) -> None:
    ticket = await town.client.create_ticket(repair("web"), "k1")
    with pytest.raises(NotFound):
        await town.client.ticket(ticket.no, "wechat")
    await bind(town, "web")
    await bind(town, "wechat")
    assert [found.no for found in await town.client.tickets("wechat")] == [ticket.no]
    assert (await town.client.ticket(ticket.no, "wechat")).no == ticket.no
    urged = await town.client.urge(ticket.no, TicketNote(conversation="wechat", text="快点"), "u1")
    assert urged.urged == 1
    await town.client.unbind("wechat")
    assert await town.client.tickets("wechat") == []
