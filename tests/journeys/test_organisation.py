"""People come and go, in a real browser: somebody is hired, is given a post, is away with a deputy, and leaves."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine import calendar, clock
from engine.models import UserTask
from engine.models.user_task import CREATED
from tests.journeys.conftest import Watch
from tests.journeys.office import Office, ready
from tests.webapp.house import ask

ADMINISTRATOR, AREA, DEPUTY, NEWCOMER = "U15", "U16", "U17", "U90"
OWN_PASSWORD = "a long sentence of my own"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    ready(page)


def holder(office: Office, root: int) -> str | None:
    with office.house.unit_of_work.read() as session:
        return session.scalars(
            select(UserTask.assignee).where(UserTask.root_key == root, UserTask.state == CREATED)
        ).one()


def hire(office: Office, page: Page) -> str:
    """Enter somebody; the password that is shown this once."""
    office.sign_in(page, ADMINISTRATOR, "/organisation/people")
    page.locator('a[href="/organisation/people/new"]').first.click()
    ready(page)
    page.fill('[name="person_id"]', NEWCOMER)
    page.fill('[name="name"]', "郑凯")
    press(page, "新增")
    password = page.locator("code.one-time").inner_text()
    page.locator(".actions .button.primary").click()
    ready(page)
    expect(page.locator("h1")).to_have_text("郑凯")
    return password


def test_somebody_is_hired_stands_in_and_another_leaves(office: Office, page: Page, watch: Watch):
    watch.expected = {422}  # who has left is not let in
    password = hire(office, page)
    page.context.clear_cookies()  # the newcomer chooses a password of his own before anything else
    page.goto(f"{office.address}/sign-in")
    page.fill("#person", NEWCOMER)
    page.fill("#password", password)
    page.click("main button.primary")
    page.wait_for_url("**/account/password*")
    page.fill("#present", password)
    page.fill("#new", OWN_PASSWORD)
    page.fill("#again", OWN_PASSWORD)
    page.click("main button.primary")
    page.wait_for_url("**/inbox*")

    office.sign_in(page, AREA, "/account/away")
    today = calendar.local_date(clock.now())
    form = page.locator('form[action$="/delegations"]')
    form.locator('[name="delegate_id"]').select_option(DEPUTY)
    form.locator('[name="starts_on"]').fill(today.isoformat())
    form.locator('[name="ends_on"]').fill((today + timedelta(days=3)).isoformat())
    form.locator('[name="reason"]').fill("出差")
    form.locator("button.primary").click()
    ready(page)
    expect(page.locator("main")).to_contain_text("孙颖 代 吴海")
    while_away = ask(office.house.person("U19"))
    assert holder(office, while_away) == DEPUTY

    office.sign_in(page, ADMINISTRATOR, f"/organisation/people/{NEWCOMER}")
    page.locator(f'a[href="/organisation/people/{NEWCOMER}/posts/new"]').click()
    ready(page)
    page.select_option('[name="post_code"]', "area_manager")
    page.select_option('[name="unit_id"]', "A")
    press(page, "保存")
    expect(page.locator(".lines").first).to_contain_text("区域经理")

    office.go(page, f"/organisation/people/{AREA}/leave")
    page.select_option('[name="successor"]', NEWCOMER)
    press(page, "预览转办")
    expect(page.locator(".handed option[selected]").first).to_contain_text("郑凯")
    press(page, "转办并关闭登录")
    page.wait_for_url(f"**/organisation/people/{AREA}")
    expect(page.locator(".page-head .state")).to_be_visible()
    assert holder(office, while_away) == NEWCOMER
    page.context.clear_cookies()
    page.goto(f"{office.address}/sign-in")
    page.fill("#person", AREA)
    page.fill("#password", "banli-demo")
    page.click("main button.primary")
    expect(page.locator("[role=alert]").first).to_be_visible()
