"""What an assignment expression may give: one id, several, a resolver's record, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.errors import ExecutionFailed
from engine.runtime.dialect.model import Value
from engine.runtime.token import Token
from feel.sentences import Sentence


class Assigned(NamedTuple):
    """Ids, and what the expression gave, unflattened."""

    ids: tuple[str, ...]
    resolution: Any

    @property
    def people(self) -> tuple[str, ...]:
        """All ids that are not said to be groups."""
        return tuple(one for one in self.ids if one not in self.groups)

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids that a record names as groups."""
        groups = self.resolution.get("groups", ()) if isinstance(self.resolution, Mapping) else ()
        return tuple(groups)


_NOBODY = Assigned((), None)


def people_of(token: Token, value: Value | None, element_id: str, *, several: bool = False) -> Assigned:
    """Whom a setting names; ``several``: a text that is no expression is a list, separated by commas."""
    if value is None:
        return _NOBODY
    result = token.instance.script_engine.evaluate(token, value)
    if isinstance(result, str) and several and not value.is_expression:
        result = [part.strip() for part in result.split(",") if part.strip()]
    assigned = listed(result)
    if assigned is None:
        raise ExecutionFailed(
            Sentence(
                "{expression} has to give ids of people or groups, but gives {value}.",
                expression=value.text,
                value=str(result),
            ),
            element_id=element_id,
            kind="expression",
        )
    return assigned


def listed(result: Any) -> Assigned | None:
    """The ids in the value of an expression; None for a value that has none to give."""
    ids = _ids(result)
    return None if ids is None else Assigned(tuple(dict.fromkeys(ids)), result)


def _ids(value: Any) -> list[str] | None:
    if value is None:
        return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, Mapping):
        if not {"persons", "groups"} & set(value):
            return None
        return _all([*value.get("persons", ()), *value.get("groups", ())])
    if isinstance(value, list | tuple):
        return _all(value)
    return None


def _all(values: Any) -> list[str] | None:
    found: list[str] = []
    for value in values:
        ids = _ids(value)
        if ids is None:
            return None
        found += ids
    return found
