"""change_employment, record_hire and headcount_check: what procedures write into the employee register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine import history, process_instances
from engine.errors import Conflict, DeploymentRefused, ExecutionFailed
from engine.organisation import employments, people, snapshot
from tests.workers.work import House

HIRE = {
    "employee": "N01",
    "name": "新人",
    "store": "S01",
    "position": "server",
    "start_date": date(2026, 12, 1),
    "contract_type": "fixed",
    "contract_months": 24,
    "probation_end": date(2026, 12, 31),
    "health_certificate_until": date(2027, 12, 1),
}
GIVEN = {name: f"=hire.{name}" for name in HIRE}


@pytest.fixture
def house(office, tmp_path):
    return House(office, tmp_path)


def employment(house, person):
    return house.office.read(employments.current, person)


def test_a_hire_is_a_person_with_post_and_employment_who_cannot_sign_in(house):
    house.deploy("hiring", "record_hire", {}, GIVEN)
    house.start("hiring", hire=HIRE)
    found = employment(house, "N01")
    assert (found.post_code, found.unit_id, found.contract_months) == ("server", "S01", 24)
    assert (found.probation_ends_on, found.health_certificate_until) == (date(2026, 12, 31), date(2027, 12, 1))
    person = house.office.read(people.get, "N01")
    assert (person.name, person.password_hash, person.active) == ("新人", None, True)
    with pytest.raises(Conflict, match="N01"):
        house.start("hiring", hire=HIRE)


def test_a_hire_with_a_mistake_adds_nothing(house):
    house.deploy("hiring", "record_hire", {}, GIVEN)
    with pytest.raises(ExecutionFailed):
        house.start("hiring", hire={**HIRE, "probation_end": date(2026, 11, 30)})
    assert employment(house, "N01") is None
    with pytest.raises(ExecutionFailed, match="N01"):
        house.start("hiring", hire={**HIRE, "employee": "N01 "})


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ("confirm", "confirmed_on", date(2026, 12, 5)),
        ("extend_probation", "probation_ends_on", date(2027, 1, 5)),
        ("certify_health", "health_certificate_until", date(2026, 12, 5)),
        ("end", "ends_on", date(2026, 12, 5)),
    ],
)
def test_what_was_decided_is_written_down(house, change, column, value):
    house.deploy("deciding", "change_employment", {"change": change, "employee": "U35"}, {"date": "=day"})
    house.start("deciding", day=value)
    assert getattr(employment(house, "U35"), column) == value
    with pytest.raises(ExecutionFailed, match="needs a date"):
        house.start("deciding", day=None)


def test_a_review_is_begun_once_and_can_be_released(house):
    house.deploy("beginning", "change_employment", {"change": "begin_review", "employee": "U35"})
    house.deploy("releasing", "change_employment", {"change": "release_review", "employee": "U35"})
    house.start("beginning")
    assert employments.is_reviewed(employment(house, "U35"))
    with pytest.raises(Conflict, match="under review"):
        house.start("beginning")
    house.start("releasing")
    assert not employments.is_reviewed(employment(house, "U35"))


def test_the_review_of_a_probation_is_linked_with_the_hiring(house):
    house.deploy("hiring", "record_hire", {}, GIVEN)
    house.deploy("beginning", "change_employment", {"change": "begin_review", "employee": "N01"})
    hiring = house.start("hiring", hire=HIRE)
    review = house.start("beginning")

    def linked(key):
        found = house.office.read(process_instances.linked, key, house.office.actor("U15"))
        return [(link.direction, link.matter.key, link.element_id) for link in found]

    assert linked(hiring) == [("started", review, "task")]
    assert linked(review) == [("started by", hiring, "task")]
    (told,) = house.office.history(hiring, "process_instance.linked")
    assert (told.element_id, told.details["matter"], told.details["process_id"]) == ("task", review, "beginning")
    (told,) = house.office.history(review, "process_instance.linked")
    assert told.details["matter"] == hiring
    assert house.office.read(history.verify).problems == []


def test_posts_end_with_the_employment(house):
    house.deploy("deciding", "change_employment", {"change": "end", "employee": "U35"}, {"date": "=day"})
    house.start("deciding", day=date(2026, 11, 30))
    organisation = house.office.read(snapshot.of)
    assert organisation.holders("server", "S01", date(2026, 11, 30)) == ("U35",)
    assert organisation.holders("server", "S01", date(2026, 12, 1)) == ()


def test_other_changes_and_unknown_people_are_refused(house):
    with pytest.raises(DeploymentRefused):
        house.deploy("deciding", "change_employment", {"change": "promote", "employee": "U35"})
    house.deploy("deciding", "change_employment", {"change": "begin_review", "employee": "N99"})
    with pytest.raises(ExecutionFailed, match="N99"):
        house.start("deciding")


def check(house, **given):
    root = house.start("checking", **{"position": "server", "headcount": 1, "vacancies": 1, **given})
    found = house.office.variables(root)
    return found["over_headcount"], found["headcount_requested"]


def test_a_store_is_full_when_plan_people_and_requests_meet(house):
    house.deploy("checking", "headcount_check")
    assert check(house, headcount=4, vacancies=0) == (True, 0)  # one of four places is taken
    assert check(house, headcount=3, vacancies=1) == (False, 0)
    assert check(house, headcount=2, vacancies=2) == (False, 1)  # what the first still looks for counts
    assert check(house, headcount=1, vacancies=0) == (True, 3)
    assert check(house, position="cashier", headcount=2, vacancies=0) == (False, 0)
    assert check(house, position="finance_officer", headcount=1) == (True, 0)


def test_the_salary_band_comes_along(house):
    house.deploy("checking", "headcount_check")
    found = house.office.variables(house.start("checking", position="server", headcount=1))
    assert (found["salary_min"], found["salary_max"]) == (Decimal("3600.00"), Decimal("4600.00"))
    assert (found["headcount_planned"], found["headcount_employed"]) == (4, 1)
