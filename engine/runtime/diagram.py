"""A file of BPMN, checked and compiled: what is deployed, and what it looks like to people.

``compile`` takes a drawing and refuses it with every reason, or gives a :class:`Diagram`; ``load`` reads back the
desugared form that a deployment stored. A Diagram and its processes never change, so that threads may share them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.errors import Problem
from engine.runtime.desugar import BANLI, desugar, read, serialize
from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import Element, Flow, ProcessModel, References, StartEvent, UserTask
from engine.runtime.dialect.reader import read_processes
from engine.runtime.dialect.references import every_node, literal
from engine.runtime.linter import check_allowed, check_compensation, check_paths, check_structure, check_thrown
from engine.runtime.specs.build import Plan, build
from feel.sentences import Sentence

_FUNCTIONS = f"{{{BANLI}}}functions"  # names with spaces can only be read by whoever knows them


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process. ``elements`` and ``flows`` are as drawn, ``performers`` do its tasks; all by id."""

    process_id: str
    name: str
    version_tag: str | None
    documentation: str
    properties: Mapping[str, str]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    references: References
    start_events: tuple[StartEvent, ...]
    performers: Mapping[str, UserTask]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Diagram:
    """The executable processes of a file by id, what its author should know, and the form that is stored."""

    processes: Mapping[str, Process]
    problems: tuple[Problem, ...]
    compiled: bytes


def compile_diagram(
    source: bytes, *, file: str, functions: Collection[str] = (), topics: Collection[str] = ()
) -> Diagram:
    """The diagram of a BPMN file.

    Args:
        source: The file's bytes.
        file: Its name, for messages.
        functions: Names of functions that expressions may call besides FEEL's own.
        topics: The declared topics; a job of another topic is refused unless its element is marked external.

    Raises:
        DeploymentRefused: Something in it cannot be executed rightly; it holds all the problems found.
    """
    definitions = read(source, file)
    findings = Findings(file)
    check_structure(definitions, findings)
    check_allowed(definitions, findings)
    findings.raise_if_refused()  # what is not well formed or not known cannot be read any further
    plain = desugar(definitions)
    models = read_processes(plain, findings, functions)
    for model in models.values():
        check_paths(model.scope, findings)
        check_compensation(model.scope, findings)
        check_thrown(model.scope, findings)
        _check_topics(model, topics, findings)
    findings.raise_if_refused()
    plain.set(_FUNCTIONS, "|".join(sorted(functions)))
    compiled = serialize(plain)
    return Diagram({key: _process(model) for key, model in models.items()}, tuple(findings.problems), compiled)


def load_diagram(compiled: bytes) -> Diagram:
    """The diagram that was stored as ``Diagram.compiled``."""
    findings = Findings("")
    definitions = read(compiled, "")
    functions = [name for name in definitions.get(_FUNCTIONS, "").split("|") if name]
    models = read_processes(definitions, findings, functions)
    findings.raise_if_refused()
    return Diagram({key: _process(model) for key, model in models.items()}, (), compiled)


def _process(model: ProcessModel) -> Process:
    return Process(
        process_id=model.process_id,
        name=model.name,
        version_tag=model.version_tag,
        documentation=model.documentation,
        properties=model.properties,
        elements=model.elements,
        flows=model.flows,
        references=model.references,
        start_events=model.start_events,
        performers={node.id: node.user_task for node in every_node(model.scope) if node.user_task is not None},
        plan=build(model.scope),
    )


def _check_topics(model: ProcessModel, topics: Collection[str], findings: Findings) -> None:
    for node in every_node(model.scope):
        topic = None if node.job is None else literal(node.job.topic)
        external = node.properties.get("external") == "true"
        if node.job is None or external or (topic is not None and topic in topics):
            continue
        findings.error(
            node.id,
            "unknown-topic",
            Sentence(
                "Nobody does the topic {topic}. Correct its name, or set the property external=true "
                "if a worker outside takes it through the API.",
                topic=node.job.topic.text,
            ),
        )
