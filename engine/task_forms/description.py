"""A form as a page shows it: the field tree with what is visible, required, offered and filled in right now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.task_forms import choices, formulas, moments, numbers
from engine.task_forms.fields import (
    ChoiceField,
    Field,
    GroupField,
    InputField,
    MomentField,
    NumberField,
    Option,
    RowsField,
    StaticField,
    TableField,
    TextField,
)
from engine.task_forms.formulas import FieldRefused, Setting, Surroundings, Variables
from engine.task_forms.settling import Settled, is_hidden, path_of
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Node:
    """One field of a page.

    ``path`` is also the name under which the page posts it. ``texts`` is what stands in an input (several for several
    choices); ``value`` is the typed value. ``rows`` are the nodes of each row, ``blank`` those of a new one, with
    "{row}" for its number in every path. ``limits`` holds what an input can be told: minimum, maximum, step,
    minimum_length, maximum_length. ``problem`` says why something could not be evaluated.
    """

    entry: Field
    path: str
    label: str
    description: str
    visible: bool = True
    required: bool = False
    readonly: bool = False
    value: Any = None
    texts: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    rows: tuple[tuple[Node, ...], ...] = ()
    blank: tuple[Node, ...] = ()
    problem: Sentence | None = None


class Description:
    """Builds the nodes of one form at rest; ``typed`` is what stood in the inputs, if that is to be shown again."""

    def __init__(self, around: Surroundings, state: Settled, typed: Mapping[str, tuple[str, ...]] | None) -> None:
        self.around = around
        self.state = state
        self.typed = typed

    def nodes(
        self, fields: Sequence[Field], values: Mapping[str, Any], variables: Variables, prefix: str = ""
    ) -> tuple[Node, ...]:
        """The nodes of one scope."""
        return tuple(self._node(entry, values, variables, prefix) for entry in fields)

    def _node(self, entry: Field, values: Mapping[str, Any], variables: Variables, prefix: str) -> Node:
        path = path_of(entry, prefix)
        value = values.get(entry.key) if entry.key else None
        found: dict[str, Any] = {"problem": self.state.failed.get(path)}
        if isinstance(entry, GroupField):
            scope, inside, inner = (values, variables, prefix)
            if entry.key:
                scope = value if isinstance(value, Mapping) else {}
                inside, inner = formulas.within(variables, scope), f"{path}."
            found["children"] = self.nodes(entry.children, scope, inside, inner)
        elif isinstance(entry, RowsField):
            found |= self._rows(entry, value, variables, path)
        elif isinstance(entry, TableField):
            found |= self._attempt("value", entry.source, variables)
        elif isinstance(entry, StaticField):
            found |= self._attempt("value", entry.content, variables)
        elif isinstance(entry, InputField):
            found |= self._input(entry, variables)
        if isinstance(entry, InputField):
            typed = None if self.typed is None else self.typed.get(path, ())
            readonly = path in self.state.locked
            found |= {"readonly": readonly, "texts": shown(value) if typed is None or readonly else typed}
        elif entry.key and not isinstance(entry, GroupField | RowsField):
            found |= {"readonly": True, "texts": shown(value)}
        return Node(
            entry=entry,
            path=path,
            label=self._words(entry.label, variables),
            description=self._words(entry.description, variables),
            visible=not is_hidden(path, self.state),
            **{"value": value, **{name: item for name, item in found.items() if item is not None}},
        )

    def _rows(self, entry: RowsField, value: Any, variables: Variables, path: str) -> dict[str, Any]:
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        made = tuple(
            self.nodes(entry.children, row, formulas.within(variables, row, number), f"{path}.{number}.")
            for number, row in enumerate(rows)
        )
        blank: tuple[Node, ...] = ()
        if not entry.fixed:
            unfilled = Description(self.around, Settled(), None)
            blank = unfilled.nodes(
                entry.children,
                defaults(entry.children),
                formulas.within(variables, {}, len(rows)),
                f"{path}.{{row}}.",
            )
        return {"rows": made, "blank": blank}

    def _input(self, entry: InputField, variables: Variables) -> dict[str, Any]:
        found: dict[str, Any] = {}
        try:
            found["required"] = formulas.holds(entry.required, variables, self.around)
            if isinstance(entry, ChoiceField):
                found["options"] = choices.options(entry, variables, self.around)
        except FieldRefused as refused:
            found["problem"] = refused.sentence
        found["limits"] = self._limits(entry, variables)
        return found

    def _limits(self, entry: InputField, variables: Variables) -> Mapping[str, str]:
        limits: dict[str, Any] = {}
        if isinstance(entry, NumberField):
            limits["minimum"] = numbers.bound_of(entry.minimum, variables, self.around)
            limits["maximum"] = numbers.bound_of(entry.maximum, variables, self.around)
            limits["step"] = "0.01" if entry.money else entry.increment or ("1" if entry.digits == 0 else "any")
        elif isinstance(entry, MomentField):
            limits["minimum"] = self._moment(entry, entry.not_before, variables)
            limits["maximum"] = self._moment(entry, entry.not_after, variables)
        elif isinstance(entry, TextField):
            limits["minimum_length"] = numbers.bound_of(entry.minimum_length, variables, self.around)
            limits["maximum_length"] = numbers.bound_of(entry.maximum_length, variables, self.around)
        return {name: str(limit) for name, limit in limits.items() if limit is not None}

    def _moment(self, entry: MomentField, bound: Setting, variables: Variables) -> str | None:
        try:
            return moments.bound_of(entry, bound, variables, self.around)
        except FieldRefused:
            return None  # a page shows no limit then; the check of the submission says so

    def _words(self, setting: Setting, variables: Variables) -> str:
        try:
            words = formulas.evaluate(setting, variables, self.around)
        except FieldRefused:
            return ""
        return words if isinstance(words, str) else ""

    def _attempt(self, name: str, setting: Setting, variables: Variables) -> dict[str, Any]:
        try:
            return {name: formulas.evaluate(setting, variables, self.around)}
        except FieldRefused as refused:
            return {"problem": refused.sentence}


def defaults(fields: Sequence[Field]) -> dict[str, Any]:
    """The values of a form, group or row that nobody has filled in yet."""
    values: dict[str, Any] = {}
    for entry in fields:
        if isinstance(entry, GroupField):
            inner = defaults(entry.children)
            values |= {entry.key: inner} if entry.key else inner
        elif isinstance(entry, RowsField):
            values[entry.key] = [] if entry.fixed else [defaults(entry.children) for _ in range(entry.initial_rows)]
        elif isinstance(entry, InputField) and entry.default is not None:
            values[entry.key] = entry.default
    return values


def shown(value: Any) -> tuple[str, ...]:
    """A value as inputs hold it."""
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, list | tuple):
        return tuple(text for item in value if not isinstance(item, Mapping) for text in shown(item))
    if isinstance(value, Decimal):
        return (format(value, "f"),)
    return (str(value),)
