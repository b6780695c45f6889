"""A small pack beside that of the chain of stores: work for programs, a message, and procedures of several owners."""

from __future__ import annotations

from tests.packs import PROCESS

PACK = "verbs"
OWNED_BY = {"checked": "U14", "asked": "U09"}
"""Each of the two process owners has one procedure; ``opened`` is nobody's, and so open to both."""
OFTEN = ("daily", "weekly")
"""Each of the three has two procedures beside it that start by themselves; what is weekly is paused."""

_WORK = """<bpmn:serviceTask id="work" name="{name}">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="{topic}" retries="3"/>
        <zeebe:properties><zeebe:property name="external" value="true"/></zeebe:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>f0</bpmn:incoming><bpmn:outgoing>f1</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:boundaryEvent id="refused" attachedToRef="work">
      <bpmn:outgoing>f2</bpmn:outgoing><bpmn:errorEventDefinition errorRef="no"/>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="ended"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="work" targetRef="end"/>
    <bpmn:sequenceFlow id="f2" sourceRef="refused" targetRef="ended"/>
    """
_WAITS = """<bpmn:intermediateCatchEvent id="wait" name="{name}">
      <bpmn:incoming>f0</bpmn:incoming><bpmn:outgoing>f1</bpmn:outgoing>
      <bpmn:{kind}EventDefinition {kind}Ref="what"/>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="wait" targetRef="end"/>
    """
_TIMER = """<bpmn:timerEventDefinition><bpmn:timeCycle>0 0 9 * * *</bpmn:timeCycle></bpmn:timerEventDefinition>"""


def files(name: str = "核对") -> dict[str, bytes]:
    """The pack by path; another ``name`` of their steps makes other versions of the three procedures."""
    return {
        f"bpmn/{PACK}/checked.bpmn": _process("checked", _WORK.format(name=name, topic="check"), error=True),
        f"bpmn/{PACK}/asked.bpmn": _process("asked", _WAITS.format(name=name, kind="message"), message=True),
        f"bpmn/{PACK}/called.bpmn": _process("called", _WAITS.format(name="等铃", kind="signal"), signal=True),
        f"bpmn/{PACK}/opened.bpmn": _process("opened", _WORK.format(name=name, topic="other"), error=True),
    } | {
        f"bpmn/{PACK}/{process}_{often}.bpmn": _process(
            f"{process}_{often}", _WORK.format(name="办理", topic="daily"), error=True, timer=True
        )
        for process in ("checked", "asked", "opened")
        for often in OFTEN
    }


def _process(
    process: str,
    body: str,
    *,
    error: bool = False,
    message: bool = False,
    signal: bool = False,
    timer: bool = False,
) -> bytes:
    first = "work" if error else "wait"
    text = PROCESS.format(
        process=process, name=process, tag="1.0", posts="store_manager", first=first, body=body, last="f1"
    )
    before = ""
    if error:
        before = '<bpmn:error id="no" name="no" errorCode="no"/>'
    if message:
        before = (
            '<bpmn:message id="what" name="answer"><bpmn:extensionElements>'
            '<zeebe:subscription correlationKey="=starter"/></bpmn:extensionElements></bpmn:message>'
        )
    if signal:
        before = '<bpmn:signal id="what" name="bell"/>'
    text = text.replace("<bpmn:process ", f"{before}<bpmn:process ", 1)
    if timer:
        outgoing = "<bpmn:outgoing>f0</bpmn:outgoing>"
        text = text.replace(
            f'<bpmn:startEvent id="start">{outgoing}', f'<bpmn:startEvent id="start">{outgoing}{_TIMER}'
        )
    return text.encode()
