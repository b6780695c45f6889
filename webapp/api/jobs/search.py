"""Searching the jobs of elements, open and ended ones."""

from __future__ import annotations

from typing import Any, Literal

from engine.access_tokens import READ
from engine.models import Job
from engine.search import jobs as searches
from webapp.api import searching
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ElementInstanceOut,
    Filter,
    InstantFilter,
    InstantOut,
    KeyFilter,
    KeyOut,
    NumberFilter,
    PageOf,
    SearchOf,
    Sort,
    Tenant,
    TextFilter,
    element_instance_key,
    optional,
)

State = Literal["CREATED", "COMPLETED", "FAILED", "CANCELED"]
SortField = Literal[
    "jobKey",
    "type",
    "worker",
    "retries",
    "elementId",
    "errorMessage",
    "deadline",
    "creationTime",
    "endTime",
    "processInstanceKey",
    "processDefinitionId",
    "processDefinitionKey",
]


class JobOut(Answer):
    """A job."""

    custom_headers: dict[str, Any]
    deadline: InstantOut | None
    denied_reason: str | None = None
    element_id: str | None
    element_instance_key: ElementInstanceOut
    end_time: InstantOut | None
    error_code: str | None = None
    error_message: str | None
    has_failed_with_retries_left: bool
    is_denied: bool | None = None
    job_key: KeyOut
    kind: Literal["BPMN_ELEMENT"] = "BPMN_ELEMENT"
    listener_event_type: Literal["UNSPECIFIED"] = "UNSPECIFIED"
    process_definition_id: str
    process_definition_key: KeyOut
    process_instance_key: KeyOut
    root_process_instance_key: KeyOut
    business_id: str | None
    retries: int
    state: str
    tenant_id: str = TENANT
    type: str
    worker: str
    creation_time: InstantOut
    last_update_time: InstantOut | None
    priority: int = 0


class JobFilter(Filter):
    """What may be asked of a job."""

    deadline: InstantFilter = optional()
    element_id: TextFilter = optional()
    end_time: InstantFilter = optional()
    error_message: TextFilter = optional()
    has_failed_with_retries_left: bool = optional()
    job_key: KeyFilter = optional()
    process_definition_id: TextFilter = optional()
    process_definition_key: KeyFilter = optional()
    process_instance_key: KeyFilter = optional()
    retries: NumberFilter = optional()
    state: State = optional()
    tenant_id: Tenant = optional()
    type: TextFilter = optional()
    worker: TextFilter = optional()
    creation_time: InstantFilter = optional()


class JobSort(Sort):
    """What jobs can be sorted by."""

    field: SortField


class JobSearch(SearchOf[JobFilter, JobSort]):
    """A search for jobs."""


class JobPage(PageOf[JobOut]):
    """A page of jobs."""


@serves("POST", "/jobs/search", right=READ, body=JobSearch, answer=JobPage)
def search_jobs(body: JobSearch) -> JobPage:
    """Search the jobs of elements, for administrators and auditors."""
    return searching.page(JobPage, _shown, searches.search, body)


def _shown(row: Any) -> JobOut:
    job: Job = row.Job
    return JobOut(
        custom_headers=dict(job.headers or {}),
        deadline=job.locked_until,
        element_id=job.element_id,
        element_instance_key=element_instance_key(job.process_instance_key or 0, job.element_instance),
        end_time=job.ended_at,
        error_message=job.error,
        has_failed_with_retries_left=job.state == "CREATED" and job.error is not None,
        job_key=job.key,
        process_definition_id=row.process_id,
        process_definition_key=row.definition_key,
        process_instance_key=job.process_instance_key or 0,
        root_process_instance_key=job.root_key or 0,
        business_id=row.business_id,
        retries=job.retries,
        state=job.state,
        type=job.topic,
        worker=job.worker or "",
        creation_time=job.created_at,
        last_update_time=job.ended_at or job.created_at,
    )
