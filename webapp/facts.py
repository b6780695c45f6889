"""The values of a matter as labelled facts: single ones as pairs, lists of rows as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from engine.history import Erased
from webapp import file_links
from webapp.formats import shown
from webapp.glossary import Entry, Glossary


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a table of facts."""

    label: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One value: ``shown``, or ``rows`` under ``columns``."""

    name: str
    label: str
    shown: Markup
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Markup]] = ()


def facts_of(variables: Mapping[str, Any], glossary: Glossary) -> list[Fact]:
    """The variables that a form names, in the order of the forms; what the machinery keeps for itself is left out."""
    return [
        fact(name, variables[name], entry)
        for name, entry in glossary.entries.items()
        if variables.get(name) not in (None, "", [])
    ]


def fact(name: str, value: Any, entry: Entry) -> Fact:
    """One value as people read it."""
    if isinstance(value, Erased):
        return Fact(name, entry.label, Markup("—"))
    if file_links.is_files(value):
        return Fact(name, entry.label, file_links.listed(value))
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return table(name, entry.label, value, entry.columns)
    return Fact(name, entry.label, shown(value, entry))


def table(name: str, label: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Entry]) -> Fact:
    """Rows as a table: the columns that the form names, then whatever else the rows hold."""
    others = {key: Entry(key, key) for row in rows for key in row if key not in columns}
    used = {
        key: entry
        for key, entry in {**columns, **others}.items()
        if any(row.get(key) not in (None, "") for row in rows)
    }
    return Fact(
        name,
        label,
        Markup(""),
        [Column(entry.label, entry.is_number) for entry in used.values()],
        [[shown(row.get(key), entry) for key, entry in used.items()] for row in rows],
    )
