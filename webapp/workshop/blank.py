"""What a new file begins with, so that the editors open it and its ids are those of its name."""

from __future__ import annotations

import json
from string import Template

from webapp.workshop.room import file_name, kind_of

_DIAGRAM = Template("""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" \
xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="${id}_diagram" \
targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" \
modeler:executionPlatformVersion="8.7.0">
  <bpmn:process id="${id}" name="${id}" isExecutable="true">
    <bpmn:startEvent id="start" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="${id}_plane_diagram">
    <bpmndi:BPMNPlane id="${id}_plane" bpmnElement="${id}">
      <bpmndi:BPMNShape id="start_di" bpmnElement="start">
        <dc:Bounds x="160" y="100" width="36" height="36" />
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
""")
_TABLE = Template("""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="${id}_definitions" name="${id}" \
namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="${id}" name="${id}">
    <decisionTable id="${id}_table" hitPolicy="UNIQUE">
      <input id="${id}_input_1">
        <inputExpression id="${id}_input_1_expression" typeRef="number">
          <text>amount</text>
        </inputExpression>
      </input>
      <output id="${id}_output_1" name="result" typeRef="string" />
    </decisionTable>
  </decision>
</definitions>
""")
_SCENARIOS = Template("process: ${id}\n\ndefaults:\n  on: 2026-03-02 10:00\n\nscenarios: []\n")
_LABELS = Template('msgid ""\nmsgstr ""\n"Language: ${id}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n')


def file(path: str) -> bytes:
    """The content of a new file of that name."""
    name = file_name(path)
    stem = name.split(".")[0]
    kind = kind_of(path)
    if kind == "form":
        schema = {"components": [], "type": "default", "id": stem, "schemaVersion": 18}
        return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()
    if kind == "labels":
        return _LABELS.substitute(id=name.split(".")[1]).encode()
    return {"diagram": _DIAGRAM, "table": _TABLE, "scenarios": _SCENARIOS}[kind].substitute(id=stem).encode()
