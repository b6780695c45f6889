"""Record hire (inside): a new person with post and employment, as a hiring ended.

Inputs: ``employee`` (the new id, 工号), ``name``, ``store``, ``position`` (code of a post), ``start_date``,
``contract_type`` ("fixed", "open", "task"), ``contract_months``, ``probation_end`` and ``health_certificate_until``
(dates). The person cannot sign in until an administrator gives a password. A later review of the probation is linked
with this matter. Nothing is returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.actor import system
from engine.organisation import assignments, employments, people
from engine.organisation.employments import Hiring, Terms
from engine.topics import Work

ACTOR = system("employee_register")


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Add the person, the post and the employment."""
    inputs = work.inputs
    employee, starts_on, months = inputs["employee"], inputs["start_date"], inputs.get("contract_months")
    people.add(session, ACTOR, employee, name=inputs["name"])
    assignments.add(session, ACTOR, employee, inputs["position"], inputs["store"], starts_on=starts_on)
    terms = Terms(
        post_code=inputs["position"],
        unit_id=inputs["store"],
        contract_type=inputs["contract_type"],
        contract_months=None if months is None else int(months),
        starts_on=starts_on,
        probation_ends_on=inputs.get("probation_end"),
        health_certificate_until=inputs.get("health_certificate_until"),
    )
    employments.record(session, ACTOR, employee, terms, Hiring(work.root_key, work.element_id))
    return {}
