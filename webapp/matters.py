"""One matter: where it stands, what happened and why, its diagrams, its steps in words, its values."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from lxml import etree
from sqlalchemy import select

from engine import audit, deployments, process_instances
from engine.errors import EngineError, NotFound
from engine.models import ProcessInstance, UserTask
from engine.models.process_instance import ACTIVE
from engine.models.user_task import CREATED
from engine.statements import constant
from feel.sentences import Sentence
from webapp import entries, glossary, linked_matters, matter_parts
from webapp.entries import Chosen, Entry
from webapp.facts import facts_of
from webapp.formats import ago, due
from webapp.languages import gettext as _
from webapp.languages import language, say
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("matters", __name__)
_LONGEST_TEXT = 80


@blueprint.get("/matters/<int:key>")
def show(key: int) -> Any:
    """The page of a matter; that of a called process is its root's."""
    session = reading()
    matter = process_instances.get(session, key, actor())
    if matter.parent_key is not None:
        return redirect(url_for("matters.show", key=matter.root_key))
    # a draft is its starter's alone: nobody else ever looks at it
    if matter.submitted_at is not None and not audit.is_known(session, actor(), "page", key):
        write(audit.viewed, actor(), "page", key)
        session, matter = reading(), process_instances.get(reading(), key, actor())
    events = process_instances.timeline(session, key, actor())
    tasks = process_instances.waiting(session, key, actor())
    instances = matter_parts.instances_of(key)
    full = request.args.get("all") is not None
    lines = matter_parts.lines_of(matter, instances, events, full=full)
    return render_template(
        "matter.html",
        matter=matter_parts.head(matter, tasks),
        waiting=[matter_parts.waiting(task) for task in tasks],
        seals=matter_parts.seals(lines),
        events=lines,
        full=full,
        drawings=[
            matter_parts.drawing_of(instance, events, tasks) for instance in matter_parts.last_rounds(instances)
        ],
        facts=facts_of(process_instances.variables(session, key, actor()), glossary.of(matter.definition_key)),
        attached=matter_parts.attached(matter),
        linked=linked_matters.of(key),
        can_withdraw=process_instances.may_withdraw(session, matter, actor()),
        can_discard=matter.starter == actor().person and matter.submitted_at is None and matter.state == ACTIVE,
    )


@blueprint.get("/matters/<int:key>/diagram.bpmn")
def diagram(key: int) -> Response:
    """The diagram for the viewer, as deployed; for an English reader with English names."""
    session = reading()
    instance = process_instances.get(session, key, actor())
    source = deployments.source(session, instance.definition_key)
    pack = deployments.definition(session, instance.definition_key).pack
    if language() != "zh":
        source = _translated(source, pack)
    return Response(source, mimetype="application/xml")


def _translated(source: bytes, pack: str) -> bytes:
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    words = glossary.labels(pack)
    for element in root.iter():
        name = element.get("name") or ""
        if name in words:
            element.set("name", words[name])
        if element.text and element.text.strip() in words:
            element.text = words[element.text.strip()]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@blueprint.get("/started")
def started() -> str:
    """What I started (我发起的), drafts first among the latest."""
    text = request.args.get("text", "")[:_LONGEST_TEXT]
    found = process_instances.started_by(reading(), actor(), text=text, page=entries.page_number())
    open_tasks: dict[int, list[UserTask]] = {}
    keys = [matter.key for matter in found.rows]
    # Not ordered: for the sake of the order, SQLite would go through everything that is open anywhere.
    waiting = select(UserTask).where(UserTask.root_key.in_(keys), UserTask.state == constant(CREATED))
    for task in sorted(reading().execute(waiting).scalars(), key=attrgetter("key")):
        open_tasks.setdefault(task.root_key, []).append(task)
    sentence = _("What you start is kept here from the first draft to the end.")
    return render_template(
        "list.html",
        here="started",
        heading=_("Started by me"),
        entries=[_started(matter, open_tasks.get(matter.key, [])) for matter in found.rows],
        chosen=Chosen(text=text, is_narrow=bool(text)),
        pages=entries.pages(found.number, found.pages),
        empty={
            "heading": _("Nothing matches.") if text else _("You have started nothing yet."),
            "sentence": _("None of your matters fits.") if text else sentence,
            "start": not text,
        },
    )


def _started(matter: ProcessInstance, tasks: Sequence[UserTask]) -> Entry:
    is_draft = matter.submitted_at is None and matter.state == ACTIVE
    own = [task for task in tasks if task.assignee == actor().person]
    waits = [f"{entries.step_name(task)}: {entries.waits_for(task)}" for task in tasks]
    first_due = min((task.due_at for task in tasks if task.due_at), default=None)
    return Entry(
        key=matter.key,
        url=url_for("tasks.show", key=own[0].key) if is_draft and own else url_for("matters.show", key=matter.key),
        title=entries.title_of(matter),
        procedure=entries.procedure_name(matter),
        business_id=matter.business_id,
        lines=[] if is_draft else waits,
        state=entries.state_of(matter),
        due=due(first_due),
        moment=ago(matter.submitted_at or matter.started_at),
    )


@blueprint.post("/matters/<int:key>/discard")
def discard(key: int) -> Any:
    """Throw one's own draft away."""
    write(process_instances.discard, key, actor())
    flash(_("The draft is discarded."), "good")
    return redirect(url_for("matters.started"), code=303)


@blueprint.get("/matters/<int:key>/withdraw")
def withdraw(key: int) -> str:
    """Ask why, before a matter is withdrawn."""
    return _withdraw_page(_own(key))


@blueprint.post("/matters/<int:key>/withdraw")
def withdraw_now(key: int) -> Any:
    """Withdraw one's own matter."""
    reason = request.form.get("reason", "")
    matter = _own(key)
    try:
        write(process_instances.withdraw, key, actor(), reason)
    except EngineError as error:
        return _withdraw_page(matter, reason, say(error)), 422
    flash(_("The matter is withdrawn."), "good")
    return redirect(url_for("matters.show", key=key), code=303)


def _own(key: int) -> ProcessInstance:
    matter = process_instances.get(reading(), key, actor())
    if matter.starter != actor().person:
        raise NotFound(Sentence("There is no such matter, or it is not open to you."))
    return matter


def _withdraw_page(matter: ProcessInstance, reason: str = "", problem: str = "") -> str:
    head = {"key": matter.key, "title": entries.title_of(matter)}
    return render_template("withdraw.html", matter=head, reason=reason, problem=problem)
