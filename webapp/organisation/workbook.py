"""Tables to an Excel file and back: bounded, without formulas, and nothing in it is ever evaluated.

Text that looks like a formula is written as text; a formula that somebody wrote comes in as one, so that it is told.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import Refused
from engine.exchange import SHEETS, Formula, Row, Sheet
from engine.exchange.importing import MOST_ROWS
from feel.sentences import Sentence

LARGEST = 1_000_000
_UNPACKED, _PARTS = 30_000_000, 200
_MARKS = ("=", "+", "-", "@", "\t", "\r")
_SUSPECT = (b"<!DOCTYPE", b"<!ENTITY")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WIDTHS = {"day": 13, "flag": 9, "number": 11, "money": 12}


def write(tables: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> bytes:
    """The file, with a sheet for each table and its headings in that language."""
    from openpyxl import Workbook  # noqa: PLC0415 - a library of many parts, which most processes never need
    from openpyxl.styles import Font  # noqa: PLC0415 - the same
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - the same

    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.zh if language == "zh" else sheet.en)
        page.freeze_panes = "A2"
        for place, column in enumerate(sheet.columns, 1):
            heading = page.cell(1, place, column.zh if language == "zh" else column.en)
            heading.font = Font(bold=True)
            page.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column.kind, 20)
        for number, row in enumerate(tables[sheet.name], 2):
            for place, column in enumerate(sheet.columns, 1):
                _put(page.cell(number, place), row[column.name], language)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(cell: Any, value: Any, language: str) -> None:
    if isinstance(value, bool):
        value = ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # text, whatever it looks like
        cell.quotePrefix = value.startswith(_MARKS)


def read(content: bytes) -> dict[str, list[Row]]:
    """The rows of the sheets that are ours, by table; raises :class:`Refused` for what is no such file."""
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    _refuse_unsafe(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # a library of many parts: whatever it raises, the file is not one that we read
        raise _unreadable() from error
    tables: dict[str, list[Row]] = {}
    for page in book.worksheets:
        sheet = next((one for one in SHEETS if page.title.strip() in (one.zh, one.en, one.name)), None)
        if sheet is None:
            raise Refused(Sentence("There is no table {name}.", name=page.title[:80]), field="file")
        try:
            tables[sheet.name] = [*_rows(page, sheet)]
        except Refused:
            raise
        except Exception as error:  # the same, while its rows are read
            raise _unreadable() from error
    return tables


def _rows(page: Any, sheet: Sheet) -> Iterator[Row]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    lines = page.iter_rows(max_col=len(sheet.columns) + 1, max_row=MOST_ROWS + 2)
    headings = [str(cell.value or "").strip() for cell in next(lines, ())]
    for place, column in enumerate(sheet.columns):
        if place >= len(headings) or headings[place] not in (column.zh, column.en, column.name):
            cell = f"{page.title}!{get_column_letter(place + 1)}1"
            raise Refused(Sentence("{cell} should be “{name}”.", cell=cell, name=column.zh), field="file")
    for number, line in enumerate(lines, 2):
        cells = {column.name: _value(cell) for column, cell in zip(sheet.columns, line, strict=False)}
        if any(value not in (None, "") for value in cells.values()):
            yield Row(number, cells)


def _value(cell: Any) -> object:
    value = cell.value
    return Formula(str(value)) if getattr(cell, "data_type", "") == "f" else value


def _refuse_unsafe(content: bytes) -> None:
    """Bombs, and XML that declares entities."""
    if len(content) > LARGEST:
        raise Refused(Sentence("The file is larger than {limit} bytes.", limit=LARGEST), field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise Refused(Sentence("The file unpacks to more than is taken."), field="file")
            for part in parts:
                text = archive.read(part)
                if part.filename.endswith((".xml", ".rels")) and (
                    text.startswith(_UTF_16) or any(mark in text for mark in _SUSPECT)
                ):
                    raise _unreadable()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _unreadable() from error


def _unreadable() -> Refused:
    return Refused(Sentence("This is no Excel file (.xlsx) that can be read."), field="file")
