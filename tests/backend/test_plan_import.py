"""Plans from a file: CSV in two encodings, xlsx, a row's error is its own, a dry run writes nothing."""

import asyncio
import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from backend.plan_sheets import ROWS
from tests.backend.conftest import SECRET, Town
from utility.errors import InvalidRequest
from utility.models import OutageKind
from utility.plan_report import ImportResult
from utility.plans_client import PlansClient

HEADING = "范围,开始,结束,原因,类型,提前不足原因,高峰原因,负责人"
GOOD = "滨河新村,2026-12-03 08:30,2026-12-03 12:00,变压器检修,计划停电,,,张工、李工"


def planner(town: Town) -> PlansClient:
    return PlansClient(town.http, secret=SECRET, budget=60)


def file(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join((HEADING, *rows)).encode(encoding)


async def imported(town: Town, content: bytes, key: str = "k1", dry_run: bool = False) -> ImportResult:
    return await planner(town).import_plans(content, staff="diaodu", key=key, dry_run=dry_run)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_file_in_each_encoding_makes_plans(own_town: Town, encoding: str) -> None:
    done = await imported(own_town, file(GOOD, encoding=encoding))
    assert (done.made, done.failed, done.rows[0].row) == (1, 0, 2)
    assert done.rows[0].accounts
    plan = (await planner(own_town).plan(done.rows[0].outage_id or "")).plan
    assert (plan.scope_text, plan.duty, plan.created_by) == ("滨河新村", ["张工", "李工"], "diaodu")
    assert [news.outage_id for news in await planner(own_town).outage_news(0)] == [plan.outage_id]


async def test_a_bad_row_is_told_in_chinese_and_stops_no_other(own_town: Town) -> None:
    late = "金色家园,2026-11-26 08:30,2026-11-26 12:00,检修,计划停电,,,"
    rows = (
        GOOD,
        "没有的小区,2026-12-03 08:30,2026-12-03 12:00,检修,,,,",
        "金色家园,下周三,2026-12-03 12:00,检修,,,,",
        "金色家园,2026-12-03 12:00,2026-12-03 08:30,检修,,,,",
        late,
        "金色家园,2026-12-03 08:30,2026-12-03 12:00,,,,,",
        "金色家园,2026-12-03 08:30,2026-12-03 12:00,检修,有序用电,,,",
        f"金色家园,2026-12-03 08:30,2026-12-03 12:00,{'长' * 600},,,,",
        "金色家园,2026-13-03 08:30,2026-12-03 12:00,检修,,,,",
        GOOD,
        late.replace("计划停电,", "计划停电,设备缺陷"),
    )
    done = await imported(own_town, file(*rows))
    errors = {row.row: row.error for row in done.rows if row.error}
    assert sorted(errors) == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert all(error.startswith(f"第{row}行：") for row, error in errors.items())
    wanted = {
        3: "没有的小区",
        4: "开始不是时间",
        5: "结束时间须晚于开始时间",
        6: "提前7天",
        7: "原因是空的",
        8: "类型",
        9: "原因太长",
        10: "开始不是时间",
        11: "已经有了",
    }
    assert all(words in errors[row] for row, words in wanted.items()), errors
    assert not any(letter.isascii() and letter.isalpha() for error in errors.values() for letter in error)
    assert [row.row for row in done.rows if row.outage_id] == [2, 12]
    assert len(await planner(own_town).plans()) == 2


async def test_a_dry_run_says_the_same_and_writes_nothing(own_town: Town) -> None:
    content = file(GOOD, "没有的小区,2026-12-03 08:30,2026-12-03 12:00,检修,,,,", GOOD)
    done = await imported(own_town, content, dry_run=True)
    assert [(row.outage_id, bool(row.error)) for row in done.rows] == [(None, False), (None, True), (None, True)]
    assert "与第2行相同" in done.rows[2].error
    assert await planner(own_town).plans() == []
    assert await planner(own_town).outage_news(0) == []


async def test_the_same_file_with_the_same_key_makes_each_plan_once(own_town: Town) -> None:
    content = file(GOOD, GOOD.replace("滨河新村", "金色家园"))
    several = await asyncio.gather(*(imported(own_town, content) for _ in range(3)))
    assert len({tuple(row.outage_id for row in done.rows) for done in several}) == 1
    assert len(await planner(own_town).plans()) == 2
    again = await imported(own_town, content, key="k2")
    assert all("已经有了" in row.error for row in again.rows)


async def test_an_xlsx_file_has_times_as_cells_and_its_formulas_are_text(own_town: Town) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(HEADING.split(","))
    starts, ends = datetime(2026, 12, 3, 8, 30), datetime(2026, 12, 3, 12)  # noqa: DTZ001 (as a sheet has them)
    sheet.append(["10千伏滨河线", starts, ends, "=1+1", "计划检修"])
    sheet.append([None, None])
    sheet.append(["金色家园2-4栋、7号楼", "2026/12/3 8:30", "2026年12月3日12时", "检修", "临时停电"])
    sheet.append(["金色家园", "=NOW()", ends, "检修"])
    written = io.BytesIO()
    book.save(written)
    done = await imported(own_town, written.getvalue())
    assert [row.row for row in done.rows] == [2, 4, 5]
    assert "开始不是时间" in done.rows[2].error
    first, second = [(await planner(own_town).plan(row.outage_id or "")).plan for row in done.rows[:2]]
    assert (first.reason, first.scope.feeders) == ("=1+1", ["10千伏滨河线"])
    assert first.starts_at.hour == 8
    assert (second.kind, second.scope_text) == (OutageKind.TEMPORARY, "金色家园2–4栋、7栋")


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ("阳光花园1号公变；阳光花园2号公变", "阳光花园1号公变、阳光花园2号公变"),
        ("金色家园3栋、5栋", "金色家园3栋、5栋"),
        ("翠湖花园", "翠湖苑"),
        ("翠湖苑，和平里", "翠湖苑、和平里"),
    ],
)
async def test_scopes_are_understood_as_people_write_them(own_town: Town, scope: str, text: str) -> None:
    row = f'"{scope}",2026-12-03 08:30,2026-12-03 12:00,检修,,,,'
    done = await imported(own_town, file(row))
    assert [(r.outage_id is not None, r.error) for r in done.rows] == [(True, "")]
    assert (await planner(own_town).plan(done.rows[0].outage_id or "")).plan.scope_text == text


async def test_files_that_are_none_are_refused(reading: Town) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    for content, words in (
        (b"", "缺少列"),
        (b"PK\x03\x04broken", "不能读取"),
        (b"\xff\xfe\x80", "不能读取"),
        ("范围,开始\n".encode(), "结束、原因"),
        (bomb.getvalue(), "太大"),
        (file(*[GOOD] * (ROWS + 1)), "2000"),
        (b"x" * 5_000_001, "太大"),
    ):
        with pytest.raises(InvalidRequest, match=words):
            await imported(reading, content, dry_run=True)


async def test_blank_rows_are_not_counted_and_tabs_separate_too(reading: Town) -> None:
    content = file(*[","] * 3000, GOOD).replace(b",", b"\t")
    done = await imported(reading, content, dry_run=True)
    assert [(row.row, row.error) for row in done.rows] == [(3002, "")]
