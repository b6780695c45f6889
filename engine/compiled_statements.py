"""A statement in the words of one dialect: compiled once, with how values go into it and rows come out of it."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Dialect, Executable

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

_Process = Callable[[Any], Any]
_VALUES = re.compile(r"^INSERT [^;]* VALUES (\([^()]*\))")
_MOST_PARAMETERS = 50


class CompiledStatement:
    """The text, the parameters that the driver takes for values, and named tuples for its rows."""

    __slots__ = (
        "_all_given",
        "_constants",
        "_given",
        "_group",
        "_out",
        "_processed",
        "_row",
        "_texts",
        "text",
        "together",
        "writes",
    )

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        positional = copy(dialect)
        if not positional.positional:
            positional.paramstyle, positional.positional = "format", True
        compiled = cast("SQLCompiler", statement.compile(dialect=positional))  # type: ignore[attr-defined] # all can
        self.text = str(compiled)
        self.writes = bool(getattr(statement, "is_dml", False))
        into = [_binding(compiled, name, dialect) for name in compiled.positiontup or ()]
        self._given = [(index, each.name) for index, each in enumerate(into) if each.name is not None]
        self._processed = [
            (index, each.process, each.has_text_for_none)
            for index, each in enumerate(into)
            if each.name is not None and each.process is not None
        ]
        self._constants = [each.value for each in into]
        names = [name for _index, name in self._given]
        # one name alone would give its bare value; a constant has its place between the others
        self._all_given = itemgetter(*names) if 1 < len(names) == len(into) else None
        values = _VALUES.search(self.text)
        self._group = "" if values is None else values.group(1)
        self._texts: dict[int, str] = {}
        #: How many rows go into one statement: psycopg keeps what it made of a text up to so many parameters.
        self.together = _MOST_PARAMETERS // len(into) if values is not None and into else 0
        columns = list(getattr(statement, "exported_columns", ()))
        row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc] # known at run time  # noqa: PYI024 - the same
        self._row = row._make
        processes = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        self._out = [(index, process) for index, process in enumerate(processes) if process is not None]

    def text_for(self, rows: int) -> str:
        """The text that inserts so many rows at once."""
        text = self._texts.get(rows)
        if text is None:
            text = self._texts[rows] = self.text.replace(self._group, ", ".join([self._group] * rows), 1)
        return text

    def bound(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters as the driver takes them."""
        values: Any
        if self._all_given is not None:
            values = self._all_given(given)
            if not self._processed:
                return cast("tuple[Any, ...]", values)
            values = list(values)
        else:
            values = self._constants.copy()
            for index, name in self._given:
                values[index] = given[name]
        for index, process, has_text_for_none in self._processed:
            value = values[index]
            if value is not None or has_text_for_none:
                values[index] = process(value)
        return tuple(values)

    def row(self, found: Sequence[Any]) -> Any:
        """A row as the driver gave it, as a named tuple of Python's values."""
        if self._out:
            found = list(found)
            for index, process in self._out:
                value = found[index]
                if value is not None:
                    found[index] = process(value)
        return self._row(found)


class _Binding(NamedTuple):
    """The name under which a parameter is given, and how it is made the driver's; a constant has no name."""

    name: str | None
    process: _Process | None = None
    has_text_for_none: bool = False
    value: Any = None


def _binding(compiled: SQLCompiler, name: str, dialect: Dialect) -> _Binding:
    parameter = compiled.binds[name]
    process: _Process | None = parameter.type.dialect_impl(dialect).bind_processor(dialect)
    if parameter.required:
        return _Binding(parameter.key, process, getattr(parameter.type, "keep_none", False))
    value = parameter.effective_value
    return _Binding(None, value=value if process is None else process(value))
