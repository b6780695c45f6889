"""The public face: compile a file once, evaluate its decisions often and from many threads, explain always."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from feel.decisions import document, model, reader
from feel.decisions.compiler import GraphCompiler
from feel.decisions.decision import Decision, DecisionMap, DecisionResult
from feel.decisions.nodes import DecisionNode, Frame, InputNode, KnowledgeNode, ServiceNode
from feel.decisions.problems import DecisionError, DecisionsRefused, Problem, ProblemList
from feel.decisions.run import Run
from feel.errors import LimitExceeded, ValueRefused
from feel.limits import DEFAULT, Limits
from feel.meter import Meter
from feel.sentences import Sentence

if TYPE_CHECKING:
    from datetime import datetime

    from feel.decisions.tables import CompiledTable

CACHED = 256
"""Compiled files that are kept."""


class Decisions:
    """The decisions of one file, ready to be evaluated. Immutable; threads may share it.

    Attributes:
        sha256: The hash of the file, in hexadecimal.
        name: The name of the model.
        decisions: Its decisions by id (and by name).
        services: Ids of its decision services by name; they are evaluated like decisions.
        problems: Warnings; a file with errors has no object.
    """

    def __init__(self, sha256: str, graph: GraphCompiler, problems: tuple[Problem, ...]) -> None:
        main = graph.main
        self.sha256 = sha256
        self.name = main.name
        self.namespace = main.namespace
        self.problems = problems
        self.tables: tuple[CompiledTable, ...] = tuple(graph.tables)
        self._requirements = graph.requirements
        self._nodes = graph.nodes
        self._types = graph.type_tests() or None
        needed = self._needed()
        self.decisions = DecisionMap(
            self._decision(element, needed[f"{main.namespace}#{element.id}"]) for element in main.decisions
        )
        self.services = {service.name: service.id for service in main.decision_services}
        self._references: dict[str, str] = {}
        evaluated: tuple[model.BusinessKnowledgeModel | model.DecisionService | model.DecisionElement, ...] = (
            *main.business_knowledge_models,
            *main.decision_services,
            *main.decisions,
        )
        # An id wins over a name that happens to be the same.
        for each in evaluated:
            self._references[each.name] = f"{main.namespace}#{each.id}"
        for each in evaluated:
            self._references[each.id] = f"{main.namespace}#{each.id}"
        self._order: dict[str, tuple[str, ...]] = {}

    def _needed(self) -> dict[str, dict[str, None]]:
        """For each element the names that must be given from outside, in the order of requirement."""
        needed: dict[str, dict[str, None]] = {}
        for reference in self._requirements.order:
            node = self._nodes[reference]
            names: dict[str, None] = {}
            if isinstance(node, DecisionNode):
                for each in node.seen:
                    names.update(needed.get(each.reference, {}))
                names.update(dict.fromkeys(node.implicit))
            elif isinstance(node, InputNode):
                names[node.name] = None
            needed[reference] = names
        return needed

    def _decision(self, element: model.DecisionElement, names: Iterable[str]) -> Decision:
        return Decision(
            id=element.id,
            name=element.name,
            inputs=tuple(names),
            required=tuple(each.rpartition("#")[2] for each in element.required_decisions),
            table=element.logic if isinstance(element.logic, model.DecisionTable) else None,
            type=element.type_reference,
            question=element.question,
            description=element.description,
            version_tag=element.version_tag,
        )

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime | None = None,
        limits: Limits = DEFAULT,
        trace: bool = True,
        functions: Mapping[str, Callable[..., object]] | None = None,
        escalate: bool = True,
    ) -> DecisionResult:
        """Evaluate a decision, a decision service or a business knowledge model with what it requires.

        Args:
            decision_id: The id or the name of the decision, decision service or business knowledge model.
            variables: Its inputs by name, as Python values (see :func:`feel.from_python`); others are ignored.
            now: The moment that ``now()`` and ``today()`` give, so that an evaluation can be replayed.
            limits: What it may spend.
            trace: Whether to note every rule and every cell; the value is the same without.
            functions: The host functions that the file was compiled with.
            escalate: Whether a value of the wrong type, a missing input or a comparison that cannot be made is
                an error; else each gives null and a warning.

        Raises:
            DecisionError: There is no such decision, or it has no answer; ``.trace`` holds what was noted.
        """
        reference = self._references.get(decision_id)
        if reference is None:
            raise DecisionError(
                Sentence("The file {file} has no decision {decision}.", file=self.name, decision=decision_id),
                code="unknown_decision",
                decision_id=decision_id,
            )
        entries: list[dict[str, object]] | None = [] if trace else None
        meter = Meter(limits, now, functions, self._types)
        node = self._nodes[reference]
        run = Run(meter, escalate=escalate, trace=entries, sha256=self.sha256, asked_for=node.name)
        run.decision_id = node.element_id
        frame = Frame(self._nodes, run, variables, {})
        try:
            value = self._value(reference, frame)
        except DecisionError as error:
            error.trace = tuple(entries or ())
            raise
        except (LimitExceeded, ValueRefused) as refused:
            raise self._stopped(refused.sentence, refused, run, entries) from refused
        except RecursionError as error:
            sentence = Sentence("The decisions call each other too deeply.")
            raise self._stopped(sentence, error, run, entries) from None
        return DecisionResult(value, tuple(meter.warnings), tuple(entries or ()), meter.ticks)

    def _value(self, reference: str, frame: Frame) -> object:
        node = self._nodes[reference]
        if isinstance(node, ServiceNode):
            frame.values.update(node.arguments(frame))
            return node.outcome(frame)
        if isinstance(node, KnowledgeNode):
            return node.outcome(frame)
        order = self._order.get(reference)
        if order is None:
            order = self._order[reference] = self._requirements.decisions_before([reference])
        value: object = None
        for each in order:
            value = frame.value(each)
        return value

    def _stopped(
        self, reason: Sentence, error: Exception, run: Run, entries: list[dict[str, object]] | None
    ) -> DecisionError:
        stopped = DecisionError(
            Sentence("{decision} could not be decided: {reason}", decision=run.asked_for, reason=reason),
            code="value" if isinstance(error, ValueRefused) else "limit",
            decision_id=run.decision_id,
        )
        stopped.trace = tuple(entries or ())
        return stopped


def read_all(
    xml: bytes,
    imports: Mapping[str, bytes],
    functions: Iterable[str],
    problems: ProblemList,
    *,
    maximum_size: int,
) -> GraphCompiler | None:
    """The compiled graph of a file, None when ``problems`` says why there is none."""
    root = document.parse(xml, problems, maximum_size=maximum_size)
    if root is None:
        return None
    main = reader.read(root, problems)
    imported: dict[str, model.Definitions] = {}
    for content in imports.values():
        other = document.parse(content, problems, maximum_size=maximum_size)
        if other is not None:
            definitions = reader.read(other, problems)
            imported[definitions.namespace] = definitions
    return GraphCompiler(main, imported, tuple(sorted(set(functions))), problems)


_cache: OrderedDict[tuple[object, ...], Decisions] = OrderedDict()
_cache_lock = Lock()


def compile(  # noqa: A001 - as re.compile: the module's name stands before it
    xml: bytes,
    *,
    imports: Mapping[str, bytes] | None = None,
    functions: Iterable[str] = (),
    strict: bool = True,
    maximum_size: int = document.MAXIMUM_SIZE,
) -> Decisions:
    """Compile a DMN file (1.1 to 1.5). The same bytes give the same object.

    Args:
        xml: The file.
        imports: The files that it may import, under any key; they are found by their namespaces.
        functions: Names of the host functions that expressions may call.
        strict: Whether errors refuse the file; else only what is no DMN at all does, and what is wrong gives
            null and a warning when it is run.
        maximum_size: Bytes of each file.

    Raises:
        DecisionsRefused: The file cannot be used; it carries all problems at once.
    """
    others = dict(imports or {})
    names = tuple(sorted(set(functions)))
    sha256 = hashlib.sha256(xml).hexdigest()
    key = (sha256, names, strict, maximum_size, tuple(sorted(hashlib.sha256(x).hexdigest() for x in others.values())))
    with _cache_lock:
        known = _cache.get(key)
        if known is not None:
            _cache.move_to_end(key)
            return known
    problems = ProblemList(strict=strict)
    graph = read_all(xml, others, names, problems, maximum_size=maximum_size)
    problems.refuse_if_errors()
    if graph is None:
        raise DecisionsRefused(problems.problems)
    decisions = Decisions(sha256, graph, tuple(problems.problems))
    with _cache_lock:
        _cache[key] = decisions
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
    return decisions
