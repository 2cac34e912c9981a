"""Tables as xlsx files. A cell that begins like a formula is text, whoever wrote it."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

WIDEST = 60


def workbook(sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Sheet name → (heads, rows)."""
    book = Workbook()
    book.remove(book.active)
    for name, (heads, rows) in sheets.items():
        sheet = book.create_sheet(name[:31])
        for values in (heads, *rows):
            sheet.append(["" if value is None else value for value in values])
            for cell in sheet[sheet.max_row]:
                _as_text(cell)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column in range(1, len(heads) + 1):
            letter = get_column_letter(column)
            longest = max((len(str(cell.value or "")) for cell in sheet[letter]), default=8)
            sheet.column_dimensions[letter].width = min(WIDEST, longest * 1.6 + 4)
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _as_text(cell: Cell) -> None:
    """openpyxl takes =1+1 for a formula; other programs take +, - and @ for one: an apostrophe stops them all."""
    if isinstance(cell.value, str):
        if cell.value[:1] in ("=", "+", "-", "@", "\t", "\r"):
            cell.value = f"'{cell.value}"
        cell.data_type = "s"
