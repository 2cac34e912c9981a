"""`python -m backend.town.guide`: write the tables of `docs/demo.md` from what the town really has."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.gazetteer import read_gazetteer
from utility.models import OutageKind, OutageStatus

GUIDE: Final = Path(__file__).resolve().parents[2] / "docs" / "demo.md"
MARK: Final = "<!-- {name}:{end} (python -m backend.town.guide) -->"


@dataclass(frozen=True)
class Question:
    """A place to ask about: what is known there right after seeding, None for nothing."""

    place_id: str
    ask: str
    shows: str
    known: tuple[OutageKind, OutageStatus] | None


QUESTIONS: Final = (
    Question(
        "C02",
        "翠湖苑5栋停电了，什么时候来电？",
        "正在故障停电，抢修人员已到现场，有预计恢复时间（隔一两个小时会更新）",
        (OutageKind.FAULT, OutageStatus.ONGOING),
    ),
    Question(
        "C14",
        "石桥村怎么没电了？",
        "正在故障停电，恢复时间未知，不会说出时间",
        (OutageKind.FAULT, OutageStatus.ONGOING),
    ),
    Question(
        "C04",
        "和平里早上停电是怎么回事？",
        "今早故障停电，已恢复",
        (OutageKind.FAULT, OutageStatus.RESTORED),
    ),
    Question(
        "C03",
        "锦绣江南2栋明天停电吗？（再换12栋问一次）",
        "明天8:30–17:00计划停电，只影响1–6栋",
        (OutageKind.PLANNED, OutageStatus.ANNOUNCED),
    ),
    Question(
        "C01",
        "阳光花园最近停电吗？",
        "现在没有停电；下周8:00–12:00有计划停电",
        (OutageKind.PLANNED, OutageStatus.ANNOUNCED),
    ),
    Question(
        "S07",
        "创业大道最近限电吗？",
        "三天后14:00–17:00有序用电，只涉及工业用户",
        (OutageKind.RESTRICTED, OutageStatus.ANNOUNCED),
    ),
    Question("C05", "金色家园停电了", "没有停电信息：可自查或报修", None),
)


def accounts_table() -> str:
    """户号 → 手机尾号 → what it shows."""
    gazetteer = read_gazetteer()
    rows = [
        (home.account_no, home.tail, f"{gazetteer[home.place_id].name}{home.building_name}", shows)
        for home, shows in ((account.home, account.shows) for account in DEMO_ACCOUNTS)
    ]
    return _table(("户号", "手机尾号", "地址", "可以看到什么"), rows)


def outages_table() -> str:
    """Place → question → what it shows."""
    gazetteer = read_gazetteer()
    rows = [(gazetteer[asked.place_id].name, asked.ask, asked.shows) for asked in QUESTIONS]
    return _table(("地点", "可以这样问", "会看到什么"), rows)


def renewed(text: str) -> str:
    """The guide with its tables as they should be."""
    for name, table in (("accounts", accounts_table()), ("outages", outages_table())):
        begin, end = MARK.format(name=name, end="begin"), MARK.format(name=name, end="end")
        head, rest = text.split(begin)
        _old, tail = rest.split(end)
        text = f"{head}{begin}\n{table}\n{end}{tail}"
    return text


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    GUIDE.write_text(renewed(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
