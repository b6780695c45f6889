"""How a name finds its value: where the compiler knows the level it goes straight there, else it walks outwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.builtin import BUILTIN
from feel.functions import HostFunction
from feel.sentences import Sentence
from feel.values import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Place
    from feel.scope import Scope

    Run = Callable[[Scope], object]


class Lookup:
    """The levels of names around the node being compiled; each is one :class:`feel.scope.Scope` at run time.

    Args:
        declared: Names of variables, which hide built-in functions.
        functions: Names of host functions.

    Attributes:
        reads: Names that the expression needs from outside.
        hosted: Host functions that it calls.
        asks: Whether ``?`` was asked for since this was last set to False.
    """

    def __init__(self, declared: frozenset[str], functions: frozenset[str]) -> None:
        self.declared = declared
        self.host_functions = functions
        self.reads: set[str] = set()
        self.hosted: set[str] = set()
        self.asks = False
        # None is the level of an item, which has names that nobody knows before it runs.
        self._levels: list[set[str] | None] = []

    def push_fixed(self, names: set[str]) -> None:
        """Opens a level that has exactly these names; more may be added while it is open."""
        self._levels.append(names)

    def push_item(self) -> None:
        """Opens the level of an item that is a context."""
        self._levels.append(None)

    def pop(self) -> None:
        """Closes the innermost level."""
        self._levels.pop()

    def is_variable(self, name: str) -> bool:
        """Whether a name means something else than the built-in function of that name."""
        if name in self.declared or name in self.host_functions:
            return True
        return any(names is not None and name in names for names in self._levels)

    def lookup(self, name: str, place: Place, *, called: bool = False) -> Run:
        """The closure that gives a name's value; a name that is called is rather a function than a variable."""
        if name == "?":
            self.asks = True
        run = self._found(name, place, called=called)
        function = BUILTIN.get(name) if called else None
        if function is None:
            return run

        def function_run(scope: Scope) -> object:
            # A field called "date" or "count" does not take the function of that name away.
            value = run(scope)
            return value if isinstance(value, Function) else function

        return function_run

    def _found(self, name: str, place: Place, *, called: bool) -> Run:
        for hops, names in enumerate(reversed(self._levels)):
            if names is None:
                return self._outside(name, place, called=called, inside_item=True)
            if name in names:
                return _hop(name, hops)
        return self._outside(name, place, called=called, inside_item=False)

    def _outside(self, name: str, place: Place, *, called: bool, inside_item: bool) -> Run:
        bound = any(names is not None and name in names for names in self._levels)
        function = BUILTIN.get(name) if called or name not in self.declared else None
        if name in self.host_functions and name not in self.declared and not bound:
            self.hosted.add(name)
            return _host(name, place)
        known = called and function is not None and name not in self.declared
        if not bound and name != "?" and not known:
            self.reads.add(name)
        if function is not None and not inside_item:
            return _builtin(name, function)
        missing = Sentence("There is no value for “{name}”.", name=name)

        def run(scope: Scope) -> object:
            try:
                return scope.values[name]
            except KeyError:
                level = scope.parent
            while level is not None:
                if name in level.values:
                    return level.values[name]
                level = level.parent
            if function is None:
                scope.meter.warn("name", missing, place)
            return function

        return run


def _hop(name: str, hops: int) -> Run:
    if hops == 0:
        return lambda scope: scope.values[name]
    if hops == 1:
        return lambda scope: scope.parent.values[name]  # type: ignore[union-attr]

    def run(scope: Scope) -> object:
        level = scope
        for _ in range(hops):
            level = level.parent  # type: ignore[assignment]
        return level.values[name]

    return run


def _builtin(name: str, function: object) -> Run:
    def run(scope: Scope) -> object:
        # A variable that nobody declared may still have the name of a built-in function.
        level: Scope | None = scope
        while level is not None:
            if name in level.values:
                return level.values[name]
            level = level.parent
        return function

    return run


def _host(name: str, place: Place) -> Run:
    def run(scope: Scope) -> object:
        functions = scope.meter.functions
        if functions is None or name not in functions:
            scope.meter.warn("name", Sentence("The function “{name}” is not provided here.", name=name), place)
            return None
        return HostFunction(name, functions[name])

    return run
