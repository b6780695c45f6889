"""What the page of a task holds: its form as it stands, described by the engine, and its errors in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from engine import clock, deployments
from engine.organisation import functions
from engine.task_forms import Node, Parsed, TaskForm
from engine.user_tasks import TaskView
from webapp import entries, glossary, uploaded
from webapp.entries import Entry
from webapp.fields import Painter, Part
from webapp.languages import say
from webapp.surroundings import reading

_OURS = frozenset({"csrf_token", "next", "_row"})
"""What our own page posts beside the fields of the form."""

FILE = "_file."
"""Before the path of a field: the name under which new files are posted."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with what stands in it. ``parsed`` is None while nobody has posted anything."""

    form: TaskForm
    nodes: Sequence[Node]
    parsed: Parsed | None
    circumstances: Mapping[str, Any]

    def check(self) -> None:
        """Raise :class:`engine.errors.FormRefused` with everything that is wrong, as the engine will see it."""
        if self.parsed is not None:
            self.form.clean(self.parsed, **self.circumstances)


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a form, for the summary: which field, and what is wrong."""

    id: str
    label: str
    sentence: str


def form_of(view: TaskView) -> TaskForm | None:
    """The compiled form of a task, if it has one."""
    return None if view.task.form_key is None else deployments.form(reading(), view.task.form_key)


def posted() -> dict[str, list[str]]:
    """The fields of the form as they came, without what belongs to the page."""
    return {name: request.form.getlist(name) for name in request.form if _is_field(name)}


def _is_field(name: str) -> bool:
    """Scripts that post no files name them all the same."""
    return name not in _OURS and not name.startswith(FILE)


def from_posted(form: TaskForm, view: TaskView, given: Mapping[str, Sequence[str]]) -> Filled:
    """The form with what was posted, or kept as a draft."""
    circumstances = _circumstances(view)
    parsed = form.parse(given)
    return Filled(form, form.describe(parsed, **circumstances), parsed, circumstances)


def opened(form: TaskForm, view: TaskView) -> Filled:
    """The form as it opens: with the draft, else with what the matter holds."""
    draft = view.draft or {}
    if isinstance(draft.get("posted"), Mapping):
        return from_posted(form, view, uploaded.with_posted(form, view, draft["posted"]))
    circumstances = _circumstances(view)
    given = {**form.initial(view.variables), **draft} if draft or view.attached else None
    if given is not None:
        given = uploaded.with_typed(form, view, given)
    return Filled(form, form.describe(given, **circumstances), None, circumstances)


def _circumstances(view: TaskView) -> dict[str, Any]:
    now = clock.now()
    bound = functions.bound(reading(), at=now, process_id=view.matter.process_id)
    return {"current": view.variables, "now": now, "functions": bound, "attached": view.attached}


def parts(
    view: TaskView,
    filled: Filled,
    errors: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = "f-",
    one_more: str = "",
) -> tuple[list[Part], list[Problem]]:
    """The parts of the form, and its errors for the summary: those without a field of their own come first."""
    pack = deployments.definition(reading(), view.task.definition_key).pack
    told = errors or {}
    painted = Painter(told, lambda text: glossary.translated(text, pack), prefix, one_more).paint(filled.nodes)
    everything = [part for each in painted for part in each.walk()]
    known = {part.path for part in everything}
    elsewhere = [
        Problem("", "", sentence) for path, several in told.items() if path not in known for sentence in several
    ]
    return painted, elsewhere + [
        Problem(part.id, part.label, sentence) for part in everything for sentence in part.errors
    ]


def in_words(errors: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """Errors by path, in the reader's language."""
    return {path: [say(sentence) for sentence in told] for path, told in errors.items()}


def is_live(filled: Filled | None) -> bool:
    """Whether conditions or computed values make it worth asking the server while somebody types."""
    return filled is not None and any(_depends(node) for node in filled.nodes)


def _depends(node: Node) -> bool:
    if node.entry.hide not in (False, None) or node.entry.type == "expression":
        return True
    inner = [*node.children, *(child for row in node.rows for child in row), *node.blank]
    return any(_depends(child) for child in inner)


def head(view: TaskView) -> Entry:
    """What stands above the form."""
    return entries.of_task(view.task, view.matter)
