"""The employee register and the headcount plan on pages: who reads, who changes, what is told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine.actor import system
from engine.organisation import assignments, employments, headcounts, journal
from tests.webapp.conftest import NOON
from tests.webapp.house import House, Page

TODAY = NOON.date()
TERMS = {
    "post_code": "server", "unit_id": "S02", "contract_type": "fixed", "contract_months": "24",
    "starts_on": "2027-01-01", "probation_ends_on": "2027-02-28", "confirmed_on": "", "ends_on": "",
    "health_certificate_until": "2027-06-30",
}  # fmt: skip
NEW = "/organisation/people/U35/employments/new"
END = "/organisation/people/U35/employments/end"
PLAN = "/organisation/units/S01/headcounts/server/edit"
PLANNED = {"planned": "6", "salary_min": "3,800", "salary_max": "4800.50"}


def entries(house: House, person: str = "U35") -> list[employments.Terms]:
    with house.unit_of_work.read() as session:
        return [employments.terms_of(row) for row in employments.of_person(session, system("test"), person)]


def keys(house: House, person: str = "U35") -> list[int]:
    with house.unit_of_work.read() as session:
        return [row.key for row in employments.of_person(session, system("test"), person)]


def plan(house: House, post: str = "server", store: str = "S01") -> headcounts.Headcount:
    with house.unit_of_work.read() as session:
        return headcounts.of(session, store, post)


def events(house: House) -> list[str]:
    with house.unit_of_work.read() as session:
        return [event.type for event in journal.of(session, system("test"), limit=10)]


def posted(house: House, person: str = "U35") -> dict[str, str]:
    """What the form of the present employment would send."""
    values = asdict(entries(house, person)[0])
    return {name: "" if value is None or value is False else str(value) for name, value in values.items()}


def people_in(page: Page) -> list[str]:
    return page.tree.xpath('//ul[@class="register employed"]/li/span[@class="code"]/text()')


def test_somebody_who_left_is_employed_again(either_house: House):
    house = either_house
    administrator = house.person("U15")
    page = administrator.post(NEW, TERMS)
    assert (page.status, [*page.errors()]) == (422, ["f-starts_on"])  # is employed already
    assert page.tree.xpath('//input[@name="contract_months"]/@value') == ["24"]  # nothing that was typed is lost
    page = administrator.post(END, {"ends_on": "2026-12-31"})
    assert page.path == "/organisation/people/U35"
    page = administrator.post(NEW, TERMS)
    assert page.path == "/organisation/people/U35", page.words
    assert "服务员 · 人民广场店" in page.words
    assert [row.ends_on for row in entries(house)] == [None, date(2026, 12, 31)]
    assert entries(house)[0].contract_months == 24
    assert events(house)[0] == "employment.recorded"


def test_an_employment_is_changed_and_its_history_says_from_what_to_what(house: House):
    administrator, (key,) = house.person("U15"), keys(house)
    change = f"/organisation/people/U35/employments/{key}/edit"
    given = posted(house) | {"unit_id": "S02", "contract_type": "open", "contract_months": ""}
    page = administrator.post(change, given)
    assert page.path == "/organisation/people/U35"
    now = entries(house)[0]
    assert (now.unit_id, now.contract_type, now.contract_months) == ("S02", "open", None)
    told = page.tree.xpath('//dl[@class="changed"]')[0].text_content()
    assert "人民广场店" in told
    assert "无固定期限" in told
    administrator.post(change, given)
    assert events(house).count("employment.changed") == 1  # nothing was changed the second time


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"contract_months": "0"}, "contract_months"),
        ({"contract_months": ""}, "contract_months"),
        ({"contract_months": "9" * 5000}, "contract_months"),
        ({"contract_type": "open"}, "contract_months"),
        ({"contract_type": "oral"}, "contract_type"),
        ({"post_code": ""}, "post_code"),
        ({"unit_id": "S99"}, "unit_id"),
        ({"starts_on": "someday"}, "starts_on"),
        ({"probation_ends_on": "2020-01-01"}, "probation_ends_on"),
        ({"confirmed_on": "2020-01-01"}, "confirmed_on"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_with_an_employment_is_said_at_the_field(house: House, given: dict[str, str], field: str):
    before, (key,) = entries(house), keys(house)
    change = f"/organisation/people/U35/employments/{key}/edit"
    page = house.person("U15").post(change, posted(house) | given)
    assert (page.status, [*page.errors()]) == (422, [f"f-{field}"])
    assert entries(house) == before


def test_an_employment_ends_with_all_posts(house: House):
    administrator = house.person("U15")
    page = administrator.post(END, {"ends_on": "2020-01-01"})
    assert (page.status, [*page.errors()]) == (422, ["f-ends_on"])
    page = administrator.post(END, {"ends_on": "2026-11-22", "rehire_blocked": "true"})
    assert page.path == "/organisation/people/U35"
    assert "不得再录用" in page.words
    assert page.tree.xpath(f'//a[@href="{END}"]') == []  # is over
    assert administrator.get(END).status == 404
    with house.unit_of_work.read() as session:
        assert {one.ends_on for one in assignments.of_person(session, "U35")} == {date(2026, 11, 22)}


def test_a_mistake_is_shown_again_before_it_is_taken_back(house: House):
    administrator, (key,) = house.person("U15"), keys(house)
    remove = f"/organisation/people/U35/employments/{key}/remove"
    assert administrator.get(remove).status == 200
    assert keys(house) == [key]
    page = administrator.post(remove)
    assert page.path == "/organisation/people/U35"
    assert keys(house) == []
    assert "24" in page.tree.xpath('//dl[@class="changed"]')[0].text_content()  # the history still knows it all
    assert administrator.post(remove).status == 404


def test_the_entry_of_somebody_else_is_not_reached_through_a_person(house: House):
    (key,) = keys(house, "U36")
    for verb in ("edit", "remove"):
        assert house.person("U15").get(f"/organisation/people/U35/employments/{key}/{verb}").status == 404
        assert house.person("U15").get(f"/organisation/people/U35/employments/{'9' * 25}/{verb}").status == 404


def test_the_register_is_narrowed_to_what_is_to_be_looked_at(house: House):
    administrator = house.person("U15")
    assert len(people_in(administrator.get("/organisation/register"))) > 40
    store = people_in(administrator.get("/organisation/register?unit=S02"))
    assert "U35" not in store
    assert "U42" in store
    assert people_in(administrator.get("/organisation/register?which=ended")) == []
    on_probation = people_in(administrator.get("/organisation/register?which=probation"))
    assert on_probation == ["U35", "U36", "U40", "U41", "U42"]
    for person, days in (("U35", 30), ("U36", -1), ("U40", 31)):
        house.unit_of_work.run(employments.certify_health, system("test"), person, TODAY + timedelta(days))
    page = administrator.get("/organisation/register?which=certificate")
    assert people_in(page) == ["U35", "U36"]
    assert [state.text_content()[:5] for state in page.tree.xpath('//span[@class="state late"]')] == ["健康证已于"]
    house.unit_of_work.run(employments.confirm, system("test"), "U40", TODAY)
    house.unit_of_work.run(employments.end, system("test"), "U42", TODAY - timedelta(1))
    assert people_in(administrator.get("/organisation/register?which=probation")) == ["U35", "U36", "U41"]
    assert people_in(administrator.get("/organisation/register?which=ended")) == ["U42"]
    server = people_in(administrator.get("/organisation/register?post=server&which=probation"))
    assert set(server) < set(on_probation)


def test_a_plan_is_changed_made_and_taken_away(either_house: House):
    house = either_house
    administrator = house.person("U15")
    page = administrator.post(PLAN, PLANNED)
    assert page.path == "/organisation/units/S01"
    now = plan(house)
    assert (now.planned, now.salary_min, now.salary_max) == (6, Decimal(3800), Decimal("4800.50"))
    cells = page.tree.xpath('//table[@class="headcounts"]//tr[contains(th, "服务员")]/td/text()')
    assert [int(cell) for cell in cells[:3]] == [6, now.employed, 6 - now.employed]
    assert "¥4,800.50" in page.tree.xpath('//dl[@class="changed"]')[0].text_content()
    new = "/organisation/units/S01/headcounts/new"
    page = administrator.post(new, {**PLANNED, "post_code": "server"})
    assert (page.status, [*page.errors()]) == (422, ["f-post_code"])  # is planned already
    assert administrator.post(new, {**PLANNED, "post_code": "purchaser"}).path == "/organisation/units/S01"
    assert plan(house, "purchaser").planned == 6
    administrator.post("/organisation/units/S01/headcounts/purchaser/remove")
    assert plan(house, "purchaser") == headcounts.Headcount(0, 0, None, None)
    assert events(house)[:3] == ["headcount.removed", "headcount.planned", "headcount.planned"]


def test_more_people_than_planned_are_said(house: House):
    page = house.person("U15").post(PLAN, PLANNED | {"planned": "0"})
    over = plan(house).employed
    assert f"超编 {over} 人" in page.words


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"planned": "1001"}, "planned"),
        ({"planned": "-1"}, "planned"),
        ({"planned": ""}, "planned"),
        ({"salary_min": "much"}, "salary_min"),
        ({"salary_min": "1.234"}, "salary_min"),
        ({"salary_min": "99999999"}, "salary_min"),
        ({"salary_max": "NaN"}, "salary_max"),
        ({"salary_max": "3000"}, "salary_max"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_the_field(house: House, given: dict[str, str], field: str):
    before = plan(house)
    page = house.person("U15").post(PLAN, PLANNED | given)
    assert (page.status, [*page.errors()]) == (422, [f"f-{field}"])
    assert plan(house) == before


def test_headcounts_are_planned_for_stores_alone(house: House):
    administrator = house.person("U15")
    assert administrator.get("/organisation/units/A/headcounts/new").status == 404
    assert administrator.post("/organisation/units/A/headcounts/server/edit", PLANNED).status == 404
    assert "编制" not in administrator.get("/organisation/units/A").tree.xpath("//main")[0].text_content()


@pytest.mark.parametrize("person", ["U13", "U14", "U19", "U01"])
def test_only_an_administrator_changes_register_and_plan(house: House, person: str):
    before, (key,), planned = entries(house), keys(house), plan(house)
    someone, everything = house.person(person), events(house)
    for path, fields in (
        (NEW, TERMS),
        (END, {"ends_on": "2026-12-31"}),
        (f"/organisation/people/U35/employments/{key}/edit", posted(house) | {"unit_id": "S02"}),
        (f"/organisation/people/U35/employments/{key}/remove", {}),
        (PLAN, PLANNED),
        ("/organisation/units/S01/headcounts/new", {**PLANNED, "post_code": "purchaser"}),
        ("/organisation/units/S01/headcounts/server/remove", {}),
    ):
        assert someone.post(path, fields).status == 403, path
    assert (entries(house), plan(house), events(house)) == (before, planned, everything)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_auditor_reads_without_a_button_and_others_do_not_read(house: House, language: str):
    auditor = house.person("U13", language)
    for path in ("/organisation/register", "/organisation/people/U35", "/organisation/units/S01"):
        page = auditor.get(path)
        assert page.status == 200
        assert page.tree.xpath('//main//a[contains(@href, "employments/") or contains(@href, "headcounts/")]') == []
    for person in ("U14", "U19", "U01"):
        assert house.person(person).get("/organisation/register").status == 403
