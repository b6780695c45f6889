"""What is wrong with a draft, in the reader's language, each finding with the way to the place where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for

from engine.errors import Problem
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.workshop.room import file_name, kind_of

_ORDER = {"error": 0, "warning": 1, "information": 2}
_MOST = 200
"""Findings that a page shows; a table of ten thousand rules may have more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: ``severity`` as a code and in words, its place, and the sentence that says what to do."""

    severity: str
    word: str
    path: str
    file: str
    element_id: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a draft; ``shown`` are the first of them, the gravest first."""

    shown: Sequence[Finding]
    errors: int
    warnings: int


def told(key: int, problems: Iterable[Problem], path: str | None = None) -> Findings:
    """The findings of a draft, or those of one of its files."""
    chosen = [problem for problem in problems if path is None or problem.file == path]
    chosen.sort(key=lambda problem: _ORDER.get(problem.severity, 3))
    errors = sum(problem.severity == "error" for problem in chosen)
    warnings = sum(problem.severity == "warning" for problem in chosen)
    return Findings([_finding(key, problem) for problem in chosen[:_MOST]], errors, warnings)


def _finding(key: int, problem: Problem) -> Finding:
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
        say(problem.sentence),
        url,
    )
