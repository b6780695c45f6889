"""A BPMN diagram as a static SVG, drawn from its own coordinates and coloured by state.

For print, phones, e-mail and whoever runs no script. Presentation attributes only, so that a strict Content Security
Policy lets it through; a dash pattern and a heavier line tell the state where colour is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from webapp.svg_text import INK, TEXT_SIZE, Box, text_in

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PAPER, _SOFT, _FONT = (
    "#fffefb",
    "#5b564c",
    "system-ui, 'PingFang SC', 'Noto Sans CJK SC', sans-serif",
)
_PADDING, _LABEL_SIZE = 16, 11.5


@dataclass(frozen=True, slots=True)
class Look:
    """How a shape is drawn."""

    fill: str = _PAPER
    stroke: str = INK
    width: float = 1.5
    dash: str = ""

    def attributes(self) -> str:
        """As attributes of an SVG element."""
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        return f'fill="{self.fill}" stroke="{self.stroke}" stroke-width="{self.width}"{dash}'


LOOKS: Mapping[str, Look] = {
    "done": Look("#e9f2e9", "#2c6539"),
    "active": Look("#e8eff7", "#235688", 3),
    "late": Look("#fbece7", "#b02e1c", 3),
    "returned": Look("#faefdf", "#8a4a00", 2, "6 3"),
    "skipped": Look("#f4f2ed", "#8f8778", 1.5, "3 3"),
}
_PLAIN = Look()


def draw(
    diagram: bytes,
    *,
    states: Mapping[str, str],
    taken: Collection[str] = (),
    title: str,
    translate: Callable[[str], str] = str,
    looks: Mapping[str, Look] = LOOKS,
    notes: Mapping[str, str] | None = None,
) -> str:
    """The SVG text of the first plane of ``diagram``.

    ``states`` gives element ids one of ``looks``; ``notes`` are written under the shapes of elements; ``taken`` are
    ids of flows that were followed; ``translate`` turns a label of the diagram into the reader's language. Raises
    ``ValueError`` for a diagram without coordinates.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(diagram, parser)
    plane = root.find(f".//{_DI}BPMNPlane")
    if plane is None:
        raise ValueError("The diagram has no coordinates.")
    elements = {element.get("id"): element for element in root.iter() if element.get("id")}
    boxes: list[Box] = []
    lines: list[str] = []
    shapes: list[str] = []
    for edge in plane.iter(f"{_DI}BPMNEdge"):
        element = elements.get(edge.get("bpmnElement"))
        if element is not None:
            lines.append(_edge(edge, element, taken, translate))
            boxes += [Box(float(p.get("x", 0)), float(p.get("y", 0)), 0, 0) for p in edge.iter(f"{_DD}waypoint")]
    for shape in plane.iter(f"{_DI}BPMNShape"):
        element = elements.get(shape.get("bpmnElement"))
        box = _bounds(shape.find(f"{_DC}Bounds"))
        if element is not None and box is not None:
            look = looks.get(states.get(element.get("id", ""), ""), _PLAIN)
            shapes.append(_shape(shape, element, box, look, translate))
            boxes.append(box)
            note = (notes or {}).get(element.get("id", ""))
            if note:
                below = Box(box.x - 50, box.y + box.height + 3, box.width + 100, 16)
                written = text_in(note, below, top=True, size=_LABEL_SIZE)
                lines.append(f'<g stroke="{_PAPER}" stroke-width="4" paint-order="stroke">{written}</g>')
            label = _bounds(shape.find(f"{_DI}BPMNLabel/{_DC}Bounds"))
            boxes += [label] if label is not None else []
    return _frame(boxes, [*_sorted_back_to_front(shapes), *lines], title)


def _sorted_back_to_front(shapes: list[str]) -> list[str]:
    """Pools, lanes and open subprocesses lie below what they hold."""
    return sorted(shapes, key=lambda text: 0 if text.startswith('<g class="back"') else 1)


def _frame(boxes: list[Box], parts: list[str], title: str) -> str:
    left = min((box.x for box in boxes), default=0) - _PADDING
    top = min((box.y for box in boxes), default=0) - _PADDING
    width = max((box.x + box.width for box in boxes), default=0) + _PADDING - left
    height = max((box.y + box.height for box in boxes), default=0) + _PADDING * 2 - top
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9"'
        f' orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0 0L10 5L0 10z" fill="{INK}"/>'
        "</marker></defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}" role="img" aria-label={quoteattr(title)} font-family="{_FONT}">'
        f"<title>{escape(title)}</title>{arrow}{''.join(parts)}</svg>"
    )


def _bounds(element: etree._Element | None) -> Box | None:
    if element is None:
        return None
    return Box(*(float(element.get(name, 0)) for name in ("x", "y", "width", "height")))


def _edge(
    edge: etree._Element, element: etree._Element, taken: Collection[str], translate: Callable[[str], str]
) -> str:
    points = [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iter(f"{_DD}waypoint")]
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    followed = element.get("id") in taken
    dash = ' stroke-dasharray="4 4"' if element.tag in (f"{_BPMN}association", f"{_BPMN}messageFlow") else ""
    arrow = "" if element.tag == f"{_BPMN}association" else ' marker-end="url(#arrow)"'
    look = f'stroke="{"#2c6539" if followed else _SOFT}" stroke-width="{2.5 if followed else 1.25}"'
    line = f'<polyline points="{path}" fill="none" {look}{dash}{arrow}/>'
    label = _bounds(edge.find(f"{_DI}BPMNLabel/{_DC}Bounds"))
    name = element.get("name")
    if not name:
        return line
    if label is None:
        (x1, y1), (x2, y2) = points[0], points[min(1, len(points) - 1)]
        label = Box((x1 + x2) / 2 - 30, (y1 + y2) / 2 - 16, 60, 14)
    return line + text_in(translate(name), label, top=True, size=_LABEL_SIZE)


def _shape(
    shape: etree._Element, element: etree._Element, box: Box, look: Look, translate: Callable[[str], str]
) -> str:
    kind = etree.QName(element).localname
    name = translate(element.get("name") or "")
    label = _bounds(shape.find(f"{_DI}BPMNLabel/{_DC}Bounds"))
    if kind in ("participant", "lane"):
        return _lane(box, name)
    if kind == "textAnnotation":
        written = element.findtext(f"{_BPMN}text") or ""
        return f'<path d="M{box.x + 14:g} {box.y:g}h-14v{box.height:g}h14" fill="none" stroke="{_SOFT}"/>' + text_in(
            translate(written), box, size=_LABEL_SIZE, color=_SOFT
        )
    if kind.endswith("Event"):
        drawn = _event(kind, element, box, look)
        below = label or Box(box.x - 30, box.y + box.height + 4, box.width + 60, 16)
        return drawn + text_in(name, below, top=True, size=_LABEL_SIZE)
    if kind.endswith("Gateway"):
        drawn = _gateway(kind, box, look)
        above = label or Box(box.x - 30, box.y - 20, box.width + 60, 16)
        return drawn + text_in(name, above, top=True, size=_LABEL_SIZE)
    if kind in ("dataObjectReference", "dataStoreReference", "group"):
        return f'<g class="back"><rect {_rectangle(box, 4)} fill="none" stroke="{_SOFT}" stroke-dasharray="6 3"/></g>'
    return _activity(kind, shape, element, box, look, name)


def _rectangle(box: Box, radius: float) -> str:
    return f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius:g}"'


def _lane(box: Box, name: str) -> str:
    x, y = box.x + 15, box.y + box.height / 2
    return (
        f'<g class="back"><rect {_rectangle(box, 0)} fill="none" stroke="#8f8778"/>'
        f'<path d="M{box.x + 30:g} {box.y:g}v{box.height:g}" stroke="#8f8778"/>'
        f'<text x="{x:g}" y="{y:g}" transform="rotate(-90 {x:g} {y:g})" text-anchor="middle"'
        f' dominant-baseline="middle" font-size="{TEXT_SIZE}" fill="{_SOFT}">{escape(name)}</text></g>'
    )


def _event(kind: str, element: etree._Element, box: Box, look: Look) -> str:
    x, y = box.middle
    radius = box.width / 2
    width = 4 if kind == "endEvent" else look.width
    attributes = Look(look.fill, look.stroke, max(width, look.width), look.dash).attributes()
    drawn = f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {attributes}/>'
    if kind in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        drawn += f'<circle cx="{x:g}" cy="{y:g}" r="{radius - 3:g}" fill="none" stroke="{look.stroke}"/>'
    definition = next((etree.QName(child).localname for child in element if "EventDefinition" in str(child.tag)), "")
    glyph = {
        "messageEventDefinition": "M-8 -5h16v10h-16zM-8 -5l8 6l8 -6",
        "timerEventDefinition": "M0 -8a8 8 0 1 0 .01 0M0 -5v5l3.5 2.5",
        "errorEventDefinition": "M-7 7l4 -13l6 8l4 -10l-4 13l-6 -8z",
        "escalationEventDefinition": "M0 -8l6 15l-6 -6l-6 6z",
        "terminateEventDefinition": "M0 -8a8 8 0 1 0 .01 0",
        "signalEventDefinition": "M0 -8l8 13h-16z",
        "compensateEventDefinition": "M0 -6v12l-7 -6zM7 -6v12l-7 -6z",
        "conditionalEventDefinition": "M-6 -8h12v16h-12zM-4 -4h8M-4 0h8M-4 4h8",
        "linkEventDefinition": "M-8 -3h8v-5l8 8l-8 8v-5h-8z",
    }.get(definition)
    if glyph:
        filled = definition == "terminateEventDefinition" or kind in ("endEvent", "intermediateThrowEvent")
        fill = look.stroke if filled and definition != "messageEventDefinition" else "none"
        drawn += f'<path transform="translate({x:g} {y:g})" d="{glyph}" fill="{fill}" stroke="{look.stroke}"/>'
    return drawn


def _gateway(kind: str, box: Box, look: Look) -> str:
    x, y = box.middle
    half = box.width / 2
    diamond = (
        f'<path d="M{x:g} {box.y:g}l{half:g} {half:g}l-{half:g} {half:g}l-{half:g} -{half:g}z" {look.attributes()}/>'
    )
    sign = {
        "exclusiveGateway": "M-7 -8l14 16M7 -8l-14 16",
        "parallelGateway": "M0 -10v20M-10 0h20",
        "inclusiveGateway": "M0 -10a10 10 0 1 0 .01 0",
        "eventBasedGateway": "M0 -11a11 11 0 1 0 .01 0M0 -6l6 4.5l-2.3 7h-7.4l-2.3 -7z",
        "complexGateway": "M0 -10v20M-10 0h20M-7 -7l14 14M7 -7l-14 14",
    }.get(kind, "")
    return diamond + (
        f'<path transform="translate({x:g} {y:g})" d="{sign}" fill="none" stroke="{look.stroke}" stroke-width="2.5"/>'
    )


def _activity(kind: str, shape: etree._Element, element: etree._Element, box: Box, look: Look, name: str) -> str:
    opened = kind in ("subProcess", "transaction", "adHocSubProcess") and shape.get("isExpanded") != "false"
    width = max(look.width, 4) if kind == "callActivity" else look.width
    attributes = Look(
        look.fill, look.stroke, width, look.dash or ("6 3" if _is_event_part(element) else "")
    ).attributes()
    drawn = f"<rect {_rectangle(box, 9)} {attributes}/>"
    if opened:
        drawn = f"<rect {_rectangle(box, 9)} {Look(_PAPER, _SOFT, 1.5, look.dash).attributes()}/>"
        drawn += _repetition(element, box)
        return f'<g class="back">{drawn}{text_in(name, Box(box.x, box.y + 6, box.width, 16), top=True)}</g>'
    glyph = {
        "userTask": "M6 3.2a2.8 2.8 0 1 0 .01 0M1 14c0-7 10-7 10 0z",
        "manualTask": "M6 3.2a2.8 2.8 0 1 0 .01 0M1 14c0-7 10-7 10 0z",
        "businessRuleTask": "M0 3h13v10h-13zM0 6h13M4.5 6v7M0 9.5h13",
        "serviceTask": "M6.500 4a4.200 4.200 0 1 0 .01 0M6.500 6.700a1.500 1.500 0 1 0 .01 0",
        "sendTask": "M0 4h13v9h-13zM0 4l6.500 5l6.500 -5",
        "receiveTask": "M0 4h13v9h-13zM0 4l6.500 5l6.500 -5",
        "scriptTask": "M2 3h10v10h-10zM4 6h6M4 8h6M4 10h6",
    }.get(kind)
    if glyph:
        drawn += (
            f'<path transform="translate({box.x + 7:g} {box.y + 4:g}) scale(.9)" d="{glyph}" fill="none"'
            f' stroke="{look.stroke}" stroke-width="1"/>'
        )
    if kind in ("callActivity", "subProcess"):
        x, y = box.x + box.width / 2, box.y + box.height - 8
        plus = f"M{x - 6:g} {y - 6:g}h12v12h-12zM{x:g} {y - 3:g}v6M{x - 3:g} {y:g}h6"
        drawn += f'<path d="{plus}" fill="none" stroke="{INK}"/>'
    return drawn + _repetition(element, box) + text_in(name, box)


def _repetition(element: etree._Element, box: Box) -> str:
    """The sign of an activity that is done several times: at once (upright bars), in turn (level bars), in a loop."""
    several = element.find(f"{_BPMN}multiInstanceLoopCharacteristics")
    if several is not None:
        sign = "M-5 -5h10M-5 0h10M-5 5h10" if several.get("isSequential") == "true" else "M-5 -5v10M0 -5v10M5 -5v10"
    elif element.find(f"{_BPMN}standardLoopCharacteristics") is not None:
        sign = "M2 5a5 5 0 1 0 -4 0M-2 5v-4M-2 5h-4"
    else:
        return ""
    beside = 16 if etree.QName(element).localname == "callActivity" else 0  # there, the plus has the middle
    x, y = box.x + box.width / 2 + beside, box.y + box.height - 10
    return f'<path transform="translate({x:g} {y:g})" d="{sign}" fill="none" stroke="{INK}" stroke-width="1.5"/>'


def _is_event_part(element: etree._Element) -> bool:
    return element.get("triggeredByEvent") == "true"
