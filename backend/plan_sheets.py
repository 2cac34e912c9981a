"""A file of plans as people keep it: CSV or xlsx bytes in, rows of text out. Formulas are text, nothing is reckoned."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from openpyxl import load_workbook

from backend import plan_wording as say
from backend.problems import Invalid

ROWS: Final = 2000
BYTES: Final = 5_000_000
UNPACKED: Final = 50_000_000
"""An xlsx file is a zip archive: what it would unpack to."""

NEEDED: Final = ("范围", "开始", "结束", "原因")
KNOWN: Final = (*NEEDED, "类型", "提前不足原因", "高峰原因", "负责人")
WIDTH: Final = 50
"""Columns that are looked at."""


@dataclass(frozen=True)
class SheetRow:
    """`number` counts as the file does, the heading being 1; `cells` by heading, blanks stripped."""

    number: int
    cells: dict[str, str]


def read_sheet(content: bytes) -> list[SheetRow]:
    """Every row that is not blank. Invalid: unreadable, too large, or a column is wanting."""
    try:
        rows = list(_xlsx(content) if content.startswith(b"PK") else _csv(content))
    except Invalid:
        raise
    except Exception:  # whatever a broken file makes the libraries do
        raise Invalid(say.UNREADABLE) from None
    return _by_heading(rows)


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    comma = "\t" if "\t" in text.split("\n", 1)[0] else ","
    return _first(csv.reader(io.StringIO(text, newline=""), delimiter=comma))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _xlsx(content: bytes) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED:
            raise Invalid(say.TOO_LARGE)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    try:
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_col=WIDTH)
        yield from _first([_text(value) for value in row] for row in rows)
    finally:
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _first(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """No more than may be imported, blank ones at the end not counted."""
    filled = 0
    for row in rows:
        filled += any(cell.strip() for cell in row)
        if filled > ROWS + 1:
            raise Invalid(say.TOO_MANY_ROWS.format(count=ROWS))
        yield row[:WIDTH]


def _by_heading(rows: list[list[str]]) -> list[SheetRow]:
    heading = [cell.strip() for cell in rows[0]] if rows else []
    wanting = [name for name in NEEDED if name not in heading]
    if wanting:
        raise Invalid(say.NO_HEADING.format(names=say.SEPARATOR.join(wanting)))
    places = {name: heading.index(name) for name in KNOWN if name in heading}
    found = [
        SheetRow(number, {name: row[at].strip() if at < len(row) else "" for name, at in places.items()})
        for number, row in enumerate(rows[1:], start=2)
    ]
    return [row for row in found if any(row.cells.values())]
