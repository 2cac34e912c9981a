"""Whom to call about an account: with a grant, with consent, masked, and for staff on record."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from backend.tables import RevealRow
from tests.backend.conftest import SECRET, Town
from utility.errors import InvalidRequest, NotAllowed, NotFound
from utility.subscriptions import EmergencyContactsWish, EmergencyContactWish
from utility.subscriptions_client import SubscriptionsClient

ACCOUNT, TAIL = "3300100013", "4680"


def client(town: Town) -> SubscriptionsClient:
    return SubscriptionsClient(town.http, secret=SECRET, budget=20)


def contact(order: int, name: str, phone: str) -> EmergencyContactWish:
    return EmergencyContactWish(name=name, phone=phone, order=order, consent=True)


SON, NEIGHBOUR = contact(1, "马强", "13912345678"), contact(2, "欧阳娜", "05718888123")


def wish(*contacts: EmergencyContactWish) -> EmergencyContactsWish:
    return EmergencyContactsWish(contacts=list(contacts))


async def token(town: Town) -> str:
    return (await town.grant(ACCOUNT, TAIL)).token


async def test_they_are_kept_in_order_and_shown_masked(own_town: Town) -> None:
    kept = await client(own_town).set_emergency_contacts(ACCOUNT, wish(NEIGHBOUR, SON), await token(own_town))
    shown = [(one.order, one.name_masked, one.phone_masked) for one in kept]
    assert shown == [(1, "马*", "139****5678"), (2, "欧阳*", "057****8123")]
    assert await client(own_town).emergency_contacts(ACCOUNT, await token(own_town)) == kept


async def test_all_are_replaced_at_once_and_consent_keeps_its_day(own_town: Town) -> None:
    asked, grant = client(own_town), await token(own_town)
    first = await asked.set_emergency_contacts(ACCOUNT, wish(SON, NEIGHBOUR), grant)
    assert await asked.set_emergency_contacts(ACCOUNT, wish(SON, NEIGHBOUR), grant) == first
    own_town.clock.forward(minutes=5)
    swapped = wish(contact(1, NEIGHBOUR.name, NEIGHBOUR.phone), contact(2, "马芳", "13900001111"))
    later = await asked.set_emergency_contacts(ACCOUNT, swapped, grant)
    assert [one.consented_at for one in later] == [first[1].consented_at, own_town.clock.now]
    assert await asked.set_emergency_contacts(ACCOUNT, wish(), grant) == []


async def test_nobody_sees_or_sets_them_without_the_accounts_own_grant(own_town: Town) -> None:
    other = (await own_town.grant("3300100001", "5678")).token
    for shown in (other, "no token"):
        with pytest.raises(NotAllowed):
            await client(own_town).emergency_contacts(ACCOUNT, shown)
        with pytest.raises(NotAllowed):
            await client(own_town).set_emergency_contacts(ACCOUNT, wish(SON), shown)


async def test_without_consent_nothing_is_kept(own_town: Town) -> None:
    grant = await token(own_town)
    for consent in ({"consent": False}, {}):
        body = {"contacts": [{"name": "马强", "phone": "13912345678", "order": 1, **consent}]}
        with pytest.raises(ValidationError):
            EmergencyContactsWish.model_validate(body)
        path, headers = f"/accounts/{ACCOUNT}/emergency-contacts", {"X-Account-Grant": grant}
        assert (await own_town.http.put(path, json=body, headers=headers)).status_code == 422
    assert await client(own_town).emergency_contacts(ACCOUNT, grant) == []


async def test_an_order_twice_or_more_than_the_policy_allows_is_refused(own_town: Town) -> None:
    grant = await token(own_town)
    many = [contact(n, f"亲友{n}", f"1390000000{n}") for n in range(1, 5)]
    for wrong in (wish(SON, contact(1, "马芳", "13900001111")), wish(*many)):
        with pytest.raises(InvalidRequest):
            await client(own_town).set_emergency_contacts(ACCOUNT, wrong, grant)


async def test_staff_see_them_in_full_and_it_is_on_record(own_town: Town) -> None:
    asked = client(own_town)
    await asked.set_emergency_contacts(ACCOUNT, wish(SON), await token(own_town))
    (seen,) = await asked.reveal_emergency_contacts(ACCOUNT, "kefu", "停电前确认生命支持设备")
    assert (seen.name, seen.phone) == (SON.name, SON.phone)
    async with own_town.database.read() as session:
        (kept,) = (await session.scalars(select(RevealRow))).all()
    assert (kept.staff, kept.reason, kept.subject) == (
        "kefu",
        "停电前确认生命支持设备",
        f"emergency-contacts {ACCOUNT}",
    )
    with pytest.raises(NotFound):
        await asked.reveal_emergency_contacts("3300199999", "kefu", "试试")
    with pytest.raises(InvalidRequest):
        await asked.reveal_emergency_contacts(ACCOUNT, "kefu", "")
