"""A pack compiled as a whole: diagrams, decisions, forms, labels, and all problems of all files at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine import runtime, topics
from engine.content import firings, labels, references
from engine.content.imports import imports_of
from engine.content.pack import Pack
from engine.errors import DeploymentRefused, Problem
from engine.organisation.functions import NAMES
from engine.runtime import Diagram
from engine.task_forms import TaskForm
from feel import decisions as feel_decisions
from feel.decisions import Decisions, checks

# While a table is edited a gap is a warning; published, it would stop a matter at the value that nobody thought of.
_GAPS = frozenset({"gap", "boundary_gap"})


@dataclass(slots=True)
class Content:
    """What a pack's files compile to, by path; a file that was refused is missing and has its problems."""

    pack: Pack
    diagrams: dict[str, Diagram] = field(default_factory=dict)
    decisions: dict[str, Decisions] = field(default_factory=dict)
    forms: dict[str, TaskForm] = field(default_factory=dict)
    labels: dict[str, labels.Labels] = field(default_factory=dict)
    imports: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether there is an error, so that nothing of the pack may be deployed."""
        return any(problem.severity == "error" for problem in self.problems)

    def is_complete(self, folder: str) -> bool:
        """Whether every file of that folder compiled; else an id that is not found may be in a refused file."""
        read = {"bpmn": len(self.diagrams), "dmn": len(self.decisions), "forms": len(self.forms)}
        suffixes = {"bpmn": ".bpmn", "dmn": ".dmn", "forms": ".form"}
        return read[folder] == len(self.pack.of_kind(suffixes[folder]))


def check(pack: Pack, *, groups: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Every problem of a pack: errors, for which it is refused, and warnings.

    ``groups`` are the codes of all posts; without them (outside an organisation) groups are not looked up.
    """
    return tuple(compile_pack(pack, groups=groups).problems)


def compile_pack(pack: Pack, *, groups: Collection[str] | None = None) -> Content:
    """The compiled pack with all its problems, in the order of files; it never raises for what a file holds."""
    content = Content(pack)
    decision_files = pack.of_kind(".dmn")
    content.imports = imports_of(decision_files)
    for path, source in decision_files.items():
        _read_decisions(content, path, source)
    for path, source in pack.of_kind(".form").items():
        _read_form(content, path, source)
    for path, source in pack.of_kind(".bpmn").items():
        _read_diagram(content, path, source)
    content.problems.extend(references.problems_of(content, groups))
    content.problems.extend(firings.problems_of(content))
    _read_labels(content)
    content.problems.sort(key=lambda problem: (problem.file, problem.severity != "error"))
    return content


def _read_decisions(content: Content, path: str, source: bytes) -> None:
    imports = content.imports[path]
    compiled, problems = _compiled_decisions(path, source, tuple(sorted(imports.items())))
    content.problems.extend(problems)
    if compiled is not None:
        content.decisions[path] = compiled


def _read_form(content: Content, path: str, source: bytes) -> None:
    compiled, problems = _compiled_form(path, source)
    content.problems.extend(problems)
    if compiled is not None:
        content.forms[path] = compiled


def _read_diagram(content: Content, path: str, source: bytes) -> None:
    compiled, problems = _compiled_diagram(path, source, topics.names())
    content.problems.extend(problems)
    if compiled is not None:
        content.diagrams[path] = compiled


# A pack that is edited is compiled after every save, with one file changed. What a file compiles to never changes.
_KEPT = 1000


@lru_cache(maxsize=_KEPT)
def _compiled_decisions(
    path: str, source: bytes, imports: tuple[tuple[str, bytes], ...]
) -> tuple[Decisions | None, tuple[Problem, ...]]:
    """Gaps, overlaps and shadowed rules are looked for too: an overlap under UNIQUE, or a gap, refuses the table."""
    found = tuple(
        Problem("error" if p.code in _GAPS else p.severity, path, p.element_id, p.sentence, p.code)
        for p in checks.check(source, imports=dict(imports), functions=NAMES)
    )
    if any(problem.severity == "error" for problem in found):
        return None, found
    return feel_decisions.compile(source, imports=dict(imports), functions=NAMES), found


@lru_cache(maxsize=_KEPT)
def _compiled_form(path: str, source: bytes) -> tuple[TaskForm | None, tuple[Problem, ...]]:
    try:
        form = TaskForm.compile(source, file=path, functions=NAMES)
    except DeploymentRefused as refused:
        return None, refused.problems
    return form, tuple(form.problems)


@lru_cache(maxsize=_KEPT)
def _compiled_diagram(path: str, source: bytes, known: frozenset[str]) -> tuple[Diagram | None, tuple[Problem, ...]]:
    try:
        diagram = runtime.compile(source, file=path, functions=NAMES, topics=known)
    except DeploymentRefused as refused:
        return None, refused.problems
    return diagram, tuple(diagram.problems)


def _read_labels(content: Content) -> None:
    shown = [
        *(item for path, diagram in content.diagrams.items() for item in labels.shown_by_diagram(path, diagram)),
        *(item for path, found in content.decisions.items() for item in labels.shown_by_decisions(path, found)),
        *(item for path in content.forms for item in labels.shown_by_form(path, content.pack.files[path])),
    ]
    for path, source in content.pack.of_kind(".po").items():
        try:
            translations = labels.read_labels(source)
        except ValueError as error:
            content.problems.append(labels.unreadable(path, str(error)))
            continue
        content.labels[labels.language_of(path)] = translations
        content.problems.extend(labels.untranslated(path, translations, shown))
