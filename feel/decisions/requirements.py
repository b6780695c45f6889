"""The requirements graph of a file and of what it imports: references, order, cycles, what each element sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from feel.decisions import model
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.problems import ProblemList

Element = model.InputData | model.DecisionElement | model.BusinessKnowledgeModel | model.DecisionService


@dataclass(frozen=True, slots=True)
class Requirement:
    """An element that another one sees: ``prefix`` is the import it comes through, "" for none."""

    reference: str
    prefix: str
    name: str


class Requirements:
    """The elements of a file and of its imports by reference (``namespace#id``).

    Args:
        main: The file.
        imported: The files that may be imported, by namespace.
        problems: Where unknown references and cycles go.
    """

    def __init__(
        self, main: model.Definitions, imported: Mapping[str, model.Definitions], problems: ProblemList
    ) -> None:
        self.main = main
        self.problems = problems
        self.files: dict[str, model.Definitions] = {main.namespace: main}
        self._add_imports(main, imported)
        self.elements: dict[str, Element] = {}
        self.file_of: dict[str, model.Definitions] = {}
        for file in self.files.values():
            for element in elements_of(file):
                reference = f"{file.namespace}#{element.id}"
                self.elements[reference] = element
                self.file_of[reference] = file
        self.required: dict[str, tuple[Requirement, ...]] = {
            reference: self._requirements(reference) for reference in self.elements
        }
        self.order: tuple[str, ...] = self._order()

    def _add_imports(self, file: model.Definitions, imported: Mapping[str, model.Definitions]) -> None:
        pending = [file]
        while pending:
            for each in pending.pop().imports:
                if each.namespace in self.files:
                    continue
                found = imported.get(each.namespace)
                if found is None:
                    self.problems.error(
                        each.id,
                        "import",
                        Sentence(
                            "The file imports {namespace} as {name}, and no file of that namespace was given.",
                            namespace=each.namespace,
                            name=each.name or "-",
                        ),
                    )
                    continue
                self.files[each.namespace] = found
                pending.append(found)

    def _requirements(self, reference: str) -> tuple[Requirement, ...]:
        element = self.elements[reference]
        match element:
            case model.DecisionElement():
                wanted = (*element.required_inputs, *element.required_decisions, *element.required_knowledge)
            case model.BusinessKnowledgeModel():
                wanted = element.required_knowledge
            case model.DecisionService():
                wanted = (
                    *element.input_data,
                    *element.input_decisions,
                    *element.output_decisions,
                    *element.encapsulated_decisions,
                )
            case _:
                wanted = ()
        found = []
        for each in dict.fromkeys(wanted):
            if each not in self.elements:
                self.problems.error(
                    element.id,
                    "reference",
                    Sentence("{name} requires {reference}, which does not exist.", name=element.name, reference=each),
                )
            else:
                found.append(self._named(each, self.file_of[reference]))
        return tuple(found)

    def _named(self, reference: str, seen_from: model.Definitions) -> Requirement:
        home = self.file_of[reference]
        prefix = ""
        if home is not seen_from:
            prefix = next((each.name for each in seen_from.imports if each.namespace == home.namespace), "")
        return Requirement(reference, prefix, self.elements[reference].name)

    def _order(self) -> tuple[str, ...]:
        """Every element after what it requires. Business knowledge models may call each other: calls are bounded."""
        graph: dict[str, set[str]] = {}
        for reference, requirements in self.required.items():
            element = self.elements[reference]
            graph[reference] = {
                each.reference
                for each in requirements
                if not (
                    isinstance(element, model.BusinessKnowledgeModel)
                    and isinstance(self.elements[each.reference], model.BusinessKnowledgeModel)
                )
            }
        while True:
            try:
                return tuple(TopologicalSorter(graph).static_order())
            except CycleError as error:
                cycle: list[str] = error.args[1]
                names = [self.elements[reference].name for reference in reversed(cycle)]
                for reference in dict.fromkeys(cycle):
                    self.problems.error(
                        self.elements[reference].id,
                        "cycle",
                        Sentence("The decisions require each other in a circle: {names}.", names=" → ".join(names)),
                    )
                for reference in cycle:
                    graph[reference] -= set(cycle)

    def decisions_before(self, references: Iterable[str]) -> tuple[str, ...]:
        """The decisions that must be evaluated for ``references``, themselves included, in order."""
        needed: set[str] = set()
        pending = list(references)
        while pending:
            reference = pending.pop()
            if reference in needed or not isinstance(self.elements[reference], model.DecisionElement):
                continue
            needed.add(reference)
            pending.extend(each.reference for each in self.required[reference])
        return tuple(reference for reference in self.order if reference in needed)


def elements_of(file: model.Definitions) -> tuple[Element, ...]:
    """The elements of a file's requirements graph."""
    return (*file.input_data, *file.decisions, *file.business_knowledge_models, *file.decision_services)
