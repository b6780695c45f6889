"""A process owner before the workshop: beginning a draft, opening an editor, waiting until it has saved."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.office import Office, ready

TABLE = "dmn/chain_store/procurement_authority.dmn"
DIAGRAM = "bpmn/chain_store/procurement_request.bpmn"
FORM = "forms/chain_store/procurement_request.form"
SCENARIOS = "bpmn/chain_store/procurement_request.scenarios.yaml"
BUNDLES = {".dmn": "tables", ".bpmn": "modeler", ".form": "forms"}


def begin(office: Office, page: Page, person: str = "U14") -> str:
    """A new draft of the pack; its key."""
    office.sign_in(page, person, "/workshop")
    page.locator(".pack-head form button").click(timeout=30_000)  # the first look checks the whole pack
    page.wait_for_url("**/workshop/drafts/*")
    return page.url.rsplit("/", 1)[1]


def edit(office: Office, page: Page, key: str, path: str) -> None:
    """Open a file of a draft in its editor."""
    page.goto(f"{office.address}/workshop/drafts/{key}/edit/{path}")
    ready(page)
    page.wait_for_selector("[data-editor][data-open]", state="attached")


def saved(page: Page) -> None:
    """Wait until the editor says that everything is kept."""
    expect(page.locator("[data-status]")).to_contain_text("已保存", timeout=20_000)


def write_cell(page: Page, cell_id: str, text: str) -> None:
    """Replace the text of a cell of a table, as somebody does who selects all of it and pastes."""
    page.locator(f'[data-element-id="{cell_id}"] [contenteditable], [data-element-id="{cell_id}"]').first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    page.locator("[data-status]").click()


def untranslated(page: Page, path: str) -> list[str]:
    """What the editor's translator did not know so far."""
    bundle = next(name for end, name in BUNDLES.items() if path.endswith(end))
    found: list[str] = page.evaluate(f"async () => [...(await import('/static/build/{bundle}.js')).missing]")
    return found
