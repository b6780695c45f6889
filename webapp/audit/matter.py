"""One matter to the last cell: each form as it was submitted, each decision with its rules, files, and the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from engine import attachments, audit, clock, deployments, history, process_instances
from engine.audit import View
from engine.errors import NotFound
from engine.history import Erased, Event
from engine.models import ProcessInstance, Seal, SealedHead
from feel.sentences import Sentence
from webapp import decision_words, facts, file_links, glossary, linked_matters, matter_parts, steps
from webapp.audit import journal, rooms, search
from webapp.audit.rooms import blueprint
from webapp.decision_words import Rules
from webapp.facts import Fact
from webapp.formats import exact
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import organisation, person_name
from webapp.surroundings import actor, reading, surroundings

_VIEWS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Value:
    """One field as it was submitted: what stood there before, if that was something else."""

    label: str
    after: Fact
    before: Fact | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as somebody submitted it."""

    id: str
    step: str
    person: str
    owner: str
    form: str
    created: Markup
    claimed: Markup
    completed: Markup
    due: Markup
    values: Sequence[Value]
    sequence: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was made: the sentence, and every rule with its cells."""

    sentence: str
    rules: Rules | None
    moment: Markup
    sequence: int


@dataclass(frozen=True, slots=True)
class Chain:
    """What keeps the history from being altered unseen, and what recomputing it found."""

    events: int
    head: str
    sealed: str
    summary: str
    problems: Sequence[str]
    was_verified: bool


@dataclass(frozen=True, slots=True)
class Told:
    """All that the page and the paper show of one matter."""

    matter: ProcessInstance
    head: matter_parts.Head
    waiting: Sequence[matter_parts.Waiting]
    seals: Sequence[matter_parts.Seal]
    lines: Sequence[Any]
    facts: Sequence[Fact]
    submissions: Sequence[Submission]
    decisions: Sequence[Decided]
    files: Sequence[Mapping[str, Any]]
    drawings: Sequence[matter_parts.Drawing]
    chain: Chain


@blueprint.get("/matters/<int:key>", endpoint="matter")
def shown(key: int) -> Any:
    """The page of a matter for who audits it; ``verify`` recomputes its chain."""
    matter = _submitted(key)
    if matter.key != key:
        return redirect(url_for("audit.matter", key=matter.key))
    rooms.looked("audit", matter.key)
    told = tell(_submitted(key), verify="verify" in request.args)
    views = audit.views(reading(), actor(), View(root_key=key, size=_VIEWS_SHOWN))
    return render_template(
        "audit/matter.html",
        told=told,
        matter=told.head,
        drawings=told.drawings,
        linked=linked_matters.of(key),
        views=journal.told(views.rows),
        views_url=url_for("audit.journal", number=matter.business_id or ""),
    )


def _submitted(key: int) -> ProcessInstance:
    """The matter; a draft is nobody's business but its starter's."""
    matter = process_instances.get(reading(), key, actor())
    if matter.parent_key is not None:
        matter = process_instances.get(reading(), matter.root_key, actor())
    if matter.submitted_at is None:
        raise NotFound(Sentence("There is no such matter, or it is not open to you."))
    return matter


def tell(matter: ProcessInstance, *, verify: bool) -> Told:
    """Everything about a submitted matter, in the reader's words."""
    key = matter.key
    events = process_instances.timeline(reading(), key, actor())
    tasks = process_instances.waiting(reading(), key, actor())
    instances = matter_parts.instances_of(key)
    lines = matter_parts.lines_of(matter, instances, events, full=True)
    variables = process_instances.variables(reading(), key, actor())
    pack = deployments.definition(reading(), matter.definition_key).pack
    words = glossary.of(matter.definition_key)
    by_key = {instance.key: instance for instance in instances}
    return Told(
        matter=matter,
        head=matter_parts.head(matter, tasks),
        waiting=[matter_parts.waiting(task) for task in tasks],
        seals=matter_parts.seals(lines),
        lines=lines,
        facts=facts.facts_of(variables, words),
        submissions=[_submission(each, by_key, pack) for each in events if each.type == "user_task.completed"],
        decisions=[_decided(each, words, pack) for each in events if each.type == "decision.evaluated"],
        files=_files(matter, pack),
        drawings=[
            matter_parts.drawing_of(instance, events, tasks) for instance in matter_parts.last_rounds(instances)
        ],
        chain=_chain(matter, verify=verify),
    )


def _submission(event: Event, instances: Mapping[int, ProcessInstance], pack: str) -> Submission:
    details = event.details
    form_key = details.get("form")
    labels = glossary.of_form(form_key, pack) if isinstance(form_key, int) else glossary.Glossary({})
    instance = instances.get(event.process_instance_key)
    owner = event.on_behalf_of if event.on_behalf_of != event.actor else None
    return Submission(
        id=f"form-{event.sequence}",
        step=steps.element_name(instance, event.element_id or "") if instance else str(details.get("name", "")),
        person=person_name(event.actor),
        owner=person_name(owner),
        form=_form_name(form_key),
        created=exact(details.get("created_at")),
        claimed=exact(details.get("claimed_at")),
        completed=exact(event.occurred_at),
        due=exact(details.get("due_at")),
        values=_values(details, labels),
        sequence=event.sequence,
    )


def _form_name(form_key: Any) -> str:
    if not isinstance(form_key, int):
        return ""
    form = deployments.form_definition(reading(), form_key)
    return _("%(form)s, version %(version)s", form=form.form_id, version=form.version)


def _values(details: Mapping[str, Any], labels: glossary.Glossary) -> list[Value]:
    submitted: Mapping[str, Any] = details.get("values") or {}
    changes: Mapping[str, Any] = details.get("changes") or {}
    ordered = [name for name in labels.entries if name in submitted]
    ordered += [name for name in submitted if name not in labels.entries]
    found = []
    for name in ordered:
        entry = labels.entries.get(name, glossary.Entry(name, name))
        change = changes.get(name)
        before = change.get("before") if isinstance(change, Mapping) else None
        was = None if before in (None, "", []) else _fact(name, before, entry)
        found.append(Value(entry.label, _fact(name, submitted[name], entry), was))
    return found


def _fact(name: str, value: Any, entry: glossary.Entry) -> Fact:
    if isinstance(value, Erased):
        return Fact(name, entry.label, Markup("<em>{}</em>").format(_("erased")))
    if name == entry.label and isinstance(value, str) and value in organisation().people:
        return Fact(
            name, entry.label, Markup("{} ({})").format(person_name(value), value)
        )  # who acted, by the diagram
    return facts.fact(name, value, entry)


def _decided(event: Event, words: glossary.Glossary, pack: str) -> Decided:
    told = decision_words.tell(event.details, words, pack)
    return Decided(told.sentence, told.rules, exact(event.occurred_at), event.sequence)


def _files(matter: ProcessInstance, pack: str) -> list[Mapping[str, Any]]:
    return [
        {
            "file": file_links.link(each.file.record),
            "sha256": each.file.record["sha256"],
            "step": glossary.translated(each.task_name, pack),
            "person": person_name(each.uploaded_by),
            "moment": exact(each.uploaded_at),
        }
        for each in attachments.of_matter(reading(), matter.key, actor())
    ]


def _chain(matter: ProcessInstance, *, verify: bool) -> Chain:
    found = (
        reading()
        .execute(
            select(SealedHead.event_sequence, Seal.sequence, Seal.sealed_at)
            .join(Seal, Seal.sequence == SealedHead.seal_sequence)
            .where(SealedHead.root_key == matter.key)
            .order_by(Seal.sequence.desc())
            .limit(1)
        )
        .one_or_none()
    )
    sealed = _("No seal has seen it yet; one is set every hour.")
    if found is not None:
        sealed = _("Seal %(seal)s saw it up to event %(event)s.", seal=found[1], event=found[0])
    summary, problems = "", []
    if verify:
        with surroundings().unit_of_work.read() as session:  # of its own: all of it is one snapshot
            report = history.verify_matter(session, matter.key)
        problems = [say(problem.sentence) for problem in report.problems]
        summary = (
            _("Intact: %(events)s events recomputed just now, each fits the one before.", events=report.events)
            if report.is_intact
            else _("Altered: %(count)s problems.", count=len(problems) + report.omitted)
        )
    return Chain(matter.last_sequence, matter.last_hash, sealed, summary, problems, verify)


@blueprint.get("/matters/<int:key>/matter.pdf", endpoint="as_paper")
def as_paper(key: int) -> Response:
    """The matter for the file, as a PDF; its chain is recomputed for it."""
    matter = _submitted(key)
    rooms.looked("pdf", matter.key)
    g.is_paper = True
    told = tell(_submitted(key), verify=True)
    from webapp.audit import paper  # noqa: PLC0415 - 17 MB and half a second that most processes never need

    made = paper.made(told, person_name(actor().person), clock.now())
    return search.sent_file(made, f"{matter.business_id or matter.key}.pdf", "application/pdf")


@blueprint.get("/matters/<int:key>/matter.jsonl", endpoint="as_history")
def as_history(key: int) -> Response:
    """The history of the matter with its seals, for ``banli verify``."""
    matter = _submitted(key)
    rooms.looked("lines", matter.key)
    return search.lines_of([matter.key], f"{matter.business_id or matter.key}.jsonl")
