"""How fast visitors may write, and how they are told."""

import asyncio

import pytest

from channels.webchat.limiter import network
from tests.channels.webchat_kit import Customer, House, refused


async def test_a_visitor_who_is_too_fast_is_told_when_to_go_on() -> None:
    house = House(rate="3/minute")
    customer = await house.customer()
    for number in range(3):
        assert (await customer.send(f"m{number}", "x")).status_code == 202
    response = await customer.send("m3", "x")
    refused(response, 429, "rate_limited")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.headers["retry-after"] in response.json()["message"]
    assert len(house.desk.received) == 3


async def test_after_the_time_that_was_named_there_is_room_again() -> None:
    house = House(rate="2/second")
    customer = await house.customer()
    answers = [await customer.send(f"m{number}", "x") for number in range(6)]
    late = next(answer for answer in answers if answer.status_code == 429)
    await asyncio.sleep(int(late.headers["retry-after"]))
    assert (await customer.send("again", "x")).status_code == 202


async def test_one_visitor_does_not_use_up_the_rate_of_another() -> None:
    house = House(rate="1/minute")
    first, second = await house.customer(), await house.customer()
    assert (await first.send("m1", "x")).status_code == 202
    assert (await first.send("m2", "x")).status_code == 429
    assert (await second.send("m1", "x")).status_code == 202


async def test_a_repeated_delivery_is_not_charged_and_never_refused() -> None:
    house = House(rate="2/minute")
    customer = await house.customer()
    for _ in range(5):
        assert (await customer.send("m1", "x")).json() == {"seq": 2}
    assert (await customer.send("m2", "x")).json() == {"seq": 3}
    assert (await customer.send("m3", "x")).status_code == 429
    assert (await customer.send("m2", "x")).json() == {"seq": 3}


async def test_a_repeated_delivery_is_not_charged_after_a_restart_of_the_gateway() -> None:
    house = House(rate="2/minute")
    customer = await house.customer()
    await customer.send("m1", "x")
    house.restart()
    customer = Customer(house.client(), customer.token)
    assert (await customer.send("m1", "x")).status_code == 202
    assert [(await customer.send(id, "x")).status_code for id in ("m2", "m3", "m4")] == [202, 202, 429]


async def test_a_burst_at_the_same_moment_does_not_slip_through() -> None:
    house = House(rate="3/minute")
    customer = await house.customer()
    answers = await asyncio.gather(*(customer.send(f"m{number}", "x") for number in range(20)))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 17
    assert len(house.desk.received) == 3


async def test_all_visitors_together_have_a_limit_that_is_not_called_their_fault() -> None:
    house = House(global_rate="3/minute")
    customers = [await house.customer() for _ in range(4)]
    answers = [await customer.send("m1", "x") for customer in customers]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    refused(answers[-1], 429, "busy")
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_what_is_refused_to_all_is_not_charged_to_the_one() -> None:
    house = House(rate="1/hour", global_rate="1/second")
    first, second = await house.customer(), await house.customer()
    await first.send("m1", "x")
    answer = await second.send("m1", "x")
    while answer.status_code == 429:
        refused(answer, 429, "busy")
        await asyncio.sleep(0.3)
        answer = await second.send("m1", "x")
    assert answer.status_code == 202


async def test_what_was_malformed_or_failed_is_not_charged() -> None:
    house = House(rate="1/hour")
    customer = await house.customer()
    await customer.send("m1", "")
    house.desk.broken = True
    assert (await customer.send("m1", "x")).status_code == 503
    house.desk.broken = False
    assert (await customer.send("m1", "x")).status_code == 202


async def test_several_rates_hold_at_once() -> None:
    house = House(rate="5/second;2/hour")
    customer = await house.customer()
    answers = [await customer.send(f"m{number}", "x") for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) > 1


async def test_one_address_opens_only_so_many_sessions() -> None:
    house = House(session_rate="2/minute")
    answers = [await house.client("192.0.2.1").post("/webchat/session") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused(answers[-1], 429, "rate_limited")
    assert (await house.client("192.0.2.2").post("/webchat/session")).status_code == 200
    assert len(house.desk._users) == 3


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_an_address_stands_for_who_shares_it(host: str | None, expected: str) -> None:
    assert network(host) == expected
