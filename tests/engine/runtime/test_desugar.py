"""Reading foreign XML safely, and rewriting abbreviations without touching what was given."""

from __future__ import annotations

import pytest
from lxml import etree

from engine import runtime
from engine.errors import DeploymentRefused
from engine.runtime.desugar import LINK_FLOW, MAXIMUM_BYTES, bpmn, desugar, read, serialize
from tests.engine.runtime.drawing import document, element, flows, user_task


def refusal(source: bytes) -> str:
    with pytest.raises(DeploymentRefused) as caught:
        runtime.compile(source, file="x.bpmn")
    (problem,) = caught.value.problems
    assert problem.file == "x.bpmn"
    return problem.code


_BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><definitions name="&b;"/>'


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "not-xml"),
        (b"hello", "not-xml"),
        (b"<a><b></a>", "not-xml"),
        (b"\xff\xfe\x00", "not-xml"),
        (b"<a/>", "not-bpmn"),
        (b'<definitions xmlns="urn:other"/>', "not-bpmn"),
        (b"<!DOCTYPE a><a/>", "doctype"),
        (_BOMB, "doctype"),
        (_BOMB.decode().encode("utf-16"), "doctype"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"),
        (b"<a>" + b" " * MAXIMUM_BYTES + b"</a>", "too-large"),
        (b"<a>" * 5000, "not-xml"),
    ],
)
def test_what_is_no_diagram_is_refused_with_one_sentence(source, code):
    assert refusal(source) == code


def test_the_given_tree_is_not_changed_and_the_result_is_the_same_each_time():
    event = '<bpmn:intermediateThrowEvent id="t"><bpmn:linkEventDefinition name="x"/></bpmn:intermediateThrowEvent>'
    caught = event.replace("Throw", "Catch").replace('"t"', '"c"')
    source = document(element("startEvent", "s") + event + caught + user_task("a") + flows("s>t\nc>a"))
    tree = read(source, "p")
    before = etree.tostring(tree)
    first, second = desugar(tree), desugar(tree)
    assert etree.tostring(tree) == before
    assert serialize(first) == serialize(second)
    (link,) = [flow for flow in first.iter(bpmn("sequenceFlow")) if flow.get(LINK_FLOW)]
    assert (link.get("sourceRef"), link.get("targetRef")) == ("t", "c")


def test_desugaring_twice_changes_nothing_more():
    source = document(element("startEvent", "s") + user_task("a") + flows("s>a"))
    once = desugar(read(source, "p"))
    assert serialize(desugar(once)) == serialize(once)


def test_a_referenced_event_definition_is_copied():
    top = (
        '<bpmn:timerEventDefinition id="hour"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    )
    wait = element("intermediateCatchEvent", "w", "<bpmn:eventDefinitionRef>hour</bpmn:eventDefinitionRef>")
    again = element("intermediateCatchEvent", "v", "<bpmn:eventDefinitionRef>hour</bpmn:eventDefinitionRef>")
    diagram = runtime.compile(
        document(element("startEvent", "s") + wait + again + flows("s>w\nw>v"), top=top), file="p.bpmn"
    )
    assert runtime.load(diagram.compiled).processes["p"].elements.keys() == {"s", "w", "v"}


def test_drawing_is_left_out_of_the_stored_form():
    shape = '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"/>'
    source = document(element("startEvent", "s")).replace(
        b"</bpmn:definitions>", f"{shape}</bpmn:definitions>".encode()
    )
    assert b"BPMNDiagram" not in runtime.compile(source, file="p").compiled
