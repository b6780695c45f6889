"""Functions that a file of decisions defines: business knowledge models, boxed functions, decision services."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from feel.functions import wrong_count, wrong_names
from feel.scope import Scope
from feel.values import Function

if TYPE_CHECKING:
    from feel.decisions.run import Code, Run
    from feel.decisions.types import ValueType
    from feel.meter import Meter


class DecisionFunction(Function):
    """A function with named, typed parameters.

    Args:
        name: What warnings call it.
        parameters: Name and type of each.
        body: Runs it with its arguments by name; they have been coerced.
        run: The evaluation it belongs to.
    """

    __slots__ = ("body", "parameters", "run")

    def __init__(
        self,
        name: str,
        parameters: tuple[tuple[str, ValueType], ...],
        body: Callable[[dict[str, object]], object],
        run: Run,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.run = run

    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(name for name, _ in self.parameters)

    def invoke(self, meter: Meter, arguments: list[object]) -> object:
        """Calls it with arguments by position; a wrong number of them gives null."""
        if len(arguments) != len(self.parameters):
            wrong_count(meter, self.name, len(arguments), len(self.parameters))
            return None
        return self._call(meter, dict(zip(self.parameter_names(), arguments, strict=True)))

    def invoke_named(self, meter: Meter, arguments: dict[str, object]) -> object:
        """Calls it with arguments by name; a wrong name gives null."""
        if arguments.keys() != set(self.parameter_names()):
            wrong_names(meter, self.name, arguments, self.parameter_names())
            return None
        return self._call(meter, arguments)

    def _call(self, meter: Meter, arguments: dict[str, object]) -> object:
        meter.enter()
        meter.spend(1)
        try:
            coerced = {}
            for name, wanted in self.parameters:
                given = arguments[name]
                coerced[name] = self.run.coerce(given, wanted, self.name, name)
                if coerced[name] is None and given is not None:
                    return None
            return self.body(coerced)
        finally:
            meter.leave()


def defined(
    name: str, parameters: tuple[tuple[str, ValueType], ...], code: Code, scope: Scope, run: Run
) -> DecisionFunction:
    """A function whose body sees ``scope`` and its arguments."""
    return DecisionFunction(name, parameters, lambda arguments: code(Scope(arguments, scope, run.meter), run), run)
