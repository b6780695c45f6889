"""The values of a form in a scenario: defaults of the file, those of the scenario, those of the step, in this order.

A later value wins. A key may be a path ("lines.0.est_price"); null takes a value away; a text that begins with "=" is
FEEL, evaluated at the moment of the step with the variables of the task, so that "needed in three days" and "as many
as were reported" can be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import feel
from banli.scenarios.actions import instant_of
from banli.scenarios.model import Unmet, Values
from engine import calendar, clock
from feel.sentences import Sentence


def of_step(
    element_id: str, layers: Iterable[Mapping[str, Values]], own: Values, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The values for a task: each layer by step code, then by the whole element id, then the step's own."""
    code = element_id.partition("_")[0]
    merged: dict[str, Any] = {}
    for layer in layers:
        for key in dict.fromkeys((code, element_id)):
            for path, value in layer.get(key, {}).items():
                _put(merged, path, value)
    for path, value in own.items():
        _put(merged, path, value)
    return {name: evaluated(value, variables) for name, value in merged.items()}


def evaluated(value: Any, variables: Mapping[str, Any]) -> Any:
    """The value as a client would send it: FEEL evaluated, dates as ISO texts."""
    if isinstance(value, str) and value.startswith("="):
        try:
            here = clock.now().astimezone(calendar.zone_named())
            return evaluated(feel.compile(value[1:]).evaluate(variables, now=here).value, {})
        except feel.FeelError as error:
            raise Unmet(
                Sentence("The value {value} is not FEEL: {reason}", value=value, reason=error.sentence)
            ) from error
    if isinstance(value, Mapping):
        return {key: evaluated(item, variables) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [evaluated(item, variables) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int | Decimal):
        return value
    return str(value).partition("@")[0]  # a date, time or duration of FEEL


def matches(expected: Any, found: Any) -> bool:
    """Whether ``found`` has what is expected: of a mapping the keys that are named, numbers by value."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and matches(value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(expected) == len(found)
            and all(matches(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(found, datetime):
        return instant_of(expected) == found
    if isinstance(expected, date):
        return str(found) == expected.isoformat()
    return bool(expected == found)


def _put(into: dict[str, Any], path: str, value: Any) -> None:
    """Set, or with None take away, what a path names; a path leads through mappings and rows that are there."""
    *parents, last = path.split(".")
    target: Any = into
    for part in parents:
        target = _child(target, part, path)
    if isinstance(target, list):
        index = _index(target, last, path)
        target[index] = deepcopy(value)
    elif isinstance(target, dict):
        if value is None:
            target.pop(last, None)
        else:
            target[last] = deepcopy(value)
    else:
        raise _no_such(path)


def _child(target: Any, part: str, path: str) -> Any:
    if isinstance(target, list):
        return target[_index(target, part, path)]
    if isinstance(target, dict) and part in target:
        return target[part]
    raise _no_such(path)


def _index(rows: list[Any], part: str, path: str) -> int:
    if not part.isdigit() or int(part) >= len(rows):
        raise _no_such(path)
    return int(part)


def _no_such(path: str) -> Unmet:
    return Unmet(Sentence("The path {path} leads to nothing in the values so far.", path=path))
