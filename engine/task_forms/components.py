"""From the components of a schema to the field tree; what is not known to work is refused, by type."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.task_forms import inputs
from engine.task_forms.fields import (
    MAXIMUM_ROWS,
    ComputedField,
    Field,
    GroupField,
    RowsField,
    StaticField,
    TableField,
    saves,
)
from engine.task_forms.inputs import common
from engine.task_forms.schema import MAXIMUM_COMPONENTS, MAXIMUM_DEPTH, Component, Findings
from feel.sentences import Sentence

_INSTEAD: Mapping[str, Sentence] = {
    "html": Sentence("HTML in a form is refused, because it could carry scripts; use a text."),
    "iframe": Sentence("A foreign page in a form is refused; use a text with the address."),
    "documentPreview": Sentence("The preview of documents is not supported; use a file picker."),
    "button": Sentence("Remove the button: the page has its own for submitting and for drafts."),
}


class Reader:
    """Reads a tree of components, counting them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self._count = 0
        self._ids: set[str] = set()

    def fields(self, raw: Sequence[Any], depth: int = 1, *, in_rows: str = "") -> tuple[Field, ...]:
        """The fields of a list of components; ``in_rows`` "growing" within rows that people add and remove."""
        read: list[Field] = []
        for entry in raw:
            self._count += 1
            if self._count > MAXIMUM_COMPONENTS or depth > MAXIMUM_DEPTH:
                self.findings.refuse(
                    "",
                    Sentence(
                        "A form has at most {count} fields, nested {depth} deep.",
                        count=MAXIMUM_COMPONENTS,
                        depth=MAXIMUM_DEPTH,
                    ),
                )
                return tuple(read)
            if not isinstance(entry, Mapping):
                self.findings.refuse("", Sentence("A component of the form is no object."))
                continue
            made = self._field(Component(entry, self.findings), depth, in_rows)
            if made is not None:
                read.append(made)
        return tuple(read)

    def _field(self, component: Component, depth: int, in_rows: str) -> Field | None:
        if component.id in self._ids:
            component.refuse(Sentence("The id {id} stands twice in the form.", id=component.id))
        self._ids.add(component.id)
        if component.type in _INSTEAD:
            component.refuse(_INSTEAD[component.type])
            return None
        made: Field
        if component.type in ("group", "dynamiclist"):
            made = self._nested(component, depth, in_rows)
        elif component.type in inputs.READERS:
            made = inputs.READERS[component.type](component)
            if in_rows and (made.readonly is not False or made.disabled):
                component.refuse(Sentence(
                    "A read-only field cannot stand in rows that people add and remove: it would belong to no row."
                ))  # fmt: skip
        elif component.type in _OTHERS:
            made = _OTHERS[component.type](component)
        else:
            component.refuse(Sentence("A field of type {type} is not supported.", type=component.type))
            return None
        component.finish()
        if saves(made):
            _check_key(component, made.key)
        elif component.type in inputs.READERS or component.type in ("dynamiclist", "expression"):
            component.refuse(Sentence("A field needs a key: the name of its variable."))
        return made

    def _nested(self, component: Component, depth: int, in_rows: str) -> Field:
        raw = component.items("components")
        if not raw:
            component.refuse(Sentence("A group or list needs fields."))
        settings = {**common(component), "key": component.text("path")}
        if component.type == "group":
            children = self.fields(raw, depth + 1, in_rows=in_rows)
            return GroupField(**settings, children=children, outline=component.flag("showOutline"))
        fixed = not component.flag("allowAddRemove", default=True)
        component.get("isRepeating"), component.get("showOutline"), component.get("verticalAlignment")
        component.get("disableCollapse"), component.get("nonCollapsedItems")
        return RowsField(
            **settings,
            children=self.fields(raw, depth + 1, in_rows="" if fixed else "growing"),
            minimum_rows=_count(component, component.property("minRows", "0"), "minRows"),
            maximum_rows=_count(component, component.property("maxRows", str(MAXIMUM_ROWS)), "maxRows"),
            initial_rows=_count(component, str(component.get("defaultRepetitions", 1)), "defaultRepetitions"),
            fixed=fixed,
        )


def _count(component: Component, text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MAXIMUM_ROWS):
        component.refuse(
            Sentence("“{attribute}” must be a number from 0 to {maximum}.", attribute=name, maximum=MAXIMUM_ROWS)
        )
        return 0
    return int(text)


def _check_key(component: Component, key: str) -> None:
    if "." in key:
        component.refuse(Sentence("The key {key} has a point: put the field into a group with a path.", key=key))
    elif not key.isidentifier() or keyword.iskeyword(key) or key.startswith("_") or len(key) > 100:  # noqa: PLR2004
        component.refuse(
            Sentence("The key {key} is no name for a variable: letters, digits and underscores.", key=key[:100])
        )
    elif key in ("this", "parent", "i"):
        component.refuse(Sentence("The key {key} has a meaning of its own in expressions.", key=key))


def _computed(component: Component) -> Field:
    formula = component.get("expression", "")
    if not isinstance(formula, str) or not formula.startswith("="):
        component.refuse(Sentence("“expression” must be FEEL that begins with =."))
    if component.get("computeOn", "change") not in ("change", "presubmit"):
        component.refuse(Sentence("“computeOn” is “change” or “presubmit”."))
    settings = {**common(component), "key": component.text("key")}
    return ComputedField(
        **settings, expression=component.setting(formula, "expression"), money=component.property_flag("money")
    )


def _table(component: Component) -> Field:
    source = component.text("dataSource")
    if not source:
        component.refuse(Sentence("A table needs a “dataSource”."))
    if component.get("columnsExpression") is not None:
        component.refuse(Sentence("Columns that are computed are not supported; list them in “columns”."))
    columns = []
    for column in component.items("columns"):
        if not isinstance(column, Mapping) or not isinstance(column.get("key"), str):
            component.refuse(Sentence("Each column of a table needs a “key” and a “label”."))
            continue
        columns.append((column["key"], str(column.get("label") or column["key"])))
    size = component.get("rowCount", 20)
    # A bare name is a variable, as in form-js.
    formula = source if source.startswith("=") else f"={source}"
    return TableField(
        **common(component),
        source=component.setting(formula, "dataSource") if source else None,
        columns_of=tuple(columns),
        page_size=size if isinstance(size, int) and size > 0 else 20,
    )


def _static(component: Component) -> Field:
    content: Any = ""
    if component.type == "text":
        content = component.shown("text")
    elif component.type == "image":
        content = component.text("source")
        component.get("alt")
        if not content.startswith(("data:image/", "/static/")):
            component.refuse(Sentence("An image is part of the form (data:image/…) or of this site (/static/…)."))
    elif component.type == "spacer":
        component.get("height")
    return StaticField(**common(component), content=content)


_OTHERS: Mapping[str, Callable[[Component], Field]] = {
    "expression": _computed,
    "table": _table,
    "text": _static,
    "separator": _static,
    "spacer": _static,
    "image": _static,
}
