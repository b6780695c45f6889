"""The workshop by keys alone: reach every part of the editors, see where one is, and never be held fast."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.office import Office, ready
from tests.journeys.workshop import DIAGRAM, FORM, TABLE, begin, edit, saved

_LOOKS = """() => {
  const one = document.activeElement;
  const look = () => {
    const found = [];
    for (let part = one, up = 0; part && up < 4; part = part.parentElement, up += 1) {
      const style = getComputedStyle(part);
      found.push(style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor);
      found.push(style.boxShadow, style.borderColor, style.backgroundColor);
    }
    return found.join();
  };
  // a caret shows where one writes, and the browser itself in which part of a date
  if (one.isContentEditable || one === document.body || one.matches("input[type^=date]")) return true;
  const focused = look();
  one.blur();
  const without = look();
  one.focus({ focusVisible: true });
  return focused !== without;
}"""
_NAME = """() => {
  const one = document.activeElement;
  return `${one.tagName} ${one.className?.baseVal ?? one.className} ${one.textContent.trim().slice(0, 30)}`;
}"""


@pytest.fixture(autouse=True)
def still(page: Page) -> None:
    """Where the focus is shows at once, for readers who want nothing to move."""
    page.emulate_media(reduced_motion="reduce")


def tab_to(page: Page, wanted: str, most: int = 90, *, key: str = "Tab") -> list[str]:
    """Press Tab until ``wanted`` has the focus; every stop on the way must be seen to have it. The stops."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        stops.append(page.evaluate(_NAME))
        assert page.evaluate(_LOOKS), f"nobody sees that {stops[-1]} has the focus"
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return stops
    raise AssertionError(f"{wanted} is not reached: {stops}")


def choose_by_search(page: Page, element: str) -> None:
    """Choose an element of a diagram from its canvas, by the search that bpmn-js opens with Ctrl+F."""
    page.keyboard.press("ControlOrMeta+f")
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.type(element)
    expect(page.locator(".djs-search-result").first).to_be_visible()
    page.keyboard.press("Enter")
    chosen = page.evaluate("window.banliEditor.modeler.get('selection').get().map((one) => one.id)")
    assert chosen == [element]


def stored(page: Page) -> str:
    text: str = page.evaluate("fetch(document.querySelector('[data-editor]').dataset.file).then((it) => it.text())")
    return text


def test_from_the_catalogue_into_an_editor_and_out_again(office: Office, page: Page):
    office.sign_in(page, "U14", "/workshop")
    tab_to(page, ".pack-head form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/workshop/drafts/*")
    ready(page)
    tab_to(page, 'details.more:has(a[href$="/procurement_request.bpmn"]) > summary')
    page.keyboard.press("Enter")
    tab_to(page, 'a[href$="/procurement_request.bpmn"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-editor][data-open]", state="attached")
    page.focus("#content")
    tab_to(page, ".editor-head .button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/workshop/drafts/*")


def test_a_diagram_is_changed_by_keys(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, DIAGRAM)
    page.focus("#content")
    tab_to(page, ".djs-container svg")
    choose_by_search(page, "AC1_line")
    page.keyboard.press("a")  # append: the menu takes the keys
    expect(page.locator(".djs-popup input")).to_be_focused()
    page.keyboard.type("人工任务")
    page.keyboard.press("Enter")
    expect(page.locator(".djs-popup")).to_have_count(0)
    page.keyboard.press("Escape")  # the name, which is asked for at once, can wait
    saved(page)
    assert stored(page).count("<bpmn:userTask") > 3
    page.keyboard.press("ControlOrMeta+z")
    saved(page)

    page.focus(".djs-container svg")
    choose_by_search(page, "AC1_line")
    heading = '[data-group-id="group-ZeebeUserTask__Assignment"] button, [data-group-id*="ssignment"] button'
    tab_to(page, heading)
    page.keyboard.press("Enter")
    tab_to(page, '[data-entry-id="assignmentDefinitionAssignee"] .cm-content')
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("superior(starter)")
    tab_to(page, "[data-findings] *, .problems *, a.skip", most=120)  # no field keeps the keys
    saved(page)
    assert 'assignee="=superior(starter)"' in stored(page)


def test_a_cell_of_a_table_is_changed_by_keys(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, TABLE)
    page.focus("#content")
    tab_to(page, '[data-element-id="procurement_authority_rule_3_in_1"] *, [data-element-id$="rule_3_in_1"]')
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("(200..500]")
    tab_to(page, '[data-element-id="procurement_authority_rule_4_in_1"] *')
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("> 500")
    tab_to(page, ".problems *, a.skip")
    saved(page)
    expect(page.locator("[data-findings] .all-well")).to_be_visible(timeout=20_000)
    assert "(200..500]" in stored(page)


def test_a_form_is_changed_by_keys(office: Office, page: Page):
    key = begin(office, page)
    edit(office, page, key, FORM)
    page.focus("#content")
    tab_to(page, '.fjs-form-editor [data-id="field_purpose"], [data-id="field_purpose"]')
    page.keyboard.press("Enter")
    tab_to(page, '[data-group-id="group-general"] button')
    page.keyboard.press("Enter")
    tab_to(page, '[data-entry-id="label"] :is(.cm-content, input, textarea)')
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("申购理由")
    tab_to(page, ".problems *, a.skip")
    saved(page)
    assert '"申购理由"' in stored(page)


def test_trying_and_publishing_need_no_mouse(office: Office, page: Page):
    key = begin(office, page)
    tab_to(page, '.draft-rooms a[href$="/trial"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/trial")
    ready(page)
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trial/*")
    ready(page)
    tab_to(page, "#start")
    page.keyboard.type("门店物料申购")
    tab_to(page, "#start ~ *, form[action$='/start'] button")
    page.keyboard.press("Enter")
    expect(page.locator(".files .act a").first).to_be_visible()
    tab_to(page, ".files .act a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    ready(page)
    office.go(page, f"/workshop/drafts/{key}")
    tab_to(page, '.draft-rooms a[href$="/publish"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish")
    ready(page)
    tab_to(page, "#comment")
    page.keyboard.type("说明")
    tab_to(page, "main a, main button, a.skip")
