"""Amounts of money and of electricity: 一百二 → 120 (yuan), 200度 → 200 (kWh).

A bare number is money only where the sentence speaks of paying; spans follow the number, not its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.found import Found
from bot.numbers import NUMERAL, plain, value

NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?[万千百]?|{NUMERAL}+)"
MONEY = re.compile(rf"(?<![\d.\-])(?P<number>{NUMBER})(?=多?(?:块|元|圆|人民币|rmb|大洋))")
CHANGE = re.compile(rf"(?<![\d.])(?P<yuan>{NUMBER})[块元](?P<jiao>[一二三四五六七八九]|\d{{1,2}})毛?(?![\d度])")
SPENT = re.compile(
    r"(?:交|缴|充|付|扣|花|存|转|欠|罚|收|赔|补|损失|退|费|要|涨到?|跌到?|余额|价值|值|总共|一共|才|多收|少了|多了|到|是)"
    rf"(?:了|过|给|我|你们|他们|了我|了你们|他|掉|去)?(?P<number>{NUMBER})(?!\d|[:.]\d|[月日号天年度点栋单楼室户个次分岁伏千瓦vk层家周平小回遍%人台名条只路期环级折成])"
)
ENERGY = re.compile(rf"(?<![\d.\-])(?P<number>{NUMBER})(?=多?(?:度(?!电?一|假|日)|kwh|千瓦时))")


def find(text: str, _today: date) -> Iterable[Found]:
    for hit in CHANGE.finditer(text):
        yuan, jiao = value(hit["yuan"]), value(hit["jiao"])
        if yuan is not None and jiao is not None:
            total = yuan + jiao / (10 if jiao < 10 else 100)
            yield Found("amount", hit.start(), hit.end(), plain(round(total, 2)), 3)
    yield from _numbers("amount", MONEY, text, 3)
    yield from _numbers("amount", SPENT, text, 1)
    yield from _numbers("usage_kwh", ENERGY, text, 3)


def _numbers(entity: str, pattern: re.Pattern[str], text: str, rank: int) -> Iterable[Found]:
    for hit in pattern.finditer(text):
        number = value(hit["number"])
        if number is not None:
            yield Found(entity, hit.start("number"), hit.end("number"), plain(number), rank)
