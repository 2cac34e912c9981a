"""Whatever is sent, web chat answers with a reason and not with a failure, and stores only what it says it stored."""

import json
import re
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.webchat.inbound import LONGEST_TEXT
from tests.channels.webchat_kit import Customer, House

CODES = {
    "token_missing": 401,
    "token_invalid": 401,
    "bad_json": 400,
    "body_too_large": 413,
    "text_too_long": 413,
    "text_empty": 422,
    "control_characters": 422,
    "invalid_request": 422,
}
ANY_TEXT = st.text(st.characters(), max_size=60)  # with NUL, lone surrogates and everything else
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=8)
ALMOST = st.fixed_dictionaries(
    {
        "id": st.one_of(ANY_TEXT, st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)),
        "text": st.one_of(ANY_TEXT, JSON),
    },
    optional={"payload": SCALARS, "more": SCALARS},
)
BODIES = st.one_of(
    st.binary(max_size=200), st.builds(json.dumps, JSON).map(str.encode), st.builds(json.dumps, ALMOST).map(str.encode)
)
CONTROL = re.compile(r"[^\S\n\t 　\u2000-\u3000\xa0]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@cache
def house() -> House:
    return House(rate="1000000/second", global_rate="1000000/second", session_rate="1000000/second")


async def answered(customer: Customer, path: str, content: bytes) -> tuple[int, dict[str, Any]]:
    response = await customer.http.post(f"/webchat/{path}", content=content, headers=customer.headers)
    return response.status_code, response.json()


def is_refusal(status: int, body: dict[str, Any]) -> bool:
    return set(body) == {"code", "message"} and CODES[body["code"]] == status


@settings(max_examples=100, deadline=None)
@given(BODIES)
async def test_any_bytes_are_a_message_or_a_refusal(content: bytes) -> None:
    customer = await house().customer()
    before = len(house().desk.received)
    status, body = await answered(customer, "messages", content)
    stored = house().desk.received[before:]
    if status != 202:
        assert is_refusal(status, body)
        assert stored == []
        return
    (inbound,) = stored
    sent = json.loads(content)
    assert body == {"seq": 2}
    assert inbound.text == sent["text"].strip()
    assert 1 <= len(inbound.text) <= LONGEST_TEXT
    assert not CONTROL.search(inbound.text)
    inbound.text.encode()  # no lone surrogate reaches the desk


@settings(max_examples=30, deadline=None)
@given(BODIES)
async def test_any_bytes_are_a_session_or_a_refusal(content: bytes) -> None:
    status, body = await answered(Customer(house().client()), "session", content)
    assert status == 200 or is_refusal(status, body)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80).filter(lambda header: not set(header) & set(b"\r\n\0")))
async def test_any_authorization_is_refused(header: bytes) -> None:
    for value in (header, b"Bearer " + header):
        response = await house().client().get("/webchat/messages", headers={b"Authorization": value})
        assert is_refusal(response.status_code, response.json())
        assert response.status_code == 401


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=20))
async def test_any_query_is_answered_or_refused(after: str) -> None:
    customer = await house().customer()
    for path in ("messages", "images/1"):
        response = await customer.http.get(f"/webchat/{path}", params={"after": after}, headers=customer.headers)
        assert response.status_code in (200, 404, 422)
