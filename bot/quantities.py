"""Amounts of money and of electricity: 一百二 → 120 (yuan), 200度 → 200 (kWh).

A bare number is money only where the sentence speaks of paying; spans follow the number, not its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.found import Found
from bot.numbers import NUMERAL, plain, value

BIG = rf"(?:{NUMERAL}{{0,9}}[十百佰千仟万]{NUMERAL}{{0,9}})"  # said with a unit: no mere digit
NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?[万千百]?|{NUMERAL}{{1,12}})"
SURE = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?[万千百]?|{BIG})"
COUNTED = (
    r"月日号天年度点栋单楼室户个次分岁伏千瓦vk层家周平小回遍%人台名条只路期环级折成张间块表根盏支位笔亩片排扇档安元毫号岁"
    r"来多几秒里米斤箱笼包桌套"
)
MONEY = re.compile(rf"(?<![\d.\-])(?P<number>{NUMBER})(?=[多来几]?(?:块(?!表|地)|元(?!旦)|圆|人民币|rmb|大洋))")
CHANGE = re.compile(rf"(?<![\d.])(?P<yuan>{NUMBER})[块元](?P<jiao>[一二三四五六七八九]|\d{{1,2}})毛?(?![\d度])")
SPENT = re.compile(
    r"(?:交|缴|充|充值|付|扣|花|存|转|欠|罚|收|赔|补|损失|退|费|要|涨到?|跌到?|飙到?|余额|值|总共|一共|才|多收|少了|多了|多出|贵出|塞|塞了|进价|进口的"
    r"|[这上本个]月|[我他她它邻]家|一笔)(?:了|过|给|我|你们|他们|掉|去|是|得)?"
    rf"(?P<number>{SURE})(?=[多来几]?(?![\d.:-]|[{COUNTED}]))"
)
ALONE = re.compile(
    rf"^ *(?:大概|大约|差不多|应该是|是|就)?(?P<number>{BIG}|\d{{1,5}}\.\d{{1,2}})"
    r"(?=[多来几]?(?:左右|出头|吧|的样子)? *$)"
)
ENERGY = re.compile(rf"(?<![\d.\-])(?P<number>\d+(?:\.\d+)?万?|{BIG})(?=[多来]?(?:度(?!假|日)|kwh|千瓦时))")
WARM = re.compile(r"(?:发烧|体温|温度|气温|空调|零下|开到|调到|制冷|制热|经度|纬度|烧到?|水温)[^,。]{0,6}$")
VAGUE = re.compile(r"[一二两三四五六七八九][一二三四五六七八九](?=[十百千万])")  # 五六十 is no amount
HOTLINES = {"95598", "12398", "12345", "110", "119", "120", "10086", "10010", "10000", "96598"}


def find(text: str, _today: date) -> Iterable[Found]:
    for hit in CHANGE.finditer(text):
        yuan, jiao = value(hit["yuan"]), value(hit["jiao"])
        if yuan is not None and jiao is not None:
            total = yuan + jiao / (10 if jiao < 10 else 100)
            yield Found("amount", hit.start(), hit.end(), plain(round(total, 2)), 3)
    yield from _numbers("amount", MONEY, text, 3)
    yield from _numbers("amount", SPENT, text, 1)
    yield from _numbers("amount", ALONE, text, 1)
    for found in _numbers("usage_kwh", ENERGY, text, 3):
        if not WARM.search(text[: found.start]):
            yield found


def _numbers(entity: str, pattern: re.Pattern[str], text: str, rank: int) -> Iterable[Found]:
    for hit in pattern.finditer(text):
        said = hit["number"]
        number = None if VAGUE.search(said) or said in HOTLINES else value(said)
        if number:
            yield Found(entity, hit.start("number"), hit.end("number"), plain(number), rank)
