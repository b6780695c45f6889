"""What every page owes everybody: accessible in every look, no sideways scrolling, keys, print, the viewer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.office import PROCUREMENT, Office, ready, violations

PAGES = {
    "U19": (
        "/account/away",
        "/account/devices",
        "/inbox",
        "/done",
        "/started",
        "/copies",
        "/start",
        "/account/password",
        "task",
        "matter",
        "withdraw",
        "why",
    ),
    "U16": ("/inbox", "task"),
    "U06": ("/inbox", "task"),
    "U13": ("/inbox", "/schedules", "/archive"),
    "U15": (
        "/organisation/people",
        "/organisation/people/U19",
        "/organisation/people/new",
        "/organisation/people/U19/posts/new",
        "/organisation/people/U35/employments/new",
        "/organisation/people/U35/employments/end",
        "/organisation/register",
        "/organisation/register?which=probation",
        "/organisation/units",
        "/organisation/units/A",
        "/organisation/units/S01",
        "/organisation/units/S01/calendar",
        "/organisation/units/S01/headcounts/new",
        "/organisation/units/S01/headcounts/server/edit",
        "/organisation/areas/new",
        "/organisation/posts",
        "/organisation/posts/purchaser",
        "/organisation/roles",
        "/organisation/calendar",
        "/organisation/changes",
        "/organisation/people/U16/leave",
        "/organisation/who-would-get-it",
        "/organisation/exchange",
    ),
}


def addresses(office: Office, page: Page, person: str) -> Iterator[str]:
    """The pages of a person; those of one task or matter are found through the lists."""
    first = {"task": "/inbox", "why": "/inbox", "matter": "/started", "withdraw": "/started"}
    for name in PAGES[person]:
        if name not in first:
            yield name
            continue
        office.go(page, first[name])
        pattern = "/matters/" if first[name] == "/started" else "/tasks/"
        href = page.locator(f'.entry .what a[href^="{pattern}"]').first.get_attribute("href")
        yield f"{href}/{name}" if name in ("withdraw", "why") else str(href)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_is_accessible(busy_office: Office, browser: Browser, locale: str, scheme: str, width: int):
    context = browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    watching = Watch()
    watching.over(context)
    watching.expected = {404}
    page = context.new_page()
    found: list[str] = []
    page.goto(busy_office.address + "/sign-in")
    found += [f"/sign-in {each}" for each in violations(page)]
    for person in PAGES:
        busy_office.sign_in(page, person)
        for address in addresses(busy_office, page, person):
            busy_office.go(page, address)
            found += [f"{person} {address} {each}" for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{person} {address} scrolls sideways")
    busy_office.go(page, "/matters/1")
    found += [f"404 {each}" for each in violations(page)]
    context.close()
    assert found == [], "\n".join(found)
    assert watching.found == []


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
