"""Telegram from the customer's side: updates in by the webhook, everything out by the Bot API."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import telegram
from fastapi import APIRouter

from channels.picture import PictureSource
from channels.telegram.carrier import TelegramCarrier
from channels.telegram.routes import router
from desk.album import FolderAlbum
from desk.delivery import Delivery
from desk.model import Author, BotTurn, Button, Draft, Kind
from desk.ports import Carrier
from tests.channels.gateway import Gateway, Parts, fresh_database, gateway
from tests.channels.telegram_server import PHOTO, SECRET, TOKEN, Telegram
from tests.desk.kit import FakeBot

CHART = {"title": "近12个月用电量", "unit": "度", "bars": [{"label": "2026-10", "value": 436}]}


@pytest.fixture
def server() -> Iterator[Telegram]:
    with Telegram() as running:
        yield running


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def ours(server: Telegram, tmp_path: Path, bot: FakeBot) -> Iterator[Gateway]:
    def connect(parts: Parts) -> tuple[Carrier, Callable[[Delivery], APIRouter]]:
        api = telegram.Bot(TOKEN, f"{server.url}/bot", f"{server.url}/file/bot")
        carrier = TelegramCarrier(api, PictureSource(parts.chart, parts.folder), "{title}")
        parts.closing.append(carrier.close)
        album = FolderAlbum(parts.folder, parts.database)
        made = router(parts.switchboard, bot=api, carrier=carrier, secret=SECRET, album=album)
        return carrier, lambda _: made

    url = fresh_database(tmp_path)
    with gateway(connect, "/telegram", "telegram", url, tmp_path / "media", bot) as running:
        server.callback = running.url
        yield running


def test_a_message_is_acknowledged_and_its_answer_sent(server: Telegram, ours: Gateway) -> None:
    assert server.say(7, "停电了").status_code == 200
    assert server.wait_for(1, 7) == ["停电了 1"]


def test_an_update_that_comes_again_is_the_same_message(server: Telegram, ours: Gateway) -> None:
    server.say(7, "停电了", id=5)
    server.say(7, "停电了", id=5)
    server.wait_for(1, 7)
    time.sleep(0.3)
    assert server.texts(7) == ["停电了 1"]
    assert [line.text for line in ours.lines("7") if line.author is Author.CUSTOMER] == ["停电了"]


def test_without_the_secret_nobody_gets_in(server: Telegram, ours: Gateway) -> None:
    answer = server.update({"message": {"text": "hi"}}, secret="wrong")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "content", [{}, {"message": {}}, {"message": 5}, {"edited_message": {}}, {"poll": {"id": "1"}}]
)
def test_what_is_no_message_is_acknowledged_and_ignored(server: Telegram, ours: Gateway, content: dict) -> None:  # type: ignore[type-arg]
    assert server.update(content).status_code == 200
    time.sleep(0.1)
    assert server.sent == []


def test_a_group_is_no_conversation_with_us(server: Telegram, ours: Gateway) -> None:
    server.message(7, text="停电了", chat="group")
    time.sleep(0.2)
    assert server.sent == []


def test_buttons_are_a_keyboard_and_a_press_is_a_choice(server: Telegram, ours: Gateway, bot: FakeBot) -> None:
    offer = (Button("阳光花园", "/chosen" + "x" * 200), Button("阳光海岸", "/chosen_2"))
    bot.answers = lambda message, belief: BotTurn((Draft(Author.BOT, Kind.BUTTONS, "是哪一个?", offer),), {})
    server.say(7, "阳光")
    server.wait_for(1, 7)
    keys = server.keys(7)
    assert [key["text"] for key in keys] == ["阳光花园", "阳光海岸"]
    bot.answers = None
    server.press(7, keys[1]["callback_data"])
    assert server.wait_for(2, 7)[1].startswith("阳光海岸")
    assert ours.lines("7")[-2].payload == "/chosen_2"
    assert server.pressed == ["q1"]


def test_start_is_greeted(server: Telegram, ours: Gateway, bot: FakeBot) -> None:
    server.say(7, "/start hall3")
    server.wait_for(1, 7)
    assert ours.lines("7")[1].payload == "/greet"
    assert bot.facts[0]["data"] == {"arrived": True, "scene": "hall3"}


def test_a_photo_is_kept_and_a_location_has_its_place(server: Telegram, ours: Gateway, bot: FakeBot) -> None:
    sizes = [{"file_id": f"f{n}", "file_unique_id": f"u{n}", "width": n * 100, "height": n * 100} for n in (1, 3, 2)]
    server.message(7, photo=sizes)
    server.wait_for(1, 7)
    server.message(7, location={"latitude": 29.5, "longitude": 121.4})
    server.message(7, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
    server.wait_for(3, 7)
    time.sleep(0.3)
    photo = next(line for line in ours.lines("7") if line.kind is Kind.IMAGE)
    assert photo.data["media"]["id"] == "f3"
    assert (ours.folder / photo.data["media"]["file"]).read_bytes() == PHOTO
    assert [facts["data"].get("unread") for facts in bot.facts] == [None, None, "voice"]
    assert bot.facts[1]["data"]["location"]["lat"] == 29.5


def test_pictures_go_out_as_photos_and_long_texts_in_pieces(server: Telegram, ours: Gateway, bot: FakeBot) -> None:
    long = "这是一句很长的话。" * 600
    picture = Draft(Author.BOT, Kind.IMAGE, "", data={"chart": CHART, "alt": "近12个月"})
    bot.answers = lambda message, belief: BotTurn((Draft(Author.BOT, Kind.TEXT, long), picture), {})
    server.say(7, "查电费")
    got = server.wait_for(3, 7)
    assert "".join(got[:2]) == long
    assert got[2] == "[photo]"


def test_a_rate_limit_is_waited_for_and_nothing_is_lost(server: Telegram, ours: Gateway) -> None:
    server.failures = [(429, "Too Many Requests: retry after 1", 1)]
    server.say(7, "停电了")
    assert server.wait_for(1, 7, seconds=6) == ["停电了 1"]


@pytest.mark.parametrize(
    "failure", [(403, "Forbidden: bot was blocked by the user", 0), (400, "Bad Request: chat not found", 0)]
)
def test_who_blocked_us_is_not_tried_again(server: Telegram, ours: Gateway, failure: tuple[int, str, int]) -> None:
    server.failures = [failure]
    server.say(7, "停电了")
    time.sleep(0.5)
    assert [state for state, _ in ours.states("7")] == ["failed"]
