"""One row of ``process_instance`` in the hands of a step, with its workflow once it was needed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, insert

from engine.execution.updates import Update
from engine.models import ProcessInstance
from engine.models.process_instance import ACTIVE
from engine.runtime import Workflow
from engine.statements import Outbox, Statement

TABLE: Table = ProcessInstance.__table__  # type: ignore[assignment] # declarative's type says FromClause


@dataclass(slots=True)
class Instance:
    """The columns of the row, and what this transaction did to it.

    ``before`` holds the process variables as they stood when the step began, so that history can tell what changed.
    """

    key: int
    definition_key: int
    process_id: str
    root_key: int
    starter: str
    started_at: datetime
    parent_key: int | None = None
    parent_element_instance: str | None = None
    business_id: str | None = None
    title: str | None = None
    state: str = ACTIVE
    outcome: str | None = None
    suspended: bool = False
    store: str | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 0
    state_bytes: bytes | None = None
    last_sequence: int = 0
    last_hash: str = ""
    # what follows is no column
    workflow: Workflow | None = None
    before: dict[str, Any] = field(default_factory=dict)
    stepped: bool = False
    is_stored: bool = True  # else its row is still to be inserted
    kept: tuple[Any, ...] = ()  # what the row holds of the columns that change

    def __post_init__(self) -> None:
        self.kept = _changing(self)

    @property
    def is_root(self) -> bool:
        """Whether it is the matter itself, not a called process."""
        return self.parent_key is None

    @property
    def is_active(self) -> bool:
        """Whether it runs."""
        return self.state == ACTIVE

    def column_values(self) -> dict[str, Any]:
        """The row to insert."""
        return {name: getattr(self, name) for name in COLUMNS}


_NO_COLUMN = frozenset({"workflow", "before", "stepped", "is_stored", "kept"})
COLUMNS = tuple(f.name for f in fields(Instance) if f.name not in _NO_COLUMN)
_CHANGING = (
    "definition_key",  # by migration alone
    "business_id",
    "title",
    "state",
    "outcome",
    "suspended",
    "store",
    "submitted_at",
    "ended_at",
    "state_bytes",
    "last_sequence",
    "last_hash",
)
_changing = attrgetter(*_CHANGING)
_INSERT = Statement(insert(TABLE))
_UPDATE = Update(
    TABLE,
    TABLE.c.key == bindparam("b_key"),
    TABLE.c.revision == bindparam("b_revision"),
    revision=TABLE.c.revision + 1,
)


def write(outbox: Outbox, instance: Instance) -> None:
    """Insert the row, or update what changed of it; somebody else may not have updated it meanwhile."""
    after = _changing(instance)
    if instance.is_stored:
        changed = [
            (name, value) for name, value, kept in zip(_CHANGING, after, instance.kept, strict=True) if value != kept
        ]
        given = {f"b_{name}": value for name, value in changed}
        statement = _UPDATE.setting(tuple(name for name, _value in changed))
        outbox.add(statement, {"b_key": instance.key, "b_revision": instance.revision, **given}, touching=1)
        instance.revision += 1
    else:
        instance.is_stored = True
        outbox.add(_INSERT, instance.column_values())
    instance.kept = after
