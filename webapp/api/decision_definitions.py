"""Decisions: search, read, the file as it was uploaded."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response

from engine import deployments
from engine.access_tokens import READ
from engine.errors import NotFound
from engine.models import DecisionDefinition
from engine.search import definitions as searches
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
    PageOf,
    SearchOf,
    Sort,
    Tenant,
    TextFilter,
    optional,
)
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


class DecisionDefinitionSearch(SearchOf[DecisionDefinitionFilter, DecisionDefinitionSort]):
    """A search for decisions."""


class DecisionDefinitionPage(PageOf[DecisionDefinitionOut]):
    """A page of decisions."""


@serves(
    "POST",
    "/decision-definitions/search",
    right=READ,
    body=DecisionDefinitionSearch,
    answer=DecisionDefinitionPage,
)
def search_decision_definitions(body: DecisionDefinitionSearch) -> DecisionDefinitionPage:
    """Search decisions in all their versions, for those who may read tables."""
    return searching.page(DecisionDefinitionPage, shown, searches.search_decisions, body)


@serves(
    "GET", "/decision-definitions/{decisionDefinitionKey}", right=READ, answer=DecisionDefinitionOut, errors=(404,)
)
def get_decision_definition(decision_definition_key: Key) -> DecisionDefinitionOut:
    """A decision definition."""
    return shown(read(decision_definition_key))


@serves("GET", "/decision-definitions/{decisionDefinitionKey}/xml", right=READ, media_type=XML, errors=(404,))
def get_decision_definition_xml(decision_definition_key: Key) -> Response:
    """The file of the decision, byte for byte as it was uploaded."""
    read(decision_definition_key)
    return Response(deployments.decision_source(reading(), decision_definition_key), mimetype=XML)


def read(key: int) -> Any:
    """The row of a decision; raises :class:`NotFound` unless the actor may read tables."""
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


def shown(row: Any) -> DecisionDefinitionOut:
    """A row of a search as an answer."""
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


OPERATIONS = (search_decision_definitions, get_decision_definition, get_decision_definition_xml)
