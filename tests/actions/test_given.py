"""What a customer gives without words."""

import pytest

from actions.outage import OutageService
from actions.repair import RepairService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import TalkTo
from tests.actions.talk import Talk

PHOTO = {"kind": "image", "id": "m1"}


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), OutageService(), RepairService())


async def test_a_photo_in_the_middle_of_a_form_is_kept_for_its_ticket_and_the_question_repeated(talk: Talk) -> None:
    await talk.says("我要报修", "repair_report")
    await talk.gives(media=PHOTO)
    assert talk.said == ["utter_photo_kept", "utter_ask_place"]
    assert talk.turn
    assert talk.turn.errands[0]["kind"] == "photo"
    assert talk.turn.errands[0]["payload"]["coming"] is True


async def test_a_photo_out_of_the_blue_is_kept_and_the_customer_asked_what_for(talk: Talk) -> None:
    await talk.gives(media=PHOTO)
    assert talk.said == ["utter_photo_for_what"]
    assert talk.turn
    assert talk.turn.errands[0]["payload"]["coming"] is False


async def test_a_place_on_the_map_answers_the_question_for_the_place(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    text = await talk.gives(location={"lat": 29.5, "lng": 121.4, "label": "澜湾市翠湖苑"})
    assert "翠湖苑" in text
    assert "utter_ask_place_outage" not in talk.said


async def test_a_place_without_words_is_asked_for_in_words(talk: Talk) -> None:
    await talk.says("我家停电了", "outage_query")
    await talk.gives(location={"lat": 29.5, "lng": 121.4, "label": ""})
    assert talk.said == ["utter_location_unclear", "utter_ask_place_outage"]


@pytest.mark.parametrize(
    ("unread", "said"), [("voice", "utter_voice_unclear"), ("video", "utter_unread"), ("sticker", "utter_unread")]
)
async def test_what_cannot_be_read_is_said_to_be_so(talk: Talk, unread: str, said: str) -> None:
    await talk.gives(unread=unread)
    assert talk.said == [said]


async def test_a_place_on_the_map_corrects_the_place_in_the_middle_of_a_form(talk: Talk) -> None:
    await talk.says("阳光花园停电了", "outage_query", community="阳光花园")
    assert "utter_ask_scope" in talk.said
    assert "翠湖苑" in await talk.gives(location={"lat": 29.5, "lng": 121.4, "label": "澜湾市翠湖苑"})


async def test_a_question_beside_a_report_that_is_being_made_out_asks_nothing_of_its_own(talk: Talk) -> None:
    await talk.says("阳光花园3栋整栋跳闸,来修", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    open_question = talk.said[-1]
    await talk.says("阳光花园什么时候来电", "outage_query", community="阳光花园")
    assert "utter_ask_scope" not in talk.said
    assert talk.said[-1] == open_question
