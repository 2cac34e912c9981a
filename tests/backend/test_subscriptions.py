"""Who wants to hear of outages: once per target, of what is bound, until it is taken back."""

import asyncio

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from backend.tables import PolicyRow
from tests.backend.conftest import SECRET, Town
from utility.errors import InvalidRequest, NotAllowed, NotPossible
from utility.models import IdentityCheck
from utility.subscriptions import SubscriptionRequest, TargetKind
from utility.subscriptions_client import SubscriptionsClient

ACCOUNT, TAIL = "3300100001", "5678"


def client(town: Town) -> SubscriptionsClient:
    return SubscriptionsClient(town.http, secret=SECRET, budget=20)


def place(id: str, conversation: str = "c1") -> SubscriptionRequest:
    return SubscriptionRequest(conversation=conversation, place_id=id)


def account(no: str = ACCOUNT, conversation: str = "c1") -> SubscriptionRequest:
    return SubscriptionRequest(conversation=conversation, account_no=no)


async def bind(town: Town, conversation: str = "c1") -> None:
    await town.client.bind(IdentityCheck(account_no=ACCOUNT, phone_tail=TAIL, requester=conversation))


async def test_a_place_is_subscribed_to_once(own_town: Town) -> None:
    asked = client(own_town)
    first = await asked.subscribe(place("C01"))
    own_town.clock.forward(hours=1)
    assert await asked.subscribe(place("C01")) == first
    assert (first.kind, first.place_id, first.account_masked) == (TargetKind.PLACE, "C01", None)
    assert first.place == (await own_town.client.place("C01")).name
    assert await asked.subscriptions("c1") == [first]
    assert await asked.subscriptions("c2") == []


async def test_many_at_once_make_one(own_town: Town) -> None:
    made = await asyncio.gather(*(client(own_town).subscribe(place("C01")) for _ in range(8)))
    assert len({one.id for one in made}) == 1
    assert await client(own_town).subscriptions("c1") == made[:1]


async def test_an_account_has_to_be_bound_and_is_shown_masked(own_town: Town) -> None:
    asked = client(own_town)
    with pytest.raises(NotAllowed):
        await asked.subscribe(account())
    await bind(own_town)
    made = await asked.subscribe(account())
    assert (made.kind, made.account_masked, made.place_id, made.place) == (TargetKind.ACCOUNT, "0001", None, None)
    with pytest.raises(NotAllowed):
        await asked.subscribe(account(conversation="c2"))


@pytest.mark.parametrize("no", [ACCOUNT, None])
async def test_it_ends_with_the_binding(own_town: Town, no: str | None) -> None:
    await bind(own_town)
    asked = client(own_town)
    await asked.subscribe(account())
    kept = await asked.subscribe(place("C01"))
    await own_town.client.unbind("c1", no)
    assert await asked.subscriptions("c1") == [kept]
    await bind(own_town)
    assert await asked.subscriptions("c1") == [kept]


async def test_one_or_all_are_taken_back_and_only_ones_own(own_town: Town) -> None:
    asked = client(own_town)
    first, second, third = [await asked.subscribe(place(id)) for id in ("C01", "C02", "C03")]
    other = await asked.subscribe(place("C01", "c2"))
    assert await asked.unsubscribe("c1", other.id) == [first, second, third]
    assert await asked.unsubscribe("c1", second.id) == [first, third]
    assert await asked.unsubscribe("c1", second.id) == [first, third]
    assert await asked.unsubscribe("c1") == []
    assert await asked.subscriptions("c2") == [other]


async def test_the_limit_is_a_policy_and_holds_for_many_at_once(own_town: Town) -> None:
    async with own_town.database.write() as session, session.begin():
        name = PolicyRow.name == "subscriptions_per_conversation"
        await session.execute(update(PolicyRow).where(name).values(value="3"))
    asked = client(own_town)
    wishes = [place(f"C{n:02d}") for n in range(1, 7)]
    made = await asyncio.gather(*(asked.subscribe(wish) for wish in wishes), return_exceptions=True)
    assert sum(isinstance(one, NotPossible) for one in made) == 3
    mine = await asked.subscriptions("c1")
    assert len(mine) == 3
    again = await asked.subscribe(place(mine[0].place_id or ""))
    assert again == mine[0]


async def test_exactly_one_target_that_exists(own_town: Town) -> None:
    with pytest.raises(InvalidRequest):
        await client(own_town).subscribe(place("C999"))
    for wrong in ({}, {"account_no": ACCOUNT, "place_id": "C01"}):
        with pytest.raises(ValidationError):
            SubscriptionRequest.model_validate({"conversation": "c1", **wrong})
        answer = await own_town.http.put("/subscriptions", json={"conversation": "c1", **wrong})
        assert answer.status_code == 422
