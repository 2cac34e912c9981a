"""Pure reading and writing of Chinese: digits as people type or say them, months, times of day, signs of mood.

Spans and normal forms of entities come from the bot's extractor; here is what a service needs beyond them when it has
asked for something and so knows what to expect.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

SPOKEN = str.maketrans("零〇一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖", "00123456789" + "21" + "123456789")
WEEKDAYS = "一二三四五六日"


def plain(text: str) -> str:
    """Half-width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def digit_runs(text: str) -> list[str]:
    """Every run of digits, also spoken ones (一三八…) and those broken by spaces or hyphens."""
    return re.findall(r"\d+", re.sub(r"(?<=\d)[-—_](?=\d)", "", plain(text).translate(SPOKEN)))


def phone(text: str) -> str | None:
    """A mobile number (11 digits from 1[3-9], with or without +86) or a fixed line with area code."""
    for run in digit_runs(text.replace("+", "")):
        if re.fullmatch(r"(86)?1[3-9]\d{9}", run):
            return run[-11:]
        if re.fullmatch(r"0\d{9,11}", run):
            return run
    return None


def account_no(text: str, lengths: tuple[int, ...] = (10, 13, 16)) -> str | None:
    """A 户号; a run that is a mobile number is none."""
    runs = (run for run in digit_runs(text) if len(run) in lengths)
    return next((run for run in runs if not re.fullmatch(r"1[3-9]\d{9}", run)), None)


def tail(text: str) -> str | None:
    """The last four digits of a phone: four digits alone, or the end of a whole number."""
    runs = digit_runs(text)
    four = next((run for run in runs if len(run) == 4), None)
    whole = phone(text)
    return four or (whole[-4:] if whole else None)


def ticket_no(text: str) -> str | None:
    """RP20261122-0001, however it was typed."""
    found = re.search(r"(rp|em|cp|cb|sr)[-_]?(\d{8})[-_—]?(\d{4,})", plain(text))
    return f"{found[1].upper()}{found[2]}-{found[3]}" if found else None


# --- months and times ----------------------------------------------------------------------------------------------


def months(period: str, today: date) -> tuple[str, str]:
    """First and last month of a period in normal form: YYYY-MM, YYYY-MM/YYYY-MM or YYYY."""
    if re.fullmatch(r"\d{4}", period):
        return f"{period}-01", min(f"{period}-12", f"{today:%Y-%m}")
    first, _, last = period.partition("/")
    return first, last or first


def month_before(month: str, count: int = 1) -> str:
    year, number = int(month[:4]), int(month[5:]) - count
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return f"{year}-{number:02d}"


def say_month(month: str, today: date) -> str:
    """2026年10月; without the year when it is this one."""
    year, number = month.split("-")
    return f"{int(number)}月" if int(year) == today.year else f"{year}年{int(number)}月"


def say_time(at: datetime, now: datetime) -> str:
    """今天14:05, 明天08:30, 11月30日08:30 — in the zone of `now`."""
    at = at.astimezone(now.tzinfo)
    return f"{say_day(at.date(), now.date())}{at:%H:%M}"


def say_day(day: date, today: date) -> str:
    names = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
    return names.get((day - today).days) or f"{day.month}月{day.day}日"


def say_window(start: datetime, end: datetime | None, now: datetime) -> str:
    """明天08:30至17:00; the day of the end only when it is another one."""
    if end is None:
        return f"{say_time(start, now)}起"
    same = start.astimezone(now.tzinfo).date() == end.astimezone(now.tzinfo).date()
    return (
        f"{say_time(start, now)}至{end.astimezone(now.tzinfo):%H:%M}"
        if same
        else (f"{say_time(start, now)}至{say_time(end, now)}")
    )


def asked_day(date_value: str | None, text: str, today: date) -> date | None:
    """The day a question is about: an extracted date, or 今晚, 明早, 后天 …"""
    if date_value and re.fullmatch(r"\d{4}-\d{2}-\d{2}", date_value):
        return date.fromisoformat(date_value)
    for word, days in (("大后天", 3), ("后天", 2), ("明", 1), ("今", 0)):
        if re.search(f"{word}(天|日|早|晚|儿|上午|下午|夜)?" if len(word) == 1 else word, text):
            return today + timedelta(days=days)
    return None


def say_money(amount: Decimal) -> str:
    return f"{amount:.2f}元"


def say_kwh(kwh: Decimal) -> str:
    return f"{kwh.normalize():f}度"


# --- signs -----------------------------------------------------------------------------------------------------------

VULNERABLE = re.compile(
    r"呼吸机|制氧机|吸氧|透析|胰岛素|监护仪|心电|瘫痪|卧床|刚出生|新生儿|婴儿|早产|月子|孕妇|病人|癌症|手术|八十多岁|九十多岁|独居老"
)
ANGRY = re.compile(
    r"垃圾|混蛋|王八|他妈|tmd|妈的|nmd|废物|骗子|坑人|气死|什么玩意|有没有人管|受够|忍无可忍|无语|!{2,}|！{2,}|滚|太过分|不要脸|狗屁|扯淡"
)
UPWARD = re.compile(
    r"(?<!\d)(12398|12345|12315)(?!\d)|能源局|电监|市长|上访|媒体|曝光|记者|电视台|起诉|法院|律师|抖音|微博|上网发"
)
CORRECTION = re.compile(
    r"^(不是|不对|错了|写错|说错|打错|搞错|弄错|更正|改成|改为|改一下|应该是|应是)|说错了|打错了|写错了|搞错了|改成|改为"
)
SUBJECT = re.compile(
    r"^(先|等等|等一下|等下|顺便|对了|另外|还有个事|再问|换个|我想先|帮我先|算了先)|先帮我|先查|顺便(查|问|帮)"
)


# "不是3栋" but not "是不是3栋": what is said not to be so.
DENIED = re.compile(r"(?<!是)(?:并不是|不是|不在|不叫)([^,，。;；、\s是]*)")


def denied(text: str, start: int) -> bool:
    """Whether what stands at `start` is said not to be so: 3栋 in "不是3栋,是5栋"."""
    return any(found.start(1) <= start < found.end(1) for found in DENIED.finditer(text))


def meant(text: str) -> str:
    """The text without what it says is not so; the text itself when nothing else is left."""
    rest = DENIED.sub("", text)
    return rest if re.search(r"\w{2}", rest) else text


def is_vulnerable(text: str) -> bool:
    """Somebody whose life or health hangs on the supply is in the house (services.md section 2, emotion)."""
    return bool(VULNERABLE.search(plain(text)))


def is_angry(text: str) -> bool:
    return bool(ANGRY.search(plain(text)))


def threatens_upward(text: str) -> bool:
    """Threatens to complain to a regulator, a court or the press."""
    return bool(UPWARD.search(plain(text)))


def is_correction(text: str) -> bool:
    return bool(CORRECTION.search(plain(text)))


def is_wrong(text: str) -> bool:
    """Says of something that it is wrong or must be changed."""
    return bool(re.search(r"错|不对|不是|有误|改|换", plain(text)))


def changes_subject(text: str) -> bool:
    """Says in so many words that something else comes first."""
    return bool(SUBJECT.search(plain(text)))


COMES_FIRST = re.compile(r"^(先|等等|等一下|等下|算了先)|(想|帮我|给我|能不能)先|先(帮|给|查|问|看|说)")


def comes_first(text: str) -> bool:
    """Says that what is wished for is wanted before all else: 等下,先查电费."""
    return bool(COMES_FIRST.search(plain(text)))


def mask_phone(number: str) -> str:
    """138****5678."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 7 else "****"


ANONYMOUS = re.compile(r"(?<![不别没])匿名")


def is_anonymous(text: str) -> bool:
    """Asks to stay unnamed."""
    return bool(ANONYMOUS.search(plain(text)))


def mask_phones(text: str) -> str:
    """The text with every mobile number in it masked."""
    return re.sub(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)", r"\1****\2", text)


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


POWER_BACK = re.compile(r"来电了|有电了|好了|恢复了|亮了|解决了|可以了|通电了|推上去了|合上了?就有")
STILL_DARK = re.compile(r"还是(没|不)|依然|仍然|没用|不行|没有?电|推不上|合不上|没反应|没恢复|报修|派人|没好|不亮|又跳")
ONE_HOUSEHOLD = re.compile(
    r"就(我|俺|咱)|只有?(我|俺|咱)|我(们)?一?家(自己|一家|没|停)|单独|邻居(家)?(都|还|是)?(有|亮|正常|没事|好好)|(别|人)家?.{0,2}(有电|正常|亮着)|隔壁.{0,4}(有|亮)"
)
BUILDING_WIDE = re.compile(
    r"整栋|整个?楼|一栋|全楼|楼上楼下|单元(都|全)|邻居(家)?(也|都)(没|停|黑|是|一样|这样)|隔壁.{0,3}(也|都)(没|停|黑)|楼道.{0,3}(黑|没)"
)
COMMUNITY_WIDE = re.compile(r"(整个?|全|一个)(小区|村|院|片|街|社区)|都(没|停)电|到处|周围|一片(黑|漆)|几栋都|路灯")
UNSURE = re.compile(r"不(知道|清楚|确定|晓得)|没看|没注意|说不好|搞不清")


def is_power_back(text: str) -> bool:
    said = plain(text)
    return bool(POWER_BACK.search(said)) and not STILL_DARK.search(said)


def is_still_dark(text: str) -> bool:
    return bool(STILL_DARK.search(plain(text)))


def scope(text: str) -> str | None:
    """一户 | 整栋 | 整个小区 | 不清楚, from an answer to "only your home, or the neighbours too?"."""
    said = plain(text)
    for pattern, value in (
        (ONE_HOUSEHOLD, "一户"),
        (COMMUNITY_WIDE, "整个小区"),
        (BUILDING_WIDE, "整栋"),
        (UNSURE, "不清楚"),
    ):
        if pattern.search(said):
            return value
    return None
