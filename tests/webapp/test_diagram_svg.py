"""The drawing of a diagram: every shape, its state without colour too, and no way in for markup."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lxml import etree

from webapp import diagram_svg

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="t">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="begin" name="开始"/>
    <bpmn:userTask id="fill" name="{name}"/>
    <bpmn:exclusiveGateway id="choice" name="同意？"/>
    <bpmn:callActivity id="chain" name="审批链"/>
    <bpmn:boundaryEvent id="late" attachedToRef="fill"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>
    <bpmn:endEvent id="end" name="完成"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="fill"/>
    <bpmn:sequenceFlow id="f2" name="是" sourceRef="choice" targetRef="end"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="plane" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="begin">
      <dc:Bounds x="100" y="100" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="fill">
      <dc:Bounds x="200" y="78" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="choice">
      <dc:Bounds x="350" y="93" width="50" height="50"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s4" bpmnElement="chain">
      <dc:Bounds x="450" y="78" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s5" bpmnElement="late">
      <dc:Bounds x="230" y="140" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s6" bpmnElement="end">
      <dc:Bounds x="600" y="100" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1">
      <di:waypoint x="136" y="118"/><di:waypoint x="200" y="118"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="f2">
      <di:waypoint x="400" y="118"/><di:waypoint x="600" y="118"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str = "填写申购单", **options) -> etree._Element:
    text = diagram_svg.draw(DIAGRAM.format(name=name).encode(), **{"states": {}, "title": "申购", **options})
    return etree.fromstring(text)


def words(svg: etree._Element) -> str:
    return "".join(text for element in svg.iter(f"{SVG}tspan") for text in element.itertext())


def test_every_label_is_drawn_and_the_drawing_has_a_name():
    svg = drawn()
    for label in ("开始", "填写申购单", "同意？", "审批链", "完成", "是"):
        assert label in words(svg)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "申购"


def test_states_are_told_by_dash_or_weight_besides_the_colour():
    looks = [(look.dash, look.width) for look in diagram_svg.LOOKS.values()]
    assert ("", 3) in looks
    dashed = drawn(states={"fill": "returned"}).findall(f".//{SVG}rect[@stroke-dasharray='6 3']")
    assert [rect.get("stroke") for rect in dashed] == [diagram_svg.LOOKS["returned"].stroke]


def test_flows_that_were_followed_are_heavier():
    lines = drawn(taken=["f1"]).findall(f".//{SVG}polyline")
    assert [line.get("stroke-width") for line in lines] == ["2.5", "1.25"]


def test_names_are_translated():
    assert "Fill in" in words(drawn(translate=lambda name: "Fill in" if name == "填写申购单" else name))


def test_markup_in_a_name_stays_text():
    svg = drawn(name="&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x")
    assert svg.findall(f".//{SVG}script") == []
    assert "<script>alert(1)</script>" in words(svg).replace(" ", "")
    assert not any(attribute.startswith("on") for element in svg.iter() for attribute in element.attrib)


def test_nothing_in_it_needs_an_inline_style():
    svg = drawn(states={"fill": "active", "chain": "late"}, taken=["f1"])
    assert svg.findall(f".//{SVG}style") == []
    assert not any("style" in element.attrib for element in svg.iter())


def test_a_diagram_without_coordinates_is_told_so():
    bare = DIAGRAM[: DIAGRAM.index("  <bpmndi:BPMNDiagram")] + "</bpmn:definitions>"
    with pytest.raises(ValueError, match="coordinates"):
        diagram_svg.draw(bare.format(name="x").encode(), states={}, title="x")


def test_long_names_are_wrapped_inside_their_shape():
    svg = drawn(name="填写一张非常非常非常长的门店物料申购单并附上照片")
    rows = [float(span.get("y", "0")) for span in svg.iter(f"{SVG}tspan") if span.get("x") == "250"]
    assert len(rows) >= 2
    assert all(after - before == 16 for before, after in pairwise(rows))


@pytest.mark.parametrize(
    ("loop", "sign"),
    [
        ("<bpmn:multiInstanceLoopCharacteristics/>", "M-5 -5v10M0 -5v10M5 -5v10"),
        ('<bpmn:multiInstanceLoopCharacteristics isSequential="true"/>', "M-5 -5h10M-5 0h10M-5 5h10"),
        ("<bpmn:standardLoopCharacteristics/>", "M2 5a5 5 0 1 0 -4 0M-2 5v-4M-2 5h-4"),
        ("", None),
    ],
)
def test_what_is_done_several_times_bears_the_sign_of_it(loop, sign):
    signs = {"M-5 -5v10M0 -5v10M5 -5v10", "M-5 -5h10M-5 0h10M-5 5h10", "M2 5a5 5 0 1 0 -4 0M-2 5v-4M-2 5h-4"}
    repeated = DIAGRAM.replace('name="{name}"/>', 'name="{name}">' + loop + "</bpmn:userTask>")
    svg = etree.fromstring(diagram_svg.draw(repeated.encode(), states={}, title="申购"))
    assert [path.get("d") for path in svg.iter(f"{SVG}path") if path.get("d") in signs] == ([sign] if sign else [])
