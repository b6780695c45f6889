"""What may be saved of a submission: every rule of the form, the same for pages and for the API.

Values that nobody may send (unknown names, hidden, read-only and computed fields) are refused when ``strict``; a
page, which posts what stood in it, has hidden and read-only values ignored instead. Unknown names are always refused.
A submission is the whole form: what it does not hold is empty, never what an earlier step left in the matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import FormRefused
from engine.task_forms import choices, files, formulas, moments, numbers, texts
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
from engine.task_forms.formulas import FieldRefused, Surroundings
from engine.task_forms.settling import Placed, Settled, is_hidden, path_of, placed
from engine.task_forms.structure import in_scope
from engine.task_forms.values import Parsed
from feel.sentences import Sentence


def check(
    fields: Sequence[Field],
    submission: Parsed,
    state: Settled,
    around: Surroundings,
    sent: Mapping[str, Any] | None,
) -> None:
    """Raise :class:`FormRefused` with everything that is wrong; ``sent`` is the JSON if the caller is strict."""
    errors: dict[str, list[Sentence]] = defaultdict(list)
    for name in sorted(submission.unknown):
        errors[name[:200]].append(Sentence("This form has no such field."))
    sent_values = {} if sent is None else dict(_sent(fields, sent, ""))
    visited: set[str] = set()
    for place in placed(fields, state, around):
        visited.add(place.path)
        errors[place.path].extend(_found(place, submission, state, around, sent_values))
        if isinstance(place.entry, RowsField) and place.entry.fixed and not is_hidden(place.path, state):
            errors[place.path].extend(_wrong_rows(place, sent_values, submission))
    for path in submission.errors.keys() - visited:  # of rows that are no rows
        if not is_hidden(path, state):
            errors[path].append(submission.errors[path])
    found = {path: sentences for path, sentences in errors.items() if sentences}
    if found:
        raise FormRefused(found)


def _found(
    place: Placed, submission: Parsed, state: Settled, around: Surroundings, sent: Mapping[str, Any]
) -> Iterator[Sentence]:
    """What is wrong at one place."""
    path = place.path
    if is_hidden(path, state):
        if not _is_nothing(sent.get(path) or None):
            yield Sentence("This field is hidden here, so it takes no value.")
    elif path in state.failed:
        yield state.failed[path]
    elif path in state.locked:
        if path in sent and not _same(sent[path], place.value):
            yield _not_yours(place.entry)
    elif path in submission.errors:
        yield submission.errors[path]
    else:
        yield from _wrong(place, around)


def saved(
    fields: Sequence[Field], values: Mapping[str, Any], stored: Mapping[str, Any], state: Settled
) -> dict[str, Any]:
    """The variables to write: no hidden value, and of read-only ones those that the matter does not have yet.

    A context or a row keeps what else it holds, because it is written as a whole.
    """
    return _saved(fields, values, stored, state, "", whole=False)


def _saved(
    fields: Sequence[Field],
    values: Mapping[str, Any],
    stored: Mapping[str, Any],
    state: Settled,
    prefix: str,
    *,
    whole: bool,
) -> dict[str, Any]:
    kept: dict[str, Any] = dict(stored) if whole else {}
    for entry in fields:
        path = path_of(entry, prefix)
        if is_hidden(path, state):
            continue
        if isinstance(entry, GroupField) and not entry.key:
            kept |= _saved(entry.children, values, stored, state, prefix, whole=False)
        elif not saves(entry):
            continue
        elif isinstance(entry, GroupField):
            inner, old = _context(values.get(entry.key)), _context(stored.get(entry.key))
            kept[entry.key] = _saved(entry.children, inner, old, state, f"{path}.", whole=True)
        elif isinstance(entry, RowsField):
            old_rows = stored.get(entry.key) if entry.fixed else None
            kept[entry.key] = [
                _saved(entry.children, row, _row(old_rows, number), state, f"{path}.{number}.", whole=True)
                for number, row in enumerate(values.get(entry.key) or [])
            ]
        elif path not in state.locked or isinstance(entry, ComputedField):
            kept[entry.key] = values.get(entry.key)
        elif entry.key not in stored and values.get(entry.key) is not None and not _is_disabled(entry):
            kept[entry.key] = values[entry.key]
    return kept


def _wrong(place: Placed, around: Surroundings) -> Iterator[Sentence]:
    entry = place.entry
    try:
        if isinstance(entry, RowsField):
            yield from _wrong_count(entry, len(place.value or []))
        elif isinstance(entry, InputField):
            if _is_nothing(place.value) or (place.value is False and isinstance(entry, CheckboxField)):
                if formulas.holds(entry.required, place.variables, around):
                    yield _required(entry)
            else:
                yield from _constrained(place, around)
            yield from _rule(place, around)
    except FieldRefused as refused:
        yield refused.sentence


def _constrained(place: Placed, around: Surroundings) -> Iterator[Sentence]:
    entry, value, variables = place.entry, place.value, place.variables
    if isinstance(entry, TextField):
        yield from texts.constrain(entry, value, variables, around)
    elif isinstance(entry, NumberField):
        yield from numbers.constrain(entry, value, variables, around)
    elif isinstance(entry, MomentField):
        yield from moments.constrain(entry, value, variables, around)
    elif isinstance(entry, ChoiceField):
        yield from choices.constrain(entry, value, variables, around)
    elif isinstance(entry, FileField):
        yield from files.constrain(entry, value)


def _rule(place: Placed, around: Surroundings) -> Iterator[Sentence]:
    """The form's own rule, for a value that is there; what cannot be said to hold does not hold."""
    entry = place.entry
    if not isinstance(entry, InputField) or entry.rule is None:
        return
    if not _is_nothing(place.value) and not formulas.holds(entry.rule, place.variables, around):
        yield Sentence("{message}", message=Sentence(entry.rule_message))


def _wrong_count(entry: RowsField, count: int) -> Iterator[Sentence]:
    if count < entry.minimum_rows:
        yield Sentence("Too few rows: at least {minimum} needed.", minimum=entry.minimum_rows)
    if count > entry.maximum_rows:
        yield Sentence("Too many rows: at most {maximum} allowed.", maximum=entry.maximum_rows)


def _wrong_rows(place: Placed, sent: Mapping[str, Any], submission: Parsed) -> Iterator[Sentence]:
    """Rows that the matter gives are neither more nor fewer; a page may leave out rows in which nothing is ticked."""
    there = len(place.value or [])
    posted: Any = submission.values
    for name in place.path.split("."):
        posted = posted[int(name)] if isinstance(posted, list) else posted.get(name, {})
    if len(posted) > there or (place.path in sent and len(posted) != there):
        yield Sentence("Rows can neither be added nor removed here.")


def _required(entry: InputField) -> Sentence:
    if isinstance(entry, CheckboxField):
        return Sentence("This must be ticked.")
    if isinstance(entry, ChoiceField):
        return Sentence("Please choose.")
    if isinstance(entry, FileField):
        return Sentence("Please attach a file.")
    return Sentence("Please fill in this field.")


def _not_yours(entry: Field) -> Sentence:
    if isinstance(entry, ComputedField):
        return Sentence("This value is computed and cannot be changed.")
    return Sentence("This value can only be read here.")


def _sent(fields: Sequence[Field], values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Every value that a client sent, by path."""
    for entry in in_scope(fields):
        if not saves(entry) or entry.key not in values:
            continue
        path, value = prefix + entry.key, values[entry.key]
        yield path, value
        if isinstance(entry, GroupField):
            yield from _sent(entry.children, _context(value), f"{path}.")
        elif isinstance(entry, RowsField) and isinstance(value, list | tuple):
            for number, row in enumerate(value):
                yield from _sent(entry.children, _context(row), f"{path}.{number}.")


def _is_nothing(value: Any) -> bool:
    """Whether nothing was filled in; nought and false are something."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def _same(sent: Any, value: Any) -> bool:
    return bool(sent == value) and isinstance(sent, bool) == isinstance(value, bool)


def _is_disabled(entry: Field) -> bool:
    return isinstance(entry, InputField) and entry.disabled


def _context(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _row(rows: Any, number: int) -> Mapping[str, Any]:
    return _context(rows[number]) if isinstance(rows, list | tuple) and number < len(rows) else {}
