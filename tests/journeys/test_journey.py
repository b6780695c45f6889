"""A purchase request from the form to the received goods, by three people, each before a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.office import PROCUREMENT, Office, fill_request, ready


def submit(page: Page) -> None:
    page.click(".form-foot button.primary")
    page.wait_for_load_state()
    ready(page)


def test_from_the_request_to_the_receipt(office: Office, page: Page):
    office.sign_in(page, "U19", "/start")
    page.click(PROCUREMENT)
    page.wait_for_url("**/tasks/*")
    ready(page)
    fill_request(page, "186.50")
    expect(page.locator('output[data-computed="amount_total"]')).to_have_text("¥186.50")
    submit(page)
    expect(page.locator("#messages")).to_contain_text("吴海")

    office.sign_in(page, "U16")
    page.click(".entry .what a")
    ready(page)
    page.check('[name="is_normal_need"][value="true"]')
    page.fill('[name="investigation_note"]', "经现场核实，前厅地毯磨损严重")
    page.check('[name="decision"][value="approve"]')
    submit(page)

    office.sign_in(page, "U06")
    page.click("[data-claim]")
    page.wait_for_load_state()
    page.click(".entry .what a")
    ready(page)
    page.fill('[name="supplier"]', "顺达地毯行")
    page.fill('[name="actual_amount"]', "180.00")
    page.fill('[name="eta"]', "2030-01-05")
    submit(page)

    office.sign_in(page, "U19")
    page.click(".entry .what a")
    ready(page)
    page.fill('[name="received_qty.0.item"]', "防滑地毯")
    page.fill('[name="received_qty.0.qty"]', "1")
    page.check('[name="accepted"][value="true"]')
    submit(page)

    office.go(page, "/started")
    expect(page.locator(".entry .state.done")).to_have_count(1)
    page.click(".entry .what a")
    ready(page)
    expect(page.locator(".seals .seal")).to_have_count(1)
    expect(page.locator(".timeline > li.person")).not_to_have_count(0)


def test_a_session_that_ends_while_somebody_writes(office: Office, page: Page, watch: Watch):
    office.sign_in(page, "U19", "/start")
    page.click(PROCUREMENT)
    page.wait_for_url("**/tasks/*")
    ready(page)
    fill_request(page, "86.50")
    watch.expected = {401}
    page.context.clear_cookies()
    page.click(".form-foot button.primary")
    page.wait_for_selector("#password")
    page.fill("#person", "U19")
    page.fill("#password", "banli-demo")
    page.click("main button.primary")
    page.wait_for_load_state()
    expect(page.locator('[name="lines.0.est_price"]')).to_have_value("86.50")
    submit(page)
    expect(page.locator("#messages")).to_contain_text("吴海")


def test_a_wrong_value_is_shown_where_it_stands(office: Office, page: Page, watch: Watch):
    office.sign_in(page, "U19", "/start")
    page.click(PROCUREMENT)
    page.wait_for_url("**/tasks/*")
    ready(page)
    fill_request(page, "300.005")
    watch.expected = {422}
    submit(page)
    expect(page.locator("#error-summary")).to_be_focused()
    page.click('#error-summary a[href="#f-lines-0-est_price"]')
    expect(page.locator('[name="lines.0.est_price"]')).to_be_focused()
    expect(page.locator('[name="lines.0.est_price"]')).to_have_value("300.005")


def test_rows_totals_and_drafts(office: Office, page: Page):
    office.sign_in(page, "U19", "/start")
    page.click(PROCUREMENT)
    page.wait_for_url("**/tasks/*")
    ready(page)
    fill_request(page, "10.00")
    page.click("[data-add-row]")
    expect(page.locator('[name="lines.1.item"]')).to_be_focused()
    for name, value in (("item", "胶"), ("qty", "2"), ("unit", "瓶"), ("est_price", "3.25")):
        page.fill(f'[name="lines.1.{name}"]', value)
    expect(page.locator('output[data-computed="amount_total"]')).to_have_text("¥16.50")
    page.locator("[data-remove-row]").first.click()
    expect(page.locator('output[data-computed="amount_total"]')).to_have_text("¥6.50")
    expect(page.locator("[data-saved]")).not_to_be_empty()
    page.reload()
    expect(page.locator('[name="lines.0.item"]')).to_have_value("胶")
    expect(page.locator('[name="purpose"]')).to_have_value("更换前厅地毯")


def test_fields_come_and_go_with_what_is_chosen(office: Office, page: Page):
    office.fill()
    office.sign_in(page, "U06")
    page.click(".entry .what a")
    ready(page)
    expect(page.locator('[name="supplier"]')).to_be_visible()
    expect(page.locator('[name="reason"]')).to_be_hidden()
    page.check('[name="cannot_buy"]')
    expect(page.locator('[name="reason"]')).to_be_visible()
    expect(page.locator('[name="supplier"]')).to_be_hidden()


def test_decide_without_opening(office: Office, page: Page):
    office.fill()
    office.sign_in(page, "U16")
    page.keyboard.press("j")
    page.keyboard.press("e")
    form = page.locator(".entry.current form[data-form]")
    expect(form).to_be_visible()
    form.locator('[name="is_normal_need"][value="true"]').check()
    form.locator('[name="investigation_note"]').fill("经现场核实，确属正常需求")
    form.locator('[name="decision"][value="approve"]').check()
    form.locator("button.primary").click()
    page.wait_for_url("**/inbox")
    expect(page.locator("#messages .note.good")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_without_script_a_form_can_be_done(office: Office, browser, width: int):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(office.address + "/sign-in?next=/start")
    page.fill("#person", "U19")
    page.fill("#password", "banli-demo")
    page.click("main button.primary")
    page.click(PROCUREMENT)
    page.click('button[value="add:lines"]')
    page.fill('[name="purpose"]', "清洁用品")
    page.select_option('[name="category"]', "cleaning")
    for name, value in (("item", "洗洁精"), ("qty", "2"), ("unit", "桶"), ("est_price", "12.50")):
        page.fill(f'[name="lines.0.{name}"]', value)
    page.fill('[name="needed_by"]', "2030-01-05")
    page.click(".form-foot button.primary")
    assert "25.00" in page.goto(office.address + "/started").text() or page.locator(".entry").count() == 1
    page.click(".entry .what a")
    expect(page.locator(".diagram svg").first).to_be_visible()
    context.close()
