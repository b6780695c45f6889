"""Decisions: search, read, the file as it was uploaded, and evaluation, which moves no matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from flask import Response
from pydantic import Field

from engine import decisions, deployments
from engine.access_tokens import READ
from engine.errors import ExecutionFailed, FormRefused, NotFound
from engine.keys import new_key
from engine.models import DecisionDefinition
from engine.search import definitions as searches
from engine.values import untagged
from feel.sentences import Sentence
from webapp.api import searching
from webapp.api.deployed import stem
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.process_definitions import XML
from webapp.api.schema import (
    TENANT,
    Answer,
    Filter,
    Key,
    KeyFilter,
    KeyOut,
    NumberFilter,
    PageOut,
    Request,
    Search,
    Sort,
    Tenant,
    Text,
    TextFilter,
    Variables,
    optional,
)
from webapp.languages import say
from webapp.surroundings import reading

SortField = Literal["decisionDefinitionId", "decisionDefinitionKey", "name", "version", "decisionRequirementsKey"]


class DecisionDefinitionOut(Answer):
    """A version of a decision; its file stands for its requirements."""

    decision_definition_id: str
    decision_definition_key: KeyOut
    decision_requirements_id: str
    decision_requirements_key: KeyOut
    decision_requirements_name: str
    decision_requirements_version: int
    name: str
    tenant_id: str = TENANT
    version: int


class DecisionDefinitionFilter(Filter):
    """What may be asked of a decision."""

    decision_definition_id: TextFilter = optional()
    name: TextFilter = optional()
    is_latest_version: bool = optional()
    version: NumberFilter = optional()
    tenant_id: Tenant = optional()
    decision_definition_key: KeyFilter = optional()
    decision_requirements_key: KeyFilter = optional()


class DecisionDefinitionSort(Sort):
    """What decisions can be sorted by."""

    field: SortField


class DecisionDefinitionSearch(Search):
    """A search for decisions."""

    filter: DecisionDefinitionFilter = optional()
    sort: list[DecisionDefinitionSort] = Field(default_factory=list)


class DecisionDefinitionPage(Answer):
    """A page of decisions."""

    items: list[DecisionDefinitionOut]
    page: PageOut


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


@serves(
    "POST",
    "/decision-definitions/search",
    right=READ,
    body=DecisionDefinitionSearch,
    answer=DecisionDefinitionPage,
)
def search_decision_definitions(body: DecisionDefinitionSearch) -> DecisionDefinitionPage:
    """Search decisions in all their versions, for those who may read tables."""
    found = searching.run(searches.search_decisions, reading(), actor(), body=body)
    return DecisionDefinitionPage(items=[_shown(row) for row in found.rows], page=searching.page_of(found))


@serves(
    "GET", "/decision-definitions/{decisionDefinitionKey}", right=READ, answer=DecisionDefinitionOut, errors=(404,)
)
def get_decision_definition(decision_definition_key: Key) -> DecisionDefinitionOut:
    """A decision definition."""
    return _shown(_read(decision_definition_key))


@serves("GET", "/decision-definitions/{decisionDefinitionKey}/xml", right=READ, media_type=XML, errors=(404,))
def get_decision_definition_xml(decision_definition_key: Key) -> Response:
    """The file of the decision, byte for byte as it was uploaded."""
    _read(decision_definition_key)
    return Response(deployments.decision_source(reading(), decision_definition_key), mimetype=XML)


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
    definition = _shown(_read(key))
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


def _read(key: int) -> Any:
    row = (
        reading()
        .execute(
            searches.decisions_statement().where(DecisionDefinition.key == key, searches.readable_decision(actor()))
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound(Sentence("There is no decision {decision}.", decision=str(key)))
    return row


def _shown(row: Any) -> DecisionDefinitionOut:
    definition: DecisionDefinition = row.DecisionDefinition
    return DecisionDefinitionOut(
        decision_definition_id=definition.decision_id,
        decision_definition_key=definition.key,
        decision_requirements_id=stem(row.path),
        decision_requirements_key=definition.resource_key,
        decision_requirements_name=stem(row.path),
        decision_requirements_version=row.file_version,
        name=definition.name,
        version=definition.version,
    )


OPERATIONS = (
    search_decision_definitions,
    get_decision_definition,
    get_decision_definition_xml,
    evaluate_decision,
)
