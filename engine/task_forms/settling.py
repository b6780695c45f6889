"""Which fields are shown and what is computed, for given values: the state of a form that has come to rest.

Conditions and computed values may depend on one another (in no circle: ``structure`` refuses those), so they are
evaluated until nothing changes. A hidden field counts as null for all others.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.task_forms import formulas, numbers
from engine.task_forms.fields import (
    ComputedField,
    Field,
    GroupField,
    InputField,
    RowsField,
    saves,
)
from engine.task_forms.formulas import FieldRefused, Setting, Surroundings, Variables
from feel.sentences import Sentence


@dataclass(slots=True)
class Settled:
    """Values of all fields that are shown (nested as in the form), and what was found on the way, by path."""

    values: dict[str, Any] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    failed: dict[str, Sentence] = field(default_factory=dict)


class Placed(NamedTuple):
    """One field at its place: its path, its value, the names it sees, and what the matter held there before."""

    entry: Field
    path: str
    value: Any
    variables: Variables
    stored: Any


def settle(fields: Sequence[Field], given: Mapping[str, Any], around: Surroundings, passes: int) -> Settled:
    """The form at rest.

    ``given`` are typed values as the form nests them; ``passes`` is at least the number of fields, which no chain of
    dependencies is longer than.
    """
    before: Mapping[str, Any] = given
    state = Settled()
    for _ in range(passes + 2):
        following = Settled()
        place = _Place(given, before, around.current, ChainMap(dict(before), dict(around.current)), "")
        evaluation = _Pass(around, following)
        following.values = evaluation.scope(fields, place)
        if not evaluation.has_asked:  # no formula decides anything here, so nothing can change any more
            return following
        if following.values == state.values and following.hidden == state.hidden:
            return following
        state, before = following, following.values
    return state


def placed(fields: Sequence[Field], state: Settled, around: Surroundings) -> Iterator[Placed]:
    """Every field at its place, in each row again; hidden ones too, groups and lists before what is in them."""
    variables = ChainMap(state.values, dict(around.current))
    yield from _placed(fields, state.values, around.current, variables, "")


def is_hidden(path: str, state: Settled) -> bool:
    """Whether the field, or what it stands in, is hidden."""
    while path and state.hidden:
        if path in state.hidden:
            return True
        path = path.rpartition(".")[0]
    return False


def path_of(entry: Field, prefix: str) -> str:
    """The path of a field; one without a key is named by its id."""
    return f"{prefix}{entry.key or '#' + entry.id}"


@dataclass(frozen=True, slots=True)
class _Place:
    """One scope: what was given for it, what it was in the pass before, what the matter holds, and what it sees."""

    given: Mapping[str, Any]
    before: Mapping[str, Any]
    stored: Mapping[str, Any]
    variables: Variables
    prefix: str

    def within(self, key: str) -> _Place:
        """The scope of a group with that key."""
        before = _context(self.before.get(key))
        return _Place(
            _context(self.given.get(key)),
            before,
            _context(self.stored.get(key)),
            formulas.within(self.variables, before),
            f"{self.prefix}{key}.",
        )


class _Pass:
    """One evaluation of all conditions and expressions, with the values of the pass before."""

    def __init__(self, around: Surroundings, state: Settled) -> None:
        self.around = around
        self.state = state
        self.has_asked = False

    def scope(self, fields: Sequence[Field], place: _Place, *, hidden: bool = False) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for entry in fields:
            path = path_of(entry, place.prefix)
            hides = hidden or self._condition(entry.hide, place, path)
            if hides:
                self.state.hidden.add(path)
            if isinstance(entry, GroupField) and not entry.key:
                values |= self.scope(entry.children, place, hidden=hides)
            elif saves(entry):
                values[entry.key] = None if hides else self._value(entry, place, path)
        return values

    def _condition(self, setting: Setting, place: _Place, path: str) -> bool:
        if setting is None or isinstance(setting, bool):
            return setting is True
        self.has_asked = True
        try:
            return formulas.holds(setting, place.variables, self.around)
        except FieldRefused as refused:
            self.state.failed[path] = refused.sentence
            return False

    def _value(self, entry: Field, place: _Place, path: str) -> Any:
        if isinstance(entry, GroupField):
            return self.scope(entry.children, place.within(entry.key))
        if isinstance(entry, RowsField):
            return self._rows(entry, place, path)
        if isinstance(entry, ComputedField):
            self.state.locked.add(path)
            self.has_asked = True
            try:
                return numbers.computed(entry, formulas.evaluate(entry.expression, place.variables, self.around))
            except FieldRefused as refused:
                self.state.failed[path] = refused.sentence
                return None
        if isinstance(entry, InputField) and (entry.disabled or self._condition(entry.readonly, place, path)):
            self.state.locked.add(path)
            return place.stored.get(entry.key, entry.default)
        return place.given.get(entry.key)

    def _rows(self, entry: RowsField, place: _Place, path: str) -> list[Any]:
        given, before = _list(place.given.get(entry.key)), _list(place.before.get(entry.key))
        stored = _list(place.stored.get(entry.key)) if entry.fixed else []
        rows = []
        for number in range(len(stored) if entry.fixed else len(given)):
            past = _context(_at(before, number))
            inside = formulas.within(place.variables, past, number)
            row = _Place(
                _context(_at(given, number)), past, _context(_at(stored, number)), inside, f"{path}.{number}."
            )
            rows.append(self.scope(entry.children, row))
        return rows


def _placed(
    fields: Sequence[Field],
    values: Mapping[str, Any],
    stored: Mapping[str, Any],
    variables: Variables,
    prefix: str,
) -> Iterator[Placed]:
    for entry in fields:
        path = path_of(entry, prefix)
        value, old = (values.get(entry.key), stored.get(entry.key)) if entry.key else (None, None)
        yield Placed(entry, path, value, variables, old)
        if isinstance(entry, GroupField) and not entry.key:
            yield from _placed(entry.children, values, stored, variables, prefix)
        elif isinstance(entry, GroupField):
            inside = formulas.within(variables, _context(value))
            yield from _placed(entry.children, _context(value), _context(old), inside, f"{path}.")
        elif isinstance(entry, RowsField):
            for number, row in enumerate(_list(value)):
                inside = formulas.within(variables, _context(row), number)
                kept = _context(_at(_list(old), number)) if entry.fixed else {}
                yield from _placed(entry.children, _context(row), kept, inside, f"{path}.{number}.")


def _context(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else []


def _at(values: Sequence[Any], number: int) -> Any:
    return values[number] if number < len(values) else None
