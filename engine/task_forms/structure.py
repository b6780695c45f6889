"""What a field tree must be as a whole: keys stand once, and no value depends on itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import feel
from engine.task_forms.fields import ComputedField, Field, GroupField, RowsField, saves
from engine.task_forms.schema import Findings
from feel.sentences import Sentence


def check(fields: Sequence[Field], findings: Findings) -> None:
    """Refuse keys that stand twice in one scope, and circles among conditions and computed values."""
    _keys_once(fields, findings)
    depends: dict[str, set[str]] = {}
    _dependencies(fields, depends, (_Scope("", _names_in(fields, "")),), frozenset())
    circle = _circle(depends)
    if circle:
        findings.refuse(
            circle[0], Sentence("The values of {keys} depend on each other in a circle.", keys=", ".join(circle))
        )


def in_scope(fields: Sequence[Field]) -> Iterator[Field]:
    """The fields whose values stand beside each other: those in groups without a path stand with their parent's."""
    for entry in fields:
        if isinstance(entry, GroupField) and not entry.key:
            yield from in_scope(entry.children)
        else:
            yield entry


def every(fields: Sequence[Field]) -> Iterator[Field]:
    """All fields, at any depth."""
    for entry in fields:
        yield entry
        if isinstance(entry, GroupField | RowsField):
            yield from every(entry.children)


def _keys_once(fields: Sequence[Field], findings: Findings) -> None:
    seen: set[str] = set()
    for entry in in_scope(fields):
        if saves(entry):
            if entry.key in seen:
                findings.refuse(entry.id, Sentence("The key {key} stands twice in the form.", key=entry.key))
            seen.add(entry.key)
        if isinstance(entry, GroupField | RowsField):
            _keys_once(entry.children, findings)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names of one scope, with the path of each."""

    prefix: str
    paths: Mapping[str, str]


def _names_in(fields: Sequence[Field], prefix: str) -> Mapping[str, str]:
    return {entry.key: prefix + entry.key for entry in in_scope(fields) if saves(entry)}


def _dependencies(
    fields: Sequence[Field], depends: dict[str, set[str]], scopes: tuple[_Scope, ...], above: frozenset[str]
) -> None:
    """Which values each value depends on: by its expression, its condition, those around it, and what is in it."""
    prefix = scopes[0].prefix
    for entry in fields:
        own = set(above) | _resolved(entry.hide, scopes)
        if isinstance(entry, ComputedField):
            own |= _resolved(entry.expression, scopes)
        if saves(entry):
            depends[prefix + entry.key] = set(own)
        if isinstance(entry, GroupField | RowsField):
            inside = scopes
            if entry.key:
                within = f"{prefix}{entry.key}."
                paths = _names_in(entry.children, within)
                depends[prefix + entry.key] |= set(paths.values())
                inside = (_Scope(within, paths), *scopes)
            _dependencies(entry.children, depends, inside, frozenset(own))


def _resolved(setting: object, scopes: tuple[_Scope, ...]) -> set[str]:
    """The paths of the names that a setting uses, each from the nearest scope that has it."""
    found = set()
    for name in _names(setting):
        paths = [scope.paths[name] for scope in scopes if name in scope.paths]
        found.update(paths[:1])
    return found


def _names(setting: object) -> set[str]:
    return set(setting.free) if isinstance(setting, feel.Expression) else set()


def _circle(depends: Mapping[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        for following in sorted(depends.get(name, ())):
            found = visit(following, [*path, name])
            if found:
                return found
        done.add(name)
        return []

    for start in depends:
        found = visit(start, [])
        if found:
            return found
    return []
