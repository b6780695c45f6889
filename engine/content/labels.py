"""The labels of a pack in other languages: gettext files whose msgids are the labels as drawn.

What a person reads in a diagram, table or form and no file translates is a warning, not an error.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from babel.messages.pofile import PoFileError, read_po

from engine.content.pack import LABELS
from engine.errors import Problem
from engine.runtime import Diagram
from feel.decisions import Decisions
from feel.sentences import Sentence

Labels = Mapping[str, str]
"""Label as drawn → its translation."""

_SHOWN_KEYS = frozenset({"label", "text", "description", "placeholder"})


def language_of(path: str) -> str:
    """The language of a file of labels: "en" of ``bpmn/chain_store/labels.en.po``."""
    found = LABELS.fullmatch(path.rpartition("/")[2])
    return found.group(1) if found else ""


def read_labels(content: bytes) -> dict[str, str]:
    """The translations of a file; entries without one, and fuzzy ones, are left out. Raises ``ValueError``."""
    try:
        catalogue = read_po(io.BytesIO(content), abort_invalid=True, ignore_obsolete=True)
    except (PoFileError, UnicodeDecodeError, LookupError) as error:
        raise ValueError(str(error)) from error
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str)
        and message.id
        and isinstance(message.string, str)
        and message.string
        and not message.fuzzy
    }


def unreadable(path: str, reason: str) -> Problem:
    """The problem of a file that is no gettext file."""
    sentence = Sentence("The translations cannot be read: {reason}.", reason=reason)
    return Problem("error", path, "", sentence, "labels_unreadable")


def untranslated(path: str, labels: Labels, shown: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    """A warning for each label of ``shown`` (file, element, label) that this file does not translate."""
    told: set[str] = set()
    for file, element_id, label in shown:
        if label in labels or label in told or label.isascii():
            continue
        told.add(label)
        sentence = Sentence('"{label}" has no translation in {path}.', label=label, path=path)
        yield Problem("warning", file, element_id, sentence, "untranslated")


def shown_by_diagram(path: str, diagram: Diagram) -> Iterator[tuple[str, str, str]]:
    """What a person reads in a diagram: (file, element, label)."""
    for process in diagram.processes.values():
        yield path, process.process_id, process.name
        if category := process.properties.get("category"):
            yield path, process.process_id, category
        for element in process.elements.values():
            yield path, element.id, element.name
        for flow in process.flows.values():
            yield path, flow.id, flow.name


def shown_by_decisions(path: str, decisions: Decisions) -> Iterator[tuple[str, str, str]]:
    """What a person reads of tables in a timeline: the decisions' names."""
    for decision in decisions.decisions.values():
        yield path, decision.id, decision.name


def shown_by_form(path: str, schema: bytes) -> Iterator[tuple[str, str, str]]:
    """What a person reads in a form."""
    yield from _shown_by_component(path, "", json.loads(schema))


def _shown_by_component(path: str, element_id: str, component: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(component, list):
        for item in component:
            yield from _shown_by_component(path, element_id, item)
    elif isinstance(component, dict):
        inner = component.get("id")
        element_id = inner if isinstance(inner, str) else element_id
        for key, value in component.items():
            if key in _SHOWN_KEYS and isinstance(value, str) and not value.startswith("="):
                yield path, element_id, value
            elif isinstance(value, list | dict):
                yield from _shown_by_component(path, element_id, value)
