"""A process owner raises a threshold: half a change, all of it, the difference, the scenarios, publishing, back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from engine import content, deployments, user_tasks
from engine.actor import system
from tests.journeys.office import Office, ready
from tests.journeys.workshop import SCENARIOS, TABLE, begin, edit, saved, write_cell
from tests.webapp.house import INVESTIGATED, OPINION, ROOT, ask

MANAGER, GENERAL = "U02", "U01"
_RUN = 420_000  # some ten seconds for those of one procedure; a machine that does much else takes its time

#: What the scenarios say of the old threshold, and what they have to say of the new one.
REWRITTEN = (
    ("300.01", "500.01"),
    ("150.01", "350.01"),
    ("450", "650"),
    ("actual_amount: 320.00", "actual_amount: 520.00"),
    (
        "{person: U23, values: {PR0: {lines.0.est_price: 300.00}}}",
        "{person: U23, values: {PR0: {lines.0.est_price: 500.00}}}",
    ),
    (
        "variables: {amount_effective: 300.00, final_tier: ops_manager}",
        "variables: {amount_effective: 500.00, final_tier: ops_manager}",
    ),
    ("'> 300': '>= 300'", "'> 500': '>= 500'"),
    ("'(200..300]': '(200..300)'", "'(200..500]': '(200..500)'"),
)


def waits_for(office: Office, root_key: int, person: str) -> bool:
    """Whether a matter waits for somebody."""
    page = office.house.person(person).get(f"/matters/{root_key}")
    return page.status == 200 and any(str(root_key) in link for link in _open_matters(office, person))


def _open_matters(office: Office, person: str) -> list[str]:
    someone = office.house.person(person)
    with office.house.unit_of_work.read() as session:
        return [str(task.root_key) for task in user_tasks.inbox(session, someone.actor).tasks]


def investigated(office: Office, category: str) -> int:
    """A request of 400 that the area has investigated and handed up; of one category they would count together."""
    root_key = ask(office.house.person("U19"), "400.00", category=category)
    area = office.house.person("U16")
    area.submit(area.tasks()[-1], INVESTIGATED)
    return root_key


def approve_at_the_operations_manager(office: Office, root_key: int) -> None:
    manager = office.house.person(MANAGER)
    with office.house.unit_of_work.read() as session:
        (task,) = [one.key for one in user_tasks.inbox(session, manager.actor).tasks if one.root_key == root_key]
    page = manager.submit(task, OPINION)
    assert page.status == 200, page.words


def run_scenarios(page: Page) -> str:
    """Run them from the draft's page; how it went."""
    page.get_by_role("button", name="运行场景").click()
    done = page.locator("[data-run]")
    done.wait_for(timeout=_RUN)
    return str(done.get_attribute("data-run"))


def keep_the_scenarios_of_the_procedure(office: Office) -> None:
    """Those of the other procedures say nothing about this threshold, and take a minute."""
    pack = content.read_pack(ROOT, "chain_store")
    files = {path: body for path, body in pack.files.items() if not path.endswith(".yaml") or path == SCENARIOS}
    whole = content.Pack("chain_store", files, is_whole=True)
    office.house.unit_of_work.run(deployments.deploy, whole, system("test"))


def test_a_process_owner_raises_a_threshold_and_goes_back(office: Office, page: Page):
    keep_the_scenarios_of_the_procedure(office)
    before = investigated(office, "office")  # runs under the old rule: above 300 the general manager decides
    approve_at_the_operations_manager(office, before)
    assert waits_for(office, before, GENERAL)

    key = begin(office, page)
    edit(office, page, key, TABLE)
    write_cell(page, "procurement_authority_rule_3_in_1", "(200..500]")
    saved(page)
    expect(page.locator("[data-findings]")).to_contain_text("同时命中")  # the overlap of half a change
    expect(page.locator("td .finding-badge").first).to_be_visible()
    write_cell(page, "procurement_authority_rule_4_in_1", "> 500")
    expect(page.locator("[data-findings] .all-well")).to_be_visible(timeout=20_000)
    saved(page)

    office.go(page, f"/workshop/drafts/{key}/difference")
    changes = page.locator(".changes tbody tr")
    expect(changes).to_have_count(2)
    expect(changes.nth(0)).to_contain_text("(200..300]")
    expect(changes.nth(0)).to_contain_text("(200..500]")
    expect(changes.nth(1)).to_contain_text("> 500")

    office.go(page, f"/workshop/drafts/{key}/scenarios")
    assert run_scenarios(page) == "failed"  # they still expect the old threshold
    office.go(page, f"/workshop/drafts/{key}/publish")
    expect(page.get_by_role("button", name="发布")).to_be_disabled()

    rewrite(office, page, key)
    office.go(page, f"/workshop/drafts/{key}/scenarios")
    assert run_scenarios(page) == "passed", page.locator("#run .findings").all_inner_texts()

    office.go(page, f"/workshop/drafts/{key}/publish")
    page.fill("#comment", "运营经理的审批权限由 300 元提高到 500 元")
    page.get_by_role("button", name="发布").click()
    page.wait_for_url("**/workshop/packs/chain_store")
    ready(page)
    expect(page.locator(".history li").first).to_contain_text("由 300 元提高到 500 元")

    after = investigated(office, "carpet")
    approve_at_the_operations_manager(office, after)
    assert not waits_for(office, after, GENERAL)  # 400 is the operations manager's to decide now
    assert waits_for(office, before, GENERAL)  # what ran keeps its rule

    page.locator(".history li").nth(1).get_by_role("link", name="退回此版").click()
    ready(page)
    expect(page.locator(".changes")).to_contain_text(["(200..500]"])
    page.fill("#comment", "总经理要求恢复 300 元")
    page.get_by_role("button", name="重新发布较早的内容").click()
    page.wait_for_url("**/workshop/packs/chain_store")
    expect(page.locator(".history li").first).to_contain_text("总经理要求恢复 300 元")
    third = investigated(office, "cleaning")
    approve_at_the_operations_manager(office, third)
    assert waits_for(office, third, GENERAL)


def rewrite(office: Office, page: Page, key: str) -> None:
    """Write down in the scenarios what is to be true from now on."""
    edit(office, page, key, SCENARIOS)
    text = page.locator("[data-text]").input_value()
    for old, new in REWRITTEN:
        assert old in text, old
        text = text.replace(old, new)
    page.locator("[data-text]").fill(text)
    saved(page)
