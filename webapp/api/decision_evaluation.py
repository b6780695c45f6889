"""Asking a decision, which moves no matter; and the shapes of an evaluation, here and in the histories of matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from engine import decisions, deployments
from engine.access_tokens import READ
from engine.errors import ExecutionFailed, FormRefused
from engine.keys import new_key
from engine.values import untagged
from feel.sentences import Sentence
from webapp.api.decision_definitions import read, shown
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    Key,
    KeyOut,
    Request,
    Tenant,
    Text,
    Variables,
    optional,
)
from webapp.languages import say
from webapp.surroundings import reading


class Question(Request):
    """A decision by id (its version in use) or by key, and what it is asked with."""

    decision_definition_id: Text = optional()
    decision_definition_key: Key = optional()
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant = optional()


class InputItem(Answer):
    """What a decision saw."""

    input_id: str
    input_name: str
    input_value: str


class OutputItem(Answer):
    """What a rule gave."""

    output_id: str
    output_name: str
    output_value: str
    rule_id: str | None
    rule_index: int | None


class MatchedRule(Answer):
    """A rule that held, counted from 1."""

    rule_id: str
    rule_index: int
    evaluated_outputs: list[OutputItem]


class EvaluatedDecision(Answer):
    """One decision of the evaluation."""

    decision_definition_id: str
    decision_definition_name: str
    decision_definition_version: int
    decision_definition_type: Literal["DECISION_TABLE", "LITERAL_EXPRESSION"]
    output: str
    tenant_id: str = TENANT
    matched_rules: list[MatchedRule]
    evaluated_inputs: list[InputItem]
    decision_definition_key: KeyOut
    decision_evaluation_instance_key: str


class Evaluation(Answer):
    """What the decision answered, and how; or why it has no answer."""

    decision_definition_id: str
    decision_definition_key: KeyOut
    decision_definition_name: str
    decision_definition_version: int
    decision_evaluation_key: KeyOut
    decision_instance_key: KeyOut
    decision_requirements_id: str
    decision_requirements_key: KeyOut
    evaluated_decisions: list[EvaluatedDecision]
    failed_decision_definition_id: str | None = None
    failure_message: str | None = None
    output: str
    tenant_id: str = TENANT


@serves("POST", "/decision-definitions/evaluation", right=READ, body=Question, answer=Evaluation, errors=(404, 409))
def evaluate_decision(body: Question) -> Evaluation:
    """Ask a decision; nothing is kept of it."""
    given = body.model_fields_set & {"decision_definition_id", "decision_definition_key"}
    if len(given) != 1:
        raise FormRefused({"decisionDefinitionId": [Sentence("Name the decision by its id or by its key.")]})
    if "decision_definition_key" in given:
        key = body.decision_definition_key
    else:
        key = deployments.current_decision(reading(), body.decision_definition_id)
    definition = shown(read(key))
    evaluation = new_key()
    named: dict[str, Any] = {
        "decision_definition_id": definition.decision_definition_id,
        "decision_definition_key": key,
        "decision_definition_name": definition.name,
        "decision_definition_version": definition.version,
        "decision_evaluation_key": evaluation,
        "decision_instance_key": evaluation,
        "decision_requirements_id": definition.decision_requirements_id,
        "decision_requirements_key": definition.decision_requirements_key,
    }
    try:
        answer = decisions.evaluate(
            reading(), definition.decision_definition_id, actor(), body.variables, decision_key=key
        )
    except ExecutionFailed as failure:
        return Evaluation(
            **named,
            evaluated_decisions=[],
            output="null",
            failed_decision_definition_id=definition.decision_definition_id,
            failure_message=say(failure),
        )
    return Evaluation(
        **named,
        evaluated_decisions=evaluated(answer.trace, answer.definition, evaluation),
        output=untagged(answer.value),
    )


def evaluated(trace: Any, definition: Mapping[str, Any], evaluation: int) -> list[EvaluatedDecision]:
    """The entries of a trace; the decisions that one asks belong to its file, and so to its version."""
    return [
        EvaluatedDecision(
            decision_definition_id=entry["decision_id"],
            decision_definition_name=entry["name"],
            decision_definition_version=definition["version"],
            decision_definition_type="DECISION_TABLE" if entry["hit_policy"] else "LITERAL_EXPRESSION",
            output=untagged(entry["value"]),
            matched_rules=matched_rules(entry),
            evaluated_inputs=inputs(entry),
            decision_definition_key=definition["key"],
            decision_evaluation_instance_key=f"{evaluation}-{number}",
        )
        for number, entry in enumerate(trace or (), 1)
    ]


def inputs(entry: Mapping[str, Any]) -> list[InputItem]:
    """What a table or expression saw."""
    return [
        InputItem(
            input_id=str(one["id"]),
            input_name=str(one["label"] or one["expression"]),
            input_value=untagged(one["value"]),
        )
        for one in entry["inputs"]
    ]


def matched_rules(entry: Mapping[str, Any]) -> list[MatchedRule]:
    """The rules that held, with what they gave."""
    rules: Sequence[Mapping[str, Any]] = [rule for rule in entry["rules"] if rule["matched"]]
    outputs = list(entry["outputs"])
    return [
        MatchedRule(
            rule_id=rule["id"],
            rule_index=rule["index"],
            evaluated_outputs=_outputs(rule, outputs[place] if place < len(outputs) else None),
        )
        for place, rule in enumerate(rules)
    ]


def _outputs(rule: Mapping[str, Any], given: Any) -> list[OutputItem]:
    named = given if isinstance(given, Mapping) else {"": given}
    return [
        OutputItem(
            output_id=str(name),
            output_name=str(name),
            output_value=untagged(value),
            rule_id=rule["id"],
            rule_index=rule["index"],
        )
        for name, value in named.items()
    ]


OPERATIONS = (evaluate_decision,)
