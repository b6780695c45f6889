"""One matter: where it stands, what happened and why, its diagrams, its steps in words, its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from lxml import etree
from markupsafe import Markup
from sqlalchemy import select

from engine import attachments, deployments, process_instances
from engine.errors import EngineError, NotFound
from engine.history import Event
from engine.models import ProcessInstance, UserTask
from engine.models.process_instance import ACTIVE
from feel.sentences import Sentence
from webapp import diagram_svg, entries, file_links, glossary, linked_matters, steps, timeline
from webapp.entries import Chosen, Entry
from webapp.facts import facts_of
from webapp.formats import Due, ago, due, exact
from webapp.languages import gettext as _
from webapp.languages import language, say
from webapp.people import person_name, unit_name
from webapp.steps import State, Step
from webapp.surroundings import actor, reading, write
from webapp.timeline import Line, Telling

blueprint = Blueprint("matters", __name__)
_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of a matter's page."""

    key: int
    title: str
    procedure: str
    version: int
    state: State
    business_id: str | None
    applicant: str
    store: str
    moment: Markup
    ended: Markup | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that the matter waits for."""

    step: str
    who: str
    due: Due
    url: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A decision as a seal: its word, who gave it, and when."""

    word: str
    person: str
    day: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram of a matter: the server's drawing, where the viewer finds the diagram, and its steps in words."""

    name: str
    url: str
    states: Mapping[str, Any]
    svg: Markup
    steps: Sequence[Step]


@blueprint.get("/matters/<int:key>")
def show(key: int) -> Any:
    """The page of a matter; that of a called process is its root's."""
    session = reading()
    matter = process_instances.get(session, key, actor())
    if matter.parent_key is not None:
        return redirect(url_for("matters.show", key=matter.root_key))
    events = process_instances.timeline(session, key, actor())
    tasks = process_instances.waiting(session, key, actor())
    instances = instances_of(key)
    full = request.args.get("all") is not None
    lines = lines_of(matter, instances, events, full=full)
    return render_template(
        "matter.html",
        matter=_head(matter, tasks),
        waiting=[_waiting(task) for task in tasks],
        seals=[Seal(line.seal, person_name(line.person), line.day) for line in lines if line.seal and line.decided],
        events=lines,
        full=full,
        drawings=[drawing_of(instance, events, tasks) for instance in last_rounds(instances)],
        facts=facts_of(process_instances.variables(session, key, actor()), glossary.of(matter.definition_key)),
        attached=_attached(matter),
        linked=linked_matters.of(key),
        can_withdraw=process_instances.may_withdraw(session, matter, actor()),
        can_discard=matter.starter == actor().person and matter.submitted_at is None and matter.state == ACTIVE,
    )


def instances_of(root_key: int) -> Sequence[ProcessInstance]:
    """The matter and the processes that it called, in the order in which they began."""
    rows = reading().execute(
        select(ProcessInstance).where(ProcessInstance.root_key == root_key).order_by(ProcessInstance.key)
    )
    return rows.scalars().all()


def last_rounds(instances: Sequence[ProcessInstance]) -> Sequence[ProcessInstance]:
    """Of several rounds through one called process, the last."""
    last = {(instance.parent_key is None, instance.definition_key): instance for instance in instances}
    return sorted(last.values(), key=lambda instance: instance.key)


def lines_of(
    matter: ProcessInstance, instances: Sequence[ProcessInstance], events: Sequence[Event], *, full: bool
) -> list[Line]:
    """What happened in a matter, in words."""
    telling = Telling(
        instances={instance.key: instance for instance in instances},
        glossary=glossary.of(matter.definition_key),
        pack=deployments.definition(reading(), matter.definition_key).pack,
    )
    return timeline.tell(events, telling, full=full)


def _head(matter: ProcessInstance, tasks: Sequence[UserTask]) -> Head:
    definition = deployments.definition(reading(), matter.definition_key)
    return Head(
        key=matter.key,
        title=entries.title_of(matter),
        procedure=entries.procedure_name(matter),
        version=definition.version,
        state=entries.state_of(matter),
        business_id=matter.business_id,
        applicant=person_name(matter.starter),
        store=unit_name(matter.store),
        moment=ago(matter.submitted_at or matter.started_at),
        ended=exact(matter.ended_at) if matter.ended_at else None,
        is_late=any(due(task.due_at).kind == "overdue" for task in tasks),
    )


def _waiting(task: UserTask) -> Waiting:
    return Waiting(
        entries.step_name(task), entries.waits_for(task), due(task.due_at), url_for("tasks.show", key=task.key)
    )


def drawing_of(instance: ProcessInstance, events: Sequence[Event], tasks: Sequence[UserTask]) -> Drawing:
    """The diagram of one instance, coloured by what happened."""
    session = reading()
    definition = deployments.definition(session, instance.definition_key)
    process = deployments.process(session, instance.definition_key)

    def translate(text: str) -> str:
        return glossary.translated(text, definition.pack)

    standing = steps.standings(events).get(instance.key, steps.Standing())
    found = steps.states(instance, process, standing, tasks)
    name = translate(definition.name)
    try:
        svg = diagram_svg.draw(
            deployments.source(session, instance.definition_key),
            states={element: state.kind for element, state in found.items()},
            taken=standing.taken,
            title=name,
            translate=translate,
        )
    except ValueError:  # a diagram without coordinates runs all the same; its steps in words remain
        svg = ""
    badges = {"active", "late", "returned"}
    told = {
        "elements": {
            element: {"state": state.kind, "words": state.words if state.kind in badges else ""}
            for element, state in found.items()
            if process.elements[element].type != "subProcess"  # it would paint over what it holds
        },
        "taken": sorted(standing.taken),
    }
    url = url_for("matters.diagram", key=instance.key, language=language())
    return Drawing(name, url, told, Markup(svg), steps.in_words(process, found, translate))  # noqa: S704 - escaped part by part when it was drawn


def _attached(matter: ProcessInstance) -> Sequence[Mapping[str, Any]]:
    """The files that were submitted in the matter, with the step that they came with."""
    pack = deployments.definition(reading(), matter.definition_key).pack
    return [
        {
            "file": file_links.link(each.file.record),
            "step": glossary.translated(each.task_name, pack),
            "person": person_name(each.uploaded_by),
            "moment": exact(each.uploaded_at),
        }
        for each in attachments.of_matter(reading(), matter.key, actor())
    ]


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
    waiting = select(UserTask).where(UserTask.root_key.in_(keys), UserTask.state == "CREATED").order_by(UserTask.key)
    for task in reading().execute(waiting).scalars():
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
