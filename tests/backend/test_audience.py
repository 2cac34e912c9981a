"""Whom an outage concerns: everybody once, nobody forgotten, in pages that do not move."""

import asyncio

import pytest
from sqlalchemy import insert, select

from backend.tables import AccountRow, BindingRow, SubscriptionRow
from tests.backend.conftest import MONDAY, SECRET, Town, repair
from tests.backend.incident_kit import AREA, PLACE, by_hand, confirmed, crew, report
from utility.errors import NotFound
from utility.incidents import Because, Recipient
from utility.models import IdentityCheck
from utility.plans import PlanScope
from utility.subscriptions import SubscriptionRequest
from utility.subscriptions_client import SubscriptionsClient

ZHAO = ("3300100007", "7890")
"""金色家园 7栋, on the second transformer."""


async def bind(town: Town, who: str, account: tuple[str, str] = ZHAO) -> None:
    await town.client.bind(IdentityCheck(account_no=account[0], phone_tail=account[1], requester=who))


async def subscribe(town: Town, who: str, place: str) -> None:
    wish = SubscriptionRequest(conversation=who, place_id=place)
    await SubscriptionsClient(town.http, secret=SECRET, budget=20).subscribe(wish)


async def everybody(town: Town, id: str, limit: int = 500) -> list[Recipient]:
    """Page by page."""
    found: list[Recipient] = []
    while page := await crew(town).audience(id, after=found[-1].conversation if found else "", limit=limit):
        found += page
    return found


async def test_bound_subscribed_and_reported_are_told_each_once(own_town: Town) -> None:
    await bind(own_town, "bound")
    await bind(own_town, "a")
    await subscribe(own_town, "subscribed", PLACE)
    await subscribe(own_town, "bound", PLACE)
    await subscribe(own_town, "elsewhere", "C06")
    id = await confirmed(own_town)
    found = {one.conversation: one for one in await everybody(own_town, id)}
    assert {name: one.because for name, one in found.items()} == {
        "a": Because.BOUND,
        "b": Because.REPORTED,
        "bound": Because.BOUND,
        "c": Because.REPORTED,
        "subscribed": Because.SUBSCRIBED,
    }
    assert found["bound"].accounts_masked == ["0007"]
    assert found["b"].accounts_masked == []
    assert {one.place for one in found.values()} == {(await own_town.client.place(PLACE)).district + "金色家园"}
    assert not any(one.important for one in found.values())


async def test_other_transformer_areas_of_the_place_are_not_concerned(own_town: Town) -> None:
    await bind(own_town, "bound")
    here = (await crew(own_town).create_incident(by_hand(scope=PlanScope(transformer_areas=[AREA])), "k1")).incident
    there = PlanScope(transformer_areas=["金色家园1号公变"])
    other = (await crew(own_town).create_incident(by_hand(scope=there), "k2")).incident
    assert [one.conversation for one in await everybody(own_town, here.outage_id)] == ["bound"]
    assert await everybody(own_town, other.outage_id) == []


async def test_a_subscription_to_the_street_hears_of_its_communities(own_town: Town) -> None:
    await subscribe(own_town, "street", "S02")
    await subscribe(own_town, "other", "S03")
    assert [one.conversation for one in await everybody(own_town, "FT20261123-01")] == ["street"]


async def test_an_important_customer_stands_out(own_town: Town) -> None:
    async with own_town.database.write() as session, session.begin():
        rows = [{"conversation": who, "account_no": no, "at": MONDAY} for who, no in await _of_kinds(own_town)]
        await session.execute(insert(BindingRow), rows)
    scope = PlanScope(feeders=["10千伏学院线"])
    id = (await crew(own_town).create_incident(by_hand(scope=scope), "k")).incident.outage_id
    assert {one.conversation: one.important for one in await everybody(own_town, id)} == {"vip": True, "plain": False}


async def _of_kinds(town: Town) -> list[tuple[str, str]]:
    async with town.database.read() as session:
        at = select(AccountRow.account_no).where(AccountRow.place_id.in_(["C07", "S06"])).limit(1)
        vip = await session.scalar(at.where(AccountRow.important_kind.is_not(None)))
        plain = await session.scalar(at.where(AccountRow.important_kind.is_(None)))
    assert vip and plain
    return [("vip", vip), ("plain", plain), ("vip", plain)]


async def test_pages_are_stable_and_hold_everybody_once(own_town: Town) -> None:
    names = [f"{'Zz' if n % 3 else 'a中'}-{n:03d}" for n in range(120)]
    async with own_town.database.write() as session, session.begin():
        rows = [{"conversation": name, "account_no": ZHAO[0], "at": MONDAY} for name in names[::2]]
        await session.execute(insert(BindingRow), rows)
        rows = [{"conversation": name, "place_id": PLACE, "at": MONDAY} for name in names[:90]]
        await session.execute(insert(SubscriptionRow), rows)
    id = (await crew(own_town).create_incident(by_hand(), "k")).incident.outage_id
    told = set(names[::2]) | set(names[:90])
    for limit in (7, 1000):
        found = [one.conversation for one in await everybody(own_town, id, limit)]
        assert len(found) == len(set(found))
        assert set(found) == told
    first = await crew(own_town).audience(id, limit=10)
    await bind(own_town, "~late")
    assert await crew(own_town).audience(id, limit=10) == first
    reads = await asyncio.gather(*(crew(own_town).audience(id, limit=10) for _ in range(4)))
    assert all(one == first for one in reads)


async def test_plans_have_an_audience_too_and_unknown_outages_have_none(own_town: Town) -> None:
    await bind(own_town, "bound", ("3300100003", "2345"))
    with pytest.raises(NotFound):
        await crew(own_town).audience("FT20000101-01")
    ticket = await report(own_town, "x", "5栋", place_id="C02", address="翠湖苑5栋")
    assert ticket.outage_id == "FT20261123-01"
    assert [one.conversation for one in await everybody(own_town, "FT20261123-01")] == ["x"]
    assert [one.conversation for one in await everybody(own_town, "PL20261124-01")] == ["bound"]
    bare = repair("y", address="不知道哪里")
    assert (await own_town.client.create_ticket(bare, "ky")).outage_id is None
