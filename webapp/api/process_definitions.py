"""Process definitions: search, read, the diagram as it was uploaded, the form of the first task."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response

from engine import deployments
from engine.access_tokens import READ
from engine.errors import NotFound
from engine.models import ProcessDefinition
from engine.search import definitions as searches
from feel.sentences import Sentence
from webapp.api import searching
from webapp.api.deployed import file_name
from webapp.api.forms import FormOut
from webapp.api.identity import actor
from webapp.api.operations import serves
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

XML = "text/xml"
SortField = Literal["name", "version", "versionTag", "processDefinitionId", "processDefinitionKey"]


class ProcessDefinitionOut(Answer):
    """A version of a process."""

    name: str | None
    resource_name: str
    version: int
    version_tag: str | None
    process_definition_id: str
    tenant_id: str = TENANT
    process_definition_key: KeyOut
    has_start_form: bool = False
    state: Literal["ACTIVE"] = "ACTIVE"


class ProcessDefinitionFilter(Filter):
    """What may be asked of a definition."""

    name: TextFilter = optional()
    is_latest_version: bool = optional()
    version: NumberFilter = optional()
    version_tag: TextFilter = optional()
    process_definition_id: TextFilter = optional()
    tenant_id: Tenant = optional()
    process_definition_key: KeyFilter = optional()


class ProcessDefinitionSort(Sort):
    """What definitions can be sorted by."""

    field: SortField


class ProcessDefinitionSearch(SearchOf[ProcessDefinitionFilter, ProcessDefinitionSort]):
    """A search for definitions."""


class ProcessDefinitionPage(PageOf[ProcessDefinitionOut]):
    """A page of definitions."""


@serves("POST", "/process-definitions/search", right=READ, body=ProcessDefinitionSearch, answer=ProcessDefinitionPage)
def search_process_definitions(body: ProcessDefinitionSearch) -> ProcessDefinitionPage:
    """Search the processes that one may read, in all their versions."""
    return searching.page(ProcessDefinitionPage, _shown, searches.search_processes, body)


@serves("GET", "/process-definitions/{processDefinitionKey}", right=READ, answer=ProcessDefinitionOut, errors=(404,))
def get_process_definition(process_definition_key: Key) -> ProcessDefinitionOut:
    """A process definition."""
    return _shown(_read(process_definition_key))


@serves("GET", "/process-definitions/{processDefinitionKey}/xml", right=READ, media_type=XML, errors=(404,))
def get_process_definition_xml(process_definition_key: Key) -> Response:
    """The diagram, byte for byte as it was uploaded."""
    _read(process_definition_key)
    return Response(deployments.source(reading(), process_definition_key), mimetype=XML)


@serves(
    "GET",
    "/process-definitions/{processDefinitionKey}/form",
    right=READ,
    answer=FormOut,
    may_be_empty=True,
    errors=(404,),
)
def get_start_process_form(process_definition_key: Key) -> None:
    """Nothing: a process starts without a form, and its first task asks for what it needs."""
    _read(process_definition_key)


def _read(key: int) -> Any:
    row = (
        reading()
        .execute(
            searches.processes_statement().where(
                ProcessDefinition.key == key, searches.readable_process(reading(), actor())
            )
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound(Sentence("There is no process definition {key}.", key=str(key)))
    return row


def _shown(row: Any) -> ProcessDefinitionOut:
    definition: ProcessDefinition = row.ProcessDefinition
    return ProcessDefinitionOut(
        name=definition.name,
        resource_name=file_name(row.path),
        version=definition.version,
        version_tag=definition.version_tag,
        process_definition_id=definition.process_id,
        process_definition_key=definition.key,
    )


OPERATIONS = (
    search_process_definitions,
    get_process_definition,
    get_process_definition_xml,
    get_start_process_form,
)
