"""Rows of lists: what a task or a matter shows of itself, so that a simple one is decided without opening it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import defer

from engine import deployments
from engine.models import ProcessInstance, UserTask
from engine.models.process_instance import ACTIVE, CANCELED
from webapp import glossary
from webapp.formats import Due, due, listed, shown
from webapp.languages import gettext as _
from webapp.people import person_name, post_name, unit_name
from webapp.steps import State
from webapp.surroundings import actor, reading


@dataclass(slots=True)
class Entry:
    """One row of a list."""

    key: int
    url: str
    title: str
    step: str = ""
    procedure: str = ""
    business_id: str | None = None
    applicant: str = ""
    store: str = ""
    on_behalf_of: str = ""
    lines: Sequence[str] = ()
    values: Sequence[tuple[str, Markup]] = ()
    state: State | None = None
    due: Due | None = None
    moment: Markup | None = None
    can_claim: bool = False
    can_release: bool = False
    can_decide: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses of the pages before and after, "" for none."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a list as its address has them."""

    text: str = ""
    process: str = ""
    sort: str = ""
    procedures: Sequence[tuple[str, str]] = ()
    sorts: Sequence[tuple[str, str]] = ()
    kept: Sequence[tuple[str, str]] = ()
    is_narrow: bool = field(default=False)


def page_number() -> int:
    """The page that the address asks for."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004 - 99 999 pages


def pages(number: int, count: int) -> Pages:
    """Links to the neighbours of a page, with the same filters."""

    def address(page: int) -> str:
        arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), "page": page}
        return url_for(str(request.endpoint), **arguments)

    return Pages(address(number - 1) if number > 1 else "", address(number + 1) if number < count else "")


def roots(keys: Collection[int]) -> Mapping[int, ProcessInstance]:
    """The matters of these keys, in one statement, without what their workflows run on."""
    found = (
        select(ProcessInstance).where(ProcessInstance.key.in_(set(keys))).options(defer(ProcessInstance.state_bytes))
    )
    rows = reading().execute(found).scalars()
    return {row.key: row for row in rows}


def procedure_name(matter: ProcessInstance) -> str:
    """The name of a matter's procedure."""
    definition = deployments.definition(reading(), matter.definition_key)
    return glossary.translated(definition.name, definition.pack)


def title_of(matter: ProcessInstance) -> str:
    """The title of a matter; its procedure's name stands in, in the reader's language, until it has one."""
    definition = deployments.definition(reading(), matter.definition_key)
    return glossary.translated(matter.title or definition.name, definition.pack)


def step_name(task: UserTask) -> str:
    """The name of a task in the reader's language."""
    return glossary.translated(task.name, deployments.definition(reading(), task.definition_key).pack)


def of_task(task: UserTask, matter: ProcessInstance) -> Entry:
    """The row of an open task."""
    me = actor().person
    mine = task.assignee == me
    queue = bool((task.resolution or {}).get("groups") or (task.resolution or {}).get("persons"))
    owner = task.on_behalf_of if mine else task.assignee
    return Entry(
        key=task.key,
        url=url_for("tasks.show", key=task.key),
        title=title_of(matter),
        step=step_name(task),
        procedure=procedure_name(matter),
        business_id=task.business_id,
        applicant=person_name(task.starter),
        store=unit_name(task.store),
        on_behalf_of=person_name(owner) if owner and owner != me else "",
        values=summary(task, matter),
        due=due(task.due_at),
        can_claim=task.assignee is None,
        can_release=mine and queue,
        can_decide=task.form_key is not None and matter.submitted_at is not None,
    )


def summary(task: UserTask, matter: ProcessInstance) -> Sequence[tuple[str, Markup]]:
    """The two or three values that the procedure shows in lists."""
    words = glossary.of(matter.definition_key)
    return [
        (words.label(name), shown(value, words.entries.get(name)))
        for name, value in task.summary or ()
        if name not in _ABOVE and value is not None and not isinstance(value, list | Mapping)
    ]


_ABOVE = frozenset({"starter", "store"})
"""Variables that the row shows by itself."""


def state_of(matter: ProcessInstance) -> State:
    """Where a matter stands, in words."""
    if matter.state == ACTIVE:
        if matter.suspended:
            return State("skipped", _("suspended"))
        return State("active", _("in progress")) if matter.submitted_at else State("skipped", _("draft"))
    if matter.state == CANCELED:
        words = {"discarded": _("discarded"), "canceled": _("cancelled")}.get(matter.outcome or "", _("cancelled"))
        return State("skipped", words)
    return State(_OUTCOMES.get(matter.outcome or "", "done"), outcome_name(matter))


_OUTCOMES = {"rejected": "returned", "withdrawn": "skipped", "expired": "returned", "cancelled": "returned"}


def outcome_name(matter: ProcessInstance) -> str:
    """The name of the end that a matter reached."""
    definition = deployments.definition(reading(), matter.definition_key)
    element = deployments.process(reading(), matter.definition_key).elements.get(matter.outcome or "")
    return glossary.translated((element.name if element else "") or matter.outcome or _("ended"), definition.pack)


def waits_for(task: UserTask) -> str:
    """Who a task waits for."""
    if task.assignee:
        return person_name(task.assignee)
    resolution = task.resolution or {}
    names = [*map(person_name, resolution.get("persons", ())), *map(post_name, resolution.get("groups", ()))]
    return listed(names) or _("the administrators")
