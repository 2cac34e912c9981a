"""What a visitor is given: their own conversation, the named fields of it, and its pictures."""

import pytest

from channels.chart import parse_chart
from channels.webchat import REQUIRED_PHRASES
from channels.webchat.refusals import Refusals
from desk.model import Author, Button, Kind
from tests.channels.fake_desk import GREETING
from tests.channels.webchat_kit import CHART, PHRASES, PICTURE, House, refused

INTERNAL = {"intent": "outage", "confidence": 0.93, "account": "0012345678", "phone": "13800000000"}


@pytest.fixture
def house() -> House:
    return House()


async def test_a_message_has_the_fields_of_the_contract(house: House) -> None:
    customer = await house.customer()
    await customer.send("m1", "停电了")
    house.desk.say(
        customer.conversation, "请选择", Kind.BUTTONS, buttons=(Button("报修", "/report"), Button("查停电", "/outage"))
    )
    at = "2026-11-22T02:00:00.000+00:00"
    assert await customer.messages() == [
        {"seq": 1, "author": "bot", "kind": "text", "text": GREETING, "buttons": [], "data": {}, "at": at},
        {
            "seq": 2,
            "author": "customer",
            "kind": "text",
            "text": "停电了",
            "buttons": [],
            "data": {},
            "at": at,
            "id": "m1",
        },
        {
            "seq": 3,
            "author": "bot",
            "kind": "buttons",
            "text": "请选择",
            "buttons": [{"title": "报修", "payload": "/report"}, {"title": "查停电", "payload": "/outage"}],
            "data": {},
            "at": at,
        },
    ]


@pytest.mark.parametrize("author", list(Author))
@pytest.mark.parametrize("kind", list(Kind))
async def test_internal_data_is_never_given_out(house: House, author: Author, kind: Kind) -> None:
    customer = await house.customer()
    card = {
        "title": "工单",
        "fields": [{"label": "编号", "value": "RP1"}],
        "footer": "请记下",
        "url": "/x",
        "alt": "图",
    }
    house.desk.say(customer.conversation, "x", kind, author=author, data=card | INTERNAL)
    (message,) = await customer.messages(after=1)
    shown = {Kind.CARD: {"title", "fields", "footer"}, Kind.IMAGE: {"url", "alt"}}
    assert set(message["data"]) == shown.get(kind, set())
    assert "id" not in message


async def test_a_card_is_headed_by_its_title_and_does_not_say_its_fields_twice(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "工单：编号RP1", Kind.CARD, data={"title": "工单", "fields": []})
    house.desk.say(customer.conversation, "没有标题", Kind.CARD)
    assert [line["text"] for line in await customer.messages(after=1)] == ["工单", "没有标题"]


async def test_after_gives_the_gap_and_nothing_else(house: House) -> None:
    customer = await house.customer()
    for number in range(5):
        house.desk.say(customer.conversation, f"{number}")
    assert [line["seq"] for line in await customer.messages()] == [1, 2, 3, 4, 5, 6]
    assert [line["seq"] for line in await customer.messages(after=4)] == [5, 6]
    assert await customer.messages(after=6) == []
    assert await customer.messages(after=2**31 - 1) == []


async def test_no_visitor_sees_the_messages_of_another(house: House) -> None:
    first, second = await house.customer(), await house.customer()
    await first.send("m1", "我的户号是0012345678")
    house.desk.say(first.conversation, "张三，您好")
    assert [line["text"] for line in await second.messages()] == [GREETING]
    assert [line["seq"] for line in await first.messages()] == [1, 2, 3]


async def test_a_transcript_is_not_kept_by_caches(house: House) -> None:
    customer = await house.customer()
    assert (await customer.get("messages")).headers["cache-control"] == "no-store"


async def test_a_chart_is_given_as_an_address_and_words(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "近12个月用电", Kind.IMAGE, data={"chart": CHART} | INTERNAL)
    (message,) = await customer.messages(after=1)
    assert message["data"]["url"] == "/webchat/images/2"
    assert message["data"]["alt"].startswith("近12个月用电量：2026-01至2026-12，最高2026-12 184度")
    assert set(message["data"]) == {"url", "alt"}


async def test_words_that_came_with_a_chart_are_kept(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "x", Kind.IMAGE, data={"chart": CHART, "alt": "夏天用电多"})
    assert (await customer.messages(after=1))[0]["data"]["alt"] == "夏天用电多"


async def test_a_chart_that_is_none_does_not_spoil_the_transcript(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "图", Kind.IMAGE, data={"chart": {"title": "x", "bars": []}})
    assert (await customer.messages(after=1))[0]["data"]["alt"] == "图"
    refused(await customer.get("images/2"), 404, "image_not_found")


async def test_the_picture_of_a_chart_is_a_png_for_this_visitor_alone(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "x", Kind.IMAGE, data={"chart": CHART})
    response = await customer.get("images/2")
    assert (response.status_code, response.content) == (200, PICTURE)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"].startswith("private")
    assert "Authorization" in response.headers["vary"]
    assert house.chart.drawn == [parse_chart(CHART)]


async def test_no_visitor_sees_the_pictures_of_another(house: House) -> None:
    first, second = await house.customer(), await house.customer()
    house.desk.say(first.conversation, "x", Kind.IMAGE, data={"chart": CHART})
    house.desk.say(second.conversation, "只有文字")
    refused(await second.get("images/2"), 404, "image_not_found")
    refused(await house.client().get("/webchat/images/2"), 401, "token_missing")
    assert house.chart.drawn == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.IMAGE])
async def test_what_is_not_a_picture_has_none(house: House, kind: Kind) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "x", kind, data={"chart": CHART})
    refused(await customer.get("images/2"), 404, "image_not_found")


@pytest.mark.parametrize(("seq", "status"), [("3", 404), ("2147483647", 404), ("0", 422), ("-1", 422), ("x", 422)])
async def test_a_picture_that_does_not_exist_is_not_found(house: House, seq: str, status: int) -> None:
    customer = await house.customer()
    refused(await customer.get(f"images/{seq}"), status, {404: "image_not_found", 422: "invalid_request"}[status])


async def test_a_picture_from_elsewhere_keeps_its_address(house: House) -> None:
    customer = await house.customer()
    house.desk.say(customer.conversation, "x", Kind.IMAGE, data={"url": "/media/7.png", "alt": "电表"})
    assert (await customer.messages(after=1))[0]["data"] == {"url": "/media/7.png", "alt": "电表"}
    refused(await customer.get("images/2"), 404, "image_not_found")


def test_a_missing_sentence_stops_the_start() -> None:
    assert set(REQUIRED_PHRASES) == set(PHRASES)
    with pytest.raises(ValueError, match="utter_web_busy"):
        Refusals({name: text for name, text in PHRASES.items() if name != "utter_web_busy"})
