"""A task's form on a page: WTForms fields by one dict, type → field, and the tree that the template walks.

The rules are :mod:`engine.task_forms`'s: what is shown, required, offered and filled in comes described from there.
Names on the page are paths, such as ``lines.0.qty``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Field as PageField

from engine import media_types, task_forms
from engine.attachments import MAXIMUM_SIZE
from engine.task_forms import Node
from engine.task_forms import fields as form_fields
from engine.task_forms.files import maximum
from webapp import file_links
from webapp.facts import Fact, table
from webapp.file_links import FileLink
from webapp.formats import listed, shown
from webapp.glossary import Entry
from webapp.languages import gettext as _
from webapp.languages import say

ROW = "{row}"
"""Stands for the number of a row in the pattern of a new one."""

_NO_FORM = Form()
_FULL = 16
_INPUT_TYPES = {"date": "date", "time": "time", "datetime": "datetime-local"}
_SHORT_LIST = 5

Choices = list[tuple[str, str]]


def _line(node: Node, _choices: Choices) -> Any:
    return StringField(render_kw=_attributes(node))


def _text(node: Node, given: Choices) -> Any:
    if isinstance(node.entry, task_forms.TextField) and node.entry.multiline:
        return TextAreaField(render_kw=_attributes(node) | {"rows": 3})
    return _line(node, given)


def _tick(_node: Node, _choices: Choices) -> Any:
    return BooleanField(false_values=("", "false"))


def _choice(node: Node, given: Choices) -> Any:
    values: Any = [value for value, _label in given]  # the template has the labels
    if isinstance(node.entry, task_forms.ChoiceField) and node.entry.multiple:
        return SelectMultipleField(choices=values, validate_choice=False)
    if node.entry.type == "radio":
        return RadioField(choices=values, validate_choice=False)
    return SelectField(choices=values, validate_choice=False)


FIELDS: Mapping[type[task_forms.Field], Callable[[Node, Choices], Any]] = {
    task_forms.TextField: _text,
    task_forms.NumberField: _line,  # text with a numeric keyboard: what was mistyped must show again as it was typed
    task_forms.MomentField: _line,
    task_forms.CheckboxField: _tick,
    task_forms.ChoiceField: _choice,
}
"""A field of the engine to the WTForms field that shows it."""


def _attributes(node: Node) -> dict[str, Any]:
    entry = node.entry
    found: dict[str, Any] = {"autocomplete": "off"}
    if isinstance(entry, task_forms.NumberField):
        found["inputmode"] = "numeric" if entry.digits == 0 else "decimal"
    if isinstance(entry, task_forms.MomentField):
        found["type"] = _INPUT_TYPES[entry.kind]
        found |= {
            name: node.limits[limit]
            for name, limit in (("min", "minimum"), ("max", "maximum"))
            if limit in node.limits
        }
    if "maximum_length" in node.limits:
        found["maxlength"] = node.limits["maximum_length"]
    return found


@dataclass(slots=True)
class Part:
    """One part of the page's form.

    ``kind``: input, select, tick, choice, several, given, computed, group, rows, table, text, line, space, files.
    """

    kind: str
    path: str
    id: str
    label: str
    hint: str = ""
    span: int = _FULL
    optional: bool = False
    hidden: bool = False
    field: PageField | None = None
    choices: Sequence[tuple[str, str, bool]] = ()
    errors: Sequence[str] = ()
    unit: str = ""
    shown: Markup | str = ""
    is_amount: bool = False
    fact: Fact | None = None
    children: Sequence[Part] = ()
    rows: list[list[Part]] = dataclass_field(default_factory=list)
    pattern: Sequence[Part] = ()
    resizable: bool = False
    attached: Sequence[FileLink] = ()
    multiple: bool = False
    accept: str = ""
    camera: bool = False
    limits: str = ""
    prefix: str = ""

    def walk(self) -> Iterator[Part]:
        """This part and all within it; not the pattern of new rows."""
        yield self
        for child in self.children:
            yield from child.walk()
        for row in self.rows:
            for child in row:
                yield from child.walk()


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes the parts of a page of what the engine describes: errors by path, labels in the reader's language."""

    errors: Mapping[str, Sequence[str]]
    translate: Callable[[str], str]
    prefix: str = "f-"
    one_more: str = ""

    def paint(self, nodes: Sequence[Node]) -> list[Part]:
        """The parts of one scope."""
        return [self._part(node) for node in nodes]

    def _part(self, node: Node) -> Part:
        entry = node.entry
        part = Part(
            kind="given",
            path=node.path,
            id=self.prefix + node.path.replace("#", "").replace(".", "-"),
            label=self.translate(node.label),
            hint=self.translate(node.description),
            span=entry.columns or _FULL,
            hidden=not node.visible,
            errors=[*self.errors.get(node.path, ()), *([say(node.problem)] if node.problem else ())],
            is_amount=form_fields.is_money(entry),
        )
        if isinstance(entry, task_forms.GroupField):
            part.kind, part.children = "group", self.paint(node.children)
        elif isinstance(entry, task_forms.RowsField):
            part.kind, part.resizable = "rows", not entry.fixed
            part.rows = [self.paint(row) for row in node.rows]
            part.pattern = self.paint(node.blank)
            if part.resizable and (self.one_more == node.path or not part.rows):
                part.rows.append(self.paint([numbered(blank, len(part.rows)) for blank in node.blank]))
        elif isinstance(entry, task_forms.TableField):
            part.kind, part.fact = "table", self._table(node)
        elif isinstance(entry, task_forms.StaticField):
            part.kind = {"separator": "line", "spacer": "space"}.get(entry.type, "text")
            part.shown = Markup("{}").format(self.translate(str(node.value or "")))
        elif isinstance(entry, task_forms.ComputedField):
            part.kind, part.shown = "computed", self._shown(node, part)
        elif node.readonly:
            part.shown = self._shown(node, part)
        elif isinstance(entry, task_forms.FileField):
            self._files(node, entry, part)
        else:
            self._input(node, part)
        return part

    def _input(self, node: Node, part: Part) -> None:
        entry = node.entry
        # Bound one by one: WTForms would take names from a class's attributes, and ours are paths.
        choices = self._choices(node)
        unbound = FIELDS[type(entry)](node, choices)
        bound: PageField = _NO_FORM.meta.bind_field(_NO_FORM, unbound, {"name": node.path, "prefix": ""})
        bound.id = part.id
        bound.process(MultiDict([(node.path, text) for text in node.texts]))
        part.field = bound
        part.kind = "tick" if isinstance(bound, BooleanField) else "input"
        if isinstance(bound, RadioField):
            part.kind = "choice"
        elif isinstance(bound, SelectMultipleField):
            part.kind = "several"
        elif isinstance(bound, SelectField):
            part.kind = "select"
        part.choices = [(value, label, value in node.texts) for value, label in choices]
        unit = str(getattr(entry, "suffix", "") or getattr(entry, "prefix", ""))
        part.unit = _("CNY") if unit in form_fields.MONEY else self.translate(unit)
        part.optional = not node.required and part.kind not in ("tick", "several")

    def _files(self, node: Node, entry: task_forms.FileField, part: Part) -> None:
        kinds = [ends[0] for kind, ends in media_types.EXTENSIONS.items() if media_types.accepts(entry.accept, kind)]
        part.kind, part.prefix, part.multiple = "files", self.prefix, entry.multiple
        part.attached = file_links.links_of(node.value)
        part.accept = entry.accept or ",".join(end for ends in media_types.EXTENSIONS.values() for end in ends)
        part.camera = media_types.accepts(entry.accept, media_types.JPEG)
        part.optional = not node.required
        words = {"size": MAXIMUM_SIZE // (1024 * 1024), "kinds": listed(end[1:].upper() for end in kinds)}
        part.limits = (
            _("At most %(count)s files of up to %(size)s MB each: %(kinds)s", count=maximum(entry), **words)
            if entry.multiple
            else _("One file of up to %(size)s MB: %(kinds)s", **words)
        )

    def _choices(self, node: Node) -> Choices:
        return [(option.text, self.translate(option.label)) for option in node.options]

    def _shown(self, node: Node, part: Part) -> Markup:
        moment = isinstance(node.entry, task_forms.MomentField)
        choices = dict(self._choices(node))
        look = Entry(node.entry.key, part.label, is_money=part.is_amount, is_moment=moment, choices=choices)
        return shown(node.value, look)

    def _table(self, node: Node) -> Fact | None:
        rows = [row for row in node.value if isinstance(row, Mapping)] if isinstance(node.value, list) else []
        if not rows or not isinstance(node.entry, task_forms.TableField):
            return None
        columns = {key: self.translate(label) for key, label in node.entry.columns_of} or {
            key: key for key in rows[0]
        }
        numbers = {key for row in rows for key, value in row.items() if isinstance(value, Decimal | int)}
        looks = {
            key: Entry(key, label, is_number=key in numbers, is_money=key.endswith(("price", "amount", "cost")))
            for key, label in columns.items()
        }
        return table(
            node.path, self.translate(node.label), [{key: row.get(key) for key in looks} for row in rows], looks
        )


def numbered(node: Node, number: int) -> Node:
    """A node of the pattern of a row, as that of the row of this number."""
    children = tuple(numbered(child, number) for child in node.children)
    return replace(node, path=node.path.replace(ROW, str(number)), children=children)
