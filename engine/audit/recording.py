"""Keep what search and statistics know of each matter: made anew from the matter whenever its history grew.

Nothing of it is on the way of a click. A sweep finds the matters whose history is longer than what their record tells
of, and writes the record anew; what failed or was missed is found by the next one. Personal values are left out, so
that nothing has to be erased here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Table, Text, cast, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import calendar, clock, deployments, history
from engine.audit import words
from engine.deployments.cache import Cache
from engine.execution import personal
from engine.models import HistoryEvent, MatterAmount, MatterRecord, ProcessInstance, StepFigure, UserTask, Variable
from engine.models.process_instance import COMPLETED as REACHED_AN_END
from engine.models.user_task import COMPLETED
from engine.process_instances import of_matter
from engine.task_forms import fields

_LATELY = timedelta(minutes=15)
_LONGEST_VALUE = 4000
_HUNDREDTHS = Decimal(100)
_LARGEST = 10**17
_RETURN = "return"
_ENDS_WITHOUT_RESULT = frozenset({"withdrawn", "expired", "cancelled"})
"""Ends of a diagram at which nothing was decided about the request itself."""

_money: Cache[int, frozenset[str]] = Cache(2000)


def catch_up(session: Session, limit: int = 500, *, lately: bool = False) -> int:
    """Write the records of matters that moved, at most ``limit``; gives how many. ``lately``: what just moved.

    One at a time: what is added up is added once. Writers of matters go on meanwhile.
    """
    if session.get_bind().dialect.name != "sqlite":  # there, the writer's transaction is alone already
        session.execute(text("LOCK TABLE matter_record IN SHARE ROW EXCLUSIVE MODE"))
    keys = session.execute(_moved(lately=lately).limit(limit)).scalars().all()
    for key in keys:
        _record(session, session.get_one(ProcessInstance, key))
    return len(keys)


def is_behind(session: Session, *, lately: bool = False) -> bool:
    """Whether a matter moved since its record was written."""
    return session.execute(_moved(lately=lately).limit(1)).first() is not None


def _moved(*, lately: bool) -> Any:
    statement = (
        select(ProcessInstance.key)
        .outerjoin(MatterRecord, MatterRecord.root_key == ProcessInstance.key)
        .where(
            ProcessInstance.submitted_at.is_not(None),
            func.coalesce(MatterRecord.sequence, 0) < ProcessInstance.last_sequence,
        )
        .order_by(ProcessInstance.key)
    )
    if not lately:
        return statement.where(ProcessInstance.parent_key.is_(None))
    # no word of parents or of what is distinct here: SQLite would begin with all matters, or with all of history
    recent = select(HistoryEvent.root_key).where(HistoryEvent.occurred_at > clock.now() - _LATELY)
    return statement.where(ProcessInstance.key.in_(recent))


def _record(session: Session, root: ProcessInstance) -> None:
    known = session.execute(select(MatterRecord.month).where(MatterRecord.root_key == root.key)).one_or_none()
    instances = session.execute(select(ProcessInstance).where(of_matter(root.key))).scalars().all()
    tasks = session.execute(select(UserTask).where(UserTask.root_key == root.key)).scalars().all()
    variables = _variables(session, instances)
    completed = [task for task in tasks if task.state == COMPLETED and task.completed_at is not None]
    dated = [task for task in completed if task.due_at is not None]
    month = None if root.ended_at is None else _month(root.ended_at)
    _write(
        session,
        {
            "root_key": root.key,
            "sequence": root.last_sequence,
            "process_id": root.process_id,
            "store": root.store,
            "starter": root.starter,
            "month": month,
            "seconds": None if root.ended_at is None else _seconds(root.submitted_at, root.ended_at),
            "is_finished": root.state == REACHED_AN_END and root.outcome not in _ENDS_WITHOUT_RESULT,
            "is_rejected": root.outcome == "rejected",
            "returns": _returns(session, root.key),
            "dated": len(dated),
            "on_time": sum(task.completed_at <= task.due_at for task in dated),  # type: ignore[operator] # both are set
        },
        words.of_texts(_texts(root, tasks, variables)),
    )
    _write_amounts(session, root.key, variables)
    if month is not None and (known is None or known.month is None):
        _add_steps(session, root, month, completed)


def _variables(session: Session, instances: Sequence[ProcessInstance]) -> list[tuple[ProcessInstance, str, Any]]:
    """The process variables that forms name, of a matter and what it called, without personal ones."""
    by_key = {instance.key: instance for instance in instances}
    kept_out = personal.names(session, {instance.definition_key for instance in instances})
    rows = session.execute(
        select(Variable.process_instance_key, Variable.name, Variable.value)
        .where(Variable.process_instance_key.in_(by_key), Variable.scope == "")
        .order_by(Variable.process_instance_key, Variable.name)
    )
    return [(by_key[row[0]], row.name, row.value) for row in rows if row.name not in kept_out]


def _texts(
    root: ProcessInstance, tasks: Sequence[UserTask], variables: Iterable[tuple[ProcessInstance, str, Any]]
) -> Iterator[str]:
    yield root.business_id or ""
    yield root.title or ""
    yield from dict.fromkeys(task.name for task in tasks)
    for _instance, _name, value in variables:
        yield from _strings(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value[:_LONGEST_VALUE]
    elif isinstance(value, Mapping):
        if "sha256" in value:  # a file: by its name
            yield str(value.get("name", ""))
            return
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _returns(session: Session, root_key: int) -> int:
    """How often an approval said "return": by history, since the variable is overwritten by the next decision."""
    rows = session.execute(
        select(HistoryEvent.details).where(
            HistoryEvent.root_key == root_key,
            HistoryEvent.type == "user_task.completed",
            HistoryEvent.details.contains(f'"{_RETURN}"', autoescape=True),
        )
    ).scalars()
    found = (history.details_of(row) for row in rows)
    return sum(told.get("values", {}).get("decision") == _RETURN for told in found)


def _write(session: Session, row: Mapping[str, Any], found: Sequence[str]) -> None:
    table = MatterRecord.__table__
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    stored: ColumnElement[Any] | str = ""  # there, the words stand in the full-text table alone
    if not is_sqlite:
        stored = func.array_to_tsvector(cast(found, ARRAY(Text())), type_=table.c.words.type)
    insert_new = (sqlite if is_sqlite else postgresql).insert(table).values(**row, words=stored)
    session.execute(
        insert_new.on_conflict_do_update(
            index_elements=[table.c.root_key],
            set_={name: insert_new.excluded[name] for name in (*row, "words") if name != "root_key"},
        )
    )
    if is_sqlite:
        session.execute(text("DELETE FROM matter_words WHERE rowid = :key"), {"key": row["root_key"]})
        session.execute(
            text("INSERT INTO matter_words (rowid, words) VALUES (:key, :words)"),
            {"key": row["root_key"], "words": " ".join(found)},
        )


def _write_amounts(session: Session, root_key: int, variables: Iterable[tuple[ProcessInstance, str, Any]]) -> None:
    amounts: dict[str, int] = {}
    for instance, name, value in variables:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        amount = Decimal(value) * _HUNDREDTHS
        if name in _money_names(session, instance.definition_key) and abs(amount) < _LARGEST:
            amounts[name] = int(amount.to_integral_value())
    session.execute(delete(MatterAmount).where(MatterAmount.root_key == root_key))
    if amounts:
        rows = [{"root_key": root_key, "name": name, "hundredths": each} for name, each in amounts.items()]
        session.execute(insert(MatterAmount), rows)


def _money_names(session: Session, definition_key: int) -> frozenset[str]:
    return _money.get(definition_key, partial(_money_of, session, definition_key))


def _money_of(session: Session, definition_key: int) -> frozenset[str]:
    found: set[str] = set()
    for form_id in deployments.process(session, definition_key).references.form_ids:
        form_key = deployments.bound_form(session, definition_key, form_id, "deployment")
        found.update(fields.money_names(deployments.form(session, form_key).fields))
    return frozenset(found)


def _add_steps(session: Session, root: ProcessInstance, month: str, completed: Sequence[UserTask]) -> None:
    """Add the times of an ended matter's tasks to those of its month, once."""
    added: dict[tuple[str, str], list[int]] = {}
    for task in completed:
        ended = task.completed_at or task.created_at
        begun = min(max(task.begun_at or ended, task.created_at), ended)
        sums = added.setdefault((task.process_id, task.element_id), [0, 0, 0])
        sums[0] += 1
        sums[1] += _seconds(task.created_at, begun)
        sums[2] += _seconds(begun, ended)
    table: Table = StepFigure.__table__  # type: ignore[assignment] # declarative's type says FromClause
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for (process_id, element_id), (count, waiting, working) in sorted(added.items()):
        insert_new = dialect.insert(table).values(
            month=month,
            root_process_id=root.process_id,
            store=root.store or "",
            process_id=process_id,
            element_id=element_id,
            tasks=count,
            waiting_seconds=waiting,
            working_seconds=working,
        )
        added_up = ("tasks", "waiting_seconds", "working_seconds")
        session.execute(
            insert_new.on_conflict_do_update(
                index_elements=list(table.primary_key.columns),
                set_={name: table.c[name] + insert_new.excluded[name] for name in added_up},
            )
        )


def _month(instant: datetime) -> str:
    return f"{calendar.local_date(instant):%Y-%m}"


def _seconds(start: datetime | None, end: datetime) -> int:
    return 0 if start is None else max(0, int((end - start).total_seconds()))
