"""What pages owe beside their looks (``test_every_page``): errors, keys, print, the viewer, being offline."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.models import ProcessInstance
from tests.journeys.conftest import Watch
from tests.journeys.office import PROCUREMENT, Office, ready, violations


def test_the_errors_of_a_form_are_accessible(office: Office, page: Page, watch: Watch):
    watch.expected = {422}
    office.sign_in(page, "U19", "/start")
    page.click(PROCUREMENT)
    page.wait_for_url("**/tasks/*")
    ready(page)
    page.click(".form-foot button.primary")
    page.wait_for_selector("#error-summary")
    assert violations(page) == []


def test_the_keys_of_the_inbox(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U16")
    entries = page.locator(".entry")
    page.keyboard.press("j")
    expect(entries.nth(0)).to_have_class("entry bare current")
    page.keyboard.press("j")
    expect(entries.nth(1)).to_have_class("entry bare current")
    page.keyboard.press("k")
    expect(entries.nth(0)).to_have_class("entry bare current")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("input[type=search]")).to_have_value("jk?")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_are_silent_while_an_input_method_composes(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U16")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', ctrlKey: true, bubbles: true}))"
    )
    assert page.locator(".entry.current").count() == 0


def test_enter_opens_what_j_chose(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U16")
    page.keyboard.press("j")
    href = page.locator(".entry.current .what a").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")


def test_the_viewer_shows_the_diagram_and_its_makers_mark(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U19", "/started")
    page.locator('.entry .what a[href^="/matters/"]').first.click()
    ready(page)
    figure = page.locator("[data-diagram]").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".djs-container")).to_be_visible()
    expect(figure.locator(".st-active, .st-late, .st-done").first).to_be_attached()
    mark = figure.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    assert mark.evaluate(
        "mark => { const box = mark.getBoundingClientRect();"
        " mark.scrollIntoView({block: 'center'}); const now = mark.getBoundingClientRect();"
        " return mark.contains(document.elementFromPoint(now.x + now.width / 2, now.y + now.height / 2)); }"
    )


def test_a_phone_and_paper_get_the_drawing(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U19", "/started")
    page.locator('.entry .what a[href^="/matters/"]').first.click()
    ready(page)
    page.locator("[data-diagram]").first.scroll_into_view_if_needed()
    expect(page.locator(".djs-container").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".drawing svg").first).to_be_visible()
    expect(page.locator(".masthead .folders")).to_be_hidden()
    expect(page.locator(".timeline").first).to_be_visible()


_BESIDE = """([names, values]) => {
  const top = (one) => Math.round(one.getBoundingClientRect().top);
  const tops = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.offsetParent).map(top);
  return [tops(names), tops(values)];
}"""


@pytest.mark.parametrize(
    ("person", "path", "names", "values"),
    [
        ("U19", "/matters/{matter}", ".facts > dt", ".facts > dt + dd"),
        ("U13", "/audit/matters/{matter}", ".submission th[scope=row]", ".submission th[scope=row] + td"),
    ],
)
def test_names_and_values_stand_side_by_side_on_paper(
    busy_office: Office, page: Page, person: str, path: str, names: str, values: str
):
    with busy_office.house.unit_of_work.read() as session:
        of_store = (ProcessInstance.starter == "U19", ProcessInstance.submitted_at.is_not(None))
        matter = session.scalars(select(ProcessInstance.key).where(*of_store)).first()
    busy_office.sign_in(page, person, path.format(matter=matter))
    page.set_viewport_size({"width": 680, "height": 960})  # what a sheet of A4 leaves between its margins
    page.emulate_media(media="print")
    left, right = page.evaluate(_BESIDE, [names, values])
    assert left
    assert left == right


def test_the_skip_link_is_first_and_works(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U19")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_being_offline_is_said_and_loses_nothing(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U19")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_token_is_made_read_about_and_revoked_by_keys_alone(busy_office: Office, page: Page):
    busy_office.sign_in(page, "U19", "/account/tokens")
    page.locator("#token-name").focus()
    page.keyboard.type("till")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=rights]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("section.secret")
    assert str(page.locator("section.secret input").input_value()).startswith("banli_")
    assert violations(page) == []
    page.locator('a[href="/account/api"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/api")
    operation = page.locator("#completeUserTask")
    operation.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(operation.locator("dl").first).to_be_visible()
    assert violations(page) == []
    page.goto(busy_office.address + "/account/tokens")
    page.locator("ul.tokens button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("ul.tokens")).to_have_count(0)


def test_whoever_leaves_out_what_a_token_needs_is_told_at_the_field(busy_office: Office, page: Page, watch: Watch):
    watch.expected = {422}
    busy_office.sign_in(page, "U19", "/account/tokens")
    page.locator("input[name=rights]").first.uncheck()
    page.locator("#token-name").press("Enter")
    page.wait_for_selector("#token-name-problem")
    expect(page.locator("#token-rights-problem")).to_be_visible()
    assert violations(page) == []
