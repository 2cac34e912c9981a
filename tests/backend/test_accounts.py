"""Master data: masked, and only against a grant for this very account."""

import httpx
import pytest

from backend.access import issue_grant
from backend.masking import mask_address, mask_name, mask_phone
from tests.backend.conftest import MONDAY, SECRET, Town
from utility.client import UtilityClient
from utility.errors import NotAllowed, NotFound, UtilityUnavailable


async def test_a_verified_customer_sees_masked_master_data(town: Town) -> None:
    grant = await town.grant("3300100001", "5678")
    account = await town.client.account("3300100001", grant.token)
    assert account == grant.account
    assert (account.holder_masked, account.phone_masked) == ("张*", "138****5678")
    assert account.address_masked == "澜湾市城东区阳光花园"
    assert (account.place_id, account.building, account.feeder) == ("C01", "3栋", "10千伏澜湾线")


async def test_no_answer_about_an_account_holds_its_phone_name_or_door(town: Town) -> None:
    grant = await town.grant("3300100001", "5678")
    headers = {"X-Account-Grant": grant.token}
    for path in ("", "/balance", "/bills?first=2026-01&last=2026-10", "/outages"):
        body = (await town.http.get(f"/accounts/3300100001{path}", headers=headers)).text
        assert not any(secret in body for secret in ("13800125678", "张伟", "501室"))


@pytest.mark.parametrize("path", ["", "/balance", "/bills?first=2026-01&last=2026-10"])
@pytest.mark.parametrize("token", [None, "", "nonsense", "WyJhIl0.AAAA"])
async def test_without_a_grant_nothing_is_given_out(quick: Town, path: str, token: str | None) -> None:
    headers = {} if token is None else {"X-Account-Grant": token}
    response = await quick.http.get(f"/accounts/3300100001{path}", headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


async def test_a_grant_is_for_one_account(town: Town) -> None:
    grant = await town.grant("3300100001", "5678")
    with pytest.raises(NotAllowed):
        await town.client.balance("3300100002", grant.token)


async def test_a_grant_ends_after_half_an_hour(town: Town) -> None:
    grant = await town.grant("3300100001", "5678")
    town.clock.forward(minutes=29, seconds=59)
    await town.client.account("3300100001", grant.token)
    town.clock.forward(seconds=1)
    assert grant.expires_at == town.clock.now
    with pytest.raises(NotAllowed):
        await town.client.account("3300100001", grant.token)


async def test_a_grant_signed_with_another_secret_is_refused(quick: Town) -> None:
    token, _ends = issue_grant("another", "3300100001", "r", MONDAY, MONDAY - MONDAY.replace(hour=1))
    with pytest.raises(NotAllowed):
        await quick.client.account("3300100001", token)


async def test_an_account_with_a_grant_but_without_rows_is_not_found(reading: Town) -> None:
    token, _ends = issue_grant(SECRET, "9999999999", "r", MONDAY, MONDAY - MONDAY.replace(hour=1))
    with pytest.raises(NotFound):
        await reading.client.account("9999999999", token)


@pytest.mark.parametrize("shown", [None, "Bearer wrong", "Bearer ", f"Basic {SECRET}", f"Bearer {SECRET}x"])
async def test_without_the_shared_secret_nothing_is_answered(quick: Town, shown: str | None) -> None:
    transport = httpx.ASGITransport(quick.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://backend") as http:
        headers = {} if shown is None else {"Authorization": shown}
        for path in ("/places", "/accounts/3300100001/outages", "/tickets?conversation=c", "/service-hours"):
            assert (await http.get(path, headers=headers)).status_code == 401
        assert (await http.get("/healthz")).json() == {"status": "ok"}


async def test_a_wrong_secret_counts_as_away_so_that_matters_are_kept(quick: Town) -> None:
    transport = httpx.ASGITransport(quick.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://backend") as http:
        with pytest.raises(UtilityUnavailable):
            await UtilityClient(http, secret="wrong").places()


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张伟", "张*"), ("张三丰", "张*"), ("欧阳娜娜", "欧阳*"), ("澜湾百货有限公司", "澜湾***公司"), ("李", "李*")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13812345678", "138****5678"), ("057188881234", "0571****1234"), ("8888123", "****8123")]
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"), [("老城隍庙后街12号", "老城隍庙后街***"), ("老城隍庙", "老城隍庙"), ("", "")]
)
def test_an_address_outside_the_gazetteer_loses_its_door(text: str, masked: str) -> None:
    assert mask_address(text) == masked
