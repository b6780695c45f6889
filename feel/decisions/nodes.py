"""The compiled elements of a requirements graph, and the frame in which they find each other's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feel.conversion import from_python
from feel.decisions.functions import DecisionFunction
from feel.decisions.trace import expression_entry
from feel.scope import Scope
from feel.sentences import Sentence
from feel.values import Function

if TYPE_CHECKING:
    from feel.decisions.run import Code, Run
    from feel.decisions.types import ValueType


class Frame:
    """The values of one evaluation: what was given, and what has been computed from it.

    A decision service opens a frame of its own, in which only its parameters are given.
    """

    __slots__ = ("nodes", "run", "values", "variables")

    def __init__(
        self, nodes: Mapping[str, Node], run: Run, variables: Mapping[str, object], values: dict[str, object]
    ) -> None:
        self.nodes = nodes
        self.run = run
        self.variables = variables
        self.values = values

    def value(self, reference: str) -> object:
        """The value of an element; computed once."""
        values = self.values
        if reference not in values:
            values[reference] = self.nodes[reference].value(self)
        return values[reference]

    def given(self, name: str, prefix: str, needed_by: str, element_id: str) -> object:
        """A variable that was given from outside."""
        variables = self.variables
        if prefix:
            group = variables.get(prefix)
            if isinstance(group, Mapping) and name in group:
                return from_python(group[name])
        if name in variables:
            return from_python(variables[name])
        self.run.cannot(
            "missing",
            element_id,
            Sentence("{decision} needs {name}, and nothing of that name was given.", decision=needed_by, name=name),
        )
        return None


class Node:
    """An element that has a value in a frame."""

    name: str
    element_id: str

    def value(self, frame: Frame) -> object:
        """Compute the value."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Seen:
    """An element that another one sees under a name, below the name of an import if it has one."""

    reference: str
    prefix: str
    name: str


def seen_values(seen: tuple[Seen, ...], frame: Frame) -> dict[str, object]:
    """The names that an element sees, with their values."""
    values: dict[str, object] = {}
    for each in seen:
        value = frame.value(each.reference)
        group = values
        if each.prefix:
            group = values.setdefault(each.prefix, {})  # type: ignore[assignment]
        group[each.name] = value
    return values


class InputNode(Node):
    """Input data: given from outside, of its type."""

    def __init__(self, element_id: str, name: str, prefix: str, wanted: ValueType) -> None:
        self.element_id = element_id
        self.name = name
        self.prefix = prefix
        self.type = wanted

    def value(self, frame: Frame) -> object:
        """The value in a frame."""
        run = frame.run
        value = frame.given(self.name, self.prefix, run.asked_for, self.element_id)
        return None if value is None else run.coerce(value, self.type, self.element_id, self.name)


class DecisionNode(Node):
    """A decision: its logic applied to what it requires."""

    def __init__(
        self,
        element_id: str,
        name: str,
        *,
        seen: tuple[Seen, ...],
        code: Code | None,
        wanted: ValueType,
        is_table: bool,
        implicit: tuple[str, ...],
    ) -> None:
        self.element_id = element_id
        self.name = name
        self.seen = seen
        self.code = code
        self.type = wanted
        self.is_table = is_table
        self.implicit = implicit

    def value(self, frame: Frame) -> object:
        """The value in a frame."""
        run = frame.run
        values = seen_values(self.seen, frame)
        for name in self.implicit:
            values[name] = frame.given(name, "", self.name, self.element_id)
        if self.code is None:
            run.cannot(
                "no_logic",
                self.element_id,
                Sentence("The decision {name} has no logic, so it has no value.", name=self.name),
            )
            return None
        run.decision_id = self.element_id
        value = run.coerce(self.code(Scope(values, None, run.meter), run), self.type, self.element_id, self.name)
        if run.trace is not None and not self.is_table:
            inputs = {name: each for name, each in values.items() if not isinstance(each, Function)}
            run.trace.append(expression_entry(self.element_id, self.name, run.sha256, inputs, value))
        return value


class KnowledgeNode(Node):
    """A business knowledge model: a function that sees the knowledge that it requires."""

    def __init__(
        self,
        element_id: str,
        name: str,
        *,
        seen: tuple[Seen, ...],
        code: Code,
        parameters: tuple[tuple[str, ValueType], ...],
        result: ValueType,
    ) -> None:
        self.element_id = element_id
        self.name = name
        self.seen = seen
        self.code = code
        self.parameters = parameters
        self.result = result
        self.reference = ""

    def value(self, frame: Frame) -> object:
        """The value in a frame."""
        run, code, result = frame.run, self.code, self.result
        values: dict[str, object] = {}
        scope = Scope(values, None, run.meter)

        def body(arguments: dict[str, object]) -> object:
            return run.coerce(code(Scope(arguments, scope, run.meter), run), result, self.element_id, self.name)

        function = DecisionFunction(self.name, self.parameters, body, run)
        # Known before its scope is filled, so that models may call each other in a circle (calls are bounded).
        frame.values[self.reference] = function
        values.update(seen_values(self.seen, frame))
        return function

    def outcome(self, frame: Frame) -> object:
        """What the function gives for the variables of the frame."""
        arguments = {name: frame.given(name, "", self.name, self.element_id) for name, _ in self.parameters}
        function = frame.value(self.reference)
        return function.invoke_named(frame.run.meter, arguments) if isinstance(function, Function) else None


class ServiceNode(Node):
    """A decision service: a function of its input data and input decisions."""

    def __init__(
        self,
        element_id: str,
        name: str,
        *,
        parameters: tuple[tuple[str, str, ValueType], ...],
        outputs: tuple[tuple[str, str], ...],
        result: ValueType,
    ) -> None:
        self.element_id = element_id
        self.name = name
        self.parameters = parameters
        self.outputs = outputs
        self.result = result

    def value(self, frame: Frame) -> object:
        """The value in a frame."""
        run = frame.run

        def body(arguments: dict[str, object]) -> object:
            given = {reference: arguments[name] for reference, name, _ in self.parameters}
            return self.outcome(Frame(frame.nodes, run, {}, given))

        parameters = tuple((name, wanted) for _, name, wanted in self.parameters)
        return DecisionFunction(self.name, parameters, body, run)

    def arguments(self, frame: Frame) -> dict[str, object]:
        """The parameters by reference, from the variables of a frame."""
        given = {}
        for reference, name, wanted in self.parameters:
            node = frame.nodes[reference]
            prefix = node.prefix if isinstance(node, InputNode) else ""
            value = frame.given(name, prefix, self.name, node.element_id)
            given[reference] = frame.run.coerce(value, wanted, node.element_id, name)
        return given

    def outcome(self, frame: Frame) -> object:
        """The value of the only output decision, or a context of all."""
        values = {name: frame.value(reference) for reference, name in self.outputs}
        value = next(iter(values.values())) if len(values) == 1 else values
        return frame.run.coerce(value, self.result, self.element_id, self.name)
