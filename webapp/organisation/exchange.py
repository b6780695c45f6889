"""The organisation as an Excel file: out, and in again with a preview of every change and every error by its cell."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for

from engine import exchange
from engine.errors import EngineError, Refused
from engine.exchange import SHEETS, Outcome, Sheet
from webapp.formats import day
from webapp.languages import gettext as _
from webapp.languages import language, say
from webapp.organisation import workbook
from webapp.organisation.room import administrator, blueprint, done, today
from webapp.surroundings import reading, write

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words: which row, what about it, from what to what."""

    sheet: str
    key: str
    kind: str
    values: list[tuple[str, str, str]]


@blueprint.get("/exchange")
def exchange_page() -> str:
    """Where a file goes out and comes in."""
    administrator()
    return _page()


def _page(**more: Any) -> str:
    return render_template("organisation/exchange.html", folder="exchange", limit=workbook.LARGEST // 1000, **more)


@blueprint.get("/exchange/file")
def exchange_file() -> Response:
    """The organisation as it stands."""
    tables = exchange.export(reading(), administrator())
    content = workbook.write(tables, language())
    name = f"organisation-{today():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, content_type=_TYPE)


@blueprint.post("/exchange/preview")
def exchange_preview() -> Any:
    """What a file would change; nothing is changed yet."""
    acting = administrator()
    uploaded = request.files.get("file")
    content = uploaded.read(workbook.LARGEST + 1) if uploaded else b""
    if not content:
        return _page(problem=_("Please choose a file.")), 422
    try:
        outcome = write(exchange.preview, acting, workbook.read(content))
    except Refused as error:
        return _page(problem=say(error)), 422
    name = uploaded.filename or "" if uploaded else ""
    return _shown(outcome, base64.b64encode(content).decode(), name)


def _shown(outcome: Outcome, content: str, name: str, problem: str = "") -> Any:
    sheets = {sheet.name: sheet for sheet in SHEETS}
    errors = [(f"{_title(sheets[one.sheet])}!{one.cell}", say(one.sentence)) for one in outcome.errors]
    lines = [
        Line(
            _title(sheets[one.sheet]),
            " · ".join(one.key),
            one.kind,
            [(_heading(sheets[one.sheet], column), _value(old), _value(new)) for column, old, new in one.values],
        )
        for one in outcome.changes
    ]
    page = _page(
        shown=True, lines=lines, errors=errors, content=content, name=name, digest=outcome.digest, problem=problem
    )
    return (page, 422) if errors or problem else page


@blueprint.post("/exchange")
def exchange_take() -> Any:
    """Take the previewed file in: all of it, or nothing."""
    acting = administrator()
    name = request.form.get("name", "")[:200]
    encoded = request.form.get("content", "")
    try:
        tables = workbook.read(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        return _page(problem=_("Please choose the file again.")), 422
    except Refused as error:
        return _page(problem=say(error)), 422
    try:
        outcome = write(exchange.take, acting, tables, digest=request.form.get("digest", ""), file=name)
    except EngineError as error:
        return _shown(write(exchange.preview, acting, tables), encoded, name, say(error))
    words = _("Imported: %(count)s changes.", count=len(outcome.changes))
    return done(words, url_for("organisation.changes_page"))


def _title(sheet: Sheet) -> str:
    return sheet.zh if language() == "zh" else sheet.en


def _heading(sheet: Sheet, name: str) -> str:
    column = next(column for column in sheet.columns if column.name == name)
    return column.zh if language() == "zh" else column.en


def _value(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return day(value) if isinstance(value, date) else str(value)
