"""Context functions (DMN 1.5, table 81)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.builtin.registry import NoResult, builtin
from feel.sentences import Sentence
from feel.values import kind_of

if TYPE_CHECKING:
    from feel.meter import Meter


@builtin("get value", "m: context", "key: string")
def get_value(meter: Meter, context: dict[str, object], key: str) -> object:
    """get value({a: 1}, "a") = 1; null where there is no such entry."""
    return context.get(key)


@builtin("get entries", "m: context")
def get_entries(meter: Meter, context: dict[str, object]) -> object:
    """get entries({a: 1}) = [{key: "a", value: 1}]."""
    meter.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context(meter: Meter, entries: list[object]) -> object:
    """context([{key: "a", value: 1}]) = {a: 1}."""
    meter.spend(len(entries) // 10)
    result: dict[str, object] = {}
    for entry in entries:
        if entry.__class__ is not dict or not {"key", "value"} <= entry.keys():
            raise NoResult(Sentence("Every entry must be a context with “key” and “value”."))
        key = entry["key"]
        if key.__class__ is not str:
            raise NoResult(Sentence("A key must be a text, not a {type}.", type=kind_of(key)))
        if key in result:
            raise NoResult(Sentence("The entry “{name}” is there twice.", name=key))
        result[key] = entry["value"]
    return result


def _put(meter: Meter, context: dict[str, object], keys: list[object], value: object) -> dict[str, object]:
    key = keys[0]
    if key.__class__ is not str:
        raise NoResult(Sentence("A key must be a text, not a {type}.", type=kind_of(key)))
    meter.spend(1 + len(context) // 10)
    if len(keys) > 1:
        inner = context.get(key)
        if inner.__class__ is not dict:
            raise NoResult(Sentence("“{name}” is no context that an entry could be put into.", name=key))
        value = _put(meter, inner, keys[1:], value)
    return {**context, key: value}


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(meter: Meter, context: dict[str, object], key: str, value: object) -> object:
    """context put({a: 1}, "b", 2) = {a: 1, b: 2}."""
    return _put(meter, context, [key], value)


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_deep(meter: Meter, context: dict[str, object], keys: list[object], value: object) -> object:
    """context put({a: {b: 1}}, ["a", "b"], 2) = {a: {b: 2}}."""
    if not keys:
        raise NoResult(Sentence("The list of keys is empty."))
    if len(keys) > 100:  # noqa: PLR2004 - no context is nested so deeply
        raise NoResult(Sentence("The list of keys is too long."))
    return _put(meter, context, keys, value)


@builtin("context merge", "contexts: list")
def context_merge(meter: Meter, contexts: list[object]) -> object:
    """context merge([{a: 1}, {a: 2, b: 3}]) = {a: 2, b: 3}."""
    result: dict[str, object] = {}
    for each in contexts:
        if each.__class__ is not dict:
            raise NoResult(Sentence("A {type} is no context.", type=kind_of(each)))
        meter.spend(1 + len(each) // 10)
        result.update(each)
    return result
