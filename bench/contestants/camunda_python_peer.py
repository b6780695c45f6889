"""A peer: camunda-python, with a BPMN diagram, a DMN table and its own store.

It keeps every instance in memory and writes a copy at each command; it has no assignment by expression, so nothing is
resolved here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import course
import tallied
from camunda.engine import ProcessEngine
from camunda.parser import parse_bpmn_xml
from camunda.parser.dmn_parser import parse_dmn_xml
from camunda.persistence.store import Store
from sqlalchemy import Engine, event

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="urn:bench">
  <bpmn:process id="approval" name="申购" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:userTask id="request" name="填写申购单"/>
    <bpmn:businessRuleTask id="rule" camunda:decisionRef="authority" camunda:resultVariable="tier"/>
    <bpmn:userTask id="decide" name="审批"/>
    <bpmn:exclusiveGateway id="way" default="no"/>
    <bpmn:endEvent id="approved"/>
    <bpmn:endEvent id="rejected"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="request"/>
    <bpmn:sequenceFlow id="f2" sourceRef="request" targetRef="rule"/>
    <bpmn:sequenceFlow id="f3" sourceRef="rule" targetRef="decide"/>
    <bpmn:sequenceFlow id="f4" sourceRef="decide" targetRef="way"/>
    <bpmn:sequenceFlow id="yes" sourceRef="way" targetRef="approved">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${decision == 'approve'}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" sourceRef="way" targetRef="rejected"/>
  </bpmn:process>
</bpmn:definitions>"""


@event.listens_for(Engine, "connect")
def durable(connection: Any, _entry: Any) -> None:
    """As durable as the others."""
    if type(connection).__module__ == "sqlite3":
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


def matter(amount: int) -> None:
    """Start, fill in, approve."""
    instance = ENGINE.start_process_instance_by_key("approval", {})
    (task,) = ENGINE.create_task_query(process_instance_id=instance.id)
    ENGINE.complete_task(task.id, {"purpose": "更换前厅地毯", "amount": amount})
    (task,) = ENGINE.create_task_query(process_instance_id=instance.id)
    ENGINE.complete_task(task.id, {"decision": "approve", "opinion": "同意，请按计划采购"})
    if not instance.is_completed:
        raise AssertionError(instance)


if __name__ == "__main__":
    STORE = Store(sys.argv[1].replace("postgresql://", "postgresql+psycopg://"))
    ENGINE = ProcessEngine(STORE)
    table = (Path(__file__).parents[1] / "content/dmn/approval/authority.dmn").read_text(encoding="utf-8")
    # it reads the expression beside its <text> element, not in it
    ENGINE.deploy_dmn(parse_dmn_xml(table.replace("<text>amount</text>", "amount")))
    ENGINE.deploy(parse_bpmn_xml(DIAGRAM))
    course.serve(matter, tallied.over(STORE._engine))  # noqa: SLF001 - it offers no other way to count
