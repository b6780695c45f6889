"""Taking jobs: a worker asks for work of a type, and waits for it where there is none.

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
from engine.access_tokens import JOBS
from engine.jobs import Claimed
from engine.models import Job, ProcessInstance
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ElementInstanceOut,
    KeyOut,
    Request,
    Tenant,
    Text,
    Whole,
    element_instance_key,
    optional,
)
from webapp.settings import WebSettings
from webapp.surroundings import close_reading, reading, write

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


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
