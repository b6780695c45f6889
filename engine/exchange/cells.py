"""What a cell may hold: text, yes or no, a date, a whole number, an amount; never a formula."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import Refused
from engine.exchange.sheets import Column
from feel.sentences import Sentence

LONGEST = 500
_YES = frozenset({"是", "yes", "true", "1", "y"})
_NO = frozenset({"否", "no", "false", "0", "n"})


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in a cell: it is told, and never evaluated."""

    text: str


def read(column: Column, cell: object) -> Any:
    """The value of a cell; raises :class:`Refused` with what is wrong with it."""
    if isinstance(cell, Formula):
        raise _wrong(column, Sentence("A formula is never evaluated. Please enter its value."))
    text = "" if cell is None else _text(cell)
    if not text:
        if column.required:
            raise _wrong(column, Sentence("Please fill this in."))
        return None
    if len(text) > LONGEST:
        raise _wrong(column, Sentence("A cell holds at most {limit} characters.", limit=LONGEST))
    return {"text": _as_text, "flag": _flag, "day": _day, "number": _number, "money": _money}[column.kind](
        column, cell, text
    )


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _as_text(_column: Column, _cell: object, text: str) -> str:
    return text


def _flag(column: Column, _cell: object, text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise _wrong(column, Sentence("{text} is neither yes nor no.", text=text[:80]))


def _day(column: Column, _cell: object, text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise _wrong(column, Sentence("{text} is no date; write it as 2026-11-23.", text=text[:80])) from error


def _number(column: Column, _cell: object, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - no count of people or months is longer
        return int(text)
    raise _wrong(column, Sentence("{text} is no whole number.", text=text[:80]))


def _money(column: Column, _cell: object, text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise _wrong(column, Sentence("{text} is no amount.", text=text[:80])) from error
    if not amount.is_finite():
        raise _wrong(column, Sentence("{text} is no amount.", text=text[:80]))
    return amount


def _wrong(column: Column, sentence: Sentence) -> Refused:
    return Refused(sentence, field=column.name)
