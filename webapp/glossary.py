"""What the variables of a procedure are called and how they look: read from the fields of its forms.

A definition version never changes, so its glossary is made once and remembered. Labels of content are Chinese in the
files; an English reader gets the pack's translation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import deployments
from engine.task_forms import fields as forms
from webapp.languages import language
from webapp.surroundings import reading, surroundings


@dataclass(frozen=True, slots=True)
class Entry:
    """How one variable is shown. ``columns`` are those of a list of rows."""

    name: str
    label: str
    is_money: bool = False
    is_number: bool = False
    is_moment: bool = False
    is_personal: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The entries of a procedure in the order of its forms, with the labels of one language."""

    entries: Mapping[str, Entry]

    def label(self, name: str) -> str:
        """The label of a variable, its name where no form has it."""
        entry = self.entries.get(name)
        return entry.label if entry else name


def labels(pack: str) -> Mapping[str, str]:
    """The translations of a pack's labels into the reader's language; none for Chinese, which the files hold."""
    return {} if language() == "zh" else deployments.labels(reading(), pack, language())


def translated(text: str, pack: str) -> str:
    """A label of a pack in the reader's language."""
    return labels(pack).get(text, text)


def of(definition_key: int) -> Glossary:
    """The glossary of a process definition, with the forms of the processes that it calls."""
    remembered = surroundings().remembered
    key = ("glossary", definition_key, language())
    if key not in remembered:
        remembered[key] = _made(definition_key)
    found: Glossary = remembered[key]
    return found


def _made(definition_key: int) -> Glossary:
    session = reading()
    pack = deployments.definition(session, definition_key).pack
    words = labels(pack)
    entries: dict[str, Entry] = {}
    for key in _with_called(definition_key):
        process = deployments.process(session, key)
        for form_id in sorted(process.references.form_ids):
            form_key = deployments.bound_form(session, key, form_id, "deployment")
            for entry in _entries(deployments.form(session, form_key).fields, words):
                if entry.name not in entries or (entry.choices and not entries[entry.name].choices):
                    entries[entry.name] = entry
    return Glossary(entries)


def of_form(form_key: int, pack: str) -> Glossary:
    """The glossary of one form as it was filled in: a form that was deployed keeps its labels for good."""
    remembered = surroundings().remembered
    key = ("form glossary", form_key, language())
    if key not in remembered:
        found = _entries(deployments.form(reading(), form_key).fields, labels(pack))
        remembered[key] = Glossary({entry.name: entry for entry in found})
    made: Glossary = remembered[key]
    return made


def _with_called(definition_key: int) -> Sequence[int]:
    found, waiting = [definition_key], [definition_key]
    while waiting:
        key = waiting.pop()
        process = deployments.process(reading(), key)
        for called in dict.fromkeys(process.references.called.values()):
            other = deployments.called_process(reading(), key, called, "deployment", None)
            if other not in found:
                found.append(other)
                waiting.append(other)
    return found


def _entries(entries: Sequence[forms.Field], words: Mapping[str, str]) -> Iterator[Entry]:
    for entry in entries:
        if isinstance(entry, forms.GroupField) and not entry.key:
            yield from _entries(entry.children, words)
        elif forms.saves(entry) and isinstance(entry.label, str):
            yield _entry(entry, words)


def _entry(entry: forms.Field, words: Mapping[str, str]) -> Entry:
    label = str(entry.label) or entry.key
    children = entry.children if isinstance(entry, forms.RowsField | forms.GroupField) else ()
    options: Sequence[Any] = entry.options if isinstance(entry, forms.ChoiceField) else ()
    return Entry(
        name=entry.key,
        label=words.get(label, label),
        is_money=forms.is_money(entry),
        is_number=isinstance(entry, forms.NumberField | forms.ComputedField),
        is_moment=isinstance(entry, forms.MomentField),
        is_personal=bool(getattr(entry, "personal", False)),
        choices={option.text: words.get(option.label, option.label) for option in options},
        columns={child.name: child for child in _entries(children, words)},
    )
