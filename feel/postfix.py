"""Closures for what follows a value: paths, filters and calls."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.numbers import whole
from feel.scope import Scope
from feel.sentences import Sentence
from feel.values import Function, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter, Place

    Run = Callable[[Scope], object]


def path_run(source: Run, name: str, place: Place) -> Run:
    """``source.name``; a list gives the list of its items' parts."""

    def run(scope: Scope) -> object:
        value = source(scope)
        if value.__class__ is dict and name in value:
            return value[name]
        if value.__class__ is list:
            scope.meter.spend(1 + len(value) // 10)
            return [member(item, name, scope.meter, place) for item in value]
        return member(value, name, scope.meter, place)

    return run


def member(value: object, name: str, meter: Meter, place: Place) -> object:
    """A part of one value, or null and a warning."""
    if value.__class__ is dict:
        if name in value:
            return value[name]
    elif value is None:
        meter.warn("null", Sentence("Null has no “{name}”.", name=name), place)
        return None
    elif value.__class__ is not list and hasattr(value, "feel_kind"):
        try:
            return value.member(name)  # type: ignore[attr-defined]
        except KeyError:
            pass
    meter.warn("name", Sentence("A {type} has no “{name}”.", type=kind_of(value), name=name), place)
    return None


def filter_run(source: Run, condition: Run, cost: int, constant: object, place: Place) -> Run:
    """``source[condition]``: by position where the condition is a number, else by truth for every item."""

    def by_position(scope: Scope) -> object:
        value = source(scope)
        items = value if value.__class__ is list else [] if value is None else [value]
        return nth(items, constant, scope.meter, place)  # type: ignore[arg-type]

    def run(scope: Scope) -> object:
        value = source(scope)
        if value is None:
            return None
        items: list[object] = value if value.__class__ is list else [value]
        meter = scope.meter
        chosen: list[object] = []
        for index, item in enumerate(items):
            meter.spend(cost)
            inner = Scope({"item": item}, scope, meter)
            if item.__class__ is dict:
                inner = Scope(item, inner, meter)
            answer = condition(inner)
            if answer is True:
                chosen.append(item)
            elif index == 0 and answer.__class__ is Decimal:
                return nth(items, answer, meter, place)
            elif answer is not False:
                kind = "null" if answer is None else "type"
                meter.warn(kind, Sentence("A filter needs true or false, not a {type}.", type=kind_of(answer)), place)
        return chosen

    return by_position if constant.__class__ is Decimal else run


def nth(items: list[object], position: Decimal, meter: Meter, place: Place) -> object:
    """The item at a position from 1, or from -1 backwards."""
    index = whole(position)
    if index != position:
        meter.warn("argument", Sentence("{position} is no position in a list.", position=str(position)), place)
        return None
    if 0 < index <= len(items):
        return items[index - 1]
    if 0 < -index <= len(items):
        return items[index]
    meter.warn(
        "argument",
        Sentence("There is no item {position} in a list of {count}.", position=index, count=len(items)),
        place,
    )
    return None


def call_run(function: Run, positional: list[Run], named: list[tuple[str, Run]], place: Place) -> Run:
    """A call; what is called must be a function."""

    def run(scope: Scope) -> object:
        meter = scope.meter
        called = function(scope)
        if not isinstance(called, Function):
            meter.warn("type", Sentence("A {type} is no function and cannot be called.", type=kind_of(called)), place)
            return None
        meter.spend(1)
        if named:
            values = {name: argument(scope) for name, argument in named}
            meter.place = place
            return called.invoke_named(meter, values)
        arguments = [argument(scope) for argument in positional]
        meter.place = place
        return called.invoke(meter, arguments)

    return run
