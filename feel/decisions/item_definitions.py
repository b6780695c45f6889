"""Type references of a file → :mod:`feel.decisions.types`; unknown and circular ones are problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from feel.decisions import types
from feel.decisions.model import ItemDefinition, Text
from feel.decisions.types import ValueType, Violation
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.problems import ProblemList
    from feel.meter import Meter


_NESTING = 100


class NamedType(ValueType):
    """A reference to an item definition, which may be one of its own parts (a tree of units)."""

    __slots__ = ("target",)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.target: ValueType = types.ANY

    def violation(self, value: object, meter: Meter) -> Violation | None:
        """Why the value does not belong to the type, None when it does."""
        return self.target.violation(value, meter)

    def coerce(self, value: object, meter: Meter) -> object:
        """The value as the type wants it."""
        return self.target.coerce(value, meter)


class TypeLibrary:
    """The types that one file can name.

    Args:
        definitions: Its item definitions.
        imported: Name of an import → the library of that file.
        compile_tests: Compiles unary tests of allowed values; None when they are no FEEL (the problem is noted).
        problems: Where unknown types go.
    """

    def __init__(
        self,
        definitions: Iterable[ItemDefinition],
        imported: Mapping[str, TypeLibrary],
        compile_tests: Callable[[Text], types.Tests | None],
        problems: ProblemList,
    ) -> None:
        self.definitions = {definition.name: definition for definition in definitions}
        self.imported = imported
        self.compile_tests = compile_tests
        self.problems = problems
        self.built: dict[str, ValueType] = {}
        self._depth = 0
        for definition in self.definitions.values():
            self.resolve(definition.name, definition.id)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all types, those of imports behind the name of the import."""
        imported = (f"{prefix}.{name}" for prefix, library in self.imported.items() for name in library.definitions)
        return (*self.definitions, *imported)

    @property
    def entry_names(self) -> tuple[str, ...]:
        """The names of all entries of all structured types, for reading paths with spaces in them."""
        names: dict[str, None] = {}
        pending = list(self.definitions.values())
        while pending:
            definition = pending.pop()
            for component in definition.components:
                names[component.name] = None
                pending.append(component.type)
        for library in self.imported.values():
            names.update(dict.fromkeys(library.entry_names))
        return tuple(names)

    def resolve(self, reference: str, element_id: str) -> ValueType:
        """The type that a reference names; any for "" and for one that is unknown, which is a problem."""
        if reference in {"", "Any"}:
            return types.ANY
        if reference in self.definitions:
            return self._defined(reference)
        kind = types.BUILT_IN.get(reference)
        if kind == "integer":
            return types.IntegerType(reference)
        if kind is not None:
            return types.BuiltInType(reference, kind)
        if reference.startswith("list<") and reference.endswith(">"):
            return types.ListType(reference, self.resolve(reference[5:-1].strip(), element_id))
        prefix, dot, rest = reference.partition(".")
        if dot and prefix in self.imported and rest in self.imported[prefix].definitions:
            return self.imported[prefix].resolve(rest, element_id)
        self.problems.error(
            element_id,
            "unknown_type",
            Sentence(
                "{element} has the type {type}, which is neither built in nor defined in the file.",
                element=element_id,
                type=reference,
            ),
        )
        return types.ANY

    @staticmethod
    def result_of(wanted: ValueType) -> ValueType:
        """The type of what a function gives, where ``wanted`` is the type of the function, else ``wanted``."""
        plain = wanted.target if isinstance(wanted, NamedType) else wanted
        return plain.result if isinstance(plain, types.FunctionType) else wanted

    def _defined(self, name: str) -> ValueType:
        known = self.built.get(name)
        if known is None:
            placeholder = self.built[name] = NamedType(name)
            self._depth += 1
            built = types.ANY if self._depth > _NESTING else self._build(self.definitions[name])
            self._depth -= 1
            if self._depth >= _NESTING or self._is_circular(built, placeholder):
                self.problems.error(
                    self.definitions[name].id,
                    "circular_type",
                    Sentence("The type {type} is defined by itself, or by too long a chain of types.", type=name),
                )
                built = types.ANY
            placeholder.target = built
            self.built[name] = known = built
        return known

    @staticmethod
    def _is_circular(built: ValueType, placeholder: NamedType) -> bool:
        while isinstance(built, types.ConstrainedType):
            built = built.base
        return built is placeholder

    def _build(self, definition: ItemDefinition) -> ValueType:
        name = definition.name
        base: ValueType
        if definition.function is not None:
            base = types.FunctionType(name, self.resolve(definition.function[1], definition.id))
        elif definition.components:
            base = types.ContextType(name, {each.name: self._build(each.type) for each in definition.components})
        else:
            base = self.resolve(definition.type_reference, definition.id)
        base = self._constrained(name, base, definition.allowed_values)
        if definition.is_collection:
            base = types.ListType(name, base)
        return self._constrained(name, base, definition.type_constraint)

    def _constrained(self, name: str, base: ValueType, allowed: Text | None) -> ValueType:
        if allowed is None:
            return base
        tests = self.compile_tests(allowed)
        return base if tests is None else types.ConstrainedType(name, base, allowed.text, tests)
