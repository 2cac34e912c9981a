"""What a visitor says: accepted once, or refused with a reason and not stored."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from functools import cache
from typing import Any

import httpx
import pytest

from desk.model import Author
from desk.ports import Inbound
from tests.channels.webchat_kit import Customer, House, refused


@cache
def one_house() -> House:
    return House()


@pytest.fixture
def house() -> House:
    """One for all these tests; each has a customer of its own and begins with nothing received."""
    one_house().desk.received.clear()
    return one_house()


@pytest.fixture
async def customer(house: House) -> Customer:
    return await house.customer()


async def test_a_message_is_stored_and_acknowledged_with_its_place(house: House, customer: Customer) -> None:
    response = await customer.send("m1", "  我家停电了\n")
    assert response.status_code == 202
    assert response.json() == {"seq": 2}
    (inbound,) = house.desk.received
    _, user = list(house.desk._users)[-1]
    assert inbound == Inbound("webchat", user, f"{customer.conversation}:m1", "我家停电了")


async def test_a_pressed_button_carries_its_payload_and_its_title(house: House, customer: Customer) -> None:
    response = await customer.send("m1", "我要报修", payload='/report{"scope":"家"}')
    assert response.status_code == 202
    assert (house.desk.received[0].text, house.desk.received[0].payload) == ("我要报修", '/report{"scope":"家"}')


async def test_a_repeated_id_is_the_same_message(house: House, customer: Customer) -> None:
    first = await customer.send("m1", "停电了")
    again = await customer.send("m1", "停电了")
    assert first.json() == again.json()
    assert again.status_code == 202
    assert len(house.desk.received) == 1


async def test_a_repeated_id_is_the_same_message_after_a_restart_of_the_gateway(house: House) -> None:
    customer = await house.customer()
    first = await customer.send("m1", "停电了")
    house.restart()
    again = await Customer(house.client(), customer.token).send("m1", "停电了")
    assert first.json() == again.json()
    assert len(house.desk.received) == 1


async def test_deliveries_at_the_same_moment_are_one_message(house: House, customer: Customer) -> None:
    answers = await asyncio.gather(*(customer.send("m1", "停电了") for _ in range(8)))
    assert {answer.text for answer in answers} == {'{"seq":2}'}
    assert len(house.desk.received) == 1


async def test_the_same_id_of_two_visitors_is_two_messages(house: House) -> None:
    first, second = await house.customer(), await house.customer()
    await first.send("m1", "停电了")
    await second.send("m1", "查电费")
    assert [inbound.text for inbound in house.desk.received] == ["停电了", "查电费"]
    assert [line["text"] for line in await second.messages(after=1)] == ["查电费"]


@pytest.mark.parametrize(
    "text", ["停" * 2000, "  " + "停" * 2000 + "\n" * 50, "第一行\n\t第二行", "/restart", "😀👨‍👩‍👧"]
)
async def test_what_people_write_is_accepted(house: House, customer: Customer, text: str) -> None:
    assert (await customer.send("m1", text)).status_code == 202
    assert house.desk.received[0].text == text.strip()


@pytest.mark.parametrize("id", ["a", "A-z_0", "x" * 64])
async def test_what_programs_name_is_accepted(customer: Customer, id: str) -> None:
    assert (await customer.send(id, "x")).status_code == 202


Case = tuple[object, int, str]
TOO_LONG: list[Case] = [({"id": "m", "text": "停" * 2001}, 413, "text_too_long")]
EMPTY: list[Case] = [({"id": "m", "text": text}, 422, "text_empty") for text in ("", "  \n\t ", "\u3000")]
CONTROL: list[Case] = [
    ({"id": "m", "text": f"停{character}电"}, 422, "control_characters")
    for character in ("\x00", "\x07", "\x0b", "\r", "\x1b", "\x7f", "\x85")
]
SHAPE: list[Case] = [
    ({"id": "", "text": "x"}, 422, "invalid_request"),
    ({"id": "x" * 65, "text": "x"}, 422, "invalid_request"),
    ({"id": "a:b", "text": "x"}, 422, "invalid_request"),
    ({"id": "a\n", "text": "x"}, 422, "invalid_request"),
    ({"id": "号", "text": "x"}, 422, "invalid_request"),
    ({"id": 7, "text": "x"}, 422, "invalid_request"),
    ({"text": "x"}, 422, "invalid_request"),
    ({"id": "m"}, 422, "invalid_request"),
    ({"id": "m", "text": 7}, 422, "invalid_request"),
    ({"id": "m", "text": None}, 422, "invalid_request"),
    ({"id": "m", "payload": "/x"}, 422, "invalid_request"),
    ({"id": "m", "text": "x", "payload": ""}, 422, "invalid_request"),
    ({"id": "m", "text": "x", "payload": "/" + "x" * 1000}, 422, "invalid_request"),
    ({"id": "m", "text": "x", "payload": "/x\x00"}, 422, "control_characters"),
    ({"id": "m", "text": "x", "user": "somebody"}, 422, "invalid_request"),
    ([], 422, "invalid_request"),
    ("text", 422, "invalid_request"),
    (None, 422, "invalid_request"),
]


@pytest.mark.parametrize(("body", "status", "code"), TOO_LONG + EMPTY + CONTROL + SHAPE)
async def test_what_cannot_be_a_message_is_refused_and_not_stored(
    house: House, customer: Customer, body: object, status: int, code: str
) -> None:
    refused(await customer.post(body), status, code)
    assert house.desk.received == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"id": "m", "text": "x"',
        b'{"id": "m", "text": "\xff\xfe"}',
        b'{"id": "m", "text": "\xed\xa0\x80"}',
        b'{"id": "m", "text": "\\ud800"}',
        b'{"id": "m", "text": "a\x00"}',
        b"id=m&text=x",
        b"[" * 10_000,
    ],
)
async def test_what_is_not_json_is_refused_and_not_stored(house: House, customer: Customer, content: bytes) -> None:
    refused(await customer.http.post("/webchat/messages", content=content, headers=customer.headers), 400, "bad_json")
    assert house.desk.received == []


async def test_a_large_body_is_refused_before_it_is_read_to_its_end(house: House, customer: Customer) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"id": "m", "text": "'
        while True:
            sent += 1
            yield b"x" * 1024

    response = await customer.http.post("/webchat/messages", content=endless(), headers=customer.headers)
    refused(response, 413, "body_too_large")
    assert sent <= 41
    assert house.desk.received == []


async def test_the_longest_message_fits_however_it_is_written(house: House, customer: Customer) -> None:
    response = await customer.send("m" * 64, "😀" * 2000, payload="😀" * 1000)
    assert len(response.request.content) > 36_000
    assert response.status_code == 202


async def test_a_client_that_leaves_in_mid_body_does_no_harm(house: House, customer: Customer) -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/webchat/messages",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {customer.token}".encode())],
    }
    await house.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert house.desk.received == []


async def test_a_failure_of_the_desk_is_said_kindly_and_the_same_message_may_be_sent_again(
    house: House, customer: Customer
) -> None:
    house.desk.broken = True
    refused(await customer.send("m1", "停电了"), 503, "unavailable")
    house.desk.broken = False
    assert (await customer.send("m1", "停电了")).json() == {"seq": 2}


async def test_errors_keep_their_shape_for_a_wrong_query(customer: Customer) -> None:
    for after in ("-1", "x", "", "1.5", str(2**31), "9" * 5000):
        response: httpx.Response = await customer.get(f"messages?after={after}")
        refused(response, 422, "invalid_request")


async def test_that_a_visitor_is_typing_is_told_with_their_token_only(house: House, customer: Customer) -> None:
    house.desk.typed.clear()
    told = await customer.http.post("/webchat/typing", headers=customer.headers)
    assert (told.status_code, told.content) == (204, b"")
    assert house.desk.typed == [(customer.conversation, Author.CUSTOMER)]
    refused(await customer.http.post("/webchat/typing"), 401, "token_missing")
    assert len(house.desk.typed) == 1
