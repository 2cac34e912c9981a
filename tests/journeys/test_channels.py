"""The same journeys on WeChat and on Telegram: what differs is how things look, never what is in the backend."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from tests.channels.telegram_server import Telegram
from tests.channels.wechat_platform import PNG, Platform
from tests.journeys.journey import Holding, Journey, Turn, every_journey
from tests.journeys.messenger import TelegramCustomer, WeChatCustomer, on_telegram, on_wechat
from tests.journeys.speaker import speaker
from tests.journeys.town import forget_tickets
from tests.journeys.walk import walk
from tests.stack import Stack

pytestmark = pytest.mark.bot

# Billing needs personal data, which Telegram is not allowed to carry.
EVERYWHERE = ("repair", "hazard", "outage", "complaint", "handoff", "progress")
ON_WECHAT = (*EVERYWHERE, "billing")


def journeys(services: tuple[str, ...]) -> list[Journey]:
    return [journey for journey in every_journey() if journey.service in services and not journey.picture]


@pytest.fixture(autouse=True)
def no_tickets(stack: Stack) -> None:
    """The same trouble told on another channel would join the ticket that it got there."""
    forget_tickets(stack)


def named(journey: Journey) -> str:
    return f"{journey.service}: {journey.name}"


@pytest.mark.parametrize("journey", journeys(ON_WECHAT), ids=named)
async def test_a_journey_on_wechat(journey: Journey, stack: Stack, wechat: Platform) -> None:
    walked = await walk(journey, stack, on_wechat(wechat, Path(stack.folder) / "desk.db"))
    assert not walked.failure, "\n".join([walked.failure, *walked.lines])


@pytest.mark.parametrize("journey", [j for j in journeys(EVERYWHERE) if not j.personal], ids=named)
async def test_a_journey_on_telegram(journey: Journey, stack: Stack, telegram: Telegram) -> None:
    walked = await walk(journey, stack, on_telegram(telegram, Path(stack.folder) / "desk.db"))
    assert not walked.failure, "\n".join([walked.failure, *walked.lines])


async def test_a_photo_in_the_middle_of_a_report_is_kept_and_noted_on_its_ticket(
    stack: Stack, wechat: Platform
) -> None:
    wechat.media["photo1"] = ("image/png", PNG)
    photo = Turn(customer="[图片]", bot=["照片收到了"])
    journey = Journey(
        "repair",
        "拍了张照片",
        (
            Turn(customer="金色家园5栋2单元301跳闸,就我家", bot=["请留一个联系电话"]),
            photo,
            Turn(customer="13500020099", bot=["确认提交吗"]),
            Turn(press="确认提交", bot=["报修已登记"]),
        ),
        (Holding([{"kind": "故障报修", "notes": ["客户发来一张照片"]}]),),
    )
    walked = await walk(journey, stack, on_wechat(wechat, Path(stack.folder) / "desk.db", photo="photo1"))
    assert not walked.failure, "\n".join([walked.failure, *walked.lines])
    assert any(file.read_bytes() == PNG for file in (Path(stack.folder) / "media").iterdir())


async def test_a_place_on_the_map_answers_where(stack: Stack, wechat: Platform) -> None:
    customer = WeChatCustomer(wechat, Path(stack.folder) / "desk.db")
    await customer.says("家里突然黑灯了,咋回事呀")
    place = {"Location_X": "29.5", "Location_Y": "121.4", "Scale": "15", "Label": "澜湾市城东区翠湖苑"}
    said = await customer.turn(lambda: wechat.message(customer.user, "location", **place))
    assert "翠湖苑" in said[-1]["text"]
    assert "故障停电" in said[-1]["text"]


async def test_bills_are_not_told_on_telegram(stack: Stack, telegram: Telegram) -> None:
    customer = TelegramCustomer(telegram, Path(stack.folder) / "desk.db")
    said = await customer.says("查电费,户号3300100010,尾号1357")
    assert "不能查询户号、账单等个人信息" in said[-1]["text"]
    assert not any("合计" in message["text"] for message in customer.heard)


async def test_a_bound_customer_is_known_and_is_one_on_all_channels(stack: Stack, wechat: Platform) -> None:
    """On WeChat behind OAuth, on the web by the link alone; then bills without questions, and one progress."""
    database = Path(stack.folder) / "desk.db"
    customer = WeChatCustomer(wechat, database)
    wechat.browsing = customer.user
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False, timeout=10) as http, speaker(http) as visitor:
        for someone in (customer, visitor):
            said = await someone.says("我要绑定户号")
            await asyncio.to_thread(bind, LINK.search(said[-1]["text"])[0], "3300100010", "1357")  # type: ignore[index]
        bill = await customer.says("查电费")
        assert "电费账单" in bill[0]["text"]
        assert "核对身份" not in bill[0]["text"]
        for answer in ("金色家园5栋2单元301跳闸,就我家,13500020077", "确认提交"):
            said = await visitor.says(answer) if answer != "确认提交" else await visitor.presses(answer)
        number = re.search(r"RP\d{8}-\d{4}", said[-1]["text"])
        assert number
        assert number[0] in (await customer.says("我的报修到哪一步了"))[-1]["text"]


LINK = re.compile(r"http\S+/bind\?t=[\w.-]+")


def bind(link: str, no: str, tail: str) -> None:
    """As a customer does it in the browser."""
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(link)
        word = re.search(r'name="word" value="([^"]+)"', page.text)
        assert word, page.text
        done = browser.post(page.url.copy_with(query=None), data={"word": word[1], "account_no": no, "tail": tail})
        assert "绑定成功" in done.text, done.text
