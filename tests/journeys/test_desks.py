"""The desks in a real browser: a manager helps with what is late, an auditor reads and recomputes; for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from engine import audit, clock
from engine.models import ProcessInstance, UserTask
from engine.models.user_task import CREATED
from tests.journeys.conftest import serve
from tests.journeys.office import Office
from tests.webapp.house import INVESTIGATED, ask


@pytest.fixture(scope="module")
def late_office(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An area with four overdue tasks, the oldest first asked, and a matter that ended."""
    for office in serve(furnished, tmp_path_factory.mktemp("desks") / "office.db"):
        area = office.house.person("U16")
        ask(office.house.person("U22"), "50.00", purpose="已被否决的申购")
        area.submit(area.tasks()[0], {**INVESTIGATED, "decision": "reject", "opinion": "不属于正常需求"})
        for hours, (person, purpose) in enumerate(
            (("U22", "最近逾期"), ("U21", "第三早"), ("U20", "第二早"), ("U19", "最早逾期")), start=1
        ):
            root = ask(office.house.person(person), "80.00", purpose=purpose)
            with office.house.database.writer() as session:
                due = clock.now() - timedelta(hours=hours)
                open_task = (UserTask.root_key == root, UserTask.state == CREATED)
                session.execute(update(UserTask).where(*open_task).values(due_at=due))
                session.commit()
        office.house.unit_of_work.run(audit.catch_up)
        yield office


def matter_of(office: Office, title: str) -> int:
    with office.house.unit_of_work.read() as session:
        return session.scalars(select(ProcessInstance.key).where(ProcessInstance.title == title)).one()


def test_a_manager_gives_one_of_the_three_oldest_to_somebody_else_in_four_clicks(late_office: Office, page: Page):
    late_office.sign_in(page, "U03")
    clicks = 0

    def click(locator):
        nonlocal clicks
        clicks += 1
        locator.click()

    click(page.get_by_role("link", name="运行", exact=True))
    titles = page.locator(".ledger-list .what a")
    expect(titles.nth(0)).to_contain_text("最早逾期")
    expect(titles.nth(1)).to_contain_text("第二早")
    expect(titles.nth(2)).to_contain_text("第三早")
    click(page.locator(".ledger-list .entry").nth(1).locator(".side .button"))
    click(page.locator("#to"))
    page.select_option("#to", "U17")
    page.fill("#reason", "吴海出差，请孙颖处理")
    click(page.get_by_role("button", name="转派", exact=True))
    expect(page.locator(".note.good")).to_contain_text("孙颖")
    assert clicks == 4
    with late_office.house.unit_of_work.read() as session:
        task = session.scalars(
            select(UserTask).where(UserTask.root_key == matter_of(late_office, "第二早"), UserTask.state == CREATED)
        ).one()
        assert task.assignee == "U17"


def test_an_auditor_finds_a_matter_by_keyboard_and_recomputes_its_chain(late_office: Office, page: Page):
    late_office.sign_in(page, "U13", "/audit")
    page.focus("#text")
    page.keyboard.type("最早逾期")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=*")
    link = page.locator(".entry .what a")
    expect(link).to_have_count(1)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/matters/*")
    recompute = page.locator("#chain .button")
    recompute.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chain .verdict")).to_contain_text("完整")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="导出 PDF 存档").click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF-")


def test_the_audited_matter_prints_without_its_buttons(late_office: Office, page: Page):
    late_office.sign_in(page, "U13", f"/audit/matters/{matter_of(late_office, '最早逾期')}")
    page.emulate_media(media="print")
    expect(page.locator("#chain .actions")).to_be_hidden()
    expect(page.locator(".masthead .folders")).to_be_hidden()
    expect(page.locator(".submission table").first).to_be_visible()
    expect(page.locator(".drawing svg").first).to_be_visible()
