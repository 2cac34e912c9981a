"""Days and times of day: 后天 → 2026-11-24, 下周六, 十二月三号, 11.24; 晚上七点半 → 19:30."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.found import Found
from bot.numbers import whole

CN = "一二三四五六七八九十"
AWAY = {
    word: days
    for days, words in {
        3: "大后天",
        2: "后天 后儿 后日",
        1: "明天 明日 明儿个 明儿 明晚 明早 明朝 听日 次日 mingtian",
        0: "今天 今日 今儿个 今儿 今晚 今早 今夜 今晨 当晚 jintian",
        -1: "昨天 昨日 昨晚 昨儿 昨夜 昨早 寻日 zuotian",
        -2: "前天 前晚 前儿",
        -3: "大前天",
    }.items()
    for word in words.split()
}
NAMED = re.compile("|".join(sorted(AWAY, key=len, reverse=True)))
WEEKDAYS = dict(zip("一二三四五六日天", (0, 1, 2, 3, 4, 5, 6, 6), strict=True))
WEEKDAY = re.compile(r"(?P<week>上上个?|上个?|下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
DAY = rf"(?:[12]\d|3[01]|0?[1-9]|二?十[{CN[:-1]}]?|三十一?|[{CN}])"
MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]|[{CN}])"
IN_MONTH = re.compile(
    rf"(?:(?P<year>20\d\d)[年\-./])?(?<![\d.])(?P<month>{MONTH})(?:月|[\-./](?=\d))"
    rf"(?P<day>{DAY})(?:[号日](?!楼)|(?![\d月点号元块度毛万千百倍]))"
)
DAY_ALONE = re.compile(
    rf"(?<![\d月{CN}第表户工])(?P<day>(?:[12]\d|3[01]|[1-9]|二?十[{CN[:-1]}]|三十一?))[号日](?![楼院线店机码房电\d])"
)
PART = r"凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|半夜|夜晚|后半夜|下昼|上昼|晚间"
CLOCK = re.compile(
    rf"(?P<part>{PART})?(?P<hour>1\d|2[0-4]|\d|十[一二]|[两{CN}])(?:点|时(?!候))钟?"
    rf"(?P<half>半|一刻|(?:[0-5]\d|[零{CN}]{{2,3}})分?|十分)?(?![\d块])"
)
DIGITAL = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:])")
# 晚上灯老闪 tells of a habit: the dark hours are a time only beside a day (明天晚上) or an hour (晚上八点).
DARK_ALONE = re.compile(r"凌晨|晚上|夜里|半夜|夜晚|后半夜|晚间")
PART_ALONE = re.compile(rf"(?<![一大])(?:{PART})(?!好)")
AFTER_NOON = {"下午", "傍晚", "晚上", "下昼", "夜晚", "晚间"}


def find(text: str, today: date) -> Iterable[Found]:
    dates = list(_dates(text, today))
    yield from dates
    yield from _times(text, {found.end for found in dates})


def _dates(text: str, today: date) -> Iterable[Found]:
    for hit in NAMED.finditer(text):
        yield _day(hit, today + timedelta(days=AWAY[hit.group()]))
    for hit in WEEKDAY.finditer(text):
        yield _day(hit, _weekday(hit["week"], WEEKDAYS[hit["day"]], today))
    for hit in IN_MONTH.finditer(text):
        day = _in_month(hit, today)
        if day:
            yield _day(hit, day, 4)
    for hit in DAY_ALONE.finditer(text):
        day = _next_such_day(whole(hit["day"]) or 0, today)
        if day:
            yield _day(hit, day)


def _day(hit: re.Match[str], day: date, rank: int = 2) -> Found:
    return Found("date", hit.start(), hit.end(), day.isoformat(), rank)


def _weekday(week: str | None, day: int, today: date) -> date:
    """Weeks begin on Monday; a bare weekday is the next such day, today included."""
    if not week:
        return today + timedelta(days=(day - today.weekday()) % 7)
    weeks = (week.count("下") - week.count("上")) * 7
    return today - timedelta(days=today.weekday()) + timedelta(days=weeks + day)


def _in_month(hit: re.Match[str], today: date) -> date | None:
    """Without a year it is the nearest such day, before or after today."""
    month, day = whole(hit["month"]) or 0, whole(hit["day"]) or 0
    if hit["year"]:
        return _real(int(hit["year"]), month, day)
    around = [_real(today.year + more, month, day) for more in (-1, 0, 1)]
    return min((one for one in around if one), key=lambda one: abs((one - today).days), default=None)


def _next_such_day(day: int, today: date) -> date | None:
    months = [divmod(today.month - 1 + more, 12) for more in (0, 1)]
    later = [_real(today.year + years, month + 1, day) for years, month in months]
    return next((one for one in later if one and one >= today), None)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _times(text: str, after_days: set[int]) -> Iterable[Found]:
    for hit in PART_ALONE.finditer(text):
        if DARK_ALONE.fullmatch(hit.group()) and hit.start() not in after_days:
            continue
        said = {"下昼": "下午", "上昼": "上午"}.get(hit.group(), hit.group())
        yield Found("time", hit.start(), hit.end(), said, 1)
    for hit in DIGITAL.finditer(text):
        yield Found("time", hit.start(), hit.end(), f"{int(hit['hour']):02d}:{hit['minute']}", 3)
    for hit in CLOCK.finditer(text):
        if hit.group() == "一点":  # a little
            continue
        hour = whole(hit["hour"]) or 0
        if hit["part"] in AFTER_NOON and hour < 12:
            hour += 12
        yield Found("time", hit.start(), hit.end(), f"{hour:02d}:{_minutes(hit['half']):02d}", 2)


def _minutes(said: str | None) -> int:
    if not said:
        return 0
    return {"半": 30, "一刻": 15}.get(said) or whole(said.rstrip("分").lstrip("零") or "零") or 0
