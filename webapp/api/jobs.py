"""Jobs for workers that come through the API: activation that waits for work, completion, failure, error; search.

Who waits for work holds a thread of this server, so at most half of them may wait at a time; whoever comes then is
answered at once with nothing, and comes again.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from flask import Flask, current_app
from pydantic import Field

from engine import deployments, external_jobs
from engine.access_tokens import JOBS, READ
from engine.jobs import Claimed
from engine.models import Job, ProcessInstance
from engine.search import jobs as searches
from webapp.api import searching
from webapp.api.identity import actor
from webapp.api.operations import serves
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
    NumberFilter,
    PageOut,
    Request,
    Search,
    Sort,
    Tenant,
    Text,
    TextFilter,
    Variables,
    Whole,
    element_instance_key,
    optional,
)
from webapp.settings import WebSettings
from webapp.surroundings import close_reading, reading, write

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
_DEFAULT_WAIT, _LONGEST_WAIT = 10.0, 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_ERROR_LENGTH = 4000
_DAY_MS = 86_400_000


class Activation(Request):
    """Which work, how much of it, for how long; ``requestTimeout``: how long to wait (0: ours, negative: not)."""

    type: Text = Field(min_length=1)
    timeout: Annotated[int, Field(ge=1, le=_DAY_MS)]
    max_jobs_to_activate: Annotated[int, Field(ge=1, le=2**31 - 1)]
    worker: Text = ""
    fetch_variable: list[Text] | None = None
    request_timeout: Whole = 0
    tenant_ids: list[Tenant] | None = None
    tenant_filter: Literal["PROVIDED", "ASSIGNED"] = optional()
    with_lease: Literal[False] | None = None


class ActivatedJob(Answer):
    """A job under a lease until ``deadline``, in milliseconds since 1970."""

    type: str
    process_definition_id: str
    process_definition_version: int
    element_id: str
    custom_headers: dict[str, Any]
    worker: str
    retries: int
    deadline: int
    variables: dict[str, Any]
    tenant_id: str = TENANT
    physical_tenant_id: str = "default"
    job_key: KeyOut
    process_instance_key: KeyOut
    process_definition_key: KeyOut
    element_instance_key: ElementInstanceOut
    kind: Literal["BPMN_ELEMENT"] = "BPMN_ELEMENT"
    listener_event_type: Literal["UNSPECIFIED"] = "UNSPECIFIED"
    user_task: None = None
    tags: list[str] = Field(default_factory=list)
    root_process_instance_key: KeyOut
    business_id: str | None
    priority: int = 0
    job_lease_token: None = None


class ActivatedJobs(Answer):
    """The jobs that were taken."""

    jobs: list[ActivatedJob]


class JobCompletion(Request):
    """What the work gave."""

    variables: Variables | None = None
    result: None = None
    job_lease_token: None = None
    tenant_id: Tenant = optional()


class JobFailure(Request):
    """Why the work failed, and how often it is tried again."""

    retries: Annotated[int, Field(ge=0, le=1000)] = 0
    error_message: Text = ""
    retry_back_off: Annotated[int, Field(ge=0, le=_DAY_MS)] = 0
    variables: Variables | None = None
    job_lease_token: None = None


class JobError(Request):
    """An error that the diagram foresees."""

    error_code: Text
    error_message: Text | None = None
    variables: Variables | None = None
    job_lease_token: None = None


class JobChangeset(Request):
    """What is changed."""

    retries: Annotated[int, Field(le=1000)] | None = None
    timeout: Annotated[int, Field(ge=1, le=_DAY_MS)] | None = None


class JobUpdate(Request):
    """A change of a job."""

    changeset: JobChangeset
    operation_reference: Whole | None = None
    job_lease_token: None = None


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


class JobSearch(Search):
    """A search for jobs."""

    filter: JobFilter = optional()
    sort: list[JobSort] = Field(default_factory=list)


class JobPage(Answer):
    """A page of jobs."""

    items: list[JobOut]
    page: PageOut


def install(app: Flask, settings: WebSettings) -> None:
    """Count how many wait for work."""
    app.extensions["banli_long_polls"] = threading.BoundedSemaphore(settings.long_polls)


@serves("POST", "/jobs/activation", right=JOBS, body=Activation, answer=ActivatedJobs)
def activate_jobs(body: Activation) -> ActivatedJobs:
    """Take jobs of a type, waiting for work where there is none."""
    if not external_jobs.waiting(reading(), body.type, actor()) and not _work_came(body):
        return ActivatedJobs(jobs=[])
    lease = timedelta(milliseconds=body.timeout)
    limit = min(body.max_jobs_to_activate, external_jobs.MOST_JOBS)
    taken = write(external_jobs.activate, body.type, body.worker, limit, lease, actor())
    return ActivatedJobs(jobs=[_activated(job, body) for job in taken])


@serves("POST", "/jobs/{jobKey}/completion", right=JOBS, body=JobCompletion, errors=(404, 409))
def complete_job(job_key: Key, body: JobCompletion) -> None:
    """The work is done."""
    write(external_jobs.complete, job_key, actor(), body.variables or {})


@serves("POST", "/jobs/{jobKey}/failure", right=JOBS, body=JobFailure, errors=(404, 409))
def fail_job(job_key: Key, body: JobFailure) -> None:
    """The work failed."""
    pause = timedelta(milliseconds=body.retry_back_off)
    message = body.error_message[:_ERROR_LENGTH] or "–"
    write(external_jobs.fail, job_key, actor(), message, retries=body.retries, retry_after=pause)


@serves("POST", "/jobs/{jobKey}/error", right=JOBS, body=JobError, errors=(404, 409))
def throw_job_error(job_key: Key, body: JobError) -> None:
    """The work found what the diagram foresees as an error."""
    given = (body.error_code, body.error_message or "", body.variables or {})
    write(external_jobs.throw_error, job_key, actor(), *given)


@serves("PATCH", "/jobs/{jobKey}", right=JOBS, body=JobUpdate, errors=(404, 409))
def update_job(job_key: Key, body: JobUpdate) -> None:
    """Give a job more retries, or its worker more time."""
    lease = None if body.changeset.timeout is None else timedelta(milliseconds=body.changeset.timeout)
    write(external_jobs.change, job_key, actor(), retries=body.changeset.retries, lease=lease)


@serves("POST", "/jobs/search", right=READ, body=JobSearch, answer=JobPage)
def search_jobs(body: JobSearch) -> JobPage:
    """Search the jobs of elements, for administrators and auditors."""
    found = searching.run(searches.search, reading(), actor(), body=body)
    return JobPage(items=[_shown(row) for row in found.rows], page=searching.page_of(found))


def _work_came(body: Activation) -> bool:
    """Wait until there is work, for as long as was asked and a thread can be spared."""
    wait = _DEFAULT_WAIT if body.request_timeout == 0 else body.request_timeout / 1000
    polls: threading.BoundedSemaphore = current_app.extensions["banli_long_polls"]
    if wait <= 0 or not polls.acquire(blocking=False):
        return False
    try:
        return _wait(body.type, time.monotonic() + min(wait, _LONGEST_WAIT))
    finally:
        polls.release()


def _wait(topic: str, until: float) -> bool:
    pause = _FIRST_PAUSE
    while (left := until - time.monotonic()) > 0:
        close_reading()  # nothing is held while nothing is done
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE)
        if external_jobs.waiting(reading(), topic, actor()):
            return True
    return False


def _activated(job: Claimed, body: Activation) -> ActivatedJob:
    work = job.work
    instance = reading().get_one(ProcessInstance, work.process_instance_key)
    root = reading().get_one(ProcessInstance, work.root_key)
    row = reading().get_one(Job, work.key)
    wanted = set(body.fetch_variable or ())
    variables = {name: value for name, value in work.variables.items() if not wanted or name in wanted}
    return ActivatedJob(
        type=work.topic,
        process_definition_id=instance.process_id,
        process_definition_version=deployments.definition(reading(), instance.definition_key).version,
        element_id=work.element_id,
        custom_headers=dict(work.headers),
        worker=job.worker,
        retries=job.retries,
        deadline=_milliseconds(job.locked_until),
        variables=variables,
        job_key=work.key,
        process_instance_key=work.process_instance_key,
        process_definition_key=instance.definition_key,
        element_instance_key=element_instance_key(work.process_instance_key, row.element_instance),
        root_process_instance_key=work.root_key,
        business_id=root.business_id,
    )


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


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


OPERATIONS = (activate_jobs, complete_job, fail_job, throw_job_error, update_job, search_jobs)
