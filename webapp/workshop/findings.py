"""What is wrong with a draft, in the reader's language, each finding with the way to the place where it is mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from lxml import etree

from engine import drafts
from engine.drafts import DraftView
from engine.errors import Problem
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import reading, surroundings
from webapp.workshop.room import file_name, kind_of

_ORDER = {"error": 0, "warning": 1, "information": 2}
_MOST = 200
"""Findings that a page shows; a table of ten thousand rules may have more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: ``severity`` as a code and in words, its place, and the sentence that says what to do.

    ``element`` is what the element is called, "" where its name says nothing that the sentence does not.
    """

    severity: str
    word: str
    path: str
    file: str
    element_id: str
    element: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a draft; ``shown`` are the first of them, the gravest first."""

    shown: Sequence[Finding]
    errors: int
    warnings: int


def of_draft(found: DraftView) -> Sequence[Problem]:
    """Everything that is wrong with a draft, its scenario files included."""
    _content, problems = drafts.problems(reading(), found)
    rehearsals = surroundings().rehearsals
    return [*problems, *(rehearsals.problems(found.pack) if rehearsals is not None else ())]


def told(key: int, problems: Iterable[Problem], files: Mapping[str, bytes], path: str | None = None) -> Findings:
    """The findings of a draft whose ``files`` are these, or those of one of them."""
    chosen = [problem for problem in problems if path is None or problem.file == path]
    chosen.sort(key=lambda problem: _ORDER.get(problem.severity, 3))
    errors = sum(problem.severity == "error" for problem in chosen)
    warnings = sum(problem.severity == "warning" for problem in chosen)
    shown = chosen[:_MOST]
    named = {file: names_in(file, files[file]) for file in {problem.file for problem in shown} & set(files)}
    return Findings(
        [_finding(key, problem, named.get(problem.file, {}).get(problem.element_id, "")) for problem in shown],
        errors,
        warnings,
    )


def names_in(path: str, source: bytes) -> Mapping[str, str]:
    """What the elements of a diagram and the fields of a form are called, by id; nothing of what cannot be read."""
    kind = kind_of(path)
    try:
        if kind == "form":
            return dict(_labels(json.loads(source)))
        if kind == "diagram":
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            elements = etree.fromstring(source, parser).iter("{*}*")
            return {str(one.get("id")): str(one.get("name")) for one in elements if one.get("id") and one.get("name")}
    except (ValueError, SyntaxError):
        pass  # the finding itself says that the file cannot be read
    return {}


def _labels(component: object) -> Iterable[tuple[str, str]]:
    if isinstance(component, list):
        for one in component:
            yield from _labels(one)
    elif isinstance(component, dict):
        if isinstance(component.get("id"), str) and isinstance(component.get("label"), str):
            yield component["id"], component["label"]
        yield from _labels(component.get("components"))


def _finding(key: int, problem: Problem, element: str) -> Finding:
    words = {"error": _("Error"), "warning": _("Warning"), "information": _("Note")}
    url = ""
    if kind_of(problem.file):
        url = url_for("workshop.editor", key=key, path=problem.file, _anchor=problem.element_id or None)
    return Finding(
        problem.severity,
        words.get(problem.severity, problem.severity),
        problem.file,
        file_name(problem.file),
        problem.element_id,
        element,
        say(problem.sentence),
        url,
    )
