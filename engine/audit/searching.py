"""Search over all submitted matters, for auditors and administrators: paged, bounded, and by indexes.

What is asked for narrows the list together. A list is never longer than :data:`MOST_RESULTS`; of what would be longer
the latest are shown, and the page says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, false, func, literal_column, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.audit import words
from engine.errors import NotAllowed
from engine.models import MatterAmount, MatterRecord, ProcessInstance, UserTask
from engine.models.process_instance import ACTIVE
from engine.process_instances.reading import MAXIMUM_PAGE, Page
from feel.sentences import Sentence

MOST_RESULTS = 5000
"""A longer list is nobody's to read: who needs more narrows it, by month for instance."""

RUNNING = "running"
"""The outcome that stands for a matter that has not ended."""

_HUNDREDTHS = Decimal(100)
_AT_ONCE = 500
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for; "" and None leave a matter in. ``person`` started a matter or did a task of it.

    ``outcome`` is the id of an end, "canceled" or "running"; ``since`` and ``until`` (exclusive) bound when it was
    submitted; amounts are in the currency's unit and mean any amount of money that its forms name.
    """

    text: str = ""
    process_id: str = ""
    store: str = ""
    person: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it would find everything."""
        return self == Criteria()


def search(
    session: Session, actor: Actor, wanted: Criteria, *, page: int = 1, size: int = 30
) -> Page[ProcessInstance]:
    """One page of the matters that fit, the latest first; ``total`` is at most :data:`MOST_RESULTS` and one more."""
    if not (actor.is_auditor or actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only auditors and administrators may look through all matters."))
    size, page = max(1, min(size, MAXIMUM_PAGE)), max(1, page)
    page = min(page, -(-MOST_RESULTS // size))
    statement = _statement(session, wanted, is_walked=not wanted.text.strip())
    bounded = statement.with_only_columns(ProcessInstance.key).limit(MOST_RESULTS + 1).subquery()
    total = session.execute(select(func.count()).select_from(bounded)).scalar_one()
    if total > MOST_RESULTS:
        statement = _statement(session, wanted, is_walked=True)
    ordered = statement.order_by(ProcessInstance.submitted_at.desc(), ProcessInstance.key.desc())
    size_now = min(size, MOST_RESULTS - (page - 1) * size)
    rows = session.execute(ordered.limit(size_now).offset((page - 1) * size)).scalars().all()
    return Page(rows, min(total, MOST_RESULTS + 1), page, size)


def amounts(session: Session, root_keys: Collection[int]) -> Mapping[int, Mapping[str, Decimal]]:
    """The amounts of money of these matters, by matter and name."""
    found: dict[int, dict[str, Decimal]] = {}
    keys = sorted(set(root_keys))
    for start in range(0, len(keys), _AT_ONCE):
        some = MatterAmount.root_key.in_(keys[start : start + _AT_ONCE])
        for row in session.execute(select(MatterAmount).where(some).order_by(MatterAmount.name)).scalars():
            found.setdefault(row.root_key, {})[row.name] = Decimal(row.hundredths) / _HUNDREDTHS
    return found


def criteria_words(wanted: Criteria) -> Mapping[str, str]:
    """What was looked for, as text: for the journal of views."""
    named = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return {name: str(value) for name, value in named.items() if value not in ("", None)}


def _statement(session: Session, wanted: Criteria, *, is_walked: bool) -> Select[ProcessInstance]:
    """All that fits. Walked: from the latest on; else beginning with what holds the words, for where these are rare.

    The conditions say which, since SQLite goes by them: words are kept of root matters alone, and "after any
    beginning" asks for a date in the way that an index answers in order.
    """
    matter = ProcessInstance
    conditions: list[ColumnElement[bool]] = [matter.submitted_at.is_not(None)]
    if is_walked:
        conditions = [matter.parent_key.is_(None), matter.submitted_at > _BEGINNING]
    if wanted.process_id:
        conditions.append(matter.process_id == wanted.process_id)
    if wanted.store:
        conditions.append(matter.store == wanted.store)
    if wanted.since is not None:
        conditions.append(matter.submitted_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(matter.submitted_at < wanted.until)
    if wanted.outcome:
        conditions.append(matter.state == ACTIVE if wanted.outcome == RUNNING else matter.outcome == wanted.outcome)
    if wanted.person:
        conditions.append(_of_person(wanted.person))
    if wanted.amount_from is not None or wanted.amount_to is not None:
        conditions.append(matter.key.in_(_amounts(wanted.amount_from, wanted.amount_to)))
    if wanted.text.strip():
        conditions.append(_holding(session, wanted.text, is_walked=is_walked))
    return select(matter).where(and_(*conditions))


def _of_person(person: str) -> ColumnElement[bool]:
    had = select(UserTask.root_key).where(
        or_(UserTask.completed_by == person, and_(UserTask.assignee == person, UserTask.state == "CREATED"))
    )
    return or_(ProcessInstance.starter == person, ProcessInstance.key.in_(had))


def _amounts(lowest: Decimal | None, highest: Decimal | None) -> Select[int]:
    found = select(MatterAmount.root_key)
    if lowest is not None:
        found = found.where(MatterAmount.hundredths >= int(lowest * _HUNDREDTHS))
    if highest is not None:
        found = found.where(MatterAmount.hundredths <= int(highest * _HUNDREDTHS))
    return found


def _holding(session: Session, wanted: str, *, is_walked: bool) -> ColumnElement[bool]:
    asked = words.asked(wanted)
    if not asked:
        return false()
    found: Any
    if session.get_bind().dialect.name == "sqlite":
        pattern = " AND ".join(f'"{word}"*' for word in asked)  # a word is letters and digits: nothing to escape
        found = text("SELECT rowid FROM matter_words WHERE matter_words MATCH :words").bindparams(words=pattern)
        # what is reckoned is in no index: else SQLite fetches and sorts each matter that holds a frequent word
        key = ProcessInstance.key + literal_column("0") if is_walked else ProcessInstance.key
        return key.in_(found)
    pattern = " & ".join(f"'{word}':*" for word in asked)
    found = select(MatterRecord.root_key).where(MatterRecord.words.bool_op("@@")(cast(pattern, TSQUERY())))
    return ProcessInstance.key.in_(found)
