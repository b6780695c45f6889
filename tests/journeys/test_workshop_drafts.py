"""What somebody changes in a draft stays: over a server that goes away, an undo, and a colleague who takes over."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.office import Office, ready
from tests.journeys.workshop import SCENARIOS, TABLE, begin, edit, saved, write_cell

CELL = "procurement_authority_rule_3_in_1"


def stored(page: Page) -> str:
    text: str = page.evaluate("fetch(document.querySelector('[data-editor]').dataset.file).then((it) => it.text())")
    return text


def test_a_server_that_goes_away_loses_nothing_and_gets_it_when_it_is_back(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, TABLE)
    office.server.stop()
    write_cell(page, CELL, "(200..500]")
    expect(page.locator("[data-status]")).to_contain_text("未保存", timeout=20_000)
    expect(page.locator("[data-status]")).to_contain_text("服务器没有响应")
    write_cell(page, "procurement_authority_rule_4_in_1", "> 500")  # one goes on meanwhile
    leaving = page.evaluate(
        "() => { const leave = new Event('beforeunload', { cancelable: true });"
        " window.dispatchEvent(leave); return leave.defaultPrevented; }"
    )
    assert leaving, "the browser asks before the page is left"
    office.server.start()
    saved(page)
    assert "(200..500]" in stored(page)
    assert "&gt; 500" in stored(page)


def test_what_was_done_can_be_undone_and_is_saved_as_it_then_is(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, TABLE)
    before = stored(page)
    write_cell(page, CELL, "(200..500]")
    saved(page)
    assert "(200..500]" in stored(page)
    page.evaluate("window.banliEditor.modeler.getActiveViewer().get('commandStack').undo()")
    expect(page.locator(f'[data-element-id="{CELL}"]').first).to_contain_text("(200..300]")
    saved(page)
    assert "(200..300]" in stored(page)
    assert "(200..300]" in before


def test_a_draft_goes_to_a_colleague_who_goes_on_with_it(office: Office, page: Page, watch: Watch):
    watch.expected = {403, 404}
    key = begin(office, page, "U15")
    edit(office, page, key, SCENARIOS)
    page.locator("[data-text]").fill("process: procurement_request\n# 由管理员开始\n")
    saved(page)
    office.go(page, f"/workshop/drafts/{key}")
    page.select_option("#to", "U14")
    page.get_by_role("button", name="转交", exact=True).click()
    ready(page)
    expect(page.locator(".note.good")).to_contain_text("蒋一凡")
    office.sign_in(page, "U14", "/workshop")
    page.locator(f'a[href="/workshop/drafts/{key}"]').first.click()
    ready(page)
    edit(office, page, key, SCENARIOS)
    expect(page.locator("[data-text]")).to_have_value("process: procurement_request\n# 由管理员开始\n")
    page.locator("[data-text]").fill("process: procurement_request\n# 由流程负责人接着改\n")
    saved(page)
