"""Write ledger (inside): appends one line to a ledger, once for each job; lines are never changed or removed.

Inputs: ``ledger`` (its name, a header), ``unit`` (id of a unit; that of the matter, if not given), ``date`` (today),
``amount`` (a decimal), ``values`` (a context of whatever else belongs to it). Returns ``ledger_entry``, its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import ledgers
from engine.topics import Work


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Append the line."""
    inputs = work.inputs
    entry = ledgers.append(
        session,
        inputs["ledger"],
        job_key=work.key,
        root_key=work.root_key,
        element_id=work.element_id,
        unit=inputs.get("unit"),
        day=inputs.get("date"),
        amount=inputs.get("amount"),
        values=inputs.get("values", {}),
    )
    return {"ledger_entry": str(entry.key)}
