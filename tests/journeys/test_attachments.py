"""Photos before a real browser: kept the moment they are chosen, and sent with the form where no script runs."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.engine.attachments.files import SVG, png
from tests.journeys.office import Office, fill_request, ready, violations
from tests.webapp.house import begin

PHOTO = '[name="_file.photos"]:not([capture])'


def photo(shade: int, name: str = "前厅地毯.png", content: bytes | None = None) -> dict[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": png(shade) if content is None else content}


def test_a_photo_is_kept_the_moment_it_is_chosen(office: Office, page: Page):
    key = begin(office.house.person("U19"))
    office.sign_in(page, "U19", f"/tasks/{key}")
    fill_request(page)
    page.set_input_files(PHOTO, [photo(1), photo(2, "库房.png")])
    boxes = page.locator('[name="photos"]')
    expect(boxes).to_have_count(2)
    expect(page.locator(PHOTO)).to_have_value("")
    expect(page.locator('[name="purpose"]')).to_have_value("更换前厅地毯")
    assert violations(page) == []
    page.set_input_files(PHOTO, [photo(0, "坏.png", SVG)])
    expect(page.locator("#f-photos-error")).to_contain_text("坏.png")
    expect(boxes).to_have_count(2)
    assert violations(page) == []
    page.reload()
    ready(page)
    expect(boxes).to_have_count(2)
    fill_request(page)
    page.locator('[name="photos"]').first.uncheck()
    page.click(".form-foot button.primary")
    expect(page.locator("#messages")).to_contain_text("吴海")
    office.go(page, "/started")
    page.click(".entry .what a")
    ready(page)
    expect(page.locator(".s-files li")).to_have_count(1)
    width = page.locator(".s-files img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width == 1, "the picture is drawn, whatever the policy of the page"
    assert violations(page) == []


def test_a_photo_goes_with_the_form_where_no_script_runs(office: Office, browser: Browser):
    key = begin(office.house.person("U19"))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{office.address}/sign-in?next=/tasks/{key}")
    page.fill("#person", "U19")
    page.fill("#password", "banli-demo")
    page.click("main button.primary")
    fill_request(page)
    page.fill('[name="purpose"]', "")
    page.set_input_files(PHOTO, [photo(1)])
    page.click(".form-foot button.primary")
    expect(page.locator("#f-purpose-error")).to_be_visible()
    expect(page.locator('[name="photos"]')).to_have_count(1)
    page.fill('[name="purpose"]', "更换前厅地毯")
    page.click(".form-foot button.primary")
    page.goto(f"{office.address}/started")
    page.click(".entry .what a")
    expect(page.locator(".s-files li")).to_have_count(1)
    context.close()
