"""FEEL inside forms: compiled once, evaluated on the server with what the form and its matter hold.

A setting of a form is a constant, or FEEL when it is a text that begins with "=". Names are looked up in the row or
group of the field first (``this``, ``parent`` and ``i``, the number of the row, are known there), then outwards, last
in the variables of the matter.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import feel
from engine import calendar
from feel.sentences import Sentence

Variables = ChainMap[str, Any]
Setting = bool | int | str | None | feel.Expression | Any


class FieldRefused(Exception):  # noqa: N818 - reads as what it is, like the errors of the engine
    """A value of one field cannot be accepted; the walk over the form puts ``sentence`` at its path."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a form stands in: the variables of its matter, the instant, the functions expressions may call.

    ``attached`` are the files that were uploaded for the task (:class:`engine.task_forms.files.Attached`).
    """

    current: Mapping[str, Any]
    now: datetime
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    attached: Collection[Any] = ()

    @property
    def local_now(self) -> datetime:
        """The instant on the organisation's clocks, so that ``today()`` is its date."""
        return self.now.astimezone(calendar.zone_named())


def is_formula(setting: object) -> bool:
    """Whether a setting is FEEL."""
    return isinstance(setting, str) and setting.startswith("=")


def compiled(text: str, element_id: str, functions: Collection[str]) -> feel.Expression:
    """The expression of a setting "=…"; raises :class:`feel.FeelSyntaxError`."""
    return feel.compile(text[1:].strip(), element_id=element_id, functions=tuple(functions))


def evaluate(setting: Setting, variables: Variables, around: Surroundings) -> Any:
    """The value of a setting: itself, or what its expression gives, with dates and times as ISO texts."""
    if not isinstance(setting, feel.Expression):
        return setting
    try:
        return _plain(setting.evaluate(variables, now=around.local_now, functions=around.functions).value)
    except feel.FeelError as error:
        raise FieldRefused(
            Sentence("A rule of this field could not be evaluated: {reason}", reason=error.sentence)
        ) from error


def holds(setting: Setting, variables: Variables, around: Surroundings) -> bool:
    """Whether a condition is true; what cannot be said counts as not."""
    return evaluate(setting, variables, around) is True


def within(variables: Variables, scope: Mapping[str, Any], row: int | None = None) -> Variables:
    """The names that a field of a group or row sees."""
    local: dict[str, Any] = {**scope, "this": dict(scope), "parent": dict(variables.maps[0])}
    if row is not None:
        local["i"] = row + 1
    return ChainMap(local, *variables.maps)


def _plain(value: object) -> object:
    """A FEEL value as forms keep values: JSON with exact numbers, and texts for what JSON lacks."""
    if value is None or isinstance(value, str | bool | Decimal):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, feel.Function | feel.Range):
        raise feel.ValueRefused(Sentence("A range or function is no value of a form."))
    moment = feel.to_python(value)
    return moment.isoformat() if isinstance(moment, date | time | datetime) else str(value)
