"""A pack with file fields of every sort: a request with photos, a check that may return it, a queue that files it."""

from __future__ import annotations

import json
from typing import Any

from engine.content import Pack

_NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def _task(task_id: str, form: str, assignment: str, *, own: bool = False) -> str:
    allow = '<zeebe:properties><zeebe:property name="allowSelf" value="true"/></zeebe:properties>' if own else ""
    return (
        f'<bpmn:userTask id="{task_id}" name="{task_id}"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:formDefinition formId="{form}" bindingType="deployment"/>'
        f"<zeebe:assignmentDefinition {assignment}/>{allow}</bpmn:extensionElements></bpmn:userTask>"
    )


def _flow(source: str, target: str, condition: str = "") -> str:
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner if condition else ''}</bpmn:sequenceFlow>"
    )


DIAGRAM = (
    f'<bpmn:definitions {_NAMESPACES} id="definitions" targetNamespace="urn:papers">'
    '<bpmn:process id="papers" name="单据" isExecutable="true"><bpmn:extensionElements><zeebe:properties>'
    '<zeebe:property name="starterPosts" value="store_manager"/><zeebe:property name="title" value="=purpose"/>'
    '</zeebe:properties></bpmn:extensionElements><bpmn:startEvent id="start"/>'
    + _task("F0_ask", "papers_ask", 'assignee="=starter"', own=True)
    + _task("C1_check", "papers_check", 'assignee="=line(store)"')
    + '<bpmn:exclusiveGateway id="gw" name="退回？" default="gw_Q2_file"/>'
    + _task("Q2_file", "papers_file", 'candidateGroups="purchaser"')
    + '<bpmn:endEvent id="done"/>'
    + _flow("start", "F0_ask")
    + _flow("F0_ask", "C1_check")
    + _flow("C1_check", "gw")
    + _flow("gw", "F0_ask", "returned")
    + _flow("gw", "Q2_file")
    + _flow("Q2_file", "done")
    + "</bpmn:process></bpmn:definitions>"
)


def _form(form_id: str, *components: dict[str, Any]) -> bytes:
    placed = [{"id": f"field_{number}", "label": "栏", **one} for number, one in enumerate(components)]
    return json.dumps({"id": form_id, "type": "default", "schemaVersion": 18, "components": placed}).encode()


def _picker(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "filepicker", "id": f"picker_{key}", "key": key, **more}


PACK = Pack(
    "papers",
    {
        "bpmn/papers/papers.bpmn": DIAGRAM.encode(),
        "forms/papers/papers_ask.form": _form(
            "papers_ask",
            {"type": "textfield", "key": "purpose", "validate": {"required": True}},
            _picker("photos", multiple=True, accept="image/*"),
            _picker("contract", accept=".pdf", properties={"personal": "true"}),
            {
                "type": "dynamiclist",
                "path": "people",
                "components": [
                    {"type": "textfield", "key": "name", "id": "name", "label": "姓名"},
                    {**_picker("resume"), "label": "简历"},
                ],
            },
        ),
        "forms/papers/papers_check.form": _form(
            "papers_check",
            {"type": "checkbox", "key": "returned"},
            _picker("photos", multiple=True, readonly=True),
            _picker("evidence", multiple=True),
        ),
        "forms/papers/papers_file.form": _form(
            "papers_file", _picker("slips", multiple=True, validate={"required": True})
        ),
    },
)
