"""What was uploaded for a task shows in its form, whether the draft knows of it or not: no file is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.task_forms import Attached, GroupField, TaskForm
from engine.task_forms.files import find, maximum
from engine.task_forms.structure import in_scope
from engine.user_tasks import TaskView


def with_typed(form: TaskForm, view: TaskView, values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values with what was uploaded for the task and is in none of them yet; files in rows know no row."""
    shown = dict(values)
    for path in dict.fromkeys(one.field for one in view.attached):
        found = find(form.fields, path)
        *groups, last = path.split(".")
        scope = _scope(form, shown, groups)
        if found is not None and scope is not None:
            mine = [one for one in view.attached if one.field == path]
            scope[last] = _joined(scope.get(last), mine, maximum(found[1]))
    return shown


def with_posted(form: TaskForm, view: TaskView, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The same for what a page posted, where names are paths."""
    shown = dict(posted)
    for path in dict.fromkeys(one.field for one in view.attached):
        found = find(form.fields, path)
        if found is not None and _scope(form, {}, path.split(".")[:-1]) is not None:
            mine = [one for one in view.attached if one.field == path]
            shown[path] = _joined(shown.get(path), mine, maximum(found[1]))
    return shown


def _scope(form: TaskForm, values: dict[str, Any], groups: Sequence[str]) -> dict[str, Any] | None:
    """The values within these groups, made on the way; None within rows."""
    fields, scope = form.fields, values
    for name in groups:
        entry = next((one for one in in_scope(fields) if one.key == name), None)
        if not isinstance(entry, GroupField):
            return None
        inner = scope.get(name)
        scope[name] = dict(inner) if isinstance(inner, Mapping) else {}
        fields, scope = entry.children, scope[name]
    return scope


def _joined(value: Any, mine: Sequence[Attached], most: int) -> list[Any]:
    there = list(value) if isinstance(value, list | tuple) else []
    keys = {item.get("key") if isinstance(item, Mapping) else item for item in there}
    new = [one.key for one in mine if one.key not in keys]
    return [*there, *new][:most] if most > 1 else there or new[-1:]
