"""A workbook of one sheet whose cells are what they say: nothing that somebody typed is ever read as a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_LONGEST = 32_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = (20, 22, 36, 14, 16, 18, 18, 16, 40)
_SHEET = re.compile(r"[\\/*?:\[\]]")


def made(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The bytes of the file."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_SHEET.sub(" ", title)[:31])
    for index, width in enumerate(_WIDTHS[: len(headings)], start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, text) for text in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _heading(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if value is None:
        return WriteOnlyCell(sheet)
    return _text(sheet, str(value))


def _text(sheet: Any, text: str) -> Any:
    """Text as text: of the type that is never computed, and with Excel's own mark where it looks like more."""
    cell = WriteOnlyCell(sheet)
    kept = _CONTROL.sub("", text)[:_LONGEST]
    cell.value = kept
    cell.data_type = "s"
    if kept.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell
