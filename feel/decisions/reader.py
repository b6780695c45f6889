"""An element tree to :class:`feel.decisions.model.Definitions`; everything that is not understood is a problem."""

from __future__ import annotations

from lxml import etree

from feel.decisions import model
from feel.decisions.boxed_reader import BoxedReader
from feel.decisions.document import VERSIONS
from feel.decisions.elements import children, local_name, name_of, owner_id, plain_type, text_of, type_of
from feel.decisions.problems import ProblemList
from feel.sentences import Sentence

_ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_WITHOUT_MEANING = frozenset(
    {
        "description",
        "extensionElements",
        "knowledgeSource",
        "organizationUnit",
        "performanceIndicator",
        "textAnnotation",
        "association",
        "group",
        "elementCollection",
        "businessContextElement",
        "artifact",
        "DMNDI",
        "import",
        "itemDefinition",
    }
)
_NESTING = 20


def read(root: etree._Element, problems: ProblemList) -> model.Definitions:
    """The whole model of a file; ``problems`` gets what is wrong with it."""
    return _Reader(root, problems).definitions()


class _Reader:
    def __init__(self, root: etree._Element, problems: ProblemList) -> None:
        self.root = root
        self.problems = problems
        self.namespace = root.get("namespace") or ""
        self.boxed = BoxedReader(problems)
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def definitions(self) -> model.Definitions:
        inputs: list[model.InputData] = []
        decisions: list[model.DecisionElement] = []
        knowledge: list[model.BusinessKnowledgeModel] = []
        services: list[model.DecisionService] = []
        for element in children(self.root):
            kind = local_name(element)
            if kind == "inputData":
                inputs.append(self._input_data(element))
            elif kind == "decision":
                decisions.append(self._decision(element))
            elif kind == "businessKnowledgeModel":
                knowledge.append(self._business_knowledge_model(element))
            elif kind == "decisionService":
                services.append(self._decision_service(element))
            elif kind not in _WITHOUT_MEANING:
                self.problems.error(
                    element.get("id") or kind,
                    "unknown_element",
                    Sentence(
                        "The element {element} (line {line}) is no part of DMN 1.1 to 1.5.",
                        element=kind,
                        line=element.sourceline,
                    ),
                )
        self._unique_ids()
        return model.Definitions(
            id=self.root.get("id") or "",
            name=name_of(self.root),
            namespace=self.namespace,
            version=VERSIONS[etree.QName(self.root).namespace or ""],
            imports=tuple(self._import(e) for e in children(self.root, "import")),
            item_definitions=tuple(self._item(e, 0) for e in children(self.root, "itemDefinition")),
            input_data=tuple(inputs),
            decisions=tuple(decisions),
            business_knowledge_models=tuple(knowledge),
            decision_services=tuple(services),
        )

    def _unique_ids(self) -> None:
        """Two elements of the model with one id: a reference or a trace would name the wrong one."""
        seen: set[str] = set()
        namespace = etree.QName(self.root).namespace
        for element in self.root.iter(f"{{{namespace}}}*"):
            identifier = element.get("id")
            if identifier is None:
                continue
            if identifier in seen:
                self.problems.error(
                    identifier,
                    "duplicate_id",
                    Sentence(
                        "Two elements have the id {id} (the second is {element} in line {line}). Give one of "
                        "them another id.",
                        id=identifier,
                        element=local_name(element),
                        line=element.sourceline,
                    ),
                )
            seen.add(identifier)

    def _identity(self, element: etree._Element) -> tuple[str, str]:
        """Id and name of an element of the requirements graph; both must be there and be unique."""
        name = name_of(element)
        variable = next(iter(children(element, "variable")), None)
        identifier = element.get("id") or name or f"line-{element.sourceline}"
        if not name and variable is not None:
            name = name_of(variable)
        if variable is not None and name_of(variable) not in {"", name}:
            self.problems.warning(
                identifier,
                "variable_name",
                Sentence(
                    "The variable of {name} is called {variable}; expressions find it as {name}. Give both one name.",
                    name=name,
                    variable=name_of(variable),
                ),
            )
        if not name:
            self.problems.error(
                identifier,
                "without_name",
                Sentence(
                    "The element {element} with the id {id} has no name, so nothing can refer to it. Name it.",
                    element=local_name(element),
                    id=identifier,
                ),
            )
        elif name in self.names:
            self.problems.error(
                identifier,
                "duplicate_name",
                Sentence(
                    "{element} and {other} have the same name {name}. Rename one of them.",
                    element=identifier,
                    other=self.names[name],
                    name=name,
                ),
            )
        else:
            self.names[name] = identifier
        return identifier, name

    def _variable_type(self, element: etree._Element) -> str:
        variable = next(iter(children(element, "variable")), None)
        return type_of(variable)

    def _references(self, element: etree._Element, requirement: str, required: str) -> tuple[str, ...]:
        found: list[str] = []
        for holder in children(element, requirement):
            found.extend(self._reference(reference) for reference in children(holder, required))
        return tuple(reference for reference in found if reference)

    def _reference(self, element: etree._Element) -> str:
        href = (element.get("href") or "").strip()
        namespace, hash_sign, identifier = href.rpartition("#")
        if not hash_sign or not identifier:
            self.problems.error(
                owner_id(element),
                "reference",
                Sentence(
                    "{element} (line {line}) refers to {href}, which is no reference of the form #id.",
                    element=local_name(element),
                    line=element.sourceline,
                    href=href or "-",
                ),
            )
            return ""
        return f"{namespace or self.namespace}#{identifier}"

    def _import(self, element: etree._Element) -> model.Import:
        return model.Import(
            id=element.get("id") or name_of(element),
            name=name_of(element),
            namespace=element.get("namespace") or "",
            location=element.get("locationURI") or "",
        )

    def _input_data(self, element: etree._Element) -> model.InputData:
        identifier, name = self._identity(element)
        return model.InputData(identifier, name, self._variable_type(element))

    def _decision(self, element: etree._Element) -> model.DecisionElement:
        identifier, name = self._identity(element)
        return model.DecisionElement(
            id=identifier,
            name=name,
            type_reference=self._variable_type(element),
            required_inputs=self._references(element, "informationRequirement", "requiredInput"),
            required_decisions=self._references(element, "informationRequirement", "requiredDecision"),
            required_knowledge=self._references(element, "knowledgeRequirement", "requiredKnowledge"),
            logic=self.boxed.only_expression(element, identifier),
            question=text_of(element, "question"),
            description=text_of(element, "description"),
            version_tag=_version_tag(element),
        )

    def _business_knowledge_model(self, element: etree._Element) -> model.BusinessKnowledgeModel:
        identifier, name = self._identity(element)
        logic = next(iter(children(element, "encapsulatedLogic")), None)
        if logic is None:
            function = model.FunctionDefinition(identifier, (), None)
        else:
            function = self.boxed.function_definition(logic, f"{identifier}/encapsulatedLogic")
        return model.BusinessKnowledgeModel(
            id=identifier,
            name=name,
            type_reference=self._variable_type(element),
            required_knowledge=self._references(element, "knowledgeRequirement", "requiredKnowledge"),
            logic=function,
        )

    def _decision_service(self, element: etree._Element) -> model.DecisionService:
        identifier, name = self._identity(element)

        def references(kind: str) -> tuple[str, ...]:
            return tuple(filter(None, (self._reference(child) for child in children(element, kind))))

        outputs = references("outputDecision")
        if not outputs:
            self.problems.error(
                identifier,
                "service_without_output",
                Sentence("The decision service {name} has no output decision. Add one.", name=name),
            )
        return model.DecisionService(
            id=identifier,
            name=name,
            type_reference=self._variable_type(element),
            output_decisions=outputs,
            encapsulated_decisions=references("encapsulatedDecision"),
            input_decisions=references("inputDecision"),
            input_data=references("inputData"),
        )

    def _item(self, element: etree._Element, depth: int) -> model.ItemDefinition:
        name = name_of(element)
        identifier = element.get("id") or name or f"line-{element.sourceline}"
        components: tuple[model.ItemComponent, ...] = ()
        if depth < _NESTING:
            components = tuple(
                model.ItemComponent(name_of(child), self._item(child, depth + 1))
                for child in children(element, "itemComponent")
            )
        elif children(element, "itemComponent"):
            self.problems.error(
                identifier,
                "nesting",
                Sentence("The type {name} is nested more than {limit} levels deep.", name=name, limit=_NESTING),
            )
        function = next(iter(children(element, "functionItem")), None)
        return model.ItemDefinition(
            id=identifier,
            name=name,
            type_reference=plain_type(text_of(element, "typeRef")),
            components=components,
            allowed_values=self.boxed.text_child(element, "allowedValues", identifier),
            type_constraint=self.boxed.text_child(element, "typeConstraint", identifier),
            is_collection=(element.get("isCollection") or "").strip() in {"true", "1"},
            function=None if function is None else _function_item(function),
        )


def _function_item(element: etree._Element) -> tuple[tuple[model.Parameter, ...], str]:
    parameters = tuple(model.Parameter(name_of(child), type_of(child)) for child in children(element, "parameters"))
    return parameters, plain_type(element.get("outputTypeRef") or "")


def _version_tag(element: etree._Element) -> str | None:
    """The name that its author gave to this version, as Camunda writes it among the extensions."""
    for extensions in children(element, "extensionElements"):
        for extension in extensions.iterchildren(f"{{{_ZEEBE}}}versionTag"):
            return extension.get("value") or None
    return None
