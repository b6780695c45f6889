"""Incidents: search, read, and put right, which tries the failed step again."""

from __future__ import annotations

from typing import Any, Literal

from engine import incidents, process_instances
from engine.access_tokens import OPERATE, READ
from engine.models import Incident
from engine.search import Criteria
from engine.search import incidents as searches
from webapp.api import searching
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.process_instance_changes import REASON, Reference
from webapp.api.schema import (
    TENANT,
    Answer,
    ElementInstanceOut,
    Filter,
    InstantFilter,
    InstantOut,
    Key,
    KeyFilter,
    KeyOut,
    PageOf,
    SearchOf,
    Sort,
    Tenant,
    TextFilter,
    element_instance_key,
    optional,
)
from webapp.languages import say
from webapp.surroundings import reading, write

State = Literal["ACTIVE", "RESOLVED"]
ErrorType = Literal[
    "CONDITION_ERROR",
    "DECISION_EVALUATION_ERROR",
    "EXTRACT_VALUE_ERROR",
    "JOB_NO_RETRIES",
    "UNHANDLED_ERROR_EVENT",
    "UNKNOWN",
]
SortField = Literal[
    "incidentKey",
    "creationTime",
    "elementId",
    "jobKey",
    "processInstanceKey",
    "processDefinitionId",
    "processDefinitionKey",
]
_TYPES: dict[str, ErrorType] = {
    "expression": "EXTRACT_VALUE_ERROR",
    "decision": "DECISION_EVALUATION_ERROR",
    "gateway": "CONDITION_ERROR",
    "error": "UNHANDLED_ERROR_EVENT",
    "job": "JOB_NO_RETRIES",
}


class IncidentOut(Answer):
    """What stopped, and why, in the language of who asks."""

    process_definition_id: str
    error_type: ErrorType
    error_message: str
    element_id: str
    creation_time: InstantOut
    state: State
    tenant_id: str = TENANT
    incident_key: KeyOut
    process_definition_key: KeyOut
    process_instance_key: KeyOut
    root_process_instance_key: KeyOut
    element_instance_key: ElementInstanceOut
    job_key: KeyOut | None


class IncidentFilter(Filter):
    """What may be asked of an incident."""

    process_definition_id: TextFilter = optional()
    element_id: TextFilter = optional()
    creation_time: InstantFilter = optional()
    state: State = optional()
    tenant_id: Tenant = optional()
    incident_key: KeyFilter = optional()
    process_definition_key: KeyFilter = optional()
    process_instance_key: KeyFilter = optional()
    job_key: KeyFilter = optional()


class IncidentSort(Sort):
    """What incidents can be sorted by."""

    field: SortField


class IncidentSearch(SearchOf[IncidentFilter, IncidentSort]):
    """A search for incidents."""


class IncidentPage(PageOf[IncidentOut]):
    """A page of incidents."""


@serves("POST", "/incidents/search", right=READ, body=IncidentSearch, answer=IncidentPage)
def search_incidents(body: IncidentSearch) -> IncidentPage:
    """Search what stopped, for administrators and auditors."""
    return searching.page(IncidentPage, _shown, searches.search, body)


@serves(
    "POST",
    "/process-instances/{processInstanceKey}/incidents/search",
    right=READ,
    body=IncidentSearch,
    answer=IncidentPage,
    errors=(404,),
)
def search_process_instance_incidents(process_instance_key: Key, body: IncidentSearch) -> IncidentPage:
    """Search what stopped in a process instance."""
    process_instances.get(reading(), process_instance_key, actor())
    mine: Criteria = {"process_instance_key": {"eq": process_instance_key}}
    return searching.page(IncidentPage, _shown, searches.search, body, mine)


@serves("GET", "/incidents/{incidentKey}", right=READ, answer=IncidentOut, errors=(404,))
def get_incident(incident_key: Key) -> IncidentOut:
    """An incident."""
    incidents.get(reading(), incident_key, actor())
    return _shown(reading().execute(searches.statement().where(Incident.key == incident_key)).one())


@serves("POST", "/incidents/{incidentKey}/resolution", right=OPERATE, body=Reference, errors=(404, 409))
def resolve_incident(incident_key: Key, body: Reference) -> None:  # noqa: ARG001 - it says nothing
    """Try the failed step again; the incident closes if it works now."""
    incident = incidents.get(reading(), incident_key, actor())
    if (incident.attempt or {}).get("command") is None and incident.job_key is None:
        write(incidents.resolve, incident_key, actor(), REASON)
    else:
        write(incidents.retry, incident_key, actor())


def _shown(row: Any) -> IncidentOut:
    incident: Incident = row.Incident
    occurrence = row.element_instance or (incident.attempt or {}).get("element_instance")
    return IncidentOut(
        process_definition_id=row.process_id,
        error_type=_TYPES.get(incident.kind, "UNKNOWN"),
        error_message=say(incident.sentence),
        element_id=incident.element_id,
        creation_time=incident.created_at,
        state="ACTIVE" if incident.state == "OPEN" else "RESOLVED",
        incident_key=incident.key,
        process_definition_key=row.definition_key,
        process_instance_key=incident.process_instance_key,
        root_process_instance_key=incident.root_key,
        element_instance_key=element_instance_key(incident.process_instance_key, occurrence),
        job_key=incident.job_key,
    )


OPERATIONS = (search_incidents, search_process_instance_incidents, get_incident, resolve_incident)
