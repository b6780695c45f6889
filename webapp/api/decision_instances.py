"""Decisions as they were evaluated in matters: search and read, out of the history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, TypeAdapter, WithJsonSchema

from engine import history
from engine.access_tokens import READ
from engine.search import decision_instances as searches
from engine.values import untagged
from webapp.api import searching
from webapp.api.decision_evaluation import InputItem, MatchedRule, inputs, matched_rules
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    NOBODY,
    TENANT,
    Answer,
    Filter,
    InstantFilter,
    InstantOut,
    KeyFilter,
    KeyOut,
    PageOf,
    SearchOf,
    Sort,
    Tenant,
    Text,
    TextFilter,
    optional,
)
from webapp.surroundings import reading

SortField = Literal["evaluationDate", "processInstanceKey", "processDefinitionKey", "businessId"]
_OF_MATTER = 10**6
_EVALUATION = re.compile(r"([0-9]{7,25})(?:-[0-9]{1,6})?")
_SCHEMA = WithJsonSchema({"type": "string", "pattern": "^[0-9]+(-[0-9]+)?$", "minLength": 1, "maxLength": 30})


def _evaluation(value: Any) -> tuple[int, int]:
    """The matter and the number of the event in its history."""
    found = _EVALUATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str) and value.replace("-", "", 1).isdigit():
            return NOBODY, 0
        raise ValueError("an evaluation is named by digits, a hyphen and digits")
    root_key, sequence = divmod(int(found.group(1)), _OF_MATTER)
    return (root_key, sequence) if root_key < 2**63 else (NOBODY, 0)


EvaluationKey = Annotated[tuple[int, int], BeforeValidator(_evaluation), _SCHEMA]


class DecisionInstanceOut(Answer):
    """An evaluation."""

    business_id: str | None
    decision_definition_id: str
    decision_definition_key: KeyOut
    decision_definition_name: str
    decision_definition_type: Literal["DECISION_TABLE", "LITERAL_EXPRESSION", "UNKNOWN"]
    decision_definition_version: int
    decision_evaluation_instance_key: str
    decision_evaluation_key: str
    element_instance_key: str | None = None
    evaluation_date: InstantOut
    evaluation_failure: str | None = None
    process_definition_key: KeyOut
    process_instance_key: KeyOut
    result: str
    root_decision_definition_key: KeyOut
    root_process_instance_key: KeyOut
    state: Literal["EVALUATED"] = "EVALUATED"
    tenant_id: str = TENANT


class DecisionInstanceDetails(DecisionInstanceOut):
    """The same with what it saw and which rules held."""

    evaluated_inputs: list[InputItem]
    matched_rules: list[MatchedRule]


class DecisionInstanceFilter(Filter):
    """What may be asked of an evaluation."""

    decision_definition_id: Text = optional()
    decision_evaluation_key: EvaluationKey = optional()
    decision_evaluation_instance_key: EvaluationKey = optional()
    evaluation_date: InstantFilter = optional()
    process_definition_key: KeyFilter = optional()
    process_instance_key: KeyFilter = optional()
    business_id: TextFilter = optional()
    state: Literal["EVALUATED"] = optional()
    tenant_id: Tenant = optional()

    def criteria(self) -> dict[str, Any]:
        """An evaluation is asked for by its matter and its number there."""
        found = dict(super().criteria())
        found.pop("state", None)
        for name in ("decision_evaluation_key", "decision_evaluation_instance_key"):
            if name in found:
                root_key, sequence = found.pop(name)["eq"]
                found |= {"root_key": {"eq": root_key}, "sequence": {"eq": sequence}}
        return found


class DecisionInstanceSort(Sort):
    """What evaluations can be sorted by."""

    field: SortField


class DecisionInstanceSearch(SearchOf[DecisionInstanceFilter, DecisionInstanceSort]):
    """A search for evaluations."""


class DecisionInstancePage(PageOf[DecisionInstanceOut]):
    """A page of evaluations."""


@serves("POST", "/decision-instances/search", right=READ, body=DecisionInstanceSearch, answer=DecisionInstancePage)
def search_decision_instances(body: DecisionInstanceSearch) -> DecisionInstancePage:
    """Search the evaluations in the matters that one may see."""
    found = searching.run(searches.search, body)
    told = searches.told(reading(), found.rows)
    items = [DecisionInstanceOut(**_fields(row, told[row.root_key, row.sequence])) for row in found.rows]
    return DecisionInstancePage(items=items, page=searching.page_of(found))


@serves(
    "GET",
    "/decision-instances/{decisionEvaluationInstanceKey}",
    right=READ,
    answer=DecisionInstanceDetails,
    segments={"decisionEvaluationInstanceKey": TypeAdapter(EvaluationKey)},
    errors=(404,),
)
def get_decision_instance(decision_evaluation_instance_key: tuple[int, int]) -> DecisionInstanceDetails:
    """An evaluation, with what it saw and which rules held."""
    row = searches.get(reading(), *decision_evaluation_instance_key, actor())
    event = searches.told(reading(), [row])[row.root_key, row.sequence]
    entry = _entry(event)
    seen = [] if entry is None else inputs(entry)
    return DecisionInstanceDetails(
        **_fields(row, event), evaluated_inputs=seen, matched_rules=[] if entry is None else matched_rules(entry)
    )


def _fields(row: Any, event: history.Event) -> dict[str, Any]:
    definition: Mapping[str, Any] = event.details["definition"]
    evaluation = str(row.root_key * _OF_MATTER + row.sequence)
    entry = _entry(event)
    kinds = {True: "DECISION_TABLE", False: "LITERAL_EXPRESSION"}
    value = event.details["value"]
    return {
        "business_id": row.business_id,
        "decision_definition_id": definition["id"],
        "decision_definition_key": definition["key"],
        "decision_definition_name": definition["name"],
        "decision_definition_type": "UNKNOWN" if entry is None else kinds[bool(entry["hit_policy"])],
        "decision_definition_version": definition["version"],
        "decision_evaluation_instance_key": f"{evaluation}-1",
        "decision_evaluation_key": evaluation,
        "evaluation_date": event.occurred_at,
        "process_definition_key": row.definition_key,
        "process_instance_key": row.process_instance_key,
        "result": "null" if isinstance(value, history.Erased) else untagged(value),
        "root_decision_definition_key": definition["key"],
        "root_process_instance_key": row.root_key,
    }


def _entry(event: history.Event) -> Mapping[str, Any] | None:
    """The trace's entry of the decision itself; none where it was erased."""
    trace = event.details["trace"]
    if not isinstance(trace, list):
        return None
    mine = [entry for entry in trace if entry["decision_id"] == event.details["decision"]]
    return mine[-1] if mine else None


OPERATIONS = (search_decision_instances, get_decision_instance)
