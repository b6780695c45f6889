"""What diagrams, tables and forms may ask the employee register: the part of ``functions`` about employments.

``employee record(person)`` a context or null; ``headcount plan(store, post)`` a context; ``probations due(until)`` a
list of contexts; ``post grade(post)`` a text or null. Months of a probation are whole ones, and days as parts of 30.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Session

import feel
from engine import calendar, models
from engine.organisation import employments, headcounts, snapshot
from feel.sentences import Sentence

_DAYS_OF_A_MONTH = Decimal(30)


class RegisterFunctions:
    """The functions, over a session; nothing is read before the first call."""

    METHODS: ClassVar[dict[str, str]] = {
        "employee record": "employee_record",
        "headcount plan": "headcount_plan",
        "probations due": "probations_due",
        "post grade": "post_grade",
    }
    """Under which name a function is called in FEEL, and what it is called here."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def employee_record(self, person: object = None) -> dict[str, object] | None:
        """The person's employment; null if there is none."""
        identifier = text(person, "person")
        found = None if identifier is None else employments.current(self._session, identifier)
        return None if found is None else _record(self._session, found)

    def headcount_plan(self, store: object = None, post: object = None) -> dict[str, object] | None:
        """How many the plan has of a post in a store, how many there are, and what they may earn."""
        unit_id, code = text(store, "store"), text(post, "post")
        if unit_id is None or code is None:
            return None
        found = headcounts.of(self._session, unit_id, code)
        return {
            "planned": found.planned,
            "employed": found.employed,
            "salary_min": found.salary_min,
            "salary_max": found.salary_max,
        }

    def probations_due(self, until: object = None) -> list[dict[str, object]]:
        """The employments whose probation ends until that day."""
        return [_record(self._session, entry) for entry in employments.probations_due(self._session, _day(until))]

    def post_grade(self, post: object = None) -> str | None:
        """The grade of a post."""
        found = snapshot.of(self._session).posts.get(text(post, "post") or "")
        return None if found is None else found.grade


NAMES = frozenset(RegisterFunctions.METHODS)


def months_of(starts_on: date, ends_on: date) -> Decimal:
    """The months from a day to another, both inclusive: whole months, and the rest in days as parts of 30."""
    after = ends_on + timedelta(days=1)
    months = (after.year - starts_on.year) * 12 + after.month - starts_on.month
    while months > 0 and later(starts_on, months) > after:
        months -= 1
    rest = Decimal((after - later(starts_on, months)).days) / _DAYS_OF_A_MONTH
    return max(Decimal(0), Decimal(months) + rest.quantize(Decimal("0.01")))


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _record(session: Session, employment: models.Employment) -> dict[str, object]:
    organisation = snapshot.of(session)
    person = session.get_one(models.Person, employment.person_id)
    ends_on = employment.probation_ends_on
    return {
        "employee": employment.person_id,
        "store": employment.unit_id,
        "position": employment.post_code,
        "grade": organisation.posts[employment.post_code].grade,
        "contract_type": employment.contract_type,
        "contract_months": employment.contract_months,
        "start_date": employment.starts_on,
        "probation_end": ends_on,
        "used_months": None if ends_on is None else months_of(employment.starts_on, ends_on),
        "confirmed_on": employment.confirmed_on,
        "health_certificate_until": employment.health_certificate_until,
        "ends_on": employment.ends_on,
        "under_review": employments.is_reviewed(employment),
        "signs_in": person.active and person.password_hash is not None,
    }


def text(value: object, name: str) -> str | None:
    """A text or null; anything else is refused."""
    if value is None or isinstance(value, str):
        return value
    raise feel.ValueRefused(Sentence("“{name}” must be a text, not {value}.", name=name, value=str(value)[:60]))


def _day(value: object) -> date:
    found = feel.to_python(value)
    if isinstance(found, datetime):
        return calendar.local_date(found)
    if isinstance(found, date):
        return found
    raise feel.ValueRefused(Sentence("A day is needed here, not {value}.", value=str(value)[:60]))
