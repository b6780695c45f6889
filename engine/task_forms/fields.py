"""What a form consists of: the field tree that is checked, saved and shown. Nothing here changes after compiling.

A *setting* is a constant or compiled FEEL (see ``formulas``). ``key`` is the name of the variable; paths join keys
and row numbers with points: "lines.2.qty".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.task_forms.formulas import Setting

MAXIMUM_ROWS = 200

MONEY = ("元", "CNY", "RMB")
"""Units that make a number an amount of money."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is saved, and what people read."""

    value: str | bool
    label: str

    @property
    def text(self) -> str:
        """The value as pages post it."""
        return str(self.value).lower() if isinstance(self.value, bool) else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What all have: where they are, what they are called, and when they are shown."""

    id: str
    type: str  # of form-js
    key: str = ""
    label: Setting = ""
    description: Setting = ""
    hide: Setting = False
    columns: int | None = None  # of the 16 columns of a row of the page
    row: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputField(Field):
    """What people fill in."""

    required: Setting = False
    readonly: Setting = False
    disabled: bool = False
    default: Any = None
    rule: Setting = None
    rule_message: str = ""
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(InputField):
    """A line or, ``multiline``, a text."""

    multiline: bool = False
    minimum_length: Setting = None
    maximum_length: Setting = None
    pattern: Any = None  # compiled RE2
    pattern_message: str = ""
    format: str | None = None  # "email", "phone"
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(InputField):
    """A decimal number; ``money`` has at most two decimals, ``digits`` 0 makes it an integer."""

    digits: int | None = None
    money: bool = False
    minimum: Setting = None
    maximum: Setting = None
    more_than: Setting = None
    less_than: Setting = None
    increment: str | None = None
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckboxField(InputField):
    """True or false; ``required`` demands true, as in form-js."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(InputField):
    """One of several values or, ``multiple``, any of them.

    They are listed (``options``), in a variable (``values_key``), computed (``values``), the people who hold a post
    (``people``: its code, "*" for everybody) or the units of a kind (``units``).
    """

    multiple: bool = False
    boolean: bool = False
    options: tuple[Option, ...] = ()
    values_key: str | None = None
    values: Setting = None
    people: str | None = None
    units: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentField(InputField):
    """A ``kind`` of "date", "time" or "datetime"; ``zone`` says how a time is written: offset, utc or none."""

    kind: str
    zone: str = "offset"
    not_before: Setting = None
    not_after: Setting = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField(InputField):
    """Attached files, as a list of records; ``accept`` as in HTML ("image/*,.pdf")."""

    multiple: bool = False
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupField(Field):
    """Fields that belong together; with a ``key`` their values are a context of their own."""

    children: tuple[Field, ...] = ()
    outline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsField(Field):
    """A list of rows; ``fixed`` rows come from the matter, and none is added or removed."""

    children: tuple[Field, ...] = ()
    minimum_rows: int = 0
    maximum_rows: int = MAXIMUM_ROWS
    initial_rows: int = 1
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedField(Field):
    """A value that the server computes and saves; ``money`` is rounded half up to two decimals."""

    expression: Setting = None
    money: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableField(Field):
    """Rows that are only shown; ``source`` gives them, ``columns_of`` pairs a key and a label (none: the keys)."""

    source: Setting = None
    columns_of: tuple[tuple[str, str], ...] = ()
    page_size: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticField(Field):
    """A text, separator, spacer or image: only shown. ``content`` is the text, or the address of the image."""

    content: Setting = ""


def money_names(entries: Iterable[Field]) -> Iterator[str]:
    """The variables that hold an amount of money, those in rows left out."""
    for entry in entries:
        if isinstance(entry, GroupField) and not entry.key:
            yield from money_names(entry.children)
        elif saves(entry) and is_money(entry):
            yield entry.key


def is_money(entry: Field) -> bool:
    """Whether a field is an amount of money: it says so, or its unit does."""
    return bool(getattr(entry, "money", False)) or getattr(entry, "suffix", "") in MONEY


def saves(entry: Field) -> bool:
    """Whether the field has a value in the variables."""
    return bool(entry.key) and not isinstance(entry, TableField | StaticField)
