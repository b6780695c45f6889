"""Forms that are ours and not a procedure's: described in a view, read, checked, and shown again as they were typed.

A paper looks like the form of a task and is read once: each field gives a value of its kind or says at the field
what is wrong with it. What a command refuses comes to the field that the error names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, StringField, TextAreaField

from engine.errors import EngineError, FormRefused
from webapp.fields import Part
from webapp.formats import shown
from webapp.languages import gettext as _
from webapp.languages import say

Kind = Literal["text", "long", "number", "amount", "day", "tick", "choice", "several", "given"]
Choices = Sequence[tuple[str, str]]

_NO_FORM = Form()
_LONG = 500
_LINE = 100
_DIGITS = 15
_AMOUNT = re.compile(r"[0-9][0-9,]{0,14}(\.[0-9]{1,2})?")


@dataclass(slots=True)
class Field:
    """One field. ``choices``: value and label; ``given`` fields are shown, never read."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: bool = True
    choices: Choices = ()
    maximum: int = 0
    span: int = 16
    value: Any = None


@dataclass(slots=True)
class Paper:
    """Some fields with what was typed into them. ``problem`` is what no field can say."""

    fields: Sequence[Field]
    prefix: str = "f-"
    texts: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def read(self, posted: MultiDict[str, str]) -> dict[str, Any]:
        """The values by name; what cannot be read is in ``errors``."""
        values: dict[str, Any] = {}
        for each in self.fields:
            if each.kind == "given":
                continue
            self.texts[each.name] = [text.strip() for text in posted.getlist(each.name)]
            values[each.name] = self._value(each, self.texts[each.name])
        return values

    def refuse(self, error: EngineError) -> None:
        """Say what a command refused: at the field that it names, else above them all."""
        if isinstance(error, FormRefused):
            self.errors |= {path: " ".join(map(say, said)) for path, said in error.fields.items()}
        elif any(each.name == error.field for each in self.fields):
            self.errors[error.field] = say(error)
        else:
            self.problem = say(error)

    @property
    def is_good(self) -> bool:
        """Whether nothing has been found wrong yet."""
        return not (self.errors or self.problem)

    def parts(self) -> list[Part]:
        """What the macros of ``_fields.html`` draw."""
        return [self._part(each) for each in self.fields]

    def _value(self, each: Field, texts: list[str]) -> Any:
        text = texts[0] if texts else ""
        if each.kind == "tick":
            return text == "true"
        if each.kind == "several":
            known = {value for value, _label in each.choices}
            chosen = [text for text in texts if text in known]
            if each.required and not chosen:
                self.errors[each.name] = _("Please choose at least one.")
            return chosen
        if not text:
            if each.required:
                self.errors[each.name] = _("Please fill this in.")
            return None
        return self._read_one(each, text)

    def _read_one(self, each: Field, text: str) -> Any:
        if each.kind == "choice" and text not in {value for value, _label in each.choices}:
            self.errors[each.name] = _("Please choose one of the list.")
        elif each.kind == "day":
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.errors[each.name] = _("This is no date. Please write it as 2026-11-23.")
        elif each.kind == "number":
            if text.isascii() and text.isdecimal() and len(text) <= _DIGITS:
                return int(text)
            self.errors[each.name] = _("Please enter a whole number.")
        elif each.kind == "amount":
            if _AMOUNT.fullmatch(text):
                return Decimal(text.replace(",", ""))
            self.errors[each.name] = _("This is no amount. Please write it as 4200 or 4200.50.")
        elif len(text) > self._maximum(each):
            self.errors[each.name] = _("At most %(count)s characters.", count=self._maximum(each))
        return text

    @staticmethod
    def _maximum(each: Field) -> int:
        return each.maximum or (_LONG if each.kind == "long" else _LINE)

    def _part(self, each: Field) -> Part:
        texts = self.texts.get(each.name, _texts(each.value))
        part = Part(
            kind={"choice": "select", "given": "given", "tick": "tick", "several": "several"}.get(each.kind, "input"),
            path=each.name,
            id=self.prefix + each.name,
            label=each.label,
            hint=each.hint,
            span=each.span,
            optional=not each.required and each.kind not in ("tick", "several", "given"),
            errors=[self.errors[each.name]] if each.name in self.errors else (),
            unit=_("CNY") if each.kind == "amount" else "",
            choices=[(value, label, value in texts) for value, label in each.choices],
        )
        if each.kind == "given":
            part.shown = shown(each.value)
        elif part.kind in ("input", "tick"):
            part.field = self._bound(each, part, texts)
        return part

    def _bound(self, each: Field, part: Part, texts: list[str]) -> Any:
        unbound: Any
        if part.kind == "tick":
            unbound = BooleanField(false_values=("", "false"))
        else:
            looks: dict[str, Any] = {"autocomplete": "off"}
            if each.kind == "day":
                looks["type"] = "date"
            elif each.kind == "number":
                looks["inputmode"] = "numeric"
            elif each.kind == "amount":
                looks["inputmode"] = "decimal"
            else:
                looks["maxlength"] = self._maximum(each)
            unbound = TextAreaField(render_kw=looks) if each.kind == "long" else StringField(render_kw=looks)
        bound = _NO_FORM.meta.bind_field(_NO_FORM, unbound, {"name": each.name, "prefix": ""})
        bound.id = part.id
        bound.process(MultiDict([(each.name, text) for text in texts]))
        return bound


def _texts(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return ["true"]
    if isinstance(value, Mapping | str) or not isinstance(value, Sequence):
        return [str(value)]
    return [str(item) for item in value]
