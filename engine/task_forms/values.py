"""From what was submitted to typed values, by the two doors: texts that a page posted, and JSON of the API.

Both give values nested as the form is, errors by path, and never stop at the first error. Rules that need other
values (required, limits, choices) are not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Refused
from engine.task_forms import choices, files, moments, numbers, texts
from engine.task_forms.fields import (
    CheckboxField,
    ChoiceField,
    ComputedField,
    Field,
    FileField,
    GroupField,
    InputField,
    MomentField,
    NumberField,
    RowsField,
    TextField,
    saves,
)
from engine.task_forms.formulas import FieldRefused
from engine.task_forms.structure import in_scope
from feel.sentences import Sentence

MAXIMUM_POSTED = 10_000
_ROW = re.compile(r"([0-9]{1,5})\.")


@dataclass(slots=True)
class Parsed:
    """What a page posted, as typed values; ``texts`` is what stood in each field, to be shown again.

    Rows that were left empty are gone and the others are numbered anew, in ``values``, ``errors`` and ``texts``.
    ``errors`` are those of texts that are no value of their field; ``unknown`` names belong to no field.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Sentence] = field(default_factory=dict)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def parsed(fields: Sequence[Field], posted: Mapping[str, str | Sequence[str]]) -> Parsed:
    """What was posted under names that are paths: ``{"purpose": "…", "lines.0.qty": "3"}``."""
    result = Parsed()
    if len(posted) > MAXIMUM_POSTED:
        raise Refused(Sentence("More than {maximum} values were sent.", maximum=MAXIMUM_POSTED))
    by_name = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in posted.items()}
    used: set[str] = set()
    result.values = _parsed_scope(fields, by_name, "", "", used, result)
    result.unknown = set(by_name) - used
    return result


def _parsed_scope(
    fields: Sequence[Field],
    posted: Mapping[str, tuple[str, ...]],
    name: str,
    path: str,
    used: set[str],
    result: Parsed,
) -> dict[str, Any]:
    """``name`` is where the page had it, ``path`` where it is after the empty rows are gone."""
    values: dict[str, Any] = {}
    for entry in in_scope(fields):
        if isinstance(entry, RowsField):
            values[entry.key] = _parsed_rows(entry, posted, name + entry.key, path + entry.key, used, result)
        elif isinstance(entry, GroupField):
            inner = f"{entry.key}."
            values[entry.key] = _parsed_scope(entry.children, posted, name + inner, path + inner, used, result)
        elif isinstance(entry, InputField | ComputedField):
            posted_texts = posted.get(name + entry.key, ())
            used.add(name + entry.key)
            if posted_texts:
                result.texts[path + entry.key] = posted_texts
            if isinstance(entry, InputField):
                values[entry.key] = _collected(result.errors, path + entry.key, _parse, entry, posted_texts)
    return values


def _parsed_rows(
    entry: RowsField, posted: Mapping[str, tuple[str, ...]], name: str, path: str, used: set[str], result: Parsed
) -> list[dict[str, Any]]:
    numbered: dict[int, list[str]] = {}
    for posted_name in posted:
        if posted_name.startswith(f"{name}."):
            match = _ROW.match(posted_name[len(name) + 1 :])
            if match and match[1] == str(int(match[1])):
                numbered.setdefault(int(match[1]), []).append(posted_name)
    rows: list[dict[str, Any]] = []
    for number in sorted(numbered):
        blank = not any(text.strip() for posted_name in numbered[number] for text in posted[posted_name])
        if blank and not entry.fixed:
            used.update(numbered[number])
        else:
            place = number if entry.fixed else len(rows)
            rows.extend({} for _ in range(place - len(rows)) if place <= entry.maximum_rows)
            row = _parsed_scope(entry.children, posted, f"{name}.{number}.", f"{path}.{place}.", used, result)
            rows.append(row)
        if len(rows) > entry.maximum_rows:
            result.errors[path] = too_many_rows(entry)
            used.update(posted_name for names in numbered.values() for posted_name in names)
            break
    return rows


def _parse(entry: InputField, posted: tuple[str, ...]) -> Any:
    if isinstance(entry, ChoiceField):
        return choices.parse(entry, posted)
    if isinstance(entry, FileField):
        return files.parse(entry, posted)
    if isinstance(entry, CheckboxField):
        return choices.parse_checkbox(entry, posted)
    if len(posted) > 1:
        raise FieldRefused(Sentence("This was sent more than once."))
    text = posted[0] if posted else ""
    if isinstance(entry, NumberField):
        return numbers.parse(entry, text)
    if isinstance(entry, MomentField):
        return moments.parse(entry, text)
    if isinstance(entry, TextField):
        return texts.normalise(entry, texts.parse(entry, text))
    raise TypeError(f"no door for {type(entry).__name__}")


def normalised(fields: Sequence[Field], submitted: Mapping[str, Any]) -> Parsed:
    """What a client of the API sent as JSON; names that belong to no field are ``unknown``."""
    result = Parsed()
    result.values = _normalised_scope(fields, submitted, "", result)
    return result


def _normalised_scope(
    fields: Sequence[Field], submitted: Mapping[str, Any], path: str, result: Parsed
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    known: set[str] = set()
    for entry in in_scope(fields):
        if not saves(entry):
            continue
        known.add(entry.key)
        here, value = path + entry.key, submitted.get(entry.key)
        if isinstance(entry, RowsField):
            values[entry.key] = _normalised_rows(entry, value, here, result)
        elif isinstance(entry, GroupField):
            if value is not None and not isinstance(value, Mapping):
                result.errors[here] = Sentence("An object with the fields of this group is expected here.")
            inner = value if isinstance(value, Mapping) else {}
            values[entry.key] = _normalised_scope(entry.children, inner, f"{here}.", result)
        elif isinstance(entry, InputField):
            values[entry.key] = _collected(result.errors, here, normalise, entry, value)
    result.unknown.update(path + str(name) for name in submitted if name not in known)
    return values


def _normalised_rows(entry: RowsField, value: Any, path: str, result: Parsed) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        result.errors[path] = Sentence("A list of rows is expected here.")
        return []
    if len(value) > entry.maximum_rows:
        result.errors[path] = too_many_rows(entry)
        return []
    rows = []
    for number, row in enumerate(value):
        if not isinstance(row, Mapping):
            result.errors[f"{path}.{number}"] = Sentence("A row is an object with its fields.")
        inner = row if isinstance(row, Mapping) else {}
        rows.append(_normalised_scope(entry.children, inner, f"{path}.{number}.", result))
    return rows


def normalise(entry: InputField, value: Any) -> Any:
    """The typed value of one field; raises :class:`FieldRefused`."""
    return _NORMALISING[type(entry)](entry, value)


_NORMALISING: Mapping[type[InputField], Callable[[Any, Any], Any]] = {
    ChoiceField: choices.normalise,
    FileField: files.normalise,
    CheckboxField: choices.normalise_checkbox,
    NumberField: numbers.normalise,
    MomentField: moments.normalise,
    TextField: texts.normalise,
}


def too_many_rows(entry: RowsField) -> Sentence:
    """The sentence for a list that is too long."""
    return Sentence("Too many rows: at most {maximum} allowed.", maximum=entry.maximum_rows)


def _collected(
    errors: dict[str, Sentence], path: str, door: Callable[[Any, Any], Any], entry: InputField, value: Any
) -> Any:
    """The value that the door gives; if it refuses, its sentence is collected and the value is None."""
    try:
        return door(entry, value)
    except FieldRefused as refused:
        errors[path] = refused.sentence
        return None
