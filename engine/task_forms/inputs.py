"""The components that people fill in, type by type, with the rules that each type knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import re2

from engine import media_types
from engine.task_forms import moments
from engine.task_forms.fields import (
    CheckboxField,
    ChoiceField,
    FileField,
    InputField,
    MomentField,
    NumberField,
    Option,
    TextField,
)
from engine.task_forms.formulas import FieldRefused, Setting, is_formula
from engine.task_forms.schema import Component
from feel.sentences import Sentence

_COLUMNS = 16


def common(component: Component) -> dict[str, Any]:
    """What all components have."""
    columns = component.layout.get("columns")
    row = component.layout.get("row")
    return {
        "id": component.id,
        "type": component.type,
        "label": component.shown("label"),
        "description": component.shown("description"),
        "hide": component.conditional(),
        "columns": columns if isinstance(columns, int) and 0 < columns <= _COLUMNS else None,
        "row": row if isinstance(row, str) else None,
        "properties": component.properties,
    }


def _filled_in(component: Component) -> dict[str, Any]:
    readonly = component.get("readonly", False)
    if not isinstance(readonly, bool) and not is_formula(readonly):
        component.refuse(Sentence("“readonly” must be true, false or FEEL that begins with =."))
    required = component.validated("required")
    if required is None:
        required = False
    if isinstance(required, str | int) and not isinstance(required, bool):
        component.refuse(Sentence("“required” must be true, false or FEEL that begins with =."))
    rule = component.property_setting("rule")
    if isinstance(rule, str):
        component.refuse(Sentence("The property rule must be FEEL that begins with =."))
    message = component.property("ruleMessage")
    if rule is not None and not message:
        component.refuse(Sentence("The property rule needs a ruleMessage for the people who break it."))
    return {
        **common(component),
        "key": component.text("key"),
        "required": required,
        "readonly": component.setting(readonly, "readonly"),
        "disabled": component.flag("disabled"),
        "default": component.get("defaultValue"),
        "rule": rule,
        "rule_message": message,
        "personal": component.property_flag("personal"),
    }


def _text(component: Component) -> InputField:
    multiline = component.type == "textarea"
    settings = _filled_in(component)
    kind = component.validated("validationType")
    if kind not in (None, "", "custom", "email", "phone"):
        component.refuse(Sentence("The “validationType” is email, phone or custom."))
    return TextField(
        **settings,
        multiline=multiline,
        minimum_length=component.number(component.validated("minLength"), "minLength"),
        maximum_length=component.number(component.validated("maxLength"), "maxLength"),
        pattern=_pattern(component),
        pattern_message=str(component.validated("patternErrorMessage") or ""),
        format=kind if kind in ("email", "phone") else None,
        **_adorners(component),
    )


def _pattern(component: Component) -> Any:
    pattern = component.validated("pattern")
    if pattern in (None, ""):
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(str(pattern), options)
    except re2.error as error:
        component.refuse(
            Sentence(
                "The pattern {pattern} cannot be used: {reason}", pattern=str(pattern)[:200], reason=_said(error)
            )
        )
        return None


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _number(component: Component) -> InputField:
    digits = component.get("decimalDigits")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 10):  # noqa: PLR2004 - more decimals than any trade counts
        component.refuse(Sentence("“decimalDigits” is a whole number from 0 to 10."))
        digits = None
    if component.get("serializeToString", False) is not False:
        component.refuse(Sentence("A number stays a number: remove “serializeToString”."))
    money = component.property_flag("money")
    increment = component.get("increment")
    return NumberField(
        **_filled_in(component),
        digits=digits,
        money=money,
        minimum=component.number(component.validated("min"), "min"),
        maximum=component.number(component.validated("max"), "max"),
        more_than=component.property_number("moreThan"),
        less_than=component.property_number("lessThan"),
        increment=None if increment is None else str(increment),
        **_adorners(component),
    )


def _adorners(component: Component) -> dict[str, Any]:
    prefix, suffix = component.appearance.get("prefixAdorner", ""), component.appearance.get("suffixAdorner", "")
    return {"prefix": str(prefix), "suffix": str(suffix)}


def _checkbox(component: Component) -> InputField:
    return CheckboxField(**_filled_in(component))


def _choice(component: Component) -> InputField:
    multiple = component.type in ("checklist", "taglist")
    component.get("searchable")
    boolean = component.property_flag("boolean")
    key, values = component.get("valuesKey"), component.get("valuesExpression")
    people, units = component.property("userSelect"), component.property("unitSelect")
    sources = [source for source in (component.get("values"), key, values, people, units) if source]
    if len(sources) != 1:
        component.refuse(
            Sentence("Choices come from exactly one of values, valuesKey, valuesExpression, userSelect, unitSelect.")
        )
    if values is not None and not is_formula(values):
        component.refuse(Sentence("“valuesExpression” must be FEEL that begins with =."))
    options = _options(component, boolean=boolean)
    if boolean and (multiple or {option.value for option in options} != {True, False}):
        component.refuse(Sentence("The property boolean needs a select or radio with the values true and false."))
    return ChoiceField(
        **_filled_in(component),
        multiple=multiple,
        boolean=boolean,
        options=options,
        values_key=key if isinstance(key, str) and key else None,
        values=component.setting(values, "valuesExpression"),
        people="*" if people == "true" else people or None,
        units=units or None,
    )


def _options(component: Component, *, boolean: bool) -> tuple[Option, ...]:
    read: list[Option] = []
    for entry in component.items("values"):
        value = entry.get("value") if isinstance(entry, Mapping) else None
        label = entry.get("label", value) if isinstance(entry, Mapping) else None
        if not isinstance(value, str) or not value or not isinstance(label, str):
            component.refuse(Sentence("Each choice needs a “value” and a “label”, both texts."))
        else:
            read.append(Option({"true": True, "false": False}.get(value, value) if boolean else value, label))
    if len({option.value for option in read}) != len(read):
        component.refuse(Sentence("A value stands twice among the choices."))
    return tuple(read)


_ZONES = {"utc_offset": "offset", "utc_normalized": "utc", "no_timezone": "none"}


def _moment(component: Component) -> InputField:
    kind = component.get("subtype", "date")
    if kind not in ("date", "time", "datetime"):
        component.refuse(Sentence("The “subtype” is date, time or datetime."))
        kind = "date"
    zone = component.get("timeSerializingFormat", "utc_offset")
    if not isinstance(zone, str) or zone not in _ZONES:
        component.refuse(Sentence("The “timeSerializingFormat” is utc_offset, utc_normalized or no_timezone."))
    for display in ("dateLabel", "timeLabel", "timeInterval", "use24h"):
        component.get(display)
    passed = component.flag("disallowPassedDates")
    made = MomentField(
        **_filled_in(component),
        kind=kind,
        zone=_ZONES.get(str(zone), "offset"),
        not_before=component.property_setting("notBefore") or ("today" if passed else None),
        not_after=component.property_setting("notAfter"),
    )
    for bound in (made.not_before, made.not_after):
        _check_bound(component, made, bound)
    return made


def _check_bound(component: Component, entry: MomentField, bound: Setting) -> None:
    if isinstance(bound, str) and bound not in ("today", "now"):
        try:
            moments.normalise(entry, bound)
        except FieldRefused:
            component.refuse(Sentence("{bound} is no limit: use today, now, a date or FEEL.", bound=bound[:60]))


def _file(component: Component) -> InputField:
    accept = component.text("accept")
    for part in media_types.parts(accept):
        if not media_types.covered(part):
            component.refuse(
                Sentence(
                    "“accept” names {type}, but no such file is ever accepted. Known are {types}.",
                    type=part,
                    types=", ".join(end for ends in media_types.EXTENSIONS.values() for end in ends),
                )
            )
    settings = _filled_in(component)
    if settings["default"] is not None:
        component.refuse(Sentence("A file picker has no default: files are there once somebody attached them."))
    return FileField(**{**settings, "default": None}, multiple=component.flag("multiple"), accept=accept)


#: Type of component → how it is read.
READERS: Mapping[str, Callable[[Component], InputField]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choice,
    "taglist": _choice,
    "datetime": _moment,
    "filepicker": _file,
}
