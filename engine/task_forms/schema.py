"""Reading a form-js schema: JSON with limits, and every finding collected with file, field and a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import feel
from engine.errors import DeploymentRefused, Problem
from engine.task_forms import formulas
from engine.task_forms.formulas import Setting
from feel.sentences import Sentence

MAXIMUM_BYTES = 512_000
MAXIMUM_COMPONENTS = 300
MAXIMUM_DEPTH = 5
_NEWEST_SCHEMA = 30
_FORM_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_TEXTS = 2_000
_TAG = 100


class Findings:
    """What is wrong with a form; ``refuse`` collects, ``raise_errors`` ends the reading."""

    def __init__(self, file: str, functions: Collection[str]) -> None:
        self.file = file
        self.functions = tuple(functions)
        self.problems: list[Problem] = []

    def refuse(self, field_id: str, sentence: Sentence) -> None:
        """The form cannot be deployed."""
        self.problems.append(Problem("error", self.file, field_id, sentence, "form"))

    def warn(self, field_id: str, sentence: Sentence) -> None:
        """The form can be deployed, but something in it has no effect."""
        self.problems.append(Problem("warning", self.file, field_id, sentence, "form"))

    @property
    def has_errors(self) -> bool:
        """Whether anything refuses the form."""
        return any(problem.severity == "error" for problem in self.problems)

    def raise_errors(self) -> None:
        """Refuse the form with all that was found."""
        if self.has_errors:
            raise DeploymentRefused(self.problems)


class Component:
    """One component of a schema, read attribute by attribute; what nobody read is warned about."""

    def __init__(self, raw: Mapping[str, Any], findings: Findings) -> None:
        self._raw = raw
        self._read: set[str] = {"id", "type", "layout", "properties", "conditional", "validate", "appearance"}
        self._validate_read: set[str] = set()
        self._properties_read: set[str] = set()
        self.findings = findings
        self.id = str(raw.get("id") or raw.get("key") or raw.get("path") or "?")[:100]
        self.type = str(raw.get("type"))
        self.validate = self._mapping("validate")
        self.properties = {key: _plain(value) for key, value in self._mapping("properties").items()}
        self.layout = self._mapping("layout")
        self.appearance = self._mapping("appearance")

    def _mapping(self, name: str) -> Mapping[str, Any]:
        value = self._raw.get(name) or {}
        if not isinstance(value, Mapping):
            self.refuse(Sentence("“{attribute}” is no object.", attribute=name))
            return {}
        return value

    def refuse(self, sentence: Sentence) -> None:
        """This field cannot be deployed."""
        self.findings.refuse(self.id, sentence)

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute as it is."""
        self._read.add(name)
        value = self._raw.get(name)
        return default if value is None else value

    def text(self, name: str, default: str = "") -> str:
        """An attribute that must be a text."""
        value = self.get(name, default)
        if not isinstance(value, str) or len(value) > _TEXTS:
            self.refuse(Sentence("“{attribute}” must be a text of at most {maximum} characters.",
                                 attribute=name, maximum=_TEXTS))  # fmt: skip
            return default
        return value

    def items(self, name: str) -> list[Any]:
        """An attribute that must be a list; nothing is an empty one."""
        value = self.get(name, [])
        if not isinstance(value, list):
            self.refuse(Sentence("“{attribute}” must be a list.", attribute=name))
            return []
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An attribute that must be true or false."""
        value = self.get(name, default)
        if not isinstance(value, bool):
            self.refuse(Sentence("“{attribute}” must be true or false.", attribute=name))
            return default
        return value

    def shown(self, name: str) -> Setting:
        """A text that people read: fixed, or FEEL; templates in braces are refused."""
        value = self.text(name)
        if "{{" in value:
            self.refuse(Sentence("“{attribute}” holds a template {{{{ }}}}; write FEEL that begins with = instead.",
                                 attribute=name))  # fmt: skip
        return self.setting(value, name)

    def conditional(self) -> Setting:
        """When the field is hidden."""
        conditional = self._mapping("conditional")
        unknown = set(conditional) - {"hide"}
        if unknown:
            self.refuse(Sentence("“conditional” knows only “hide”, not {names}.", names=", ".join(sorted(unknown))))
        hide = conditional.get("hide")
        if hide in (None, "", False):
            return False
        if not formulas.is_formula(hide):
            self.refuse(Sentence("“hide” must be FEEL that begins with =."))
            return False
        return self.setting(hide, "hide")

    def validated(self, name: str) -> Setting:
        """A rule under ``validate``: a constant or FEEL."""
        self._validate_read.add(name)
        return self.setting(self.validate.get(name), name)

    def property(self, name: str, default: str = "") -> str:
        """One of our plain properties, as text."""
        self._properties_read.add(name)
        return self.properties.get(name, default)

    def property_flag(self, name: str) -> bool:
        """A plain property that is "true" or "false"."""
        value = self.property(name, "false")
        if value not in ("true", "false"):
            self.refuse(Sentence("The property {name} must be true or false, not {value}.", name=name, value=value))
        return value == "true"

    def property_setting(self, name: str) -> Setting:
        """A plain property that is a constant or FEEL."""
        value = self.property(name)
        return self.setting(value, name) if value else None

    def property_number(self, name: str) -> Setting:
        """A plain property that is a number or FEEL."""
        return self.number(self.property(name) or None, name)

    def number(self, value: Any, name: str) -> Setting:
        """A number, as a number or text, or FEEL."""
        if value is None or value == "":
            return None
        if isinstance(value, feel.Expression):
            return value
        if formulas.is_formula(value):
            return self.setting(value, name)
        if not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,10})?", str(value)):
            return Decimal(str(value))
        self.refuse(Sentence("“{attribute}” must be a number or FEEL, not {value}.",
                             attribute=name, value=str(value)[:60]))  # fmt: skip
        return None

    def setting(self, value: Any, name: str) -> Setting:
        """A constant as it is, or the compiled FEEL of a text that begins with "="."""
        if not formulas.is_formula(value):
            return value
        try:
            return formulas.compiled(value, self.id, self.findings.functions)
        except feel.FeelSyntaxError as error:
            self.refuse(Sentence("“{attribute}” is no FEEL expression: {reason}",
                                 attribute=name, reason=error.sentence))  # fmt: skip
            return None

    def finish(self) -> None:
        """Say what had no effect: a rule that nobody enforces is refused, any other attribute warned about."""
        for name in sorted(set(self.validate) - self._validate_read):
            rule = self.validate[name]
            if rule is not None and rule is not False and rule != "":
                self.refuse(Sentence("The rule “{rule}” is not known for a field of type {type}.",
                                     rule=name, type=self.type))  # fmt: skip
        for name in sorted(set(self.properties) - self._properties_read):
            self.findings.warn(self.id, Sentence("The property {name} has no effect here.", name=name))
        for name in sorted(set(self._raw) - self._read):
            self.findings.warn(self.id, Sentence("The attribute {name} has no effect here.", name=name))


def read(schema: bytes, findings: Findings) -> tuple[str, str | None, Sequence[Any]]:
    """The id, the version tag and the components of a schema; raises :class:`DeploymentRefused`."""
    document = _document(schema, findings)
    form_id = document.get("id")
    if not isinstance(form_id, str) or not _FORM_ID.fullmatch(form_id):
        findings.refuse("", Sentence("A form needs an “id” of letters, digits, hyphens, points and underscores."))
    if document.get("type", "default") != "default":
        findings.refuse("", Sentence("The “type” of a form is “default”."))
    version = document.get("schemaVersion", 1)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= _NEWEST_SCHEMA:
        findings.refuse("", Sentence("The “schemaVersion” of the form is not known."))
    components = document.get("components")
    if not isinstance(components, list) or not components:
        findings.refuse("", Sentence("A form needs a list of “components”."))
    tag = document.get("versionTag")
    if tag is not None and not (isinstance(tag, str) and len(tag) <= _TAG):
        findings.refuse(
            "", Sentence("The “versionTag” of a form is a text of at most {limit} characters.", limit=_TAG)
        )
    findings.raise_errors()
    return str(form_id), tag or None, components or []


def _document(schema: bytes, findings: Findings) -> Mapping[str, Any]:
    if len(schema) > MAXIMUM_BYTES:
        findings.refuse("", Sentence("The form is larger than {maximum} bytes.", maximum=MAXIMUM_BYTES))
        findings.raise_errors()
    try:
        document = json.loads(schema.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        findings.refuse("", Sentence("The form is no JSON: {reason}", reason=str(error)[:200]))
        document = None
    else:
        if not isinstance(document, dict):
            findings.refuse("", Sentence("The form is no JSON object."))
    findings.raise_errors()
    return document or {}


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return read


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
