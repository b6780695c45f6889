"""Definitions → nodes: every expression compiled, every name resolved, every problem noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from feel.decisions import model
from feel.decisions.boxed import BoxedCompiler
from feel.decisions.item_definitions import TypeLibrary
from feel.decisions.nodes import DecisionNode, InputNode, KnowledgeNode, Node, Seen, ServiceNode
from feel.decisions.requirements import Requirements, elements_of
from feel.decisions.static_checks import check_statically
from feel.decisions.texts import Texts
from feel.meter import Meter
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.problems import ProblemList
    from feel.decisions.tables import CompiledTable
    from feel.decisions.types import ValueType


class GraphCompiler:
    """Compiles a file with what it imports.

    Args:
        main: The file.
        imported: The files it may import, by namespace.
        functions: Names of host functions.
        problems: Where everything goes that is wrong.
    """

    def __init__(
        self,
        main: model.Definitions,
        imported: Mapping[str, model.Definitions],
        functions: tuple[str, ...],
        problems: ProblemList,
    ) -> None:
        self.main = main
        self.problems = problems
        self.requirements = Requirements(main, imported, problems)
        self.functions = functions
        self.texts = self._texts()
        self.tables: list[CompiledTable] = []
        self.nodes: dict[str, Node] = {}
        for reference in self.requirements.order:
            self.nodes[reference] = self._node(reference)

    def type_tests(self) -> dict[str, Callable[[object], bool]]:
        """A test for every type that some file can name, for ``instance of``."""
        tests: dict[str, Callable[[object], bool]] = {}
        for namespace, texts in reversed(self.texts.items()):
            for name in texts.types.names:
                if namespace == self.main.namespace or name not in tests:
                    tests[name] = _type_test(texts.types, name)
        return tests

    def _texts(self) -> dict[str, Texts]:
        """For each file its texts with its types; what is imported is built first."""
        built: dict[str, Texts] = {}
        pending = list(self.requirements.files.values())
        while pending:
            waiting = []
            for file in pending:
                needed = {each.namespace for each in file.imports if each.namespace in self.requirements.files}
                if needed <= built.keys() | {file.namespace}:
                    built[file.namespace] = self._texts_of(file, built)
                else:
                    waiting.append(file)
            if len(waiting) == len(pending):
                self._circular_imports(waiting)
                for file in waiting:
                    built[file.namespace] = self._texts_of(file, built)
                break
            pending = waiting
        return built

    def _circular_imports(self, files: list[model.Definitions]) -> None:
        names = ", ".join(file.name or file.namespace for file in files)
        for file in files:
            self.problems.error(
                file.id, "cycle", Sentence("The files import each other in a circle: {names}.", names=names)
            )

    def _texts_of(self, file: model.Definitions, built: Mapping[str, Texts]) -> Texts:
        texts = Texts(self.functions, self.problems)
        imported = {each.name: built[each.namespace].types for each in file.imports if each.namespace in built}
        texts.types = TypeLibrary(
            file.item_definitions,
            imported,
            lambda allowed: texts.value_tests(allowed.text, allowed.id),
            self.problems,
        )
        members = list(texts.types.entry_names)
        for each in file.imports:
            found = self.requirements.files.get(each.namespace)
            if found is not None:
                members.extend(element.name for element in elements_of(found))
        texts.members = tuple(dict.fromkeys(members))
        return texts

    def _node(self, reference: str) -> Node:
        element = self.requirements.elements[reference]
        texts = self.texts[self.requirements.file_of[reference].namespace]
        texts.undeclared.clear()
        texts.variable_types = self._variable_types(reference)
        match element:
            case model.InputData():
                wanted = texts.types.resolve(element.type_reference, element.id)
                return InputNode(element.id, element.name, self._prefix(reference), wanted)
            case model.DecisionElement():
                return self._decision(reference, element, texts)
            case model.BusinessKnowledgeModel():
                return self._knowledge(reference, element, texts)
            case model.DecisionService():
                return self._service(element, texts)

    def _variable_types(self, reference: str) -> dict[str, ValueType]:
        """The declared types of the variables that an element sees, by how a path spells them."""
        found: dict[str, ValueType] = {}
        for each in self.requirements.required[reference]:
            element = self.requirements.elements[each.reference]
            if isinstance(element, model.InputData | model.DecisionElement):
                home = self.texts[self.requirements.file_of[each.reference].namespace]
                name = f"{each.prefix}.{each.name}" if each.prefix else each.name
                found[name] = home.types.resolve(element.type_reference, element.id)
        return found

    def _prefix(self, reference: str) -> str:
        """The name under which the main file imports the element, "" when it is its own."""
        home = self.requirements.file_of[reference]
        if home is self.main:
            return ""
        return next((each.name for each in self.main.imports if each.namespace == home.namespace), "")

    def _seen(self, reference: str) -> tuple[Seen, ...]:
        return tuple(Seen(each.reference, each.prefix, each.name) for each in self.requirements.required[reference])

    def _decision(self, reference: str, element: model.DecisionElement, texts: Texts) -> DecisionNode:
        seen = self._seen(reference)
        wanted = texts.types.resolve(element.type_reference, element.id)
        boxed = BoxedCompiler(texts, element.id, element.name, element.logic, wanted)
        code = None if element.logic is None else boxed.compile(element.logic, _names(seen))
        self._add(boxed.tables, texts)
        if element.logic is None:
            self.problems.warning(
                element.id, "no_logic", Sentence("The decision {name} has no logic.", name=element.name)
            )
        implicit: tuple[str, ...] = ()
        if element.required_inputs or element.required_decisions:
            self._undeclared(element.name, texts)
        else:
            implicit = tuple(sorted(texts.undeclared))
            for name in implicit:
                self.problems.warning(
                    texts.undeclared[name][0],
                    "undeclared_input",
                    Sentence(
                        "{decision} uses {name}, which no input data declares; it is taken from the variables of the "
                        "process. Draw an input data of that name and connect it.",
                        decision=element.name,
                        name=name,
                    ),
                )
        return DecisionNode(
            element.id,
            element.name,
            seen=seen,
            code=code,
            wanted=wanted,
            is_table=isinstance(element.logic, model.DecisionTable),
            implicit=implicit,
        )

    def _add(self, tables: list[CompiledTable], texts: Texts) -> None:
        for table in tables:
            self.tables.append(table)
            check_statically(table, texts)

    def _undeclared(self, owner: str, texts: Texts) -> None:
        for name, elements in texts.undeclared.items():
            for element_id in dict.fromkeys(elements):
                texts.problems.error(
                    element_id,
                    "undeclared_name",
                    Sentence(
                        "{owner} uses {name}, which nothing declares. Connect it with an input data, a decision or a "
                        "business knowledge model of that name.",
                        owner=owner,
                        name=name,
                    ),
                )

    def _knowledge(self, reference: str, element: model.BusinessKnowledgeModel, texts: Texts) -> KnowledgeNode:
        seen = self._seen(reference)
        # The variable of a business knowledge model has the type of the function in newer versions of DMN.
        wanted = texts.types.result_of(texts.types.resolve(element.type_reference, element.id))
        boxed = BoxedCompiler(texts, element.id, element.name, element.logic.body, wanted)
        code = boxed.body(element.logic, _names(seen))
        self._add(boxed.tables, texts)
        self._undeclared(element.name, texts)
        node = KnowledgeNode(
            element.id,
            element.name,
            seen=seen,
            code=code,
            parameters=boxed.parameters(element.logic),
            result=wanted,
        )
        node.reference = reference
        return node

    def _service(self, element: model.DecisionService, texts: Texts) -> ServiceNode:
        parameters = []
        for reference in (*element.input_data, *element.input_decisions):
            found = self.requirements.elements.get(reference)
            if isinstance(found, model.InputData | model.DecisionElement):
                home = self.texts[self.requirements.file_of[reference].namespace]
                parameters.append((reference, found.name, home.types.resolve(found.type_reference, found.id)))
        outputs = tuple(
            (reference, self.requirements.elements[reference].name)
            for reference in element.output_decisions
            if reference in self.requirements.elements
        )
        wanted = texts.types.result_of(texts.types.resolve(element.type_reference, element.id))
        return ServiceNode(element.id, element.name, parameters=tuple(parameters), outputs=outputs, result=wanted)


def _names(seen: tuple[Seen, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.prefix or each.name for each in seen))


def _type_test(types: TypeLibrary, name: str) -> Callable[[object], bool]:
    wanted = types.resolve(name, name)
    return lambda value: wanted.conforms(value, Meter())
