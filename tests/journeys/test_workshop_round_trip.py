"""Opening and saving changes nothing: in our editors and in plain bpmn-js, dmn-js and form-js, element by element."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page

from tests.journeys.office import Office
from tests.webapp.house import ROOT

MIWG = Path(os.environ.get("CONFORMANCE_DIR", ROOT / "../shared/conformance")) / "miwg"
PACK = {
    end: sorted(ROOT.glob(f"{folder}/chain_store/*.{end}"))
    for end, folder in (("bpmn", "bpmn"), ("dmn", "dmn"), ("form", "forms"))
}

_FLOW = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_BPMN = """async ([text, plain]) => {
  const { PlainModeler, diagramEditor } = await import("/static/build/modeler.js");
  const box = document.createElement("div"), panel = document.createElement("div");
  box.style.height = "400px";
  document.body.append(box, panel);
  const modeler = plain ? new PlainModeler({ container: box }) : diagramEditor(box, panel);
  await modeler.importXML(text);
  const { xml } = await modeler.saveXML({ format: true });
  modeler.destroy(); box.remove(); panel.remove();
  return xml;
}"""
_DMN = """async ([text, plain]) => {
  const { PlainModeler, tableEditor } = await import("/static/build/tables.js");
  const box = document.createElement("div");
  box.style.height = "400px";
  document.body.append(box);
  const modeler = plain ? new PlainModeler({ container: box }) : tableEditor(box);
  await modeler.importXML(text);
  for (const view of modeler.getViews()) await modeler.open(view);
  const { xml } = await modeler.saveXML({ format: true });
  modeler.destroy(); box.remove();
  return xml;
}"""
_FORM = """async ([text, plain]) => {
  const { PlainEditor } = await import("/static/build/forms.js");
  const { open } = await import("/static/js/workshop/form.js");
  const area = document.createElement("div");
  area.innerHTML = "<div data-canvas></div>";
  document.body.append(area);
  if (!plain) {
    const ours = await open(area, text, () => {});
    ours.focus(JSON.parse(text).components[0].id);
    const read = await ours.read();
    area.remove();
    return read;
  }
  const editor = new PlainEditor({ container: area.firstChild });
  await editor.importSchema(JSON.parse(text));
  const schema = JSON.stringify(editor.saveSchema());
  editor.destroy(); area.remove();
  return schema;
}"""


@pytest.fixture(scope="module")
def opened(busy_office: Office, browser: Any) -> Any:
    """A page of the office, signed in, in which editors can be made."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    busy_office.sign_in(page, "U14", "/workshop/import")
    yield page
    page.context.close()


def told(element: etree._Element) -> tuple[Any, ...]:
    """An element as what it says: name, attributes and text, and the same of its children, whatever their order."""
    own = {name: value for name, value in element.attrib.items() if not _is_written_by_editors(name)}
    if own.get("hitPolicy") == "UNIQUE":
        del own["hitPolicy"]  # what DMN says where nothing is said
    attributes = sorted(own.items())
    children = sorted((told(child) for child in element.iterchildren("{*}*")), key=repr)
    return (
        element.tag,
        tuple(_plain(name, value) for name, value in attributes),
        (element.text or "").strip(),
        children,
    )


def _is_written_by_editors(name: str) -> bool:
    return name.rpartition("}")[2] in ("exporter", "exporterVersion", "schemaLocation")


def _plain(name: str, value: str) -> tuple[str, str]:
    """A name with its prefix left away ("bpmn:tFormalExpression"): prefixes are a file's own; numbers as numbers."""
    if name.endswith("}type") or name in ("structureRef", "itemSubjectRef"):
        return name, value.rpartition(":")[2]
    try:
        return name, f"{float(value):g}"
    except ValueError:
        return name, value


def differing(before: tuple[Any, ...], after: tuple[Any, ...], path: str = "") -> list[str]:
    """Where two elements differ, for people."""
    here = f"{path}/{before[0].rpartition('}')[2]}"
    found = []
    if before[1] != after[1]:
        found.append(f"{here}: {sorted(set(before[1]) ^ set(after[1]))}")
    if before[2] != after[2]:
        found.append(f"{here}: {before[2]!r} → {after[2]!r}")
    gone = [child for child in before[3] if child not in after[3]]
    come = [child for child in after[3] if child not in before[3]]
    if len(gone) == len(come):
        for one, other in zip(gone, come, strict=True):
            found += differing(one, other, here) if one[0] == other[0] else [f"{here}: {one[0]} → {other[0]}"]
    else:
        found += [f"{here}: gone {child[0]} {child[1]}" for child in gone]
        found += [f"{here}: come {child[0]} {child[1]}" for child in come]
    return found


def changes(page: Page, script: str, path: Path, *, plain: bool) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    after = page.evaluate(script, [text, plain])
    return differing(told(etree.fromstring(text.encode())), told(etree.fromstring(after.encode())))


@pytest.mark.parametrize("plain", [False, True], ids=["ours", "plain"])
@pytest.mark.parametrize("path", PACK["bpmn"], ids=lambda path: path.stem)
def test_a_diagram_of_the_pack_comes_back_as_it_was(opened: Page, path: Path, plain: bool):
    assert changes(opened, _BPMN, path, plain=plain) == []


@pytest.mark.parametrize("plain", [False, True], ids=["ours", "plain"])
@pytest.mark.parametrize("path", PACK["dmn"], ids=lambda path: path.stem)
def test_a_table_of_the_pack_comes_back_as_it_was(opened: Page, path: Path, plain: bool):
    assert changes(opened, _DMN, path, plain=plain) == []


@pytest.mark.parametrize("plain", [False, True], ids=["ours", "plain"])
@pytest.mark.parametrize("path", PACK["form"], ids=lambda path: path.stem)
def test_a_form_of_the_pack_comes_back_as_it_was(opened: Page, path: Path, plain: bool):
    before = json.loads(path.read_text(encoding="utf-8"))
    after = json.loads(opened.evaluate(_FORM, [path.read_text(encoding="utf-8"), plain]))
    assert (without_additions(after) if plain else after) == (without_additions(before) if plain else before)


def without_additions(component: dict[str, Any]) -> dict[str, Any]:
    """A form without what form-js writes by itself: its version, and an example of a choice where there are none."""
    left = {name: value for name, value in component.items() if name not in ("exporter", "schemaVersion")}
    if [one.get("value") for one in left.get("values", ())] == ["value"]:
        del left["values"]
    if "components" in left:
        left["components"] = [without_additions(child) for child in left["components"]]
    return left


def test_an_edited_form_differs_in_what_was_edited_alone(opened: Page):
    (path,) = [path for path in PACK["form"] if path.stem == "procurement_request"]
    after = opened.evaluate(
        """async (text) => {
          const { open } = await import("/static/js/workshop/form.js");
          const area = document.createElement("div");
          area.innerHTML = "<div data-canvas></div>";
          document.body.append(area);
          const ours = await open(area, text, () => {});
          const field = ours.editor.get("formFieldRegistry").getAll().find((one) => one.key === "purpose");
          ours.editor.get("modeling").editFormField(field, "label", "申购理由");
          const read = await ours.read();
          area.remove();
          return read;
        }""",
        path.read_text(encoding="utf-8"),
    )
    before = path.read_text(encoding="utf-8")
    assert json.loads(after) == json.loads(before.replace('"申购事由"', '"申购理由"', 1))


@pytest.mark.skipif(not MIWG.is_dir(), reason=f"no diagrams at {MIWG}: set CONFORMANCE_DIR")
@pytest.mark.parametrize("path", sorted(MIWG.glob("*.bpmn")), ids=lambda path: path.stem)
def test_a_diagram_of_the_reference_comes_back_as_from_plain_bpmn_js(opened: Page, path: Path):
    """Other tools write out what BPMN says by itself; bpmn-js leaves that away. Ours leaves away nothing more."""
    text = path.read_text(encoding="utf-8-sig")
    ours, plain = (etree.fromstring(opened.evaluate(_BPMN, [text, one]).encode()) for one in (False, True))
    assert differing(told(plain), told(ours)) == []
    assert named(etree.fromstring(text.encode())) <= named(ours)


def named(root: etree._Element) -> set[tuple[Any, ...]]:
    """Everything of a diagram that has an id and a name; lines of names may end in either way."""
    found = [one for one in root.iter(f"{_FLOW}*") if one.get("id") and one.get("name")]
    return {(one.tag, one.get("id"), " ".join(str(one.get("name")).split())) for one in found}
