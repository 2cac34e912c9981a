"""The six truths of Rasa that desk/rasa.py absorbs, against a small Rasa that misbehaves on demand.

That the real one behaves so is proved in test_rasa_truths.py.
"""

import ssl
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from desk.errors import BotFailure
from desk.model import Author, Button, Draft, Errand, Handoff, Kind, Message
from desk.rasa import RasaBot, escape
from tests.desk.fake_rasa import FOREVER, FakeRasa, fake_rasas

MESSAGE = Message("m1", "c1", 2, Author.CUSTOMER, Kind.TEXT, "我家停电了", datetime(2026, 11, 22, tzinfo=UTC))
BUDGET = 0.4
WORDS = {"text": "好的"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # all is on loopback, and reading them takes time
    async with httpx.AsyncClient(trust_env=False, verify=no_certificates) as client:
        yield client


@pytest.fixture
async def fake() -> AsyncIterator[FakeRasa]:
    async with fake_rasas() as (only,):
        yield only


@pytest.fixture
def bot(http: httpx.AsyncClient, fake: FakeRasa) -> RasaBot:
    return RasaBot(http, [fake.url], BUDGET)


async def said(bot: RasaBot, **message: Any) -> tuple[Draft, ...]:
    return (await bot.ask(replace(MESSAGE, **message), {}, {})).replies


async def test_what_rasa_says_is_the_answer(bot: RasaBot) -> None:
    assert await said(bot) == (Draft(Author.BOT, Kind.TEXT, "好的"),)


# --- 1. nothing, an error or nonsense is a failure --------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 404, 302, 204])
async def test_an_error_is_a_failure(bot: RasaBot, fake: FakeRasa, status: int) -> None:
    fake.status, fake.body = status, [] if status == 204 else [WORDS]
    with pytest.raises(BotFailure):
        await said(bot)


@pytest.mark.parametrize(
    "body",
    [
        *([], "", "oops", "null", {}, "[", {"text": "好的"}, "好的"),
        *([{}], ["好的"], [None], [{"text": "  \n"}], [{"text": 5}], [{"custom": {"belief": {}}}], [{"custom": "x"}]),
        [WORDS | {"buttons": [{"title": "是"}]}],
        [WORDS | {"buttons": "是"}],
        [WORDS, {"custom": {"errands": [{"what": "is this"}]}}],
        [WORDS, {"custom": {"errands": None}}],
        [WORDS, {"custom": {"handoff": {"nobody": "knows"}}}],
        [WORDS, {"custom": {"card": {"fields": []}}}],
        [WORDS, {"custom": {"image": "x"}}],
    ],
    ids=lambda body: str(body)[:40],
)
async def test_what_says_nothing_or_cannot_be_read_is_a_failure(bot: RasaBot, fake: FakeRasa, body: Any) -> None:
    fake.body = body
    with pytest.raises(BotFailure):
        await said(bot)


async def test_a_process_that_is_gone_is_a_failure(bot: RasaBot, fake: FakeRasa) -> None:
    await fake.stop()
    with pytest.raises(BotFailure):
        await said(bot)
    await fake.start()


# --- 2. one answer arrives as several messages ------------------------------------------------------------------------


async def test_paragraphs_are_put_together_again(bot: RasaBot, fake: FakeRasa) -> None:
    fake.body = [{"text": "第一段"}, {"text": "第二段\n第二行"}, {"text": " 第三段 "}]
    assert await said(bot) == (Draft(Author.BOT, Kind.TEXT, "第一段\n\n第二段\n第二行\n\n第三段"),)


async def test_buttons_are_kept_and_what_follows_them_is_another_message(bot: RasaBot, fake: FakeRasa) -> None:
    yes = {"title": "是", "payload": "/affirm"}
    fake.body = [{"text": "请核对"}, {"text": "对吗?", "buttons": [yes]}, {"text": "再见"}]
    first, second = await said(bot)
    assert (first.kind, first.text, first.buttons) == (Kind.BUTTONS, "请核对\n\n对吗?", (Button("是", "/affirm"),))
    assert (second.kind, second.text) == (Kind.TEXT, "再见")


async def test_cards_and_pictures_keep_their_place_between_the_texts(bot: RasaBot, fake: FakeRasa) -> None:
    card = {"title": "账单", "fields": [{"label": "合计", "value": "1元"}], "footer": ""}
    chart = {"chart": {"title": "用电量"}, "alt": "近12个月"}
    fake.body = [
        {"text": "请看"},
        {"custom": {"card": card | {"text": "账单\n合计:1元"}}},
        {"custom": {"image": chart}},
        {"text": "还有事吗?"},
    ]
    replies = await said(bot)
    assert [reply.kind for reply in replies] == [Kind.TEXT, Kind.CARD, Kind.IMAGE, Kind.TEXT]
    assert (replies[1].text, replies[1].data) == ("账单\n合计:1元", card)
    assert (replies[2].text, replies[2].data) == ("近12个月", chart)


async def test_belief_errands_handoff_and_hazard_are_read(bot: RasaBot, fake: FakeRasa) -> None:
    ticket = {"key": "repair:m1", "kind": "ticket", "payload": {"kind": "故障报修"}}
    beside = {"belief": {"misses": 1}, "errands": [ticket], "handoff": {"reason": "客户要求人工"}, "hazard": "other"}
    fake.body = [WORDS, {"custom": beside}]
    turn = await bot.ask(MESSAGE, {}, {})
    assert turn.belief == {"misses": 1}
    assert turn.errands == (Errand("repair:m1", "ticket", {"kind": "故障报修"}, "c1"),)
    assert (turn.handoff, turn.hazard) == (Handoff("客户要求人工"), "other")


# --- 3. a slash is a command ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/restart", "／restart"),
        ("  /restart", "／restart"),
        ("\t/restart", "／restart"),
        ("\u3000/restart", "／restart"),  # a full-width space
        ("\n \u00a0/restart", "／restart"),
        ("//restart", "／/restart"),
        ('/inform{"choice":"repair.confirm=yes"}', '／inform{"choice":"repair.confirm=yes"}'),
        ("／restart", "／restart"),  # a full-width slash is no command
        ("和/或", "和/或"),
        ("3/4号楼", "3/4号楼"),
    ],
)
async def test_a_slash_a_customer_typed_is_escaped(bot: RasaBot, fake: FakeRasa, typed: str, sent: str) -> None:
    await said(bot, text=typed)
    assert fake.asked[0]["message"] == sent


def test_no_white_space_hides_a_slash() -> None:
    """Rasa strips what it hears: whatever it strips, a slash behind it must be escaped."""
    blanks = [chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()]
    assert [blank for blank in blanks if escape(f"{blank}/restart").strip().startswith("/")] == []


async def test_a_payload_of_ours_is_sent_as_it_is(bot: RasaBot, fake: FakeRasa) -> None:
    await said(bot, text="是", payload='/inform{"choice":"repair.confirm=yes"}')
    assert fake.asked[0]["message"] == '/inform{"choice":"repair.confirm=yes"}'


# --- 4. our own time-out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slowness", [{"delay": FOREVER}, {"drip": BUDGET / 4}], ids=["silent", "dripping"])
async def test_an_answer_that_takes_too_long_ends_within_the_budget(
    bot: RasaBot, fake: FakeRasa, slowness: dict[str, float]
) -> None:
    vars(fake).update(slowness)
    began = time.monotonic()
    with pytest.raises(BotFailure):
        await said(bot)
    assert time.monotonic() - began < BUDGET * 2


# --- 5. loopback only -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.5:5005", "http://rasa:5005", "http://0.0.0.0:5005", "http://127.0.0.1.example.com", "rasa", ""],
)
async def test_a_rasa_elsewhere_is_refused(http: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(ValueError, match="only be asked on loopback"):
        RasaBot(http, ["http://127.0.0.1:5005", url])


# --- 6. the sender is the conversation --------------------------------------------------------------------------------


async def test_rasa_knows_a_customer_by_the_conversation_alone(bot: RasaBot, fake: FakeRasa) -> None:
    await bot.ask(replace(MESSAGE, external_id="openid-oX3"), {"misses": 1}, {"channel": "webchat"})
    (body,) = fake.asked
    assert body["sender"] == "c1"
    assert body["metadata"] == {"channel": "webchat", "belief": {"misses": 1}, "message_id": "m1"}
    assert "openid" not in str(body)


async def test_when_all_have_failed_all_are_tried_again(bot: RasaBot, fake: FakeRasa) -> None:
    fake.status = 500
    with pytest.raises(BotFailure):
        await said(bot)
    fake.status = 200
    assert await said(bot)
