"""What the files of a pack name in one another, and in the organisation: nothing may be missing or there twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from engine import topics
from engine.errors import Problem
from engine.topics.inputs import header_problems
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.content.compiled import Content
    from engine.runtime import Process


def problems_of(content: Content, groups: Collection[str] | None) -> Iterator[Problem]:
    """Every reference that leads nowhere and every id that stands for two things."""
    yield from _twice("process_twice", _processes(content))
    yield from _twice("decision_twice", _decisions(content))
    yield from _twice("form_twice", _forms(content))
    for path, diagram in content.diagrams.items():
        stem = path.rpartition("/")[2].removesuffix(".bpmn")
        if diagram.processes and stem not in diagram.processes:
            yield _misnamed(path, next(iter(diagram.processes)))
        for process in diagram.processes.values():
            yield from _unknown_names(path, process, content)
            yield from _wrong_headers(path, process)
            if groups is not None:
                yield from _unknown_groups(path, process, groups)


def _unknown_names(path: str, process: Process, content: Content) -> Iterator[Problem]:
    references = process.references
    forms = {form.id for form in content.forms.values()}
    for element_id, form_id in ((element, name) for element, names in references.forms.items() for name in names):
        if form_id not in forms and content.is_complete("forms"):
            sentence = Sentence(
                "The form {form} is not in the pack. Add {file}, or correct the form id.",
                form=form_id,
                file=f"forms/{content.pack.name}/{form_id}.form",
            )
            yield Problem("error", path, element_id, sentence, "unknown_form")
    decisions = {decision_id for found in content.decisions.values() for decision_id in found.decisions}
    decisions |= {service_id for found in content.decisions.values() for service_id in found.services.values()}
    for element_id, decision_id in references.decisions.items():
        if decision_id not in decisions and content.is_complete("dmn"):
            sentence = Sentence(
                "The decision {decision} is in no table of the pack. Add it below dmn/{pack}, or correct the id.",
                decision=decision_id,
                pack=content.pack.name,
            )
            yield Problem("error", path, element_id, sentence, "unknown_decision")
    processes = {process_id for diagram in content.diagrams.values() for process_id in diagram.processes}
    for element_id, process_id in references.called.items():
        if process_id not in processes and content.is_complete("bpmn"):
            sentence = Sentence(
                "The called process {process} is in no diagram of the pack. Add it below bpmn/{pack}, or correct the "
                "id.",
                process=process_id,
                pack=content.pack.name,
            )
            yield Problem("error", path, element_id, sentence, "unknown_process")


def _wrong_headers(path: str, process: Process) -> Iterator[Problem]:
    """Headers that the topic does not take; a worker outside takes what it likes."""
    for element_id, name in process.references.topics.items():
        topic = topics.find(name)
        if topic is None or element_id in process.references.external:
            continue
        for code, sentence in header_problems(name, topic.declaration, process.references.headers[element_id]):
            yield Problem("error", path, element_id, sentence, code)


def _unknown_groups(path: str, process: Process, groups: Collection[str]) -> Iterator[Problem]:
    named = [(element_id, group) for element_id, all_of in process.references.groups.items() for group in all_of]
    named += [(process.process_id, post) for post in starter_posts(process.properties)]
    for element_id, group in named:
        if group not in groups:
            sentence = Sentence(
                "The organisation has no post {group}. Create the post first, or correct its code.", group=group
            )
            yield Problem("error", path, element_id, sentence, "unknown_group")


def starter_posts(properties: Mapping[str, str]) -> tuple[str, ...]:
    """The posts whose holders may start a process (property ``starterPosts``, separated by commas)."""
    return tuple(post.strip() for post in properties.get("starterPosts", "").split(",") if post.strip())


def _processes(content: Content) -> Iterator[tuple[str, str]]:
    return ((path, process_id) for path, diagram in content.diagrams.items() for process_id in diagram.processes)


def _decisions(content: Content) -> Iterator[tuple[str, str]]:
    for path, found in content.decisions.items():
        yield from ((path, decision_id) for decision_id in (*found.decisions, *found.services.values()))


def _forms(content: Content) -> Iterator[tuple[str, str]]:
    return ((path, form.id) for path, form in content.forms.items())


def _twice(code: str, named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, name in named:
        if name in first:
            sentence = Sentence(
                "The id {id} is also used in {other}. An id stands for one thing in a pack; rename one of them.",
                id=name,
                other=first[name],
            )
            yield Problem("error", path, name, sentence, code)
        else:
            first[name] = path


def _misnamed(path: str, process_id: str) -> Problem:
    sentence = Sentence(
        "The file holds the process {process}, so people will look for it in {expected}. Rename the file.",
        process=process_id,
        expected=f"{process_id}.bpmn",
    )
    return Problem("warning", path, process_id, sentence, "file_name")
