"""What a worker reports of a job that it took: done, failed, an error that the diagram foresees, more time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from engine import external_jobs
from engine.access_tokens import JOBS
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    Key,
    Request,
    Tenant,
    Text,
    Variables,
    Whole,
    optional,
)
from webapp.surroundings import write

_DAY_MS = 86_400_000
_ERROR_LENGTH = 4000


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
