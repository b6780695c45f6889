"""An escalation that a called process throws reaches the border of the call, as far out as somebody catches it."""

from __future__ import annotations

import pytest

from engine import content, deployments
from engine.actor import system
from engine.models.process_instance import COMPLETED
from tests.engine.runtime.drawing import document, element, flows, user_task

_TOP = '<bpmn:escalation id="E" name="late" escalationCode="late"/>'
_LATE = '<bpmn:escalationEventDefinition escalationRef="E"/>'
_PROPERTIES = (
    "<bpmn:extensionElements><zeebe:properties>"
    '<zeebe:property name="starterPosts" value="store_manager"/>'
    "</zeebe:properties></bpmn:extensionElements>"
)


def task(element_id: str) -> str:
    own = '<zeebe:properties><zeebe:property name="allowSelf" value="true"/></zeebe:properties>'
    return user_task(element_id, extensions='<zeebe:assignmentDefinition assignee="U19"/>' + own)


def call(element_id: str, process: str) -> str:
    called = f'<zeebe:calledElement processId="{process}" bindingType="deployment"/>'
    return element("callActivity", element_id, extensions=called)


def border(host: str, *, interrupting: bool) -> str:
    stops = str(interrupting).lower()
    return element("boundaryEvent", "caught", _LATE, attachedToRef=host, cancelActivity=stops)


@pytest.fixture
def deploy(office):
    def deployed(**contents: str) -> None:
        files = {
            f"bpmn/rising/{name}.bpmn": document(_PROPERTIES + drawn, process_id=name, top=_TOP)
            for name, drawn in contents.items()
        }
        office.run(deployments.deploy, content.Pack("rising", files), system("test"))

    return deployed


def thrown(*, at_the_end: bool) -> str:
    if at_the_end:
        return element("startEvent", "s") + element("endEvent", "late", _LATE) + task("a") + flows("s>a\na>late")
    return (
        element("startEvent", "s") + element("intermediateThrowEvent", "late", _LATE) + task("a") + task("b")
        + element("endEvent", "e") + flows("s>a\na>late\nlate>b\nb>e")
    )  # fmt: skip


def caller(called: str, *, interrupting: bool) -> str:
    return (
        element("startEvent", "s") + call("c", called) + border("c", interrupting=interrupting) + task("after")
        + task("instead") + element("endEvent", "e") + flows("s>c\nc>after\nafter>e\ncaught>instead")
    )  # fmt: skip


def test_beside_the_call_both_go_on(office, deploy):
    deploy(called=thrown(at_the_end=False), outer=caller("called", interrupting=False))
    root = office.start("outer")
    office.complete("U19", root)
    assert office.waits(root) == ["b", "instead"]
    office.complete("U19", root, "b")
    assert office.waits(root) == ["after", "instead"]
    office.complete("U19", root, "after")
    office.complete("U19", root, "instead")
    assert office.matter(root).state == COMPLETED


@pytest.mark.parametrize("at_the_end", [True, False])
def test_instead_of_the_call_what_was_called_is_over(office, deploy, at_the_end):
    deploy(called=thrown(at_the_end=at_the_end), outer=caller("called", interrupting=True))
    root = office.start("outer")
    called = office.task(root).process_instance_key
    office.complete("U19", root)
    assert office.waits(root) == ["instead"]
    assert office.matter(called).state == ("COMPLETED" if at_the_end else "CANCELED")
    assert office.complete("U19", root).ended


def test_it_goes_on_outwards_until_somebody_catches_it(office, deploy):
    between = element("startEvent", "s") + call("m", "called") + task("rest") + flows("s>m\nm>rest")
    deploy(called=thrown(at_the_end=True), between=between, outer=caller("between", interrupting=False))
    root = office.start("outer")
    office.complete("U19", root)
    assert office.waits(root) == ["instead", "rest"]


def test_where_nobody_catches_it_nothing_happens(office, deploy):
    plain = element("startEvent", "s") + call("c", "called") + task("after") + flows("s>c\nc>after")
    deploy(called=thrown(at_the_end=True), outer=plain)
    root = office.start("outer")
    office.complete("U19", root)
    assert office.waits(root) == ["after"]
    alone = office.start("called")
    assert office.complete("U19", alone).ended
