"""The tables that steps write, as Core knows them."""

from __future__ import annotations

from sqlalchemy import Table

from engine import models

TASK: Table = models.UserTask.__table__  # type: ignore[assignment] # declarative's type says FromClause
CANDIDATE: Table = models.UserTaskCandidate.__table__  # type: ignore[assignment] # the same
JOB: Table = models.Job.__table__  # type: ignore[assignment] # the same
SUBSCRIPTION: Table = models.Subscription.__table__  # type: ignore[assignment] # the same
MESSAGE: Table = models.Message.__table__  # type: ignore[assignment] # the same
RECEIPT: Table = models.MessageReceipt.__table__  # type: ignore[assignment] # the same
INCIDENT: Table = models.Incident.__table__  # type: ignore[assignment] # the same
VARIABLE: Table = models.Variable.__table__  # type: ignore[assignment] # the same
