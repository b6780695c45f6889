"""Forms made in a test: their components, and a compiled form with what surrounds it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from engine.errors import FormRefused
from engine.task_forms import TaskForm

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # already the 24th in Shanghai


class Form:
    """A compiled form with what surrounds it."""

    def __init__(self, *components, functions=None, **current):
        schema = {"type": "default", "id": "test", "schemaVersion": 18, "components": list(components)}
        self.functions = functions or {}
        self.task_form = TaskForm.compile(
            json.dumps(schema, ensure_ascii=False).encode(), file="test.form", functions=self.functions
        )
        self.current = current
        self.attached = ()

    @property
    def around(self):
        return {"current": self.current, "now": NOW, "functions": self.functions, "attached": self.attached}

    def clean(self, strict=True, **values):
        return self.task_form.clean(values, strict=strict, **self.around)

    def post(self, posted):
        return self.task_form.clean(self.task_form.parse(posted), **self.around)

    def errors(self, **values):
        with pytest.raises(FormRefused) as refused:
            self.clean(**values)
        return {path: " ".join(map(str, sentences)) for path, sentences in refused.value.fields.items()}

    def post_errors(self, posted):
        with pytest.raises(FormRefused) as refused:
            self.post(posted)
        return {path: " ".join(map(str, sentences)) for path, sentences in refused.value.fields.items()}


def text(key, **more):
    return {"type": "textfield", "id": f"id_{key}", "key": key, "label": key, **more}


def number(key, **more):
    return {"type": "number", "id": f"id_{key}", "key": key, "label": key, **more}


def money(key, **more):
    more.setdefault("properties", {})["money"] = "true"
    return number(key, **more)


def radio(key, *values, **more):
    options = [{"value": value, "label": value} for value in values]
    return {"type": "radio", "id": f"id_{key}", "key": key, "label": key, "values": options, **more}


def rows(path, *components, **more):
    return {"type": "dynamiclist", "id": f"id_{path}", "path": path, "label": path, "components": components, **more}


def computed(key, expression, **more):
    return {"type": "expression", "id": f"id_{key}", "key": key, "expression": expression, **more}


REQUIRED = {"validate": {"required": True}}
