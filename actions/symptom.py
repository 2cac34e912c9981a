"""The trouble a customer reports: what names it in a sentence, and how it is asked for."""

import re
from dataclasses import dataclass
from typing import Final

from actions import zh
from actions.belief import Matter
from actions.turn import Heard, Turn

NO_POWER, TRIPPED, UNSTEADY, METER, OTHER = "没电", "跳闸", "电压不稳", "电表异常", "其他"
CHOICES: Final = tuple((title, title) for title in (NO_POWER, TRIPPED, UNSTEADY, METER, OTHER))
# The first that fits names the trouble of a message that was not asked for it.
SIGNS: Final = (
    (
        TRIPPED,
        re.compile(
            r"跳闸|掉闸|跳匝|跳扎|推不上|合不上|送不上|推上去?就|闸.{0,4}(掉|跳|落)|漏保|漏电保护|空开|一推就|又跳|老跳"
        ),
    ),
    (METER, re.compile(r"电表|表箱|表不走|表坏|表黑屏")),
    (UNSTEADY, re.compile(r"电压|闪|忽明忽暗|一亮一灭|时有时无|一阵一阵|断断续续|发暗|昏|灯暗|缺相|少一相|带不动")),
    (NO_POWER, re.compile(r"没电|没有电|停电|断电|没得电|冇电|不亮|没反应|黑了|半边|一半有电")),
)
# The wish to report, and no trouble: 还是接着报修吧.
BARE: Final = re.compile(r"(我|要|想|还是|那|就|接着|继续|先|帮|给|办|登记|报修|报|一下|下|了|吧|的|呢|啊|\W)+")
# 又跳, 老跳, 跳了 …: the one trouble that has a name.
TRIPS: Final = re.compile(r"跳|掉闸")
# 没 before what the extractor takes for a sign of a live part: 没有电.
NOT: Final = re.compile(r"[没冇未]$")


def sign(text: str) -> str | None:
    """The trouble a text tells of: 跳闸 | 电表异常 | 电压不稳 | 没电."""
    said = zh.plain(text)
    return next((name for name, pattern in SIGNS if pattern.search(said)), None)


@dataclass(frozen=True)
class SymptomSlot:
    """The trouble: a button, or the customer's own words as they are. One that was told is not asked for."""

    name: str = "symptom"
    longest: int = 300

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return not matter.slots.get(self.name)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        chosen = turn.heard.chosen(matter.service, self.name)
        if chosen == OTHER:
            matter.slots["in_words"] = True
            return True
        value = chosen or (None if foreign else self._said(turn, matter, asked=asked))
        if value:
            matter.slots[self.name] = value[: self.longest]
        return bool(value)

    def _said(self, turn: Turn, matter: Matter, *, asked: bool) -> str | None:
        """Asked for: all the words. Otherwise what names a trouble, and later only as a correction."""
        heard = turn.heard
        if asked:
            return heard.text.strip() if self._tells(turn) else None
        if matter.slots.get(self.name) and matter.question not in ("confirm", "change"):
            return None
        named = _named(heard)
        return named or (None if matter.slots.get(self.name) else sign(heard.text))

    def _tells(self, turn: Turn) -> bool:
        heard = turn.heard
        if heard.intent in ("affirm", "deny", "cancel", "handoff") or BARE.fullmatch(zh.plain(heard.text)):
            return False
        elsewhere = heard.first("community", "street", "building", "phone") or zh.phone(heard.text)
        return not elsewhere or bool(sign(heard.text) or heard.first("symptom"))

    async def ask(self, turn: Turn, matter: Matter) -> None:
        if matter.slots.get("in_words"):
            turn.ask(matter, self.name, "utter_ask_symptom_words")
        else:
            turn.ask(matter, self.name, "utter_ask_symptom", CHOICES)


def _named(heard: Heard) -> str | None:
    """The words that name a trouble, unless they stand behind a no: 有电 of 没有电."""
    named = (entity for entity in heard.entities if entity.name == "symptom")
    meant = (entity for entity in named if not NOT.search(heard.text[: entity.start]))
    words = next((entity.value for entity in meant if not zh.denied(heard.text, entity.start)), None)
    return TRIPPED if words and TRIPS.search(words) else words
