"""The editors in a real browser: really clicked, in Chinese, under the strict policy, with their maker's mark."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.office import Office
from tests.journeys.workshop import DIAGRAM, FORM, SCENARIOS, TABLE, begin, edit, saved, untranslated, write_cell

_OPEN_GROUPS = """() => {
  for (const arrow of document.querySelectorAll(".bio-properties-panel-group-header:not(.open)")) arrow.click();
}"""
_OPEN_ENTRIES = """() => {
  for (const add of document.querySelectorAll(".bio-properties-panel-add-entry")) add.click();
  const heads = document.querySelectorAll(".bio-properties-panel-collapsible-entry-header:not(.open)");
  for (const head of heads) head.click();
}"""
_KINDS = """() => {
  const kinds = new Map();
  for (const one of window.banliEditor.modeler.get("elementRegistry").getAll()) {
    const definition = one.businessObject?.eventDefinitions?.[0]?.$type ?? "";
    if (!one.labelTarget) kinds.set(one.type + definition, one.id);
  }
  return [...kinds.values()];
}"""
_MENUS = """id => {
  const modeler = window.banliEditor.modeler, menu = modeler.get("popupMenu");
  const element = modeler.get("elementRegistry").get(id);
  if (!menu.isEmpty(element, "bpmn-replace")) menu.open(element, "bpmn-replace", { x: 200, y: 200 });
  menu.close();
}"""
_ADD_FIELD = """type => {
  const editor = window.banliEditor.editor, registry = editor.get("formFieldRegistry");
  const root = registry.getAll().find((one) => one.type === "default");
  editor.get("modeling").addFormField({ type }, root, 0);
  editor.get("selection").set(registry.getAll().find((one) => one.type === type && one._parent === root.id));
}"""
_FIELDS = (
    *("textfield", "textarea", "number", "datetime", "expression", "filepicker", "checkbox", "checklist", "radio"),
    *("select", "taglist", "text", "image", "table", "spacer", "separator", "group", "dynamiclist"),
)


def mark_is_uncovered(page: Page) -> bool:
    """Whether the maker's mark can be seen and clicked."""
    mark = page.locator(".bjs-powered-by, .fjs-powered-by, .powered-by, .dmn-js-parent .bjs-powered-by").first
    expect(mark).to_be_visible()
    found: bool = mark.evaluate(
        "mark => { mark.scrollIntoView({block: 'center'}); const box = mark.getBoundingClientRect();"
        " return mark.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
    )
    return found


def test_every_property_and_menu_of_a_diagram_is_in_chinese(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    for element in page.evaluate(_KINDS):
        page.evaluate("id => window.banliEditor.focus(id)", element)
        expect(page.locator(".bio-properties-panel-group").first).to_be_visible()
        page.evaluate(_OPEN_GROUPS)
        page.evaluate(_OPEN_ENTRIES)
        page.evaluate(_MENUS, element)
    page.evaluate("() => window.banliEditor.modeler.get('popupMenu').close()")
    assert untranslated(page, DIAGRAM) == []
    assert mark_is_uncovered(page)


def in_view(page: Page, selector: str) -> bool:
    """Whether all of something can be seen and nothing lies over its middle."""
    found: bool = page.locator(selector).first.evaluate(
        "one => { const box = one.getBoundingClientRect();"
        " const top = document.elementFromPoint(box.x + box.width / 2, box.y + 20);"
        " return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && one.contains(top); }"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_menus_of_a_diagram_open_where_one_clicks(office: Office, page: Page, scheme: Literal["light", "dark"]):
    page.emulate_media(color_scheme=scheme)
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    page.locator('.djs-shape[data-element-id="AC1_line"] .djs-hit').click()
    expect(page.locator(".djs-context-pad.open .entry").first).to_be_visible()
    for entry in ("replace", "append"):
        page.locator(f'.djs-context-pad.open .entry[data-action="{entry}"]').click()
        expect(page.locator(".djs-popup .entry").first).to_be_visible()
        assert in_view(page, ".djs-popup"), entry
        page.keyboard.press("Escape")
        expect(page.locator(".djs-popup")).to_have_count(0)
    page.locator('.djs-palette .entry[data-action="create"]').click()
    expect(page.locator(".djs-popup .entry").first).to_be_visible()
    assert in_view(page, ".djs-popup")
    page.keyboard.press("Escape")
    assert mark_is_uncovered(page)


def test_a_diagram_begins_beside_its_palette(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    palette = page.locator(".djs-palette").bounding_box()
    assert palette
    shapes = page.evaluate(
        "[...document.querySelectorAll('.djs-shape .djs-visual')].map((one) => one.getBoundingClientRect().left)"
    )
    assert min(shapes) >= palette["x"] + palette["width"]


def test_a_feel_field_of_the_property_panel_is_typed_into_and_saved(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    page.evaluate("id => window.banliEditor.focus(id)", "AC1_line")
    page.locator('[data-group-id="group-ZeebeUserTask__Assignment"], [data-group-id*="ssignment"]').first.locator(
        ".bio-properties-panel-group-header"
    ).click()
    field = page.locator('[data-entry-id="assignmentDefinitionAssignee"] .cm-content')
    field.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("superior(starter)")
    saved(page)
    page.locator('[data-entry-id="assignmentDefinitionAssignee"] .cm-content').click()
    stored = page.evaluate("fetch(document.querySelector('[data-editor]').dataset.file).then((it) => it.text())")
    assert 'assignee="=superior(starter)"' in stored
    assert 'assignee="=line(store)"' not in stored


def test_a_wrong_diagram_is_marked_at_its_element_and_the_list_leads_there(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    page.evaluate(
        "() => { const m = window.banliEditor.modeler, e = m.get('elementRegistry').get('PR0_request');"
        " m.get('modeling').removeElements([...e.outgoing]); }"
    )
    saved(page)
    finding = page.locator("[data-findings] [data-focus]").first
    expect(finding).to_be_visible()
    expect(page.locator(".djs-overlay .finding-badge").first).to_be_visible()
    finding.click()
    chosen = page.evaluate("() => window.banliEditor.modeler.get('selection').get().length")
    assert chosen == 1


def test_every_cell_and_menu_of_a_table_is_in_chinese(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, TABLE)
    page.locator("th.input-cell").first.dblclick()
    page.keyboard.press("Escape")
    page.locator("th.output-cell").first.dblclick()
    page.keyboard.press("Escape")
    for cell in ("tbody td.input-cell", "tbody td.output-cell", "th.input-cell", "th.output-cell"):
        page.locator(cell).first.click(button="right")
        expect(page.locator(".context-menu")).to_be_visible()
        page.keyboard.press("Escape")
    page.locator("[data-views] button").first.click()
    expect(page.locator(".djs-container .djs-shape").first).to_be_visible()
    assert untranslated(page, TABLE) == []
    assert mark_is_uncovered(page)


def test_half_a_change_shows_the_overlap_at_its_rules(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, TABLE)
    write_cell(page, "procurement_authority_rule_3_in_1", "(200..500]")
    saved(page)
    expect(page.locator("[data-findings]")).to_contain_text("错误")
    expect(page.locator("td .finding-badge").first).to_be_visible()
    write_cell(page, "procurement_authority_rule_4_in_1", "> 500")
    expect(page.locator("[data-findings] .all-well")).to_be_visible(timeout=20_000)


def test_every_property_of_a_form_is_in_chinese(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, FORM)
    for kind in _FIELDS:
        page.evaluate(_ADD_FIELD, kind)
        expect(page.locator(".bio-properties-panel-group-header").first).to_be_visible()
        page.evaluate(_OPEN_GROUPS)
        page.evaluate(_OPEN_ENTRIES)
    page.locator(".bio-properties-panel .cm-content, .bio-properties-panel .fjs-feelers-editor").first.click()
    assert untranslated(page, FORM) == []
    assert mark_is_uncovered(page)


def test_what_two_windows_change_is_a_conflict_that_loses_nothing(office: Office, page: Page, watch: Watch):
    watch.expected = {409}
    key = begin(office, page)
    edit(office, page, key, SCENARIOS)
    other = page.context.new_page()
    edit(office, other, key, SCENARIOS)
    other.locator("[data-text]").fill("process: procurement_request\n# 另一个窗口\n")
    saved(other)
    page.locator("[data-text]").fill("process: procurement_request\n# 这个窗口\n")
    note = page.locator("[data-conflict]")
    expect(note).to_be_visible()
    expect(page.locator("[data-text]")).to_have_value("process: procurement_request\n# 这个窗口\n")
    note.locator("[data-aside]").click()
    page.wait_for_url(lambda url: f"/{key}/" not in url)
    expect(page.locator("[data-text]")).to_have_value("process: procurement_request\n# 这个窗口\n")
    other.reload()
    expect(other.locator("[data-text]")).to_have_value("process: procurement_request\n# 另一个窗口\n")


def test_a_phone_reads_and_decides_but_does_not_draw(office: Office, page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    key = begin(office, page)
    for path, shown in ((DIAGRAM, ".phone-only svg"), (TABLE, "td.input-cell"), (FORM, '[data-id="field_purpose"]')):
        edit(office, page, key, path)
        expect(page.locator(".phone-only").first).to_be_visible()
        expect(page.locator(shown).first).to_be_visible()
        lies_above = page.locator(shown).first.evaluate(
            "one => { one.scrollIntoView({block: 'center'}); const box = one.getBoundingClientRect();"
            " return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
        )
        assert lies_above is (path == DIAGRAM), "a finger moves nothing"
    expect(page.locator(".fjs-palette-container")).to_be_hidden()
