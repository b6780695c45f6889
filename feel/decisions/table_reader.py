"""Decision tables from XML: inputs, outputs, rules, hit policy. Orientation and crosstab are only looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.decisions import model
from feel.decisions.elements import children, name_of, text_of, type_of
from feel.sentences import Sentence

if TYPE_CHECKING:
    from lxml import etree

    from feel.decisions.boxed_reader import BoxedReader

MAXIMUM_RULES = 10_000
"""Rules of one table; the bit sets of a column grow with their square."""

_LETTERS = {
    "U": ("UNIQUE", ""),
    "A": ("ANY", ""),
    "P": ("PRIORITY", ""),
    "F": ("FIRST", ""),
    "R": ("RULE ORDER", ""),
    "O": ("OUTPUT ORDER", ""),
    "C": ("COLLECT", ""),
    "C+": ("COLLECT", "SUM"),
    "C<": ("COLLECT", "MIN"),
    "C>": ("COLLECT", "MAX"),
    "C#": ("COLLECT", "COUNT"),
}
"""The letters that people write in the corner of a table → the words of the file format."""


def read_table(element: etree._Element, identifier: str, reader: BoxedReader) -> model.DecisionTable:
    """The table that ``element`` is; what is wrong goes to the reader's problems."""
    return _TableReader(element, identifier, reader).table()


class _TableReader:
    def __init__(self, element: etree._Element, identifier: str, reader: BoxedReader) -> None:
        self.element = element
        self.id = identifier
        self.reader = reader
        self.problems = reader.problems

    def table(self) -> model.DecisionTable:
        hit_policy, aggregation = self._hit_policy()
        inputs = tuple(self._input(e, i) for i, e in enumerate(children(self.element, "input"), 1))
        output_elements = children(self.element, "output")
        outputs = tuple(self._output(e, i, len(output_elements)) for i, e in enumerate(output_elements, 1))
        rule_elements = children(self.element, "rule")
        rules = tuple(
            self._rule(e, i, len(inputs), len(outputs)) for i, e in enumerate(rule_elements[:MAXIMUM_RULES], 1)
        )
        table = model.DecisionTable(
            id=self.id,
            hit_policy=hit_policy,
            aggregation=aggregation,
            inputs=inputs,
            outputs=outputs,
            rules=rules,
            annotation_names=tuple(name_of(e) for e in children(self.element, "annotation")),
            type_reference=type_of(self.element),
        )
        self._complete(table, len(rule_elements))
        return table

    def _complete(self, table: model.DecisionTable, rules: int) -> None:
        if not table.outputs:
            self.problems.error(
                self.id, "without_output", Sentence("The table {table} has no output.", table=self.id)
            )
        if rules > MAXIMUM_RULES:
            self.problems.error(
                self.id,
                "too_many_rules",
                Sentence(
                    "The table {table} has {count} rules; at most {maximum} are accepted. Split it.",
                    table=self.id,
                    count=rules,
                    maximum=MAXIMUM_RULES,
                ),
            )
        if not table.rules:
            self.problems.error(
                self.id, "without_rules", Sentence("The table {table} has no rules. Add at least one.", table=self.id)
            )
        names = [output.name for output in table.outputs]
        for output in table.outputs:
            if len(names) > 1 and not output.name:
                self.problems.error(
                    output.id,
                    "without_name",
                    Sentence(
                        "An output of the table {table} has no name; with several outputs each needs one.",
                        table=self.id,
                    ),
                )
            elif names.count(output.name) > 1:
                self.problems.error(
                    output.id,
                    "duplicate_name",
                    Sentence("Two outputs of the table {table} are called {name}.", table=self.id, name=output.name),
                )

    def _hit_policy(self) -> tuple[model.HitPolicy, model.Aggregation]:
        written = " ".join((self.element.get("hitPolicy") or "UNIQUE").split())
        aggregation_text = (self.element.get("aggregation") or "").strip()
        word, letter_aggregation = _LETTERS.get(written, (written.replace("_", " "), ""))
        policy = model.HIT_POLICIES.get(word)
        if policy is None:
            self.problems.error(
                self.id,
                "unknown_hit_policy",
                Sentence(
                    "The table {table} has the hit policy {policy}; possible are {possible}.",
                    table=self.id,
                    policy=written,
                    possible=", ".join(model.HIT_POLICIES),
                ),
            )
            policy = "UNIQUE"
        aggregation = model.AGGREGATIONS.get(aggregation_text or letter_aggregation, "")
        if aggregation_text and not aggregation:
            self.problems.error(
                self.id,
                "unknown_aggregation",
                Sentence(
                    "The table {table} has the aggregation {aggregation}; possible are {possible}.",
                    table=self.id,
                    aggregation=aggregation_text,
                    possible=", ".join(model.AGGREGATIONS),
                ),
            )
        elif aggregation and policy != "COLLECT":
            self.problems.error(
                self.id,
                "aggregation_without_collect",
                Sentence(
                    "The table {table} has the aggregation {aggregation}, which only the hit policy COLLECT has, "
                    "not {policy}.",
                    table=self.id,
                    aggregation=aggregation,
                    policy=policy,
                ),
            )
        return policy, aggregation

    def _input(self, element: etree._Element, index: int) -> model.TableInput:
        identifier = element.get("id") or f"{self.id}/input[{index}]"
        expression = next(iter(children(element, "inputExpression")), None)
        text = self.reader.text_child(element, "inputExpression", identifier)
        if text is None:
            self.problems.error(
                identifier,
                "missing_expression",
                Sentence(
                    "Input {index} of the table {table} has no expression. Fill it in.", index=index, table=self.id
                ),
            )
            text = model.Text(identifier, "null")
        return model.TableInput(
            id=identifier,
            label=" ".join((element.get("label") or "").split()) or text.text,
            expression=text,
            type_reference=type_of(expression),
            allowed_values=self.reader.text_child(element, "inputValues", identifier),
        )

    def _output(self, element: etree._Element, index: int, count: int) -> model.TableOutput:
        identifier = element.get("id") or f"{self.id}/output[{index}]"
        name = name_of(element)
        label = " ".join((element.get("label") or "").split())
        return model.TableOutput(
            id=identifier,
            # A single output needs no name; editors write one that must not turn the value into a context.
            name=name,
            label=label or name or (self.element.get("outputLabel") or "" if count == 1 else ""),
            type_reference=type_of(element),
            allowed_values=self.reader.text_child(element, "outputValues", identifier),
            default=self.reader.text_child(element, "defaultOutputEntry", identifier),
        )

    def _rule(self, element: etree._Element, number: int, inputs: int, outputs: int) -> model.Rule:
        identifier = element.get("id") or f"{self.id}/rule[{number}]"
        tests = self._cells(element, "inputEntry", identifier)
        results = self._cells(element, "outputEntry", identifier)
        for cells, expected, kind in ((tests, inputs, "inputEntry"), (results, outputs, "outputEntry")):
            if len(cells) != expected:
                self.problems.error(
                    identifier,
                    "rule_length",
                    Sentence(
                        "Rule {number} of the table {table} has {cells} cells of the kind {kind} for {columns} "
                        "columns.",
                        number=number,
                        table=self.id,
                        cells=len(cells),
                        kind=kind,
                        columns=expected,
                    ),
                )
        return model.Rule(
            id=identifier,
            number=number,
            tests=tests,
            results=results,
            annotations=tuple(text_of(e, "text") for e in children(element, "annotationEntry")),
            description=text_of(element, "description"),
        )

    def _cells(self, element: etree._Element, name: str, place: str) -> tuple[model.Text, ...]:
        cells = []
        for index, cell in enumerate(children(element, name), 1):
            identifier = cell.get("id") or f"{place}/{name}[{index}]"
            self.reader.only_feel(cell, identifier)
            cells.append(model.Text(identifier, text_of(cell, "text")))
        return tuple(cells)
