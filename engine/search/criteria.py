"""What is asked of one field, as SQL: equal, one of, like, between, known at all.

A criterion is a field's name with operators and their values. What a field cannot be asked is refused by name, so a
wrong search never looks like an empty answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from engine.errors import FormRefused
from feel.sentences import Sentence

Operator = Literal["eq", "neq", "exists", "in", "not_in", "like", "gt", "gte", "lt", "lte"]
Criteria = Mapping[str, Mapping[Operator, Any]]
"""By field: the operators that must hold, all of them."""

LONGEST_PATTERN = 256
MOST_VALUES = 1000


class Field(Protocol):
    """A field of a noun that can be asked for."""

    def matches(self, operator: Operator, value: Any) -> ColumnElement[bool]:
        """The condition; raises :class:`FormRefused` where the field cannot be asked that."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field that is a column of the rows; ``nullable`` says whether it may be missing."""

    expression: Any
    nullable: bool = False

    def matches(self, operator: Operator, value: Any) -> Any:
        """The comparison in SQL; what is missing equals nothing, and so differs from everything."""
        column = self.expression
        if operator == "exists":
            return column.is_not(None) if value else column.is_(None)
        if operator == "neq":
            return or_(column != value, column.is_(None)) if self.nullable else column != value
        if operator == "not_in":
            outside = column.not_in(list(value))
            return or_(outside, column.is_(None)) if self.nullable else outside
        return _positive(column, operator, value)


@dataclass(frozen=True, slots=True)
class Through:
    """A field with many values a row: ``rows`` selects the keys of the rows that have such a value.

    ``key`` is what is looked up there, ``expression`` the column of the value.
    """

    key: Any
    rows: Any
    expression: Any

    def matches(self, operator: Operator, value: Any) -> Any:
        """One of its values fits; a negation means that none does."""
        if operator == "exists":
            return self.key.in_(self.rows) if value else self.key.not_in(self.rows)
        if operator in ("neq", "not_in"):
            opposite: Operator = "eq" if operator == "neq" else "in"
            return self.key.not_in(self.rows.where(_positive(self.expression, opposite, value)))
        return self.key.in_(self.rows.where(_positive(self.expression, operator, value)))


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field whose values are made from several columns (a state, a flag): a condition for each value."""

    conditions: Mapping[Any, ColumnElement[bool]]

    def matches(self, operator: Operator, value: Any) -> Any:
        """Every row has exactly one of the values."""
        if operator == "exists":
            return true() if value else false()
        if operator in ("eq", "in"):
            return self._one_of([value] if operator == "eq" else value)
        if operator in ("neq", "not_in"):
            return not_(self._one_of([value] if operator == "neq" else value))
        if operator == "like":
            pattern = _like(value).replace("\\", "").lower()
            return self._one_of([name for name in self.conditions if _fits(str(name).lower(), pattern)])
        raise _refused(operator)

    def _one_of(self, values: Sequence[Any]) -> ColumnElement[bool]:
        return or_(false(), *(self.conditions[value] for value in values if value in self.conditions))


@dataclass(frozen=True, slots=True)
class Computed:
    """A field that is asked by one operator alone, in its own way."""

    operator: Operator
    condition: Callable[[Any], ColumnElement[bool]]

    def matches(self, operator: Operator, value: Any) -> Any:
        """The condition for the value."""
        if operator != self.operator:
            raise _refused(operator)
        return self.condition(value)


def conditions(fields: Mapping[str, Field], criteria: Criteria) -> ColumnElement[bool]:
    """All of the criteria; raises :class:`FormRefused` naming the field that cannot be asked so."""
    found: list[ColumnElement[bool]] = []
    for name, operators in criteria.items():
        field = fields.get(name)
        if field is None:
            raise FormRefused({f"filter.{name}": [Sentence("This field cannot be searched.")]})
        for operator, value in operators.items():
            try:
                found.append(field.matches(operator, value))
            except FormRefused as refused:
                raise FormRefused({f"filter.{name}": refused.fields[""]}) from refused
    return and_(true(), *found)


def _positive(column: Any, operator: Operator, value: Any) -> ColumnElement[bool]:
    comparisons: dict[Operator, Callable[[], ColumnElement[bool]]] = {
        "eq": lambda: column == value,
        "in": lambda: column.in_(list(value)),
        "gt": lambda: column > value,
        "gte": lambda: column >= value,
        "lt": lambda: column < value,
        "lte": lambda: column <= value,
        "like": lambda: column.ilike(_like(value), escape="\\"),
    }
    if operator == "in" and len(value) > MOST_VALUES:
        raise FormRefused({"": [Sentence("At most {limit} values can be asked for at once.", limit=MOST_VALUES)]})
    return comparisons[operator]()


def _like(pattern: str) -> str:
    """``*`` stands for any text, ``?`` for one character, a backslash before either for itself."""
    if len(pattern) > LONGEST_PATTERN:
        raise FormRefused({"": [Sentence("A pattern has at most {limit} characters.", limit=LONGEST_PATTERN)]})
    made, escaped = [], False
    for character in pattern:
        if escaped or character not in "\\*?":
            made.append(f"\\{character}" if character in "\\%_" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            made.append("%" if character == "*" else "_")
    return "".join(made) + ("\\\\" if escaped else "")


def _fits(text: str, pattern: str) -> bool:
    """SQL's LIKE for the few words of a state."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_fits(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and _fits(text[1:], pattern[1:])


def _refused(operator: Operator) -> FormRefused:
    return FormRefused({"": [Sentence("This field cannot be asked for by ${operator}.", operator=operator)]})
