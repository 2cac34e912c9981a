"""The client against a real server that misbehaves: budget, retries, breaker, and one tree of errors."""

import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import pytest

from tests.utility.conftest import Act, Server, answering, hanging, hanging_up
from utility.breaker import Breaker
from utility.client import UtilityClient
from utility.errors import (
    IdentityLocked,
    IdentityMismatch,
    InvalidRequest,
    NotAllowed,
    NotFound,
    UtilityError,
    UtilityUnavailable,
)
from utility.models import IdentityCheck, TicketKind, TicketNote, TicketRequest

Call = Callable[[UtilityClient], Awaitable[object]]

REPORT = TicketRequest(kind=TicketKind.REPAIR, channel="web", conversation="c")
CHECK = IdentityCheck(account_no="3300100001", phone_tail="5678", requester="c")
TICKET = """{"no":"RP20261122-0001","kind":"故障报修","status":"已受理","grade":"一般","place_id":null,
"address_masked":"","symptom":"","scope":"","description":"","complaint_class":null,"phone_masked":null,"limits":[],"contact":"",
"created_at":"2026-11-22T14:05:00+08:00","due_at":"2026-11-22T14:50:00+08:00","as_of":"2026-11-22T14:05:00+08:00",
"timeline":[],"source":"s"}""".encode()


def problem(code: str, more: str = "") -> bytes:
    return f'{{"code":"{code}","message":"m"{more}}}'.encode()


@pytest.fixture
def client(http: httpx.AsyncClient) -> UtilityClient:
    return UtilityClient(http, secret="s", budget=10, breaker=Breaker(failures=100))


@pytest.fixture
def hasty(http: httpx.AsyncClient) -> UtilityClient:
    return UtilityClient(http, secret="s", budget=0.4, breaker=Breaker(failures=100))


# --- the error tree -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, problem("not_found"), NotFound),
        (403, problem("not_allowed"), NotAllowed),
        (422, problem("invalid"), InvalidRequest),
        (409, problem("invalid"), InvalidRequest),
        (401, problem("not_allowed"), UtilityUnavailable),
        (404, b"<html>nginx</html>", UtilityUnavailable),
        (403, b"", UtilityUnavailable),
        (403, problem("identity_mismatch"), UtilityUnavailable),
        (418, problem("teapot"), UtilityUnavailable),
        (302, b"", UtilityUnavailable),
        (500, b"oops", UtilityUnavailable),
        (503, problem("unavailable"), UtilityUnavailable),
        (200, b"", UtilityUnavailable),
        (200, b"<html>", UtilityUnavailable),
        (200, b'[{"id":"C01"}]', UtilityUnavailable),
        (
            200,
            b'[{"id":"C01","kind":"x","name":"n","aliases":[],"district":"d","area":"a","more":1}]',
            UtilityUnavailable,
        ),
    ],
)
async def test_every_answer_has_its_place_in_the_tree(
    server: Server, client: UtilityClient, status: int, body: bytes, error: type[UtilityError]
) -> None:
    server.acts = [answering(status, body)]
    with pytest.raises(UtilityError) as raised:
        await client.places()
    assert isinstance(raised.value, error)


async def test_identity_refusals_carry_what_the_customer_must_hear(server: Server, client: UtilityClient) -> None:
    server.acts = [
        answering(403, problem("identity_mismatch", ',"tries_left":2')),
        answering(423, problem("identity_locked", ',"until":"2026-11-22T14:35:00+08:00"')),
    ]
    with pytest.raises(IdentityMismatch) as mismatch:
        await client.check_identity(CHECK)
    assert mismatch.value.tries_left == 2
    with pytest.raises(IdentityLocked) as locked:
        await client.check_identity(CHECK)
    assert locked.value.until == datetime.fromisoformat("2026-11-22T14:35:00+08:00")


async def test_an_unreadable_answer_is_reported_without_its_values(server: Server, client: UtilityClient) -> None:
    server.acts = [answering(200, b'[{"id":13800125678,"kind":"community"}]')]
    with pytest.raises(UtilityUnavailable) as raised:
        await client.places()
    assert "13800125678" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert "0.id" in str(raised.value)


@pytest.mark.parametrize("no", ["", ".", "..", " "])
async def test_what_can_be_no_name_is_not_found_without_asking(server: Server, client: UtilityClient, no: str) -> None:
    with pytest.raises(NotFound):
        await client.account_outages(no)
    assert server.requests == []


@pytest.mark.parametrize("no", ["a/b", "a?b=c", "户号", "../tickets", "a#b", "%2e"])
async def test_a_customers_words_stay_within_their_segment(server: Server, client: UtilityClient, no: str) -> None:
    server.acts = [answering(404, problem("not_found"))]
    with pytest.raises(NotFound):
        await client.account_outages(no)
    assert server.requests[0]["path"] == f"/accounts/{no}/outages"
    assert server.requests[0]["query_string"] == b""


async def test_what_cannot_be_a_header_breaks_the_contract(server: Server, client: UtilityClient) -> None:
    for call in (client.account("1", "授权"), client.create_ticket(REPORT, "钥匙")):
        with pytest.raises(InvalidRequest):
            await call
    assert server.requests == []


async def test_every_request_shows_the_secret(server: Server, client: UtilityClient) -> None:
    await client.places()
    assert (b"authorization", b"Bearer s") in server.requests[0]["headers"]


# --- trying again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [answering(503), answering(500), answering(502, b"<html>"), hanging_up])
async def test_a_read_is_tried_again(server: Server, client: UtilityClient, bad: Act) -> None:
    server.acts = [bad, bad, answering(200)]
    assert len(await client.places()) == 1
    assert len(server.requests) == 3


async def test_a_read_is_given_up_after_three_attempts(server: Server, client: UtilityClient) -> None:
    server.acts = [answering(503)]
    with pytest.raises(UtilityUnavailable):
        await client.places()
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.create_ticket(REPORT, "k"),
        lambda client: client.urge("RP1", TicketNote(conversation="c"), "k"),
        lambda client: client.add_note("RP1", TicketNote(conversation="c"), "k"),
    ],
    ids=["create_ticket", "urge", "add_note"],
)
async def test_a_write_is_tried_again_with_the_same_key(server: Server, client: UtilityClient, call: Call) -> None:
    server.acts = [hanging_up, answering(201, TICKET)]
    await call(client)
    keys = [dict(request["headers"])[b"idempotency-key"] for request in server.requests]
    assert keys == [b"k", b"k"]


@pytest.mark.parametrize("bad", [answering(503), hanging_up])
async def test_an_identity_check_is_never_tried_twice(server: Server, client: UtilityClient, bad: Act) -> None:
    server.acts = [bad]
    with pytest.raises(UtilityUnavailable):
        await client.check_identity(CHECK)
    assert len(server.requests) == 1


async def test_a_refusal_is_not_tried_again(server: Server, client: UtilityClient) -> None:
    server.acts = [answering(404, problem("not_found"))]
    with pytest.raises(NotFound):
        await client.place("C99")
    assert len(server.requests) == 1


# --- the budget -----------------------------------------------------------------------------------------------------


async def test_a_call_ends_within_its_budget(server: Server, hasty: UtilityClient) -> None:
    server.acts = [hanging]
    begun = time.monotonic()
    with pytest.raises(UtilityUnavailable):
        await hasty.places()
    assert 0.35 < time.monotonic() - begun < 2
    assert len(server.requests) <= 1  # none, when a busy machine took the whole budget to connect; never a second


async def test_retries_share_the_budget(server: Server, http: httpx.AsyncClient) -> None:
    server.acts = [answering(503), hanging]
    begun = time.monotonic()
    with pytest.raises(UtilityUnavailable):
        await UtilityClient(http, secret="s", budget=1).places()
    assert 0.9 < time.monotonic() - begun < 3
    assert len(server.requests) == 2


async def test_after_a_time_out_the_client_goes_on_working(server: Server, hasty: UtilityClient) -> None:
    server.acts = [hanging, answering(200)]
    with pytest.raises(UtilityUnavailable):
        await hasty.places()
    server.calm.set()
    assert len(await hasty.places()) == 1


async def test_nobody_listening_is_away() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url) as http:
            with pytest.raises(UtilityUnavailable):
                await UtilityClient(http, secret="s").places()


async def test_connections_are_used_again(server: Server, client: UtilityClient) -> None:
    for _ in range(5):
        await client.places()
    assert len({request["client"] for request in server.requests}) == 1
