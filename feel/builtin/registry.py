"""How built-in functions are declared and called: overloads with named, typed parameters, coerced as FEEL says."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from feel.sentences import Sentence
from feel.values import Function, Range, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feel.meter import Meter

#: Items of a list that a function goes through for one tick.
ITEMS_PER_TICK = 10
_CLASSES: dict[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "list": list,
    "context": dict,
    "range": Range,
}


class NoResult(Exception):  # noqa: N818 - it never leaves this package: it becomes null and a warning
    """What an implementation raises when its arguments have no result; the sentence becomes the warning."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Parameter(NamedTuple):
    """One parameter; ``kind`` is a type or ``any``; an optional one takes null too."""

    name: str
    kind: str
    optional: bool


class Overload:
    """One way to call a function.

    Args:
        implementation: Gets the meter and the arguments.
        declared: The parameters as ``"start position: number"``; ``?`` after a name makes it optional, ``*``
            collects all remaining arguments into a list.
    """

    __slots__ = ("by_name", "implementation", "names", "parameters", "required", "variadic")

    def __init__(self, implementation: Callable[..., object], declared: tuple[str, ...]) -> None:
        self.implementation = implementation
        self.parameters: list[Parameter] = []
        self.variadic = False
        for text in declared:
            name, kind = text.split(": ")
            self.variadic = self.variadic or name.endswith("*")
            self.parameters.append(Parameter(name.rstrip("?*"), kind, name.endswith("?")))
        self.names = tuple(parameter.name for parameter in self.parameters)
        self.by_name = set(self.names)
        self.required = sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether a number of arguments fits."""
        if self.variadic:
            return count >= max(len(self.parameters) - 1, 1)
        return self.required <= count <= len(self.parameters)

    def fit(self, arguments: list[object]) -> list[object] | Parameter:
        """The arguments coerced, or the first parameter that one of them does not fit."""
        if self.variadic:
            fixed = len(self.parameters) - 1
            arguments = [*arguments[:fixed], arguments[fixed:]]
        fitted: list[object] = []
        for parameter, argument in zip(self.parameters, arguments, strict=False):
            fits, value = _fit(argument, parameter)
            if not fits:
                return parameter
            fitted.append(value)
        return fitted


def _fit(value: object, parameter: Parameter) -> tuple[bool, object]:
    kind = parameter.kind
    if kind == "any":
        return True, value
    if value is None:
        return parameter.optional, None
    wanted = _CLASSES.get(kind)
    if wanted is not None:
        if value.__class__ is wanted:
            return True, value
    elif kind in _matches(value):
        return True, value
    if kind == "list":
        return True, [value]
    if value.__class__ is list and len(value) == 1:
        return _fit(value[0], parameter) if value[0] is not None else (False, None)
    return False, None


def _matches(value: object) -> tuple[str, ...]:
    if isinstance(value, Function):
        return ("function",)
    kind = kind_of(value)
    if kind == "date and time":
        return (kind, "date or date and time")
    if kind == "date":
        return (kind, "date or date and time")
    if kind.endswith("duration"):
        return (kind, "duration")
    return (kind,)


class BuiltinFunction(Function):
    """A function of the standard."""

    __slots__ = ("overloads",)

    def __init__(self, name: str) -> None:
        self.name = name
        self.overloads: list[Overload] = []

    def parameter_names(self) -> tuple[str, ...]:
        return self.overloads[0].names

    def invoke(self, meter: Meter, arguments: list[object]) -> object:
        count = len(arguments)
        unfit: Parameter | None = None
        for overload in self.overloads:
            if overload.takes(count):
                fitted = overload.fit(arguments)
                if isinstance(fitted, Parameter):
                    unfit = unfit or fitted
                else:
                    return self._run(overload, meter, fitted)
        self._refuse(meter, unfit, count)
        return None

    def invoke_named(self, meter: Meter, arguments: dict[str, object]) -> object:
        unfit: Parameter | None = None
        for overload in self.overloads:
            if not arguments.keys() <= overload.by_name:
                continue
            if any(not each.optional and each.name not in arguments for each in overload.parameters):
                continue
            if overload.variadic:
                continue
            fitted = overload.fit([arguments.get(name) for name in overload.names])
            if isinstance(fitted, Parameter):
                unfit = unfit or fitted
            else:
                return self._run(overload, meter, fitted)
        if unfit is None:
            meter.warn(
                "argument",
                Sentence(
                    "{function} takes the arguments {wanted}, not {given}.",
                    function=self.name,
                    wanted=" / ".join(", ".join(overload.names) for overload in self.overloads),
                    given=", ".join(arguments),
                ),
            )
        else:
            self._refuse(meter, unfit, len(arguments))
        return None

    def _run(self, overload: Overload, meter: Meter, arguments: list[object]) -> object:
        try:
            return overload.implementation(meter, *arguments)
        except NoResult as reason:
            meter.warn("argument", Sentence("{function}: {reason}", function=self.name, reason=reason.sentence))
        except ArithmeticError:
            meter.warn("arithmetic", Sentence("{function} has no result for these numbers.", function=self.name))
        return None

    def _refuse(self, meter: Meter, unfit: Parameter | None, count: int) -> None:
        if unfit is None:
            wanted = " / ".join(f"({', '.join(overload.names)})" for overload in self.overloads)
            sentence = Sentence(
                "{function} takes the arguments {wanted}, not {given} of them.",
                function=self.name,
                wanted=wanted,
                given=count,
            )
        else:
            sentence = Sentence(
                "“{parameter}” of {function} must be of type {type}.",
                parameter=unfit.name,
                function=self.name,
                type=unfit.kind,
            )
        meter.warn("argument", sentence)


_FUNCTIONS: dict[str, BuiltinFunction] = {}


def builtin(name: str, *declared: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Declares one overload of a built-in function."""

    def declare(implementation: Callable[..., object]) -> Callable[..., object]:
        function = _FUNCTIONS.setdefault(name, BuiltinFunction(name))
        function.overloads.append(Overload(implementation, declared))
        return implementation

    return declare


class Builtins:
    """All built-in functions by name."""

    #: Functions that are computed once where all their arguments are literals.
    constant_of_literals: ClassVar[frozenset[str]] = frozenset({"date", "time", "date and time", "duration"})

    #: Functions that take a regular expression, with its position and name.
    with_pattern: ClassVar[dict[str, tuple[int, str]]] = {
        "matches": (1, "pattern"),
        "replace": (1, "pattern"),
        "split": (1, "delimiter"),
    }

    def refused_pattern(self, name: str, literals: dict[int | str, str]) -> Sentence | None:
        """Why the pattern among a call's literal arguments is none; None where it is one, or is computed."""
        from feel.builtin.patterns import compiled  # noqa: PLC0415 - declared last, see feel.builtin

        position, spelling = self.with_pattern[name]
        pattern = literals.get(position, literals.get(spelling))
        if pattern is None:
            return None
        try:
            compiled(pattern, literals.get(position + (2 if name == "replace" else 1), literals.get("flags", "")))
        except NoResult as reason:
            return reason.sentence
        return None

    def get(self, name: str) -> BuiltinFunction | None:
        """The function of a name, or None."""
        return _FUNCTIONS.get(name)

    def __getitem__(self, name: str) -> BuiltinFunction:
        return _FUNCTIONS[name]

    def __contains__(self, name: str) -> bool:
        return name in _FUNCTIONS

    def __iter__(self) -> Iterator[str]:
        return iter(_FUNCTIONS)

    def at_literal(self, text: str) -> object:
        """The value of ``@"text"``, or None."""
        from feel.builtin.temporal import at_literal  # noqa: PLC0415 - declared last, see feel.builtin

        return at_literal(text)
