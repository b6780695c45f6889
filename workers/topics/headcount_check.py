"""Headcount check (inside): whether a store would employ more people in a post than planned.

Inputs: ``store``, ``position`` (code of a post), ``headcount`` (how many are applied for). What other matters of the
same procedure still apply for (their variable ``vacancies``) counts too, so that two requests cannot fill one place.
Returns ``headcount_planned``, ``headcount_employed``, ``headcount_requested`` (by others), ``over_headcount`` and the
salary band ``salary_min`` and ``salary_max`` (null without a plan).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.models import ProcessInstance, Variable
from engine.models.process_instance import ACTIVE
from engine.organisation import headcounts
from engine.topics import Work


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Compare plan and people."""
    inputs = work.inputs
    found = headcounts.of(session, inputs["store"], inputs["position"])
    requested = sum(_requested(session, work), Decimal(0))
    return {
        "headcount_planned": found.planned,
        "headcount_employed": found.employed,
        "headcount_requested": requested,
        "over_headcount": found.employed + requested + inputs["headcount"] > found.planned,
        "salary_min": found.salary_min,
        "salary_max": found.salary_max,
    }


def _requested(session: Session, work: Work) -> list[Decimal]:
    """How many people each other running matter of this procedure still looks for, for that post of that store."""
    position, vacancies = aliased(Variable), aliased(Variable)
    process_id = select(ProcessInstance.process_id).where(ProcessInstance.key == work.root_key).scalar_subquery()
    rows = session.execute(
        select(vacancies.value)
        .join(ProcessInstance, ProcessInstance.key == vacancies.process_instance_key)
        .join(position, position.process_instance_key == ProcessInstance.key)
        .where(
            ProcessInstance.process_id == process_id,
            ProcessInstance.store == work.inputs["store"],
            ProcessInstance.submitted_at.is_not(None),
            ProcessInstance.state == ACTIVE,
            ProcessInstance.key != work.root_key,
            ProcessInstance.parent_key.is_(None),
            vacancies.name == "vacancies",
            vacancies.scope == "",
            position.name == "position",
            position.scope == "",
            position.value == work.inputs["position"],
        )
    )
    return [Decimal(value) for (value,) in rows]
