"""What is asked for to register a request: whether at all, the matter in the customer's words, whom to call."""

import re
from dataclasses import dataclass
from typing import Final

from actions import card_data, zh
from actions.belief import Matter
from actions.place import PlaceSlot
from actions.slot import ChoiceSlot, PhoneSlot
from actions.turn import Heard, Turn

OFFER: Final = (("登记，请专人联系我", "yes"), ("不用了", "no"))
NOTHING_MORE: Final = (("没有了，直接登记", "none"),)
NAMELESS_TITLE: Final = "匿名，不留电话"

# Whoever says this wants it registered: no need to ask whether.
STRAIGHT: Final = frozenset(
    {"compensation", "appliance_damage", "suggestion_praise", "report_theft", "report_misconduct"}
)
# May be told without a name.
NAMELESS: Final = frozenset({"suggestion_praise", "report_theft", "report_misconduct"})
# About the supply of the customer's own place; the place of a report is another one and stands in its words.
AT_HOME: Final = frozenset(
    {"subscribe_notice", "compensation", "appliance_damage", "new_connection"}
    | {"capacity_change", "meter_check", "appointment"}
)
DETAILS: Final = {
    "compensation": "utter_ask_request_loss",
    "appliance_damage": "utter_ask_request_damage",
    "suggestion_praise": "utter_ask_request_voice",
    "report_theft": "utter_ask_request_report",
    "report_misconduct": "utter_ask_request_report",
}

# What was said tells enough when so many characters are left beside the bare wish.
TELLING: Final = 4
_BARE: Final = re.compile(
    r"你好|您好|请问|麻烦|帮我|给我|怎么|如何|哪里|怎样|可以|一下|一位|一个|管不管|赔偿|补偿|索赔|损失|停电|家电|电器|员工|"
    r"举报|偷电|窃电|建议|意见|表扬|点赞|好评|匿名|师傅|反映|登记|申请|办理|标准|流程|"
    r"[我俺要想有个能吗呢啊的了吧提给们你人赔钱坏烧办赞\W_]"
)
_WHEN: Final = re.compile(
    r"昨|今|前天|刚|上个?(周|月|次)|\d[月号日点]|[早晚夜]|[上中下]午|来电|送电|打雷|停电(后|以后|的?时)"
)
_YES: Final = re.compile(r"登记|联系我|帮我|^(好|要|可以|行|需要|麻烦|办|那就)")
_NO: Final = re.compile(r"不(用|要|需要|必|办|了)|算了|没事|自己(去|打|问)")


def intent_of(matter: Matter) -> str:
    return str(matter.slots["intent"])


def words_of(matter: Matter) -> str:
    return str(matter.slots.get("words", ""))


def keep_words(turn: Turn, matter: Matter) -> None:
    """Everything that was said of the matter, in order."""
    heard = turn.heard
    said = card_data.without(heard.text) if card_data.is_in(heard.text) else heard.text.strip()
    matter.slots["words"] = f"{words_of(matter)}\n{said}".strip()
    matter.slots["device"] = heard.first("device") or matter.slots.get("device", "")


def tells_more(text: str) -> bool:
    """Whether more is said than the bare wish."""
    return len(_BARE.sub("", zh.plain(text))) >= TELLING


def read_offer(text: str) -> str | None:
    if _NO.search(text):
        return "no"
    return "yes" if _YES.search(text) else None


@dataclass(frozen=True)
class OfferSlot(ChoiceSlot):
    """Whether the matter is to be registered at all. Who gives a number to call wants it."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return intent_of(matter) not in STRAIGHT and self.name not in matter.slots

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        number = heard.first("phone") or zh.phone(heard.text)
        if asked and not foreign and not heard.choice and (number or heard.intent in ("affirm", "deny")):
            matter.slots[self.name] = "no" if heard.intent == "deny" and not number else "yes"
            return True
        return await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class DescriptionSlot:
    """Asked for only when too little was said."""

    name: str = "description"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return self._question(matter) is not None

    def _question(self, matter: Matter) -> str | None:
        said, intent = zh.plain(words_of(matter)), intent_of(matter)
        tells = tells_more(said)
        if matter.slots.get(self.name):
            return None
        if intent == "appliance_damage" and (tells or matter.slots.get("device")):
            return None if _WHEN.search(said) else "utter_ask_request_when"
        return None if tells else DETAILS.get(intent, "utter_ask_request_description")

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        if not asked or foreign:
            return False
        pressed = heard.chosen(matter.service, self.name) is not None
        if not pressed and (heard.choice or not heard.text.strip() or _only_nods(heard)):
            return False
        if not pressed and heard.intent != "deny":
            keep_words(turn, matter)
        matter.slots[self.name] = True
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        choices = () if intent_of(matter) in STRAIGHT else NOTHING_MORE
        turn.ask(matter, self.name, self._question(matter) or "utter_ask_request_description", choices)


def _only_nods(heard: Heard) -> bool:
    """是 and 好的, but not 是上个月十号,…"""
    return heard.intent == "affirm" and not tells_more(heard.text)


@dataclass(frozen=True)
class MentionedPlace(PlaceSlot):
    """Taken when it is said, never asked for."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return False

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        return intent_of(matter) in AT_HOME and await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class ReporterPhone(PhoneSlot):
    """Who reports somebody is asked, not presumed, to give a number; a number that is known is one of the buttons."""

    def refusal(self, matter: Matter) -> str:
        return NAMELESS_TITLE if intent_of(matter) in NAMELESS else ""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        if self.refusal(matter):
            return not matter.slots.get(self.name)
        return await super().missing(turn, matter)

    def offered(self, turn: Turn, matter: Matter) -> list[tuple[str, str]]:
        known = turn.belief.phone if self.refusal(matter) else None
        again = [(f"用{zh.mask_phone(known)}", "known")] if known else []
        return again + super().offered(turn, matter)

    async def ask(self, turn: Turn, matter: Matter) -> None:
        if self.refusal(matter) and matter.question != self.name:
            turn.ask(matter, self.name, "utter_ask_request_phone", self.offered(turn, matter))
        else:
            await super().ask(turn, matter)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        if turn.heard.chosen(matter.service, self.name) == "known" and turn.belief.phone:
            matter.slots[self.name] = turn.belief.phone
            return True
        return await super().take(turn, matter, asked=asked, foreign=foreign)
