"""WeChat from the customer's side: calls of the platform, answers that go back with them, messages that are sent."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bench.fuzz import attack
from desk.model import Author, BotTurn, Button, Draft, Json, Kind, Message
from tests.channels.gateway import Gateway, fresh_database
from tests.channels.wechat_kit import account
from tests.channels.wechat_platform import PNG, Platform
from tests.desk.kit import FakeBot

CHART = {"title": "近12个月用电量", "unit": "度", "bars": [{"label": "2026-10", "value": 436}]}


def texts(*said: str) -> BotTurn:
    return BotTurn(tuple(Draft(Author.BOT, Kind.TEXT, text) for text in said), {})


def buttons(text: str, *titles: str) -> Draft:
    return Draft(
        Author.BOT, Kind.BUTTONS, text, tuple(Button(title, f"/chosen_{n}") for n, title in enumerate(titles, 1))
    )


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as running:
        yield running


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_database(tmp_path)


@pytest.fixture
def ours(platform: Platform, url: str, tmp_path: Path, bot: FakeBot) -> Iterator[Gateway]:
    with account(platform, url, tmp_path / "media", bot, patience=0.6) as running:
        yield running


def say(text: str, *more: Draft) -> Any:
    def answer(message: Message, belief: Json) -> BotTurn:
        return BotTurn((Draft(Author.BOT, Kind.TEXT, text), *more), {})

    return answer


# --- five seconds ---------------------------------------------------------------------------------------------------


def test_an_answer_that_is_ready_goes_back_with_the_call_and_costs_nothing(platform: Platform, ours: Gateway) -> None:
    call = platform.say("u1", "停电了")
    assert call.answer == "停电了 1"
    assert call.tries == 1
    time.sleep(0.4)
    assert platform.sent == []
    assert [state for state, _ in ours.states("u1")] == ["sent"]


def test_a_late_answer_is_sent_and_typing_is_shown_meanwhile(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.delay = 1.2
    call = platform.say("u1", "停电了")
    assert call.body == "success"
    ours.clock.pass_by(seconds=5)
    assert platform.wait_for(1, "u1") == ["停电了 1"]
    assert platform.typing == ["u1"]


def test_a_call_that_comes_again_is_the_same_message_and_gets_the_same_answer(
    platform: Platform, ours: Gateway
) -> None:
    first = platform.message("u1", "text", id="77", Content="停电了")
    again = platform.message("u1", "text", id="77", Content="停电了")
    assert first.answer == again.answer == "停电了 1"
    assert [line.text for line in ours.lines("u1") if line.author is Author.CUSTOMER] == ["停电了"]


def test_a_call_that_comes_again_while_the_first_runs_joins_it(platform: Platform, url: str, tmp_path: Path) -> None:
    bot = FakeBot(delay=1.0)
    platform.wait = 0.6  # the platform hangs up and calls again
    with account(platform, url, tmp_path / "media", bot, patience=3.0) as ours:
        call = platform.say("u1", "停电了")
        assert call.answer == "停电了 1"
        assert call.tries == 2
        assert bot.asked == ["停电了"]
        assert len(ours.lines("u1")) == 3
        assert platform.sent == []


def test_calls_beyond_the_room_are_told_success_at_once_and_answered_by_message(
    platform: Platform, url: str, tmp_path: Path
) -> None:
    with account(platform, url, tmp_path / "media", FakeBot(delay=0.2), held_at_once=0):
        assert platform.say("u1", "停电了").body == "success"
        assert platform.wait_for(1, "u1", seconds=3) == ["停电了 1"]


def test_the_customer_types_on_and_is_answered_in_order(platform: Platform, ours: Gateway) -> None:
    answers = [platform.say("u1", text).answer for text in ("一句", "两句", "三句")]
    assert answers == ["一句 1", "两句 2", "三句 3"]


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_bubbles_are_merged_and_choices_are_numbered(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.answers = say("查到两个小区。", buttons("是哪一个?", "阳光花园", "阳光海岸"))
    assert platform.say("u1", "阳光").answer == (
        "查到两个小区。\n\n是哪一个?\n\n1. 阳光花园\n2. 阳光海岸\n回复数字即可选择。"
    )
    bot.answers = None
    assert platform.say("u1", "2").answer == "阳光海岸 1"
    assert ours.lines("u1")[-2].payload == "/chosen_2"


@pytest.mark.parametrize("typed", ["二", "2.", "②", "选2", "阳光海岸"])
def test_a_choice_may_be_typed_in_other_ways(platform: Platform, ours: Gateway, bot: FakeBot, typed: str) -> None:
    bot.answers = lambda message, belief: BotTurn((buttons("是哪一个?", "阳光花园", "阳光海岸"),), {})
    platform.say("u1", "阳光")
    platform.say("u1", typed)
    assert ours.lines("u1")[-2].payload == "/chosen_2"


def test_a_number_that_chooses_nothing_is_what_was_said(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.answers = lambda message, belief: BotTurn((buttons("是哪一个?", "阳光花园", "阳光海岸"),), {})
    platform.say("u1", "阳光")
    platform.say("u1", "3")
    assert (ours.lines("u1")[-2].payload, ours.lines("u1")[-2].text) == (None, "3")


def test_sent_choices_are_a_menu_whose_entries_can_be_pressed(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    platform.say("u1", "在吗")
    bot.answers = lambda message, belief: BotTurn((buttons("是哪一个?", "阳光花园", "阳光海岸"),), {})
    bot.delay = 1.0
    platform.say("u1", "阳光")
    ours.clock.pass_by(seconds=5)
    platform.wait_for(1, "u1")
    menu = platform.sent[0].body["msgmenu"]
    bot.answers, bot.delay = None, 0.0
    pressed = platform.say("u1", "阳光花园", bizmsgmenuid=menu["list"][0]["id"])
    assert pressed.answer.startswith("阳光花园")
    assert ours.lines("u1")[-2].payload == "/chosen_1"


def test_a_picture_follows_the_text_that_went_with_the_call(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.answers = say("账单在这里", Draft(Author.BOT, Kind.IMAGE, "", data={"chart": CHART, "alt": "近12个月"}))
    assert platform.say("u1", "查电费").answer == "账单在这里"
    platform.wait_for(1, "u1")
    assert (platform.sent[0].kind, len(platform.uploads)) == ("image", 1)


def test_a_picture_that_cannot_be_drawn_goes_out_in_words(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    ours.chart.broken = True
    bot.answers = say("账单在这里", Draft(Author.BOT, Kind.IMAGE, "", data={"chart": CHART, "alt": "近12个月"}))
    platform.say("u1", "查电费")
    assert platform.wait_for(1, "u1") == ["近12个月"]


def test_a_long_answer_goes_out_in_pieces_and_none_is_lost(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    sentence = "这是一句很长的话,讲的是电费是怎么算出来的。"
    bot.answers = say(sentence * 60)
    first = platform.say("u1", "讲讲").answer
    rest = platform.wait_for(1, "u1")
    time.sleep(0.3)
    rest = platform.texts("u1")
    assert max(len(text.encode()) for text in (first, *rest)) <= 2000
    assert "".join(rest) == sentence * 60 or first + "".join(rest) == sentence * 60


def test_markup_in_an_answer_does_not_break_the_envelope(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.answers = say("]]></Content><MsgType><![CDATA[image]]></MsgType>\x00\x1d")
    call = platform.say("u1", "坏话")
    assert call.answer == "]]></Content><MsgType><![CDATA[image]]></MsgType>"
    assert call.body.count("<MsgType>") == 2  # its own, and the one that is only text


# --- how much may be sent -------------------------------------------------------------------------------------------


def test_no_more_is_sent_than_is_allowed_and_what_waits_follows(platform: Platform, ours: Gateway) -> None:
    platform.say("u1", "在吗")
    for number in range(7):
        ours.agent_says("u1", f"第{number}条 " + "长" * 500)
        time.sleep(0.3)
    assert len(platform.sent) <= 5
    assert [state for state, _ in ours.states("u1")].count("held") >= 2
    answer = platform.say("u1", "好").answer
    platform.wait_for(len(platform.sent) + 2, "u1", seconds=2)
    said = answer + "".join(platform.texts("u1"))
    assert all(f"第{number}条" in said for number in range(7))


def test_when_the_window_is_closed_it_is_on_the_record_and_kept(platform: Platform, ours: Gateway) -> None:
    platform.say("u1", "在吗")
    ours.clock.pass_by(hours=49)
    platform.offset = 49 * 3600.0
    ours.agent_says("u1", "您的工单已办结")
    time.sleep(0.5)
    ours.agent_says("u1", "有事请回复")
    time.sleep(0.5)
    assert platform.sent == []
    assert [state for state, _ in ours.states("u1")[-2:]] == ["held", "held"]
    assert "told by a notice" in (ours.states("u1")[-1][1] or "")
    (notice,) = platform.notices  # one for all that waits
    assert (notice["touser"], notice["data"]["thing1"]["value"]) == ("u1", "您有一条客服消息待查看")
    answer = platform.say("u1", "有结果了吗").answer
    assert "您的工单已办结\n\n有事请回复" in answer


def test_a_window_that_the_platform_closes_is_believed(platform: Platform, ours: Gateway) -> None:
    platform.say("u1", "在吗")
    platform.errors = [45047]
    ours.agent_says("u1", "甲")
    time.sleep(0.4)
    assert ours.states("u1")[-1][0] == "held"
    ours.agent_says("u1", "乙")
    time.sleep(0.4)
    assert platform.sent == []


@pytest.mark.parametrize(
    ("code", "state"), [(43004, "failed"), (48002, "failed"), (45002, "failed"), (47001, "failed")]
)
def test_what_will_never_be_taken_has_failed(platform: Platform, ours: Gateway, code: int, state: str) -> None:
    platform.say("u1", "在吗")
    platform.errors = [code]
    ours.agent_says("u1", "甲")
    time.sleep(0.5)
    assert ours.states("u1")[-1][0] == state
    assert str(code) in (ours.states("u1")[-1][1] or "")


def test_what_is_worth_retrying_is_retried(platform: Platform, ours: Gateway) -> None:
    platform.say("u1", "在吗")
    platform.errors = [-1]
    ours.agent_says("u1", "甲")
    assert platform.wait_for(1, "u1", seconds=6) == ["甲"]


# --- the token ------------------------------------------------------------------------------------------------------


def test_one_token_serves_all_and_a_stale_one_is_renewed_once(platform: Platform, ours: Gateway) -> None:
    platform.say("u1", "在吗")
    ours.agent_says("u1", "甲")
    platform.wait_for(1, "u1")
    ours.agent_says("u1", "乙")
    platform.wait_for(2, "u1")
    assert platform.tokens_given == 1
    platform.end_token()
    ours.agent_says("u1", "丙")
    assert platform.wait_for(3, "u1") == ["甲", "乙", "丙"]
    assert platform.tokens_given == 2


# --- the door -------------------------------------------------------------------------------------------------------


def test_the_first_visit_gets_its_word_back_and_nobody_else(platform: Platform, ours: Gateway) -> None:
    query, _ = platform.signed("<xml/>")
    answer = httpx.get(ours.url, params=query | {"echostr": "4711"})
    assert (answer.status_code, answer.text) == (200, "4711")
    assert httpx.get(ours.url, params=query | {"echostr": "4711", "signature": "0" * 40}).status_code == 403


def test_a_call_without_a_right_signature_is_refused_before_it_is_read(platform: Platform, ours: Gateway) -> None:
    query, body = platform.signed("<xml>")
    assert httpx.post(ours.url, params=query | {"signature": "x"}, content=body).status_code == 403
    assert httpx.post(ours.url, content=body).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<xml",
        "<xml></xml>",
        "no xml",
        '<!DOCTYPE a [<!ENTITY b "c">]><xml><MsgType>text</MsgType></xml>',
        "<xml><MsgType>text</MsgType><FromUserName>u1</FromUserName></xml>",
        "<xml><MsgType><a/></MsgType><FromUserName>u1</FromUserName></xml>",
        "<xml><MsgType>text</MsgType><MsgType>text</MsgType><FromUserName>u1</FromUserName></xml>",
        "<xml><MsgType>text</MsgType><FromUserName>u 1;</FromUserName><MsgId>1</MsgId></xml>",
    ],
)
def test_signed_nonsense_is_told_success_so_that_no_fault_is_shown(
    platform: Platform, ours: Gateway, body: str
) -> None:
    query, _ = platform.signed("")
    answer = httpx.post(ours.url, params=query, content=body.encode())
    assert (answer.status_code, answer.text) == (200, "success")


def test_too_large_a_body_is_refused(platform: Platform, ours: Gateway) -> None:
    query, _ = platform.signed("")
    assert httpx.post(ours.url, params=query, content=b"x" * 300_000).status_code == 413


def test_safe_mode_both_ways(platform: Platform, url: str, tmp_path: Path, bot: FakeBot) -> None:
    platform.sealed = True
    with account(platform, url, tmp_path / "media", bot) as ours:
        call = platform.say("u1", "停电了")
        assert call.answer == "停电了 1"
        query, body = platform.signed("<xml><MsgType>text</MsgType></xml>")
        assert (
            httpx.post(ours.url, params=query | {"msg_signature": query["signature"]}, content=body).status_code == 403
        )
        platform.sealed = False
        query, body = platform.signed("<xml><MsgType>text</MsgType></xml>")
        assert httpx.post(ours.url, params=query, content=body).status_code == 403


# --- everything that happens ------------------------------------------------------------------------------------------


def test_a_photo_is_fetched_at_once_and_kept_with_its_message(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    platform.media["m1"] = ("image/png", PNG)
    platform.message("u1", "image", MediaId="m1", PicUrl="http://127.0.0.1:1/never-fetched")
    time.sleep(0.4)
    photo = ours.lines("u1")[1]
    assert photo.kind is Kind.IMAGE
    assert (ours.folder / photo.data["media"]["file"]).read_bytes() == PNG
    assert bot.facts[0]["data"]["media"]["id"] == "m1"


def test_what_is_no_picture_is_not_kept(platform: Platform, ours: Gateway) -> None:
    platform.media["m1"] = ("image/png", b"<html>")
    assert platform.message("u1", "image", MediaId="m1").answer
    time.sleep(0.3)
    assert not ours.folder.exists()


def test_voice_is_what_was_recognised(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    platform.message("u1", "voice", MediaId="v1", Format="amr", Recognition="我家停电了")
    platform.message("u1", "voice", MediaId="v2", Format="speex", Recognition="")
    assert bot.asked == ["我家停电了", "[语音]"]
    assert bot.facts[1]["data"]["unread"] == "voice"


def test_a_location_brings_its_words_and_its_place(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    platform.message("u1", "location", Location_X="29.5", Location_Y="121.4", Scale="15", Label="滨江路18号阳光花园")
    line = ours.lines("u1")[1]
    assert (line.kind, line.text) == (Kind.LOCATION, "滨江路18号阳光花园")
    assert bot.facts[0]["data"]["location"] == {"lat": 29.5, "lng": 121.4, "label": "滨江路18号阳光花园"}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("video", {"MediaId": "v", "ThumbMediaId": "t"}),
        ("shortvideo", {"MediaId": "v", "ThumbMediaId": "t"}),
        ("link", {"Title": "停电通知", "Description": "d", "Url": "https://example.com"}),
        ("file", {}),
        ("text", {"Content": ""}),
    ],
)
def test_every_other_kind_is_answered(platform: Platform, ours: Gateway, kind: str, fields: dict[str, str]) -> None:
    assert platform.message("u1", kind, **fields).answer


@pytest.mark.parametrize(
    ("event", "fields", "text"),
    [
        ("subscribe", {}, "[关注公众号]"),
        ("subscribe", {"EventKey": "qrscene_hall3", "Ticket": "t"}, "[关注公众号]"),
        ("SCAN", {"EventKey": "hall3", "Ticket": "t"}, "[扫描二维码]"),
        ("CLICK", {"EventKey": "say:查停电"}, "查停电"),
        ("CLICK", {"EventKey": "old-key"}, "[菜单]"),
    ],
)
def test_events_that_want_an_answer_get_one(
    platform: Platform, ours: Gateway, event: str, fields: dict[str, str], text: str
) -> None:
    assert platform.event("u1", event, **fields).answer.startswith(text)


@pytest.mark.parametrize(
    "event",
    [
        "VIEW",
        "LOCATION",
        "TEMPLATESENDJOBFINISH",
        "subscribe_msg_popup_event",
        "user_authorization_revoke",
        "brand_new",
    ],
)
def test_events_that_want_none_are_told_success(platform: Platform, ours: Gateway, event: str) -> None:
    assert platform.event("u1", event, EventKey="k").body == "success"


def test_two_events_of_one_second_are_two_and_one_that_comes_again_is_one(platform: Platform, ours: Gateway) -> None:
    same = {"MsgType": "event", "Event": "CLICK", "EventKey": "say:查停电", "CreateTime": "1700000000"}
    platform.deliver("u1", dict(same), "menu", "a")
    platform.deliver("u1", dict(same), "menu", "b")
    platform.deliver("u1", same | {"EventKey": "say:查电费"}, "menu", "c")
    said = [line.text for line in ours.lines("u1") if line.author is Author.CUSTOMER]
    assert said == ["查停电", "查电费"]


def test_who_leaves_is_forgotten(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    platform.say("u1", "在吗")
    platform.say("u1", "我是张三")
    assert platform.event("u1", "unsubscribe").body == "success"
    assert platform.say("u1", "又来了").answer == "又来了 1"  # the bot's belief began anew


def test_danger_is_advised_at_once(platform: Platform, ours: Gateway, bot: FakeBot) -> None:
    bot.delay = 2.0
    started = time.monotonic()
    platform.say("u1", "这里断线了")
    assert platform.wait_for(1, "u1")[0].startswith("utter_hazard_wire")
    assert time.monotonic() - started < 2.0


# --- recorded calls ---------------------------------------------------------------------------------------------------


CALLS = yaml.safe_load((Path(__file__).parent / "wechat_calls.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CALLS)
def test_a_recorded_call_gets_what_it_wants(platform: Platform, ours: Gateway, name: str) -> None:
    platform.media["m1"] = ("image/png", PNG)
    query, body = platform.signed(CALLS[name]["xml"])
    answer = httpx.post(ours.url, params=query, content=body.encode())
    assert answer.status_code == 200
    wanted = "<xml>" if CALLS[name]["wants"] == "answer" else "success"
    assert answer.text.startswith(wanted), answer.text[:80]


def test_the_door_withstands_what_was_never_sent() -> None:
    """The whole attack, 200,000 and more, is `python -m bench.fuzz`."""
    became = attack(5_000, seed=7)
    assert sum(became.values()) == 5_000
    assert min(became["Inbound"], became["Malformed"], became["Ignored"]) > 100
