"""Months and periods, and what they mean today: 上个月 → 2026-10, 7到9月 → 2026-07/2026-09, 去年 → 2025."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.found import Found
from bot.numbers import digits, whole

CN = "一二三四五六七八九十"
MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]|[{CN}])"
YEAR = r"(?:20\d\d|(?<!\d)2\d|二[零〇][一二三四五六七八九零〇]{2}|二[四五六七八])年|今年|去年|前年|明年"
YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2, "明年": -1}
JOIN = r"(?:月份?)?(?:到|至|-|~|—)"
BETWEEN = re.compile(
    rf"(?P<y1>{YEAR})?的?(?P<m1>{MONTH}){JOIN}(?P<y2>{YEAR})?(?P<m2>{MONTH})月份?(?![\d个]|[{CN}\d]{{1,3}}[号日])"
)
NEIGHBOURS = re.compile(rf"(?P<y1>{YEAR})?(?P<m1>[{CN}])(?P<m2>[{CN}])月份?(?![\d个日号])")
ONE = re.compile(rf"(?P<year>{YEAR})?的?(?<![\d.到至])(?P<month>{MONTH})月份?(?!\d|[{CN}]{{1,3}}[号日]|[个日号])")
NUMERIC = re.compile(r"(?<!\d)(20\d\d)[\-./年]?(0[1-9]|1[0-2])(?![\d\-])")
WHOLE_YEAR = re.compile(rf"(?P<year>{YEAR})(?!\d|[{CN}]+月|的?(?:{MONTH})月|[初底中])")
RELATIVE = re.compile(
    r"(?P<before>上上个?|上一?个?|前一?个|这个?|本|当|此|下一?个?)(?P<unit>月|期|季度)(?:份)?(?![一二三四五六七八九十\d]+[号日])"
)
LAST_MONTHS = re.compile(
    rf"(?:最近|近|前|过去|这|上)(?P<many>\d{{1,2}}|[{CN}两]+)个?月(?!\d|[初底])|(?:最近|近)(?P<half>半年|一年)"
)
HALF = re.compile(rf"(?P<year>{YEAR})?(?P<half>[上下])半年")
QUARTER = re.compile(rf"(?P<year>{YEAR})?的?第?(?P<quarter>[一二三四1-4])季度?")
SPOKEN_FORMS = {
    "shang ge yue": -1,
    "shanggeyue": -1,
    "zhe ge yue": 0,
    "zhegeyue": 0,
    "上个越": -1,
    "上各月": -1,
    "上个号头": -1,
    "呢个月": 0,
    "上回那期": -1,
    "最近一期": -1,
    "上一期": -1,
    "上期": -1,
}
SPOKEN_PATTERN = re.compile("|".join(SPOKEN_FORMS))


def find(text: str, today: date) -> Iterable[Found]:
    for pattern, meaning in PATTERNS:
        for hit in pattern.finditer(text):
            period = meaning(hit, today)
            if period:
                yield Found("period", hit.start(), hit.end(), period, 2)


def shifted(today: date, months: int) -> str:
    """The month so many months from today's, as YYYY-MM."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"


def _year(said: str | None, today: date) -> int | None:
    if not said:
        return None
    if said in YEARS_AGO:
        return today.year - YEARS_AGO[said]
    number = int(digits(said))
    return number if number >= 1000 else 2000 + number


def _month(said: str, year: int | None, today: date) -> str | None:
    """A month without a year is the latest one not after this month."""
    month = whole(said)
    if month is None or not 1 <= month <= 12:
        return None
    return f"{year or today.year - (month > today.month):04d}-{month:02d}"


def _between(hit: re.Match[str], today: date) -> str | None:
    groups = hit.groupdict()
    first_year = _year(groups["y1"], today)
    second_year = _year(groups.get("y2"), today) or first_year
    last = _month(groups["m2"], second_year, today)
    first = _month(groups["m1"], first_year or (int(last[:4]) if last else None), today)
    if not (first and last):
        return None
    if first > last:
        first = f"{int(first[:4]) - 1}{first[4:]}"
    return f"{first}/{last}"


def _one(hit: re.Match[str], today: date) -> str | None:
    return _month(hit["month"], _year(hit["year"], today), today)


def _relative(hit: re.Match[str], today: date) -> str | None:
    before = hit["before"]
    steps = -2 if before.startswith("上上") else -1 if before[0] in "上前" else 1 if before[0] == "下" else 0
    if hit["unit"] != "季度":
        return shifted(today, steps)
    first = (today.month - 1) // 3 * 3 + 1 - today.month + steps * 3
    return f"{shifted(today, first)}/{shifted(today, first + 2)}"


def _last_months(hit: re.Match[str], today: date) -> str | None:
    many = {"半年": 6, "一年": 12}[hit["half"]] if hit["half"] else whole(hit["many"])
    if not many:
        return None
    return f"{shifted(today, -many)}/{shifted(today, -1)}"


def _half(hit: re.Match[str], today: date) -> str:
    year = _year(hit["year"], today) or today.year
    return f"{year}-01/{year}-06" if hit["half"] == "上" else f"{year}-07/{year}-12"


def _quarter(hit: re.Match[str], today: date) -> str:
    year, quarter = _year(hit["year"], today) or today.year, whole(hit["quarter"]) or 1
    return f"{year}-{quarter * 3 - 2:02d}/{year}-{quarter * 3:02d}"


PATTERNS = (
    (BETWEEN, _between),
    (NEIGHBOURS, lambda hit, today: _between(hit, today) if whole(hit["m2"]) == (whole(hit["m1"]) or 0) + 1 else None),
    (ONE, _one),
    (NUMERIC, lambda hit, today: f"{hit[1]}-{hit[2]}"),
    (WHOLE_YEAR, lambda hit, today: str(_year(hit["year"], today))),
    (RELATIVE, _relative),
    (LAST_MONTHS, _last_months),
    (HALF, _half),
    (QUARTER, _quarter),
    (SPOKEN_PATTERN, lambda hit, today: shifted(today, SPOKEN_FORMS[hit.group()])),
)
