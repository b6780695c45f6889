"""Read matters: one, one's own, and those one may look through; always by the rights of the actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from engine import history
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.models import ProcessInstance, UserTask, Variable
from engine.models.user_task import CREATED
from engine.organisation import snapshot
from engine.process_instances.locking import no_such_matter
from engine.process_instances.rights import may_see
from engine.statements import Statement, constant
from feel.sentences import Sentence

T = TypeVar("T")
MAXIMUM_PAGE = 200
_TASK: Table = UserTask.__table__  # type: ignore[assignment] # declarative's type says FromClause
_INSTANCE: Table = ProcessInstance.__table__  # type: ignore[assignment] # the same
_ROOT = _INSTANCE.alias("root")
_SHOWN = (
    "key",
    "process_instance_key",
    "root_key",
    "definition_key",
    "process_id",
    "element_id",
    "element_instance",
    "name",
    "form_key",
    "state",
    "assignee",
    "on_behalf_of",
    "created_at",
    "due_at",
)
# Not ordered: for the sake of the order, SQLite would go through everything that is open anywhere.
_WAITING = Statement(
    select(
        *(_TASK.c[name] for name in _SHOWN),
        case((_TASK.c.assignee.is_(None), _TASK.c.resolution)).label("resolution"),
        snapshot.REVISION.label("organisation"),
        *(_ROOT.c[name].label(f"root__{name}") for name in ("root_key", "process_id", "starter", "store")),
        _ROOT.c.submitted_at.label("root__submitted_at"),
    )
    .select_from(
        _INSTANCE.join(_ROOT, _ROOT.c.key == _INSTANCE.c.root_key).outerjoin(
            _TASK, and_(_TASK.c.root_key == _ROOT.c.key, _TASK.c.state == constant(CREATED))
        )
    )
    .where(_INSTANCE.c.key == bindparam("key"))
)


class _Root(NamedTuple):
    """What decides who sees a matter, in the order of the last columns of :data:`_WAITING`."""

    root_key: int
    process_id: str
    starter: str
    store: str | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; ``number`` counts from 1, ``total`` is the length of the whole list."""

    rows: Sequence[T]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def get(session: Session, key: int, actor: Actor) -> ProcessInstance:
    """The matter of that key, or the called process of a matter; :class:`NotFound` unless the actor may see it."""
    found = session.get(ProcessInstance, key)
    if found is None:
        raise no_such_matter()
    root = found if found.parent_key is None else session.get_one(ProcessInstance, found.root_key)
    if not may_see(session, actor, root):
        raise no_such_matter()
    return found


def timeline(session: Session, key: int, actor: Actor) -> tuple[history.Event, ...]:
    """What happened in the matter, called processes included, in order."""
    return history.timeline(session, get(session, key, actor).root_key)


def of_matter(root_key: Any, instance: Any = ProcessInstance) -> ColumnElement[bool]:
    """Whether an instance is the matter of this key, or was called by it, however deep.

    So written, the primary key answers for the matter, and for the others an index that has only called processes.
    """
    return or_(instance.key == root_key, and_(instance.parent_key.is_not(None), instance.root_key == root_key))


def variables(session: Session, key: int, actor: Actor) -> dict[str, Any]:
    """The process variables of a matter or called process, by name."""
    instance = get(session, key, actor)
    rows = session.execute(
        select(Variable.name, Variable.value)
        .where(Variable.process_instance_key == instance.key, Variable.scope == "")
        .order_by(Variable.name)
    )
    return {row.name: row.value for row in rows}


def waiting(session: Session, key: int, actor: Actor) -> Sequence[Any]:
    """The open user tasks of a matter, called processes included: rows with those columns that tell who has what.

    ``resolution`` is told of tasks that nobody has.
    """
    rows = _WAITING.all(session, {"key": key})
    if rows:
        snapshot.arrived(session, rows[0].organisation)
    if not rows or not may_see(session, actor, _Root(*rows[0][-len(_Root._fields) :])):
        raise no_such_matter()
    return sorted((row for row in rows if row.key is not None), key=attrgetter("key"))


def listed(  # noqa: PLR0913 - what one can look for
    session: Session,
    actor: Actor,
    *,
    process_id: str | None = None,
    store: str | None = None,
    starter: str | None = None,
    state: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    page: int = 1,
    size: int = 30,
) -> Page[ProcessInstance]:
    """All submitted matters, for those who may read every one: administrators and auditors."""
    if not (actor.is_auditor or actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only auditors and administrators may look through all matters."))
    statement = select(ProcessInstance).where(
        ProcessInstance.parent_key.is_(None), ProcessInstance.submitted_at.is_not(None)
    )
    if since is not None:
        statement = statement.where(ProcessInstance.submitted_at >= since)
    if until is not None:
        statement = statement.where(ProcessInstance.submitted_at < until)
    columns = {"process_id": process_id, "store": store, "starter": starter, "state": state, "outcome": outcome}
    return paged(session, _filtered(statement, columns, text), page, size)


def paged(session: Session, statement: Select[ProcessInstance], page: int, size: int) -> Page[ProcessInstance]:
    """One page of matters, the latest first."""
    size = max(1, min(size, MAXIMUM_PAGE))
    page = max(1, page)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    ordered = statement.order_by(ProcessInstance.started_at.desc(), ProcessInstance.key.desc())
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).scalars().all()
    return Page(rows, total, page, size)


def containing(text: str) -> str:
    """A LIKE pattern that finds the text as it is; its own wildcards are escaped by a backslash."""
    escaped = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _filtered(
    statement: Select[ProcessInstance], columns: Mapping[str, str | None], text: str
) -> Select[ProcessInstance]:
    for name, wanted in columns.items():
        if wanted is not None:
            statement = statement.where(getattr(ProcessInstance, name) == wanted)
    if text.strip():
        pattern = containing(text)
        statement = statement.where(
            or_(
                ProcessInstance.title.ilike(pattern, escape="\\"),
                ProcessInstance.business_id.ilike(pattern, escape="\\"),
            )
        )
    return statement
