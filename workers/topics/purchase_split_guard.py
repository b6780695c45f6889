"""Split guard (inside): what a store applied for in one category within the window counts together.

Takes the variables ``store``, ``category``, ``amount_total`` (yuan) and ``split_guard_days`` (0 switches it off);
returns ``amount_effective``: this request and all others of the window that were submitted and have not ended
rejected, withdrawn, expired or cancelled; and ``split_guard_hits``, how many others counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.models import ProcessInstance, Variable
from engine.models.process_instance import CANCELED
from engine.topics import Work

_NOT_COUNTED = ("rejected", "withdrawn", "expired", "cancelled")


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """The effective amount, computed right before the table."""
    own = Decimal(work.variables["amount_total"])
    days = Decimal(work.variables["split_guard_days"])
    others = [] if days <= 0 else _others(session, work, timedelta(days=float(days)))
    return {"amount_effective": own + sum(others, Decimal(0)), "split_guard_hits": len(others)}


def _others(session: Session, work: Work, window: timedelta) -> list[Decimal]:
    """The totals of the other requests; summed in Python, where money is decimal on every database."""
    category, amount = aliased(Variable), aliased(Variable)
    process_id = select(ProcessInstance.process_id).where(ProcessInstance.key == work.root_key).scalar_subquery()
    rows = session.execute(
        select(amount.value)
        .join(ProcessInstance, ProcessInstance.key == amount.process_instance_key)
        .join(category, category.process_instance_key == ProcessInstance.key)
        .where(
            ProcessInstance.process_id == process_id,
            ProcessInstance.store == work.variables["store"],
            ProcessInstance.submitted_at >= clock.now() - window,
            ProcessInstance.key != work.root_key,
            ProcessInstance.parent_key.is_(None),
            ProcessInstance.state != CANCELED,
            or_(ProcessInstance.outcome.is_(None), ProcessInstance.outcome.not_in(_NOT_COUNTED)),
            amount.name == "amount_total",
            amount.scope == "",
            category.name == "category",
            category.scope == "",
            category.value == work.variables["category"],
        )
    )
    return [Decimal(value) for (value,) in rows]
