"""Forms of user tasks: a form-js schema becomes one set of rules, the same for pages and for the API.

``TaskForm.compile`` reads a schema once (whatever it cannot do rightly is refused with field and reason), and the
result never changes. ``parse`` reads what a page posted, ``clean`` gives the variables to save or raises
:class:`engine.errors.FormRefused` with sentences by path, ``describe`` gives what a page shows.

The rooms: ``schema``, ``components``, ``inputs`` and ``structure`` compile; ``texts``, ``numbers``, ``moments``,
``choices`` and ``files`` know one kind of value each; ``values`` are the two doors; ``settling`` says what is shown
and computed; ``cleaning`` checks; ``description`` shows. Our own properties are listed in docs/forms.md.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.errors import Problem
from engine.task_forms import cleaning, components, description, files, schema, structure, values
from engine.task_forms.description import Node
from engine.task_forms.fields import (
    CheckboxField,
    ChoiceField,
    ComputedField,
    Field,
    FileField,
    GroupField,
    InputField,
    MomentField,
    NumberField,
    Option,
    RowsField,
    StaticField,
    TableField,
    TextField,
)
from engine.task_forms.files import Attached
from engine.task_forms.formulas import Surroundings
from engine.task_forms.settling import Settled, is_hidden, placed, settle
from engine.task_forms.values import Parsed

__all__ = [
    "Attached",
    "CheckboxField",
    "ChoiceField",
    "ComputedField",
    "Field",
    "FileField",
    "GroupField",
    "InputField",
    "MomentField",
    "Node",
    "NumberField",
    "Option",
    "Parsed",
    "RowsField",
    "StaticField",
    "TableField",
    "TaskForm",
    "TextField",
]

Functions = Mapping[str, Callable[..., Any]]


class TaskForm:
    """A compiled form: immutable, shared by threads.

    ``id`` is the form id, ``version_tag`` what its author calls this version, ``fields`` the field tree, ``problems``
    the warnings found while compiling, ``has_files`` whether files can be attached anywhere in it.
    """

    __slots__ = ("_count", "fields", "has_files", "id", "problems", "version_tag")

    def __init__(
        self, form_id: str, fields: tuple[Field, ...], problems: tuple[Problem, ...], version_tag: str | None = None
    ) -> None:
        self.id = form_id
        self.version_tag = version_tag
        self.fields = fields
        self.problems = problems
        every = tuple(structure.every(fields))
        self._count = len(every)
        self.has_files = any(isinstance(entry, FileField) for entry in every)

    @classmethod
    def compile(cls, source: bytes, *, file: str = "", functions: Collection[str] = ()) -> TaskForm:
        """The form of a schema; ``functions`` are the names that its expressions may call besides FEEL's own.

        Raises :class:`engine.errors.DeploymentRefused` with every problem that was found.
        """
        findings = schema.Findings(file, functions)
        form_id, version_tag, raw = schema.read(source, findings)
        fields = components.Reader(findings).fields(raw)
        structure.check(fields, findings)
        findings.raise_errors()
        return cls(form_id, fields, tuple(findings.problems), version_tag)

    def parse(self, posted: Mapping[str, str | Sequence[str]]) -> Parsed:
        """What a page posted under names that are paths ("lines.0.qty"), ready for :meth:`clean`; never refuses."""
        return values.parsed(self.fields, posted)

    def clean(
        self,
        submitted: Mapping[str, Any] | Parsed,
        *,
        current: Mapping[str, Any],
        now: datetime,
        functions: Functions | None = None,
        attached: Collection[Attached] = (),
        strict: bool = True,
    ) -> dict[str, Any]:
        """The variables to save, typed: str, bool, int, Decimal, lists, and dicts for groups and rows.

        ``submitted`` is the JSON of a client, or what :meth:`parse` gave (then hidden and read-only values are
        ignored, as with ``strict=False``). ``current`` are the variables of the matter that the task sees,
        ``attached`` the files that who submits uploaded for the task.
        """
        around = Surroundings(current, now, functions or {}, attached)
        submission = submitted if isinstance(submitted, Parsed) else values.normalised(self.fields, submitted)
        state = self._settled(submission.values, around)
        sent = None if isinstance(submitted, Parsed) or not strict else submitted
        cleaning.check(self.fields, submission, state, around, sent)
        return cleaning.saved(self.fields, state.values, current, state)

    def visible(
        self,
        given: Mapping[str, Any] | Parsed,
        *,
        current: Mapping[str, Any],
        now: datetime,
        functions: Functions | None = None,
        attached: Collection[Attached] = (),
    ) -> frozenset[str]:
        """The paths of all fields that are shown for these values."""
        around, state = self._at_rest(given, Surroundings(current, now, functions or {}, attached))
        places = placed(self.fields, state, around)
        return frozenset(place.path for place in places if not is_hidden(place.path, state))

    def computed(
        self,
        given: Mapping[str, Any] | Parsed,
        *,
        current: Mapping[str, Any],
        now: datetime,
        functions: Functions | None = None,
        attached: Collection[Attached] = (),
    ) -> dict[str, Any]:
        """The values of all computed fields that are shown, by path."""
        around, state = self._at_rest(given, Surroundings(current, now, functions or {}, attached))
        return {
            place.path: place.value
            for place in placed(self.fields, state, around)
            if isinstance(place.entry, ComputedField) and not is_hidden(place.path, state)
        }

    def describe(
        self,
        given: Mapping[str, Any] | Parsed | None,
        *,
        current: Mapping[str, Any],
        now: datetime,
        functions: Functions | None = None,
        attached: Collection[Attached] = (),
    ) -> tuple[Node, ...]:
        """What a page shows: for a draft or what was posted, or (None) what the matter holds and the defaults."""
        shown = self.initial(current) if given is None else given
        around, state = self._at_rest(shown, Surroundings(current, now, functions or {}, attached))
        typed = shown.texts if isinstance(shown, Parsed) else None
        builder = description.Description(around, state, typed)
        return builder.nodes(self.fields, state.values, ChainMap(state.values, dict(current)))

    def initial(self, current: Mapping[str, Any]) -> dict[str, Any]:
        """The values that a fresh page shows: those of the matter, else the form's defaults."""
        own = {entry.key for entry in structure.in_scope(self.fields) if entry.key}
        stored = {key: value for key, value in current.items() if key in own and value is not None}
        return {**description.defaults(self.fields), **stored}

    def words(self) -> frozenset[str]:
        """Every text of the form that people read, for the catalogue of its pack."""
        return frozenset(text for text in self._words() if text)

    def personal_keys(self) -> frozenset[str]:
        """The variables that hold personal values, which the history keeps erasable."""
        found = set()
        for entry in structure.in_scope(self.fields):
            inner = structure.every((entry,))
            if entry.key and any(isinstance(one, InputField) and one.personal for one in inner):
                found.add(entry.key)
        return frozenset(found)

    def _words(self) -> Iterator[str]:
        for entry in structure.every(self.fields):
            for setting in (entry.label, entry.description):
                if isinstance(setting, str):
                    yield setting
            if isinstance(entry, InputField):
                yield entry.rule_message
            if isinstance(entry, TextField):
                yield entry.pattern_message
            if isinstance(entry, TextField | NumberField):
                yield from (entry.prefix, entry.suffix)
            if isinstance(entry, ChoiceField):
                yield from (option.label for option in entry.options)
            if isinstance(entry, TableField):
                yield from (label for _, label in entry.columns_of)
            if isinstance(entry, StaticField) and entry.type == "text" and isinstance(entry.content, str):
                yield entry.content

    def _at_rest(self, given: Mapping[str, Any] | Parsed, around: Surroundings) -> tuple[Surroundings, Settled]:
        submission = given if isinstance(given, Parsed) else values.normalised(self.fields, given)
        return around, self._settled(submission.values, around)

    def _settled(self, given: Mapping[str, Any], around: Surroundings) -> Settled:
        if self.has_files:
            given = files.resolved(self.fields, given, around.current, around.attached)
        return settle(self.fields, given, around, self._count)
