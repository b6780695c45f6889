"""Boxed expressions and decision tables from XML; ids are made from the place where the file leaves them out."""

from __future__ import annotations

from lxml import etree

from feel.decisions import model
from feel.decisions.elements import children, local_name, name_of, owner_id, text_of, type_of
from feel.decisions.problems import ProblemList
from feel.decisions.table_reader import read_table
from feel.sentences import Sentence

EXPRESSIONS = frozenset(
    {
        "literalExpression",
        "decisionTable",
        "context",
        "invocation",
        "list",
        "relation",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
    }
)
NESTING = 40
"""How deep boxed expressions may nest."""


class BoxedReader:
    """Reads boxed expressions; what is wrong goes to ``problems`` and the reading goes on."""

    def __init__(self, problems: ProblemList) -> None:
        self.problems = problems
        self.depth = 0

    def only_expression(self, element: etree._Element, place: str) -> model.BoxedExpression | None:
        """The one expression among the children of ``element``, None without one."""
        found = [child for child in children(element) if local_name(child) in EXPRESSIONS]
        if not found:
            return None
        if len(found) > 1:
            self.problems.error(
                place,
                "two_expressions",
                Sentence(
                    "{element} (line {line}) holds {count} expressions; only one is possible.",
                    element=local_name(element),
                    line=element.sourceline,
                    count=len(found),
                ),
            )
        return self.expression(found[0], f"{place}/{local_name(found[0])}")

    def expression(self, element: etree._Element, place: str) -> model.BoxedExpression:
        """The expression that ``element`` is."""
        identifier = element.get("id") or place
        if self.depth >= NESTING:
            self.problems.error(
                identifier,
                "nesting",
                Sentence(
                    "The expression {id} is nested more than {limit} levels deep.", id=identifier, limit=NESTING
                ),
            )
            return model.LiteralExpression(identifier, "null")
        self.depth += 1
        try:
            return self._expression(element, identifier)
        finally:
            self.depth -= 1

    def _expression(self, element: etree._Element, identifier: str) -> model.BoxedExpression:
        match local_name(element):
            case "literalExpression":
                return self.literal(element, identifier)
            case "decisionTable":
                return read_table(element, identifier, self)
            case "context":
                return self._context(element, identifier)
            case "invocation":
                return self._invocation(element, identifier)
            case "list":
                return model.ListExpression(identifier, self._items(element, identifier), type_of(element))
            case "relation":
                return self._relation(element, identifier)
            case "functionDefinition":
                return self.function_definition(element, identifier)
            case "conditional":
                return model.Conditional(
                    identifier,
                    self._part(element, "if", identifier),
                    self._part(element, "then", identifier),
                    self._part(element, "else", identifier),
                    type_of(element),
                )
            case "filter":
                return model.Filter(
                    identifier,
                    self._part(element, "in", identifier),
                    self._part(element, "match", identifier),
                    type_of(element),
                )
            case _:
                return self._iterator(element, identifier)

    def literal(self, element: etree._Element, identifier: str) -> model.LiteralExpression:
        """A literal expression; other languages and imported values are refused."""
        self.only_feel(element, identifier)
        if children(element, "importedValues"):
            self.problems.error(
                identifier,
                "imported_values",
                Sentence(
                    "{id} imports values from a document, which is not supported. Write them as a list.",
                    id=identifier,
                ),
            )
        return model.LiteralExpression(identifier, text_of(element, "text"), type_of(element))

    def only_feel(self, element: etree._Element, identifier: str) -> None:
        """Add a problem when the text of ``element`` is in another language than FEEL."""
        language = (element.get("expressionLanguage") or "").strip()
        if language and "feel" not in language.casefold():
            self.problems.error(
                identifier,
                "expression_language",
                Sentence("{id} is written in {language}; only FEEL is run.", id=identifier, language=language),
            )

    def text_child(self, element: etree._Element, name: str, place: str) -> model.Text | None:
        """The unary tests or the expression in the child called ``name``, None without one or with an empty one."""
        child = next(iter(children(element, name)), None)
        if child is None:
            return None
        identifier = child.get("id") or f"{place}/{name}"
        self.only_feel(child, identifier)
        text = text_of(child, "text")
        return model.Text(identifier, text) if text else None

    def _part(self, element: etree._Element, name: str, place: str) -> model.BoxedExpression:
        """The expression inside the child called ``name``, which must be there."""
        child = next(iter(children(element, name)), None)
        found = None if child is None else self.only_expression(child, f"{place}/{name}")
        return found if found is not None else self._missing(element, name, place)

    def _missing(self, element: etree._Element, name: str, place: str) -> model.LiteralExpression:
        self.problems.error(
            place,
            "missing_expression",
            Sentence(
                "{element} (line {line}) has no expression for {part}. Fill it in.",
                element=local_name(element),
                line=element.sourceline,
                part=name,
            ),
        )
        return model.LiteralExpression(place, "null")

    def _items(self, element: etree._Element, place: str) -> tuple[model.BoxedExpression, ...]:
        found = [child for child in children(element) if local_name(child) in EXPRESSIONS]
        return tuple(self.expression(child, f"{place}/{i}") for i, child in enumerate(found, 1))

    def _context(self, element: etree._Element, identifier: str) -> model.Context:
        entries = []
        names: set[str] = set()
        for index, child in enumerate(children(element, "contextEntry"), 1):
            place = child.get("id") or f"{identifier}/{index}"
            variable = next(iter(children(child, "variable")), None)
            name = "" if variable is None else name_of(variable)
            if name in names:
                self.problems.error(
                    place,
                    "duplicate_name",
                    Sentence("The context {id} has two entries called {name}.", id=identifier, name=name or "-"),
                )
            names.add(name)
            value = self.only_expression(child, place)
            if value is None:
                value = self._missing(child, name or "result", place)
            entries.append(model.ContextEntry(place, name, type_of(variable), value))
        return model.Context(identifier, tuple(entries), type_of(element))

    def _invocation(self, element: etree._Element, identifier: str) -> model.Invocation:
        called = self.only_expression(element, identifier) or self._missing(element, "function", identifier)
        bindings = []
        for index, child in enumerate(children(element, "binding"), 1):
            place = f"{identifier}/binding[{index}]"
            parameter = next(iter(children(child, "parameter")), None)
            if parameter is None or not name_of(parameter):
                self._missing(child, "parameter", place)
                continue
            bindings.append(
                model.Binding(
                    model.Parameter(name_of(parameter), type_of(parameter)), self.only_expression(child, place)
                )
            )
        return model.Invocation(identifier, called, tuple(bindings), type_of(element))

    def _relation(self, element: etree._Element, identifier: str) -> model.Relation:
        columns = tuple(name_of(column) for column in children(element, "column"))
        rows = []
        for index, row in enumerate(children(element, "row"), 1):
            cells = self._items(row, f"{identifier}/row[{index}]")
            if len(cells) != len(columns):
                self.problems.error(
                    owner_id(row),
                    "row_length",
                    Sentence(
                        "Row {row} of the relation {id} has {cells} cells for {columns} columns.",
                        row=index,
                        id=identifier,
                        cells=len(cells),
                        columns=len(columns),
                    ),
                )
            rows.append(cells)
        return model.Relation(identifier, columns, tuple(rows), type_of(element))

    def function_definition(self, element: etree._Element, place: str) -> model.FunctionDefinition:
        """A function definition; also the encapsulated logic of a business knowledge model."""
        identifier = element.get("id") or place
        parameters = tuple(
            model.Parameter(name_of(child), type_of(child)) for child in children(element, "formalParameter")
        )
        return model.FunctionDefinition(
            identifier,
            parameters,
            self.only_expression(element, identifier),
            (element.get("kind") or "FEEL").strip(),
            type_of(element),
        )

    def _iterator(self, element: etree._Element, identifier: str) -> model.Iterator:
        kind = local_name(element)
        variable = name_of(element, "iteratorVariable")
        if not variable:
            self._missing(element, "iteratorVariable", identifier)
        source = self._part(element, "in", identifier)
        body = self._part(element, "return" if kind == "for" else "satisfies", identifier)
        match kind:
            case "some":
                return model.Iterator(identifier, "some", variable, source, body, type_of(element))
            case "every":
                return model.Iterator(identifier, "every", variable, source, body, type_of(element))
            case _:
                return model.Iterator(identifier, "for", variable, source, body, type_of(element))
