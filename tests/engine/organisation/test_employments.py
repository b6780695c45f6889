"""The employee register: one employment at a time, probation and its review, who may write and read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import feel
from engine.actor import system
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.organisation import employments, functions, headcounts, people
from engine.organisation.employments import Terms
from engine.organisation.register_functions import months_of
from tests.engine.organisation.conftest import NOON, TODAY

SYSTEM = system("test")
FIXED = Terms(
    post_code="server",
    unit_id="S02",
    contract_type="fixed",
    contract_months=24,
    starts_on=date(2026, 11, 1),
    probation_ends_on=date(2026, 12, 1),
)


@pytest.fixture
def hired(session):
    people.add(session, SYSTEM, "N01", name="新人")
    return employments.record(session, SYSTEM, "N01", FIXED)


@pytest.fixture
def evaluate(session):
    def evaluated(text):
        expression = feel.compile(text, functions=tuple(functions.NAMES))
        return feel.to_python(expression.evaluate({}, now=NOON, functions=functions.bound(session, NOON)).value)

    return evaluated


def due(session, until=date(2026, 12, 31)):
    return [row.person_id for row in employments.probations_due(session, until)]


def test_what_is_recorded_is_read_again_on_both_databases(chain):
    with chain.writer.begin() as session:
        people.add(session, SYSTEM, "N01", name="新人")
        employments.record(session, SYSTEM, "N01", FIXED)
        headcounts.set_plan(
            session,
            SYSTEM,
            "S02",
            "server",
            planned=3,
            salary_min=Decimal("3600.00"),
            salary_max=Decimal("99999.99"),
        )
    with chain.reader() as session:
        found = employments.current(session, "N01")
        assert employments.terms_of(found) == FIXED
        assert due(session, date(2026, 12, 1))[-1] == "N01"
        assert headcounts.of(session, "S02", "server") == headcounts.Headcount(
            3, 1, Decimal("3600.00"), Decimal("99999.99")
        )
        assert [row.person_id for row in employments.listed(session, SYSTEM, unit_id="S02")] == ["N01", "U20", "U42"]


@pytest.mark.parametrize(
    "changed",
    [
        {"post_code": "juggler"},
        {"unit_id": "S99"},
        {"contract_type": "oral"},
        {"contract_months": None},
        {"contract_months": 0},
        {"contract_type": "open"},
        {"probation_ends_on": date(2026, 10, 31)},
        {"confirmed_on": date(2026, 10, 31)},
        {"ends_on": date(2026, 10, 31)},
    ],
)
def test_terms_that_make_no_sense_are_refused(session, hired, changed):
    with pytest.raises((Refused, NotFound)):
        employments.change(session, SYSTEM, hired.key, replace(FIXED, **changed))
    session.refresh(hired)
    assert employments.terms_of(hired) == FIXED


def test_nobody_is_employed_twice_at_a_time(session, hired):
    with pytest.raises(Conflict):
        employments.record(session, SYSTEM, "N01", replace(FIXED, starts_on=date(2027, 1, 1), probation_ends_on=None))
    employments.end(session, SYSTEM, "N01", date(2026, 12, 31), rehire_blocked=True)
    assert hired.rehire_blocked
    again = replace(FIXED, starts_on=date(2027, 1, 1), probation_ends_on=None)
    second = employments.record(session, SYSTEM, "N01", again)
    assert employments.current(session, "N01").key == hired.key  # until the last day of the year
    assert [row.key for row in employments.of_person(session, SYSTEM, "N01")] == [second.key, hired.key]
    with pytest.raises(Conflict):
        employments.change(session, SYSTEM, hired.key, replace(FIXED, ends_on=date(2027, 1, 1)))
    employments.remove(session, SYSTEM, second.key)
    assert len(employments.of_person(session, SYSTEM, "N01")) == 1


@pytest.mark.usefixtures("hired")
def test_a_probation_is_due_until_a_matter_reviews_it_or_it_is_decided(session):
    assert "N01" in due(session)
    assert "N01" not in due(session, date(2026, 11, 30))
    employments.begin_review(session, SYSTEM, "N01")
    assert "N01" not in due(session)
    with pytest.raises(Conflict):
        employments.begin_review(session, SYSTEM, "N01")
    employments.extend_probation(session, SYSTEM, "N01", date(2026, 12, 20))
    assert "N01" in due(session)  # the new end is to be reviewed anew
    with pytest.raises(Refused):
        employments.extend_probation(session, SYSTEM, "N01", date(2026, 12, 20))
    employments.begin_review(session, SYSTEM, "N01")
    employments.release_review(session, SYSTEM, "N01")
    assert "N01" in due(session)
    employments.confirm(session, SYSTEM, "N01", TODAY)
    assert "N01" not in due(session)


def test_who_left_or_has_passed_the_end_is_not_due(session, hired):
    employments.end(session, SYSTEM, "N01", date(2026, 11, 30))
    assert "N01" not in due(session)
    employments.change(session, SYSTEM, hired.key, replace(FIXED, probation_ends_on=date(2026, 11, 22)))
    assert "N01" not in due(session)
    with pytest.raises(Refused):
        employments.end(session, SYSTEM, "N01", date(2026, 10, 1))


def test_administrators_write_auditors_read_all_others_their_own(session, hired, as_person):
    for person in ("U19", "U07", "U13"):
        with pytest.raises(NotAllowed):
            employments.confirm(session, as_person(person), "N01", TODAY)
        with pytest.raises(NotAllowed):
            headcounts.remove_plan(session, as_person(person), "S01", "server")
    employments.certify_health(session, as_person("U15"), "N01", date(2027, 11, 1))
    assert hired.health_certificate_until == date(2027, 11, 1)
    assert len(employments.listed(session, as_person("U13"))) == 43
    for read in (
        lambda: employments.listed(session, as_person("U19")),
        lambda: employments.of_person(session, as_person("U19"), "N01"),
        lambda: headcounts.listed(session, as_person("U19")),
    ):
        with pytest.raises(NotAllowed):
            read()
    assert [row.person_id for row in employments.of_person(session, as_person("U19"), "U19")] == ["U19"]


@pytest.mark.parametrize(
    ("unit", "planned", "least", "most"),
    [
        ("purchasing", 1, "1", "2"),
        ("S01", -1, "1", "2"),
        ("S01", 1001, "1", "2"),
        ("S01", 1, "2", "1.99"),
        ("S01", 1, "-1", "1"),
        ("S01", 1, "1", "1.005"),
        ("S01", 1, "1", "NaN"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(session, unit, planned, least, most):
    with pytest.raises(Refused):
        headcounts.set_plan(
            session, SYSTEM, unit, "server", planned=planned, salary_min=Decimal(least), salary_max=Decimal(most)
        )


def test_without_a_plan_there_is_no_place(session):
    headcounts.remove_plan(session, SYSTEM, "S01", "server")
    assert headcounts.of(session, "S01", "server") == headcounts.Headcount(0, 1, None, None)
    with pytest.raises(NotFound):
        headcounts.remove_plan(session, SYSTEM, "S01", "server")


@pytest.mark.usefixtures("hired")
def test_diagrams_ask_for_a_record(evaluate):
    assert evaluate('employee record("N01")') == {
        "employee": "N01",
        "store": "S02",
        "position": "server",
        "grade": "staff",
        "contract_type": "fixed",
        "contract_months": 24,
        "start_date": date(2026, 11, 1),
        "probation_end": date(2026, 12, 1),
        "used_months": Decimal("1.03"),
        "confirmed_on": None,
        "health_certificate_until": None,
        "ends_on": None,
        "under_review": False,
        "signs_in": False,
    }
    assert evaluate('employee record("N99")') is None
    assert evaluate('employee record("U19").signs_in') is True
    assert evaluate('headcount plan("S05", "server").planned') == 0
    assert evaluate('headcount plan("S01", "server").employed') == 1
    assert evaluate("headcount plan(null, null)") is None
    assert evaluate('post grade("kitchen_supervisor")') == "supervisor"
    assert evaluate('for r in probations due(today() + duration("P8D")) return r.employee') == ["N01"]
    for wrong in ("employee record(1)", 'probations due("soon")'):
        with pytest.raises(feel.FeelError):
            evaluate(wrong)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), "1"),
        (date(2026, 1, 31), date(2026, 2, 27), "1"),
        (date(2026, 1, 15), date(2026, 4, 14), "3"),
        (date(2026, 1, 15), date(2026, 4, 29), "3.5"),
        (date(2026, 1, 15), date(2026, 1, 15), "0.03"),
        (date(2025, 12, 1), date(2026, 5, 31), "6"),
    ],
)
def test_months_of_a_probation(starts_on, ends_on, months):
    assert months_of(starts_on, ends_on) == Decimal(months)
