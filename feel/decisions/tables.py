"""A compiled decision table: inputs → matched rules → result by the hit policy, with every cell in the trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from feel.decisions import hit_policies
from feel.decisions.columns import Column, Noted
from feel.decisions.hit_policies import HitPolicyViolation, Outputs
from feel.decisions.model import SINGLE_HIT
from feel.decisions.outputs import OutputColumn, declared_type
from feel.decisions.trace import plain, table_entry
from feel.decisions.types import shown
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions import model
    from feel.decisions.run import Run
    from feel.decisions.texts import Texts
    from feel.decisions.types import ValueType
    from feel.scope import Scope


class CompiledTable:
    """A table that can be evaluated often and by many threads.

    Args:
        table: What the file says.
        texts: Compiles its texts.
        names: The names that its expressions see.
        owner_id: The decision or business knowledge model it belongs to.
        owner_name: Its name.
        result: The type that its result must have.
    """

    def __init__(
        self,
        table: model.DecisionTable,
        texts: Texts,
        names: tuple[str, ...],
        owner_id: str,
        owner_name: str,
        result: ValueType,
    ) -> None:
        # A rule with too few or too many cells is a problem of the file; in a lenient compilation it is left out.
        rules = tuple(
            rule
            for rule in table.rules
            if len(rule.tests) == len(table.inputs) and len(rule.results) == len(table.outputs)
        )
        self.table = replace(table, rules=rules)
        self.owner_id = owner_id
        self.owner_name = owner_name
        self.columns = tuple(
            Column(column, tuple(rule.tests[i] for rule in rules), texts, names)
            for i, column in enumerate(table.inputs)
        )
        self.outputs = tuple(
            OutputColumn(
                output,
                tuple(rule.results[i] for rule in rules),
                texts,
                names,
                declared_type(
                    result,
                    output.name,
                    is_only=len(table.outputs) == 1,
                    is_list=table.hit_policy not in SINGLE_HIT and not table.aggregation,
                ),
            )
            for i, output in enumerate(table.outputs)
        )
        self.rules = (1 << len(rules)) - 1
        self.is_single_hit = table.hit_policy in SINGLE_HIT
        self.has_default = any(output.default is not None for output in self.outputs)
        self.shown = tuple(
            (
                rule.id,
                rule.number,
                rule.annotations,
                rule.description,
                tuple((cell.id, cell.text or "-") for cell in rule.tests),
            )
            for rule in rules
        )
        self._cost = 1 + len(rules) * len(table.inputs) // 10

    def evaluate(self, scope: Scope, run: Run) -> object:
        """The result of the table for the names in ``scope``."""
        run.meter.spend(self._cost)
        values = [column.value(scope, run, self.owner_name) for column in self.columns]
        active = self.rules
        noted: Noted = []
        for column, value in zip(self.columns, values, strict=True):
            active = column.narrow(active, value, scope, run, noted)
        matched = _numbers(active)
        if run.trace is None:
            if noted and run.escalate:
                self._escalate(noted, matched, values, run)
            return self._result(matched, values, scope, run, {})
        entry = table_entry(self, values, matched, scope, run)
        run.trace.append(entry)
        if noted and run.escalate:
            self._escalate(noted, matched, values, run)
        used: dict[int, Outputs] = {}
        try:
            result = self._result(matched, values, scope, run, used)
        finally:
            entry["outputs"] = [self._used(rule, outputs) for rule, outputs in used.items()]
        entry["value"] = plain(result)
        return result

    def _used(self, rule: int, outputs: Outputs) -> dict[str, object]:
        """The outputs of one rule, for the trace."""
        return {
            "rule_id": self.table.rules[rule].id,
            "values": [
                {"id": column.id, "name": column.name, "label": column.label, "value": plain(value)}
                for column, value in zip(self.outputs, outputs, strict=True)
            ],
        }

    def _result(
        self, matched: list[int], values: list[object], scope: Scope, run: Run, used: dict[int, Outputs]
    ) -> object:
        if not matched:
            return self._no_match(values, scope, run)
        table = self.table

        def outputs(rule: int) -> Outputs:
            found = used[rule] = tuple([column.value(rule, scope, run) for column in self.outputs])
            return found

        try:
            match table.hit_policy:
                case "UNIQUE":
                    return self._one(hit_policies.unique(matched, outputs))
                case "FIRST":
                    return self._one(outputs(matched[0]))
                case "ANY":
                    return self._one(hit_policies.any_of(matched, outputs))
                case "PRIORITY":
                    return self._one(self._sorted(matched, outputs)[0])
                case "OUTPUT ORDER":
                    return [self._one(found) for found in self._sorted(matched, outputs)]
                case "RULE ORDER":
                    return [self._one(outputs(rule)) for rule in matched]
                case "COLLECT":
                    return self._collected([self._one(outputs(rule)) for rule in matched], run)
        except HitPolicyViolation as violation:
            self._violated(violation, values, run)
            return None

    def _sorted(self, matched: list[int], outputs: Callable[[int], Outputs]) -> list[Outputs]:
        ranks = tuple(column.rank if column.is_ranked else None for column in self.outputs)
        return hit_policies.by_priority([outputs(rule) for rule in matched], ranks)

    def _one(self, outputs: Outputs) -> object:
        if len(outputs) == 1:
            return outputs[0]
        return {column.name: value for column, value in zip(self.outputs, outputs, strict=True)}

    def _collected(self, found: list[object], run: Run) -> object:
        if not self.table.aggregation:
            return found
        result = hit_policies.aggregate(found, self.table.aggregation)
        if isinstance(result, Sentence):
            run.cannot("type", self.table.id, result)
            return None
        return result

    def _no_match(self, values: list[object], scope: Scope, run: Run) -> object:
        if self.has_default:
            result = self._one(tuple(column.default_value(scope, run) for column in self.outputs))
            return result if self.is_single_hit or self.table.aggregation else [result]
        if self.is_single_hit:
            if run.escalate:
                self._refuse(
                    "no_match",
                    Sentence(
                        "No rule of the table {table} applies to {values}, and it has no default output.",
                        table=self.owner_name,
                        values=self._shown(values),
                    ),
                    values,
                    run,
                )
            return None
        return self._collected([], run)

    def _violated(self, violation: HitPolicyViolation, values: list[object], run: Run) -> None:
        numbers = ", ".join(str(rule + 1) for rule in violation.rules)
        if violation.code == "two_matches":
            sentence = Sentence(
                "The rules {rules} of the table {table} all apply to {values}, but its hit policy is UNIQUE.",
                rules=numbers,
                table=self.owner_name,
                values=self._shown(values),
            )
        else:
            sentence = Sentence(
                "The rules {rules} of the table {table} apply to {values} and give different outputs, but its hit "
                "policy is ANY.",
                rules=numbers,
                table=self.owner_name,
                values=self._shown(values),
            )
        run.cannot(violation.code, self.table.id, sentence, self._named(values))

    def _escalate(self, noted: Noted, matched: list[int], values: list[object], run: Run) -> None:
        """A comparison that could not be made ends the evaluation, unless a rule before it already decided."""
        last = matched[0] if matched and self.table.hit_policy == "FIRST" else len(self.table.rules)
        for rule, warning in noted:
            if rule < last:
                self._refuse(
                    "null_comparison",
                    Sentence(
                        "Rule {rule} of the table {table} cannot be applied to {values}: {reason}",
                        rule=rule + 1,
                        table=self.owner_name,
                        values=self._shown(values),
                        reason=warning.sentence,
                    ),
                    values,
                    run,
                    warning.element_id,
                )

    def _refuse(self, code: str, sentence: Sentence, values: list[object], run: Run, element_id: str = "") -> None:
        run.refuse(code, element_id or self.table.id, sentence, self._named(values))

    def _named(self, values: list[object]) -> dict[str, object]:
        return {column.label: value for column, value in zip(self.columns, values, strict=True)}

    def _shown(self, values: list[object]) -> str:
        return ", ".join(f"{name} = {shown(value)}" for name, value in self._named(values).items())


def _numbers(rules: int) -> list[int]:
    """The members of a bit set, ascending."""
    found = []
    while rules:
        bit = rules & -rules
        rules ^= bit
        found.append(bit.bit_length() - 1)
    return found
