"""Decisions asked by themselves: a deployed table answers a question, with its trace, and no matter moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, deployments
from engine.actor import Actor
from engine.errors import ExecutionFailed, NotAllowed
from engine.organisation import functions
from feel import EvaluationWarning
from feel.decisions import DecisionError
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a decision answered: a FEEL value, its warnings, its trace, and which version of it was asked."""

    value: Any
    warnings: tuple[EvaluationWarning, ...]
    trace: Any
    definition: Mapping[str, Any]


def evaluate(
    session: Session,
    decision_id: str,
    actor: Actor,
    variables: Mapping[str, Any],
    *,
    decision_key: int | None = None,
) -> Evaluation:
    """Ask the current version of a decision, or the one of ``decision_key``.

    Raises :class:`NotFound` for an unknown decision, :class:`ExecutionFailed` (kind "decision") when it has no
    answer, :class:`NotAllowed` unless the actor owns processes, administers or audits.
    """
    if not (actor.is_system or actor.is_administrator or actor.is_process_owner or actor.is_auditor):
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may try decisions."))
    bound = deployments.read_decision(session, decision_key or deployments.current_decision(session, decision_id))
    now = clock.now()
    try:
        result = bound.decisions.evaluate(
            bound.definition["id"], variables, now=now, functions=functions.bound(session, at=now)
        )
    except DecisionError as error:
        raise ExecutionFailed(
            error.sentence, element_id=error.element_id, kind="decision", values=error.values
        ) from error
    return Evaluation(result.value, result.warnings, result.trace, bound.definition)
