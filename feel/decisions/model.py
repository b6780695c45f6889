"""What a DMN file says, as immutable values without any XML: the elements, before they are compiled.

Names follow the DMN metamodel. Every element has an id; one that the file leaves out is made from
its place, so that a problem or a trace can always name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from feel.decisions.table_model import (
    AGGREGATIONS,
    HIT_POLICIES,
    SINGLE_HIT,
    Aggregation,
    DecisionTable,
    HitPolicy,
    Rule,
    TableInput,
    TableOutput,
    Text,
)

__all__ = [
    "AGGREGATIONS",
    "HIT_POLICIES",
    "SINGLE_HIT",
    "Aggregation",
    "Binding",
    "BoxedExpression",
    "BusinessKnowledgeModel",
    "Conditional",
    "Context",
    "ContextEntry",
    "DecisionElement",
    "DecisionService",
    "DecisionTable",
    "Definitions",
    "Filter",
    "FunctionDefinition",
    "HitPolicy",
    "Import",
    "InputData",
    "Invocation",
    "ItemComponent",
    "ItemDefinition",
    "Iterator",
    "ListExpression",
    "LiteralExpression",
    "Parameter",
    "Relation",
    "Rule",
    "TableInput",
    "TableOutput",
    "Text",
]


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A FEEL expression with the type that its value must have ("" is any)."""

    id: str
    text: str
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, typed parameter of a function."""

    name: str
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """A named entry of a boxed context; the entry without a name is the context's result."""

    id: str
    name: str
    type_reference: str
    value: BoxedExpression | None


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context."""

    id: str
    entries: tuple[ContextEntry, ...]
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """An argument of an invocation."""

    parameter: Parameter
    value: BoxedExpression | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with named arguments."""

    id: str
    called: BoxedExpression
    bindings: tuple[Binding, ...]
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class ListExpression:
    """A boxed list."""

    id: str
    items: tuple[BoxedExpression, ...]
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A boxed table of values: a list of contexts."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[BoxedExpression, ...], ...]
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A function; a kind other than FEEL is an external function, which is never run."""

    id: str
    parameters: tuple[Parameter, ...]
    body: BoxedExpression | None
    kind: str = "FEEL"
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if."""

    id: str
    condition: BoxedExpression
    then: BoxedExpression
    otherwise: BoxedExpression
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter: the items of ``source`` for which ``match`` is true."""

    id: str
    source: BoxedExpression
    match: BoxedExpression
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class Iterator:
    """A boxed for, some or every."""

    id: str
    kind: Literal["for", "some", "every"]
    variable: str
    source: BoxedExpression
    body: BoxedExpression
    type_reference: str = ""


BoxedExpression: TypeAlias = (
    LiteralExpression
    | DecisionTable
    | Context
    | Invocation
    | ListExpression
    | Relation
    | FunctionDefinition
    | Conditional
    | Filter
    | Iterator
)


@dataclass(frozen=True, slots=True)
class ItemComponent:
    """A named part of a structured type."""

    name: str
    type: ItemDefinition


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the file: a base or components or a function, what is allowed, one or many."""

    id: str
    name: str
    type_reference: str = ""
    components: tuple[ItemComponent, ...] = ()
    allowed_values: Text | None = None
    type_constraint: Text | None = None
    is_collection: bool = False
    function: tuple[tuple[Parameter, ...], str] | None = None


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that is given from outside."""

    id: str
    name: str
    type_reference: str = ""


@dataclass(frozen=True, slots=True)
class DecisionElement:
    """A decision: what it requires and its logic."""

    id: str
    name: str
    type_reference: str
    required_inputs: tuple[str, ...]
    required_decisions: tuple[str, ...]
    required_knowledge: tuple[str, ...]
    logic: BoxedExpression | None
    question: str = ""
    description: str = ""
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A function that decisions share."""

    id: str
    name: str
    type_reference: str
    required_knowledge: tuple[str, ...]
    logic: FunctionDefinition


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions that are called together, as a function of their inputs."""

    id: str
    name: str
    type_reference: str
    output_decisions: tuple[str, ...]
    encapsulated_decisions: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose elements are named ``<name>.<element>`` here."""

    id: str
    name: str
    namespace: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    """A whole file. References to other elements are ``namespace#id``."""

    id: str
    name: str
    namespace: str
    version: str
    imports: tuple[Import, ...]
    item_definitions: tuple[ItemDefinition, ...]
    input_data: tuple[InputData, ...]
    decisions: tuple[DecisionElement, ...]
    business_knowledge_models: tuple[BusinessKnowledgeModel, ...]
    decision_services: tuple[DecisionService, ...]
