"""Variables in scopes, as Camunda 8 has them: process, subprocess, activity, and each instance of a loop.

Reading looks from the innermost scope outwards. Writing *propagates*: from a scope outwards to the first one that
has the variable, else to the process. Only input mappings, loops and result variables write locally. Values are
never changed in place, so that they may be shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ROOT = ""
Chain = Sequence[str]  # ids of scopes from the innermost to the process ("")


class Variables:
    """All variables of one process instance, by scope."""

    __slots__ = ("scopes",)

    def __init__(self, scopes: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.scopes: dict[str, dict[str, Any]] = {ROOT: {}}
        for scope, values in (scopes or {}).items():
            self.scopes[scope] = dict(values)

    def visible(self, chain: Chain) -> dict[str, Any]:
        """Everything that can be read from a scope; inner variables hide outer ones."""
        result: dict[str, Any] = {}
        for scope in reversed(chain):
            values = self.scopes.get(scope)
            if values:
                result.update(values)
        return result

    def select(self, chain: Chain, names: Iterable[str]) -> dict[str, Any]:
        """Those of ``names`` that can be read from a scope."""
        result = {}
        for name in names:
            for scope in chain:
                values = self.scopes.get(scope)
                if values is not None and name in values:
                    result[name] = values[name]
                    break
        return result

    def set_local(self, scope: str, values: Mapping[str, Any]) -> None:
        """Set variables in this very scope."""
        self.scopes.setdefault(scope, {}).update(values)

    def propagate(self, chain: Chain, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Set variables where they are known, else in the process; gives what was set, by scope."""
        written: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            scope = next((s for s in chain if name in self.scopes.get(s, ())), ROOT)
            written.setdefault(scope, {})[name] = value
        for scope, changed in written.items():
            self.set_local(scope, changed)
        return written

    def drop(self, scope: str) -> None:
        """Forget a scope that ended."""
        if scope != ROOT:
            self.scopes.pop(scope, None)


def set_path(values: dict[str, Any], path: Sequence[str], value: Any, existing: Mapping[str, Any]) -> None:
    """Put ``value`` under a key path, keeping the other keys of the contexts on the way; nothing is changed in place.

    ``existing`` has the variables that are there already, for the first step of the path.
    """
    name, *rest = path
    if not rest:
        values[name] = value
        return
    held = values.get(name, existing.get(name))
    inner = dict(held) if isinstance(held, Mapping) else {}
    set_path(inner, rest, value, {})
    values[name] = inner
