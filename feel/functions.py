"""Functions as values: those an expression defines, those the host gives. The built-in ones are in feel.builtin."""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING

from feel.conversion import from_python
from feel.scope import Scope
from feel.sentences import Sentence
from feel.types import coerce
from feel.values import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter
    from feel.syntax import Parameter


class DefinedFunction(Function):
    """``function(a: number, b) body``, with the scope it was defined in.

    Args:
        name: What warnings call it.
        parameters: Names and types, in order.
        body: The compiled body.
        cost: Ticks of one call.
        scope: Where it was defined.
    """

    __slots__ = ("_body", "_cost", "_names", "_parameters", "_scope", "_typed")

    def __init__(
        self,
        name: str,
        parameters: tuple[Parameter, ...],
        body: Callable[[Scope], object],
        cost: int,
        scope: Scope,
    ) -> None:
        self.name = name
        self._parameters = parameters
        self._names = tuple(parameter.name for parameter in parameters)
        self._typed = any(parameter.type is not None for parameter in parameters)
        self._body = body
        self._cost = cost
        self._scope = scope

    def parameter_names(self) -> tuple[str, ...]:
        return self._names

    def invoke(self, meter: Meter, arguments: list[object]) -> object:
        if len(arguments) != len(self._names):
            wrong_count(meter, self.name, len(arguments), len(self._names))
            return None
        return self._run(meter, dict(zip(self._names, arguments, strict=True)))

    def invoke_named(self, meter: Meter, arguments: dict[str, object]) -> object:
        if arguments.keys() != set(self._names):
            wrong_names(meter, self.name, arguments, self._names)
            return None
        return self._run(meter, arguments)

    def _run(self, meter: Meter, values: dict[str, object]) -> object:
        meter.spend(self._cost)
        if self._typed:
            for parameter in self._parameters:
                if parameter.type is not None:
                    if values[parameter.name].__class__ in (list, dict):
                        meter.weigh(values[parameter.name])
                    fits, value = coerce(values[parameter.name], parameter.type, meter.types)
                    if not fits:
                        meter.warn(
                            "argument",
                            Sentence(
                                "“{parameter}” of {function} must be of type {type}.",
                                parameter=parameter.name,
                                function=self.name,
                                type=str(parameter.type),
                            ),
                        )
                        return None
                    values[parameter.name] = value
        meter.enter()
        result = self._body(Scope(values, self._scope, meter))
        meter.leave()
        return result


class HostFunction(Function):
    """A Python callable that the host lets expressions call. It gets FEEL values; what it returns is converted."""

    __slots__ = ("_callable", "_names", "_required", "_variadic")

    def __init__(self, name: str, function: Callable[..., object]) -> None:
        self.name = name
        self._callable = function
        self._names, self._required, self._variadic = _parameters(function)

    def parameter_names(self) -> tuple[str, ...]:
        return self._names

    def invoke(self, meter: Meter, arguments: list[object]) -> object:
        count = len(arguments)
        if count < self._required or (count > len(self._names) and not self._variadic):
            wrong_count(meter, self.name, count, len(self._names))
            return None
        return from_python(self._callable(*arguments))

    def invoke_named(self, meter: Meter, arguments: dict[str, object]) -> object:
        # FEEL names may hold spaces, Python's hold underscores.
        spelt = {name.replace(" ", "_"): value for name, value in arguments.items()}
        if not spelt.keys() <= set(self._names) or not set(self._names[: self._required]) <= spelt.keys():
            wrong_names(meter, self.name, arguments, self._names)
            return None
        return from_python(self._callable(**spelt))


_Parameters = tuple[tuple[str, ...], int, bool]
_known: dict[tuple[CodeType, int, bool], _Parameters] = {}


def _parameters(function: Callable[..., object]) -> _Parameters:
    """The names, how many of them are required, and whether more may follow; read once for each piece of code.

    A host makes its functions anew for each evaluation (they close over a session), and reading a signature is slow.
    """
    plain = function.__func__ if isinstance(function, MethodType) else function
    if not isinstance(plain, FunctionType) or hasattr(plain, "__wrapped__"):  # its code is not what it shows
        return _read_parameters(function)
    key = (plain.__code__, len(plain.__defaults__ or ()), plain is function)
    known = _known.get(key)
    if known is None:
        known = _known[key] = _read_parameters(function)
    return known


def _read_parameters(function: Callable[..., object]) -> _Parameters:
    names: list[str] = []
    required, variadic = 0, False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = True
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
            required += parameter.default is parameter.empty
    return tuple(names), required, variadic


def wrong_count(meter: Meter, name: str, given: int, wanted: int) -> None:
    """Warns that a call has too many or too few arguments."""
    meter.warn(
        "argument",
        Sentence("{function} takes {wanted} arguments, not {given}.", function=name, wanted=wanted, given=given),
    )


def wrong_names(meter: Meter, name: str, given: dict[str, object], wanted: tuple[str, ...]) -> None:
    """Warns that a call names arguments that a function does not have."""
    meter.warn(
        "argument",
        Sentence(
            "{function} takes the arguments {wanted}, not {given}.",
            function=name,
            wanted=", ".join(wanted),
            given=", ".join(given),
        ),
    )
