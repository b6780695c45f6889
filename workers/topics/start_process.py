"""Start process (inside): starts a matter of another procedure, linked to this one, once for each job.

Inputs: ``process`` (its id), ``variables`` (a context that it begins with), ``starter`` (id of a person; who started
this matter, if not given), ``store`` (that of this matter, if not given). Both histories tell of the link. Returns
``started``: {matter, number} of the new matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import process_instances
from engine.actor import system
from engine.errors import Conflict, EngineError, ExecutionFailed, Refused, StaleRevision
from engine.models import ProcessInstance
from engine.process_instances import Origin
from engine.topics import Work
from feel.sentences import Sentence

ACTOR = system("start_process")
MAXIMUM_DEPTH = 10
"""How many matters may start one another without anybody being waited for."""

_DEPTH = "start_process"


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Start it in this very transaction: both matters move on, or neither."""
    known = process_instances.started_by_job(session, work.key)
    if known is not None:
        return _told(known, session.get_one(ProcessInstance, known).business_id)
    matter = session.get_one(ProcessInstance, work.root_key)
    depth = session.info.get(_DEPTH, 0)
    if depth >= MAXIMUM_DEPTH:
        raise Refused(Sentence("More than {limit} matters start one another at once.", limit=MAXIMUM_DEPTH))
    process_id = work.inputs["process"]
    session.info[_DEPTH] = depth + 1
    try:
        started = process_instances.start(
            session,
            process_id,
            ACTOR,
            work.inputs.get("variables"),
            work.inputs.get("store", matter.store),
            starter=work.inputs.get("starter", matter.starter),
            origin=Origin(work.key, work.process_instance_key, work.root_key, work.element_id),
        )
    except (StaleRevision, Conflict):
        raise
    except EngineError as error:
        raise ExecutionFailed(
            Sentence("{process} could not be started: {reason}", process=process_id, reason=error.sentence),
            element_id=work.element_id,
            kind="job",
            values=error.values if isinstance(error, ExecutionFailed) else {},
        ) from error
    finally:
        session.info[_DEPTH] = depth
    return _told(started.key, started.business_id)


def _told(key: int, business_id: str | None) -> dict[str, Any]:
    return {"started": {"matter": str(key), "number": business_id}}
