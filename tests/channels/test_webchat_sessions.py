"""Sessions: who a visitor is, and for how long."""

import base64
from datetime import datetime, timedelta

import pytest

from tests.channels.fake_desk import GREETING
from tests.channels.webchat_kit import Customer, House, refused


@pytest.fixture
def house() -> House:
    return House()


async def test_a_session_opens_a_conversation_that_begins_with_a_greeting(house: House) -> None:
    customer = Customer(house.client())
    response = await customer.begin()
    assert response.status_code == 200
    assert set(response.json()) == {"token", "conversation", "expires_at"}
    assert datetime.fromisoformat(response.json()["expires_at"]) == house.clock() + timedelta(hours=12)
    assert response.headers["cache-control"] == "no-store"
    assert [line["text"] for line in await customer.messages()] == [GREETING]


async def test_a_session_needs_no_body(house: House) -> None:
    response = await house.client().post("/webchat/session")
    assert response.status_code == 200


async def test_two_visitors_have_two_conversations(house: House) -> None:
    first, second = await house.customer(), await house.customer()
    assert first.conversation != second.conversation
    assert first.token != second.token


async def test_an_old_token_continues_the_same_conversation_and_is_renewed(house: House) -> None:
    customer = await house.customer()
    conversation, token = customer.conversation, customer.token
    house.clock.advance(timedelta(hours=6))
    response = await customer.begin()
    assert customer.conversation == conversation
    assert customer.token != token
    assert datetime.fromisoformat(response.json()["expires_at"]) == house.clock() + timedelta(hours=12)
    assert len(await customer.messages()) == 1


async def test_an_expired_token_is_refused_everywhere_but_renewed_by_session(house: House) -> None:
    customer = await house.customer()
    conversation = customer.conversation
    house.clock.advance(timedelta(hours=12, seconds=1))
    for response in (
        await customer.send("m1", "停电了"),
        await customer.get("messages"),
        await customer.get("events"),
        await customer.get("images/1"),
    ):
        refused(response, 401, "token_expired")
        assert response.headers["www-authenticate"] == "Bearer"
    assert house.desk.received == []
    await customer.begin()
    assert customer.conversation == conversation
    assert (await customer.send("m1", "停电了")).status_code == 202


async def test_a_token_serves_until_its_last_second(house: House) -> None:
    customer = await house.customer()
    house.clock.advance(timedelta(hours=12))
    assert (await customer.get("messages")).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 401)])
async def test_a_token_may_be_renewed_for_ninety_days(house: House, days: int, status: int) -> None:
    customer = await house.customer()
    house.clock.advance(timedelta(days=days, hours=12))
    response = await customer.begin()
    assert response.status_code == status
    if status == 401:
        refused(response, 401, "token_invalid")


async def test_restart_makes_a_new_visitor_and_a_new_conversation(house: House) -> None:
    customer = await house.customer()
    earlier, earlier_headers = customer.conversation, customer.headers
    await customer.send("m1", "停电了")
    await customer.begin(restart=True)
    assert customer.conversation != earlier
    assert [line["text"] for line in await customer.messages()] == [GREETING]
    response = await customer.http.get("/webchat/messages", headers=earlier_headers)
    assert len(response.json()) == 2


def forgeries(token: str, other: str) -> list[str]:
    head, stamp, signature = token.rsplit(".", 2)
    user = head.partition(":")[0]
    return [
        f"{user}:c2.{stamp}.{signature}",
        f"{head}.{base64.urlsafe_b64encode(b'aaaa').decode().rstrip('=')}.{signature}",
        f"{head}.{stamp}.{other.rsplit('.', 1)[1]}",
        f"{head}.{stamp}.{signature[:-4]}AAAA",
        f"{head}.{stamp}",
        token.upper(),
        "x",
        "a" * 5000,
        "",
    ]


async def test_a_forged_token_is_refused_everywhere(house: House) -> None:
    customer, other = await house.customer(), await house.customer()
    for forged in forgeries(customer.token, other.token):
        forger = Customer(customer.http)
        headers = {"Authorization": f"Bearer {forged}"}
        for response in (
            await forger.http.post("/webchat/session", headers=headers),
            await forger.http.post("/webchat/messages", json={"id": "m", "text": "x"}, headers=headers),
            await forger.http.get("/webchat/messages", headers=headers),
            await forger.http.get("/webchat/events", headers=headers),
            await forger.http.get("/webchat/images/1", headers=headers),
        ):
            refused(response, 401, "token_invalid")
    assert house.desk.received == []


async def test_a_token_signed_with_another_secret_is_forged(house: House) -> None:
    stranger = await House(secret="another secret").customer()
    response = await house.client().get("/webchat/messages", headers=stranger.headers)
    refused(response, 401, "token_invalid")


async def test_a_token_from_the_future_is_not_accepted(house: House) -> None:
    customer = await house.customer()
    house.clock.advance(timedelta(hours=-1))
    assert (await customer.get("messages")).status_code == 401


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "Bearer \u00e9", "token"])
async def test_what_is_not_a_bearer_token_is_refused(house: House, header: str) -> None:
    response = await house.client().get("/webchat/messages", headers={b"Authorization": header.encode("latin-1")})
    refused(response, 401, "token_invalid")


async def test_no_token_is_told_so(house: House) -> None:
    refused(await house.client().get("/webchat/messages"), 401, "token_missing")
    refused(await house.client().post("/webchat/messages", json={"id": "m", "text": "x"}), 401, "token_missing")


async def test_a_token_of_a_conversation_that_is_gone_leads_to_a_new_session(house: House) -> None:
    customer = await house.customer()
    house.desk.forget_everything()
    refused(await customer.get("messages"), 401, "token_invalid")
    refused(await customer.get("events"), 401, "token_invalid")
    assert (await customer.begin()).status_code == 200
    assert len(await customer.messages()) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b'{"restart": "yes"}', 422, "invalid_request"),
        (b'{"restart": true, "user": "me"}', 422, "invalid_request"),
        (b"[]", 422, "invalid_request"),
        (b"{" + b" " * 50_000 + b"}", 413, "body_too_large"),
    ],
)
async def test_a_malformed_session_request_opens_nothing(house: House, body: bytes, status: int, code: str) -> None:
    refused(await house.client().post("/webchat/session", content=body), status, code)
    assert house.desk._users == {}
