"""Matters that a message or a signal starts: their process has a start event of that name.

``starter`` and ``store`` among the variables of the message say whose matter it is; without them it is the system's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import calendar, clock, notifications, process_instances
from engine.actor import system
from engine.errors import EngineError, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.organisation import snapshot
from feel.sentences import Sentence

ACTOR = system("messages")


def start(
    session: Session, process_id: str, element_id: str, variables: Mapping[str, Any], job_key: int | None
) -> int:
    """Start a matter at its start event; its key. What fails for a job is tried again with the job."""
    given = dict(variables)
    try:
        starter, store = _identifier(given.pop("starter", None)), _identifier(given.pop("store", None))
        started = process_instances.start(
            session, process_id, ACTOR, given, store, start_element=element_id, starter=starter
        )
    except ExecutionFailed as failure:
        if job_key is not None:
            failure.attempt = {**(failure.attempt or {}), "job_key": job_key}
        raise
    except (NotFound, NotAllowed, Refused) as error:
        if job_key is None:
            raise
        raise _failed(error, element_id, job_key) from error
    return started.key


def given_up(session: Session, job: Any) -> None:
    """What a message or signal should have started could not be: tell those who can put it right."""
    sentence = Sentence(
        "The message {name} should have started a matter, and could not: {reason}",
        name=job.topic,
        reason=job.error or "–",
    )
    persons = snapshot.of(session).holders("sysadmin", None, calendar.local_date(clock.now()))
    notifications.tell(session, persons, "message", sentence)


def _identifier(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Refused(Sentence("The variables {names} are ids, as texts.", names="starter, store"))


def _failed(error: EngineError, element_id: str, job_key: int) -> ExecutionFailed:
    failure = ExecutionFailed(error.sentence, element_id=element_id, kind="job")
    failure.attempt = {"job_key": job_key}
    return failure
