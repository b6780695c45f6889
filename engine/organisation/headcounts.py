"""The headcount plan (编制): how many people a store may employ in each post, and at which monthly salary.

``set_plan`` enters or changes the plan of a post, ``remove_plan`` takes it away, ``listed`` is the plan of a store or
of all, ``of_store`` a store's plan with how far it is filled (both for administrators, auditors and parts of the
system); ``of`` says how far the plan of one post is filled. Without a plan nobody may be employed in that post there:
the plan counts as 0, without a salary band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, models
from engine.actor import Actor
from engine.errors import NotFound, Refused
from engine.organisation import employments, journal, posts, rights, units
from feel.sentences import Sentence

MAXIMUM_PLANNED = 1_000
MAXIMUM_SALARY = Decimal(10_000_000)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Headcount:
    """A post in a store: people planned and employed (or about to begin), and the salary band."""

    planned: int
    employed: int
    salary_min: Decimal | None
    salary_max: Decimal | None


def set_plan(
    session: Session,
    actor: Actor,
    unit_id: str,
    post_code: str,
    *,
    planned: int,
    salary_min: Decimal,
    salary_max: Decimal,
) -> models.HeadcountPlan:
    """Enter or change the plan of a post in a store; salaries in yuan a month, with at most two decimals."""
    rights.administrator(actor)
    posts.get(session, post_code)
    if units.get(session, unit_id).kind != "store":
        raise Refused(Sentence("Headcounts are planned for stores; {unit} is none.", unit=unit_id), field="unit_id")
    if not 0 <= planned <= MAXIMUM_PLANNED:
        raise Refused(Sentence("A plan is for 0 to {maximum} people.", maximum=MAXIMUM_PLANNED), field="planned")
    for field, amount in (("salary_min", salary_min), ("salary_max", salary_max)):
        if not amount.is_finite() or not 0 <= amount <= MAXIMUM_SALARY or amount != amount.quantize(_CENT):
            raise Refused(
                Sentence("A salary is an amount from 0 to {maximum} with two decimals.", maximum=str(MAXIMUM_SALARY)),
                field=field,
            )
    if salary_max < salary_min:
        raise Refused(Sentence("The highest salary is below the lowest one."), field="salary_max")
    plan = session.get(models.HeadcountPlan, (unit_id, post_code))
    values = {"planned": planned, "salary_min": salary_min, "salary_max": salary_max}
    about = {"unit": unit_id, "post": post_code}
    if plan is None:
        plan = models.HeadcountPlan(**{"unit_id": unit_id, "post_code": post_code, **values})
        session.add(plan)
        journal.record(session, actor, "headcount.planned", about, after=values)
    else:
        journal.edit(session, actor, "headcount.planned", plan, about, **values)
    return plan


def remove_plan(session: Session, actor: Actor, unit_id: str, post_code: str) -> None:
    """Plan nobody for that post in that store any more."""
    rights.administrator(actor)
    plan = session.get(models.HeadcountPlan, (unit_id, post_code))
    if plan is None:
        raise NotFound(Sentence("{unit} has no plan for {post}.", unit=unit_id, post=post_code))
    before = {"planned": plan.planned, "salary_min": plan.salary_min, "salary_max": plan.salary_max}
    session.delete(plan)
    journal.record(session, actor, "headcount.removed", {"unit": unit_id, "post": post_code}, before=before)


def listed(session: Session, actor: Actor, *, unit_id: str | None = None) -> Sequence[models.HeadcountPlan]:
    """The plans of a store (None: of all), by store and post."""
    employments.may_read(actor)
    table = models.HeadcountPlan
    statement = select(table).order_by(table.unit_id, table.post_code)
    return session.scalars(statement if unit_id is None else statement.where(table.unit_id == unit_id)).all()


def of_store(session: Session, actor: Actor, unit_id: str) -> Mapping[str, Headcount]:
    """Each post of a store that is planned or held there, by its code: planned, employed, salary band."""
    plans = {plan.post_code: plan for plan in listed(session, actor, unit_id=unit_id)}
    employed = _employed(session, unit_id)
    return {post: _headcount(plans.get(post), employed.get(post, 0)) for post in sorted({*plans, *employed})}


def of(session: Session, unit_id: str, post_code: str) -> Headcount:
    """How many are planned and employed in a post of a store today, those who are to begin counted as employed."""
    plan = session.get(models.HeadcountPlan, (unit_id, post_code))
    return _headcount(plan, _employed(session, unit_id).get(post_code, 0))


def _headcount(plan: models.HeadcountPlan | None, employed: int) -> Headcount:
    if plan is None:
        return Headcount(0, employed, None, None)
    return Headcount(plan.planned, employed, plan.salary_min, plan.salary_max)


def _employed(session: Session, unit_id: str) -> dict[str, int]:
    """How many are employed in a unit or about to begin there, by post."""
    table = models.Employment
    today = calendar.local_date(clock.now())
    statement = (
        select(table.post_code, func.count())
        .where(table.unit_id == unit_id, or_(table.ends_on.is_(None), table.ends_on >= today))
        .group_by(table.post_code)
    )
    return dict(session.execute(statement).all())
