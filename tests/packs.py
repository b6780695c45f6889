"""A small pack for tests: one procedure that asks a decision, shows a form and calls another process."""

from __future__ import annotations

import json
from pathlib import Path

DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="authority_file" name="权限"
    namespace="http://example.org/authority">
  <inputData id="input_amount" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="authority" name="审批权限">
    <variable name="审批权限" typeRef="string"/>
    <informationRequirement><requiredInput href="#input_amount"/></informationRequirement>
    <decisionTable id="authority_table" hitPolicy="UNIQUE">
      <input id="i1" label="金额">
        <inputExpression id="i1e" typeRef="number"><text>amount</text></inputExpression>
      </input>
      <output id="o1" name="tier" typeRef="string"/>
      <rule id="r1"><inputEntry id="r1i"><text>&lt;= {threshold}</text></inputEntry>
        <outputEntry id="r1o"><text>"line"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="r2i"><text>&gt; {threshold}</text></inputEntry>
        <outputEntry id="r2o"><text>"manager"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="file" targetNamespace="http://example.org">
  <bpmn:process id="{process}" name="{name}" isExecutable="true">
    <bpmn:extensionElements>
      <zeebe:versionTag value="{tag}"/>
      <zeebe:properties>
        <zeebe:property name="starterPosts" value="{posts}"/>
        <zeebe:property name="category" value="财权审批类"/>
      </zeebe:properties>
    </bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:outgoing>f0</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="{first}"/>
    {body}
    <bpmn:endEvent id="end"><bpmn:incoming>{last}</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""

USER_TASK = """<bpmn:userTask id="{id}" name="填写">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="{form}" bindingType="deployment"/>
        <zeebe:assignmentDefinition candidateGroups="{groups}"/>
      </bpmn:extensionElements>
      <bpmn:incoming>{incoming}</bpmn:incoming><bpmn:outgoing>{outgoing}</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="{outgoing}" sourceRef="{id}" targetRef="{target}"/>
    """

RULE_TASK = """<bpmn:businessRuleTask id="{id}" name="权限">
      <bpmn:extensionElements>
        <zeebe:calledDecision decisionId="{decision}" resultVariable="tier" bindingType="deployment"/>
      </bpmn:extensionElements>
      <bpmn:incoming>{incoming}</bpmn:incoming><bpmn:outgoing>{outgoing}</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:sequenceFlow id="{outgoing}" sourceRef="{id}" targetRef="{target}"/>
    """

CALL = """<bpmn:callActivity id="{id}" name="审批">
      <bpmn:extensionElements>
        <zeebe:calledElement processId="{called}" bindingType="deployment" propagateAllChildVariables="false"/>
      </bpmn:extensionElements>
      <bpmn:incoming>{incoming}</bpmn:incoming><bpmn:outgoing>{outgoing}</bpmn:outgoing>
    </bpmn:callActivity>
    <bpmn:sequenceFlow id="{outgoing}" sourceRef="{id}" targetRef="{target}"/>
    """

LABELS = """msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "填写"
msgstr "Fill in"
"""


def decision(threshold: int = 200) -> bytes:
    """The decision ``authority``: up to the threshold "line", above it "manager"."""
    return DECISION.replace("{threshold}", str(threshold)).encode()


def form(form_id: str = "request", label: str = "事由", **more: str) -> bytes:
    """A form of one text."""
    component = {"type": "textfield", "key": "purpose", "label": label, "id": "field_purpose"}
    return json.dumps(
        {"id": form_id, "type": "default", "schemaVersion": 18, "components": [component], **more}, ensure_ascii=False
    ).encode()


def request_process(
    *,
    name: str = "申购",
    tag: str = "1.0",
    posts: str = "store_manager",
    form: str = "request",
    groups: str = "purchaser",
    decision_id: str = "authority",
    called: str = "approval",
) -> bytes:
    """The process ``request``: a user task, a decision, and a call of ``approval``."""
    body = (
        USER_TASK.format(
            id="PR0_request", form=form, groups=groups, incoming="f0", outgoing="f1", target="BR_authority"
        )
        + RULE_TASK.format(
            id="BR_authority", decision=decision_id, incoming="f1", outgoing="f2", target="CA_approval"
        )
        + CALL.format(id="CA_approval", called=called, incoming="f2", outgoing="f3", target="end")
    )
    return PROCESS.format(
        process="request", name=name, tag=tag, posts=posts, first="PR0_request", body=body, last="f3"
    ).encode()


def approval_process(*, name: str = "审批链", calls: str = "") -> bytes:
    """The process ``approval``: a user task, and a call if ``calls`` names a process; nobody may start it."""
    after = "CA_again" if calls else "end"
    body = USER_TASK.format(
        id="AC1_line", form="request", groups="", incoming="f0", outgoing="f1", target=after
    ).replace('<zeebe:assignmentDefinition candidateGroups=""/>', '<zeebe:assignmentDefinition assignee="=starter"/>')
    if calls:
        body += CALL.format(id="CA_again", called=calls, incoming="f1", outgoing="f2", target="end")
    return PROCESS.format(
        process="approval", name=name, tag="1.0", posts="", first="AC1_line", body=body, last="f2" if calls else "f1"
    ).encode()


def files(pack: str = "p", **changed: bytes) -> dict[str, bytes]:
    """The whole pack by path; ``changed`` replaces: request, approval, authority, form."""
    return {
        f"bpmn/{pack}/request.bpmn": changed.get("request", request_process()),
        f"bpmn/{pack}/approval.bpmn": changed.get("approval", approval_process()),
        f"bpmn/{pack}/labels.en.po": changed.get("labels", LABELS.encode()),
        f"dmn/{pack}/authority.dmn": changed.get("authority", decision()),
        f"forms/{pack}/request.form": changed.get("form", form()),
    }


def write(root: Path, contents: dict[str, bytes]) -> Path:
    """Put the files below ``root``."""
    for path, content in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root
