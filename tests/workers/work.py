"""One service task in a procedure of its own, and a worker that does what is due."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from engine import content, deployments, jobs, process_instances
from engine.actor import system
from engine.notification_channels import CHAT_ADDRESSES
from tests.engine.office import Office
from workers import job_run, topics
from workers.mail import Mailer
from workers.outbound import Origin, Outbound
from workers.secrets import Secrets
from workers.surroundings import Surroundings

TEST = system("test")
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def diagram(
    process_id: str,
    topic: str,
    headers: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    *,
    outputs: Mapping[str, str] | None = None,
    after: str = "",
    error: str | None = None,
) -> bytes:
    """Start → the task (retried twice) → a user task ``wait`` → end; ``error`` leads to the end ``caught``."""
    given = "".join(f"<z:header key={quoteattr(k)} value={quoteattr(v)}/>" for k, v in (headers or {}).items())
    mapped = "".join(f"<z:input target={quoteattr(k)} source={quoteattr(v)}/>" for k, v in (inputs or {}).items())
    mapped += "".join(f"<z:output target={quoteattr(k)} source={quoteattr(v)}/>" for k, v in (outputs or {}).items())
    caught = ""
    if error is not None:
        caught = """<boundaryEvent id="on_error" attachedToRef="task"><outgoing>e</outgoing>
          <errorEventDefinition errorRef="E"/></boundaryEvent><endEvent id="caught"><incoming>e</incoming></endEvent>
          <sequenceFlow id="e" sourceRef="on_error" targetRef="caught"/>"""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0"
    id="definitions" targetNamespace="urn:test">
  {f'<error id="E" errorCode={quoteattr(error)}/>' if error else ""}
  <process id={quoteattr(process_id)} name={quoteattr(process_id)} isExecutable="true">
    <startEvent id="start"><outgoing>a</outgoing></startEvent>
    <serviceTask id="task" name="办理"><extensionElements><z:taskDefinition type={quoteattr(topic)} retries="2"/>
      <z:taskHeaders>{given}</z:taskHeaders><z:ioMapping>{mapped}</z:ioMapping></extensionElements>
      <incoming>a</incoming><outgoing>b</outgoing></serviceTask>
    <userTask id="wait" name="等待"><extensionElements><z:userTask/>
      <z:assignmentDefinition candidateGroups="purchaser"/></extensionElements>
      <incoming>b</incoming><outgoing>c</outgoing></userTask>
    <endEvent id="done"><incoming>c</incoming></endEvent>{caught}{after}
    <sequenceFlow id="a" sourceRef="start" targetRef="task"/>
    <sequenceFlow id="b" sourceRef="task" targetRef="wait"/>
    <sequenceFlow id="c" sourceRef="wait" targetRef="done"/>
  </process>
</definitions>""".encode()


def pack(**diagrams: bytes) -> content.Pack:
    """A pack of its own for each set of procedures."""
    return content.Pack("house", {f"bpmn/house/{name}.bpmn": source for name, source in diagrams.items()})


class House:
    """An office with procedures of one service task each, and a worker."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.surroundings = Surroundings(
            unit_of_work=lambda: office.unit_of_work,
            secrets=Secrets(folder, {}),
            chats=CHAT_ADDRESSES,
            public_url="https://banli.example.org",
        )
        topics.bind_all(self.surroundings)

    def equip(self, **changed: Any) -> None:
        """Give the worker other surroundings."""
        self.surroundings = replace(self.surroundings, **changed)
        topics.bind_all(self.surroundings)

    def allow(self, *origins: str) -> None:
        """Let it call these, on loopback too."""
        self.equip(outbound=Outbound(tuple(Origin.parse(origin) for origin in origins), LOOPBACK))

    def with_mail(self, url: str) -> None:
        """Let it send mail."""
        self.equip(mailer=Mailer(url, "办理 <banli@example.org>"))

    def deploy(self, process_id: str, topic: str, *given: Any, **named: Any) -> None:
        self.office.run(deployments.deploy, pack(**{process_id: diagram(process_id, topic, *given, **named)}), TEST)

    def start(self, process_id: str, **variables: Any) -> int:
        """Start a matter for U19 of store S01."""
        started = self.office.run(process_instances.start, process_id, TEST, variables, "S01", starter="U19")
        return started.key

    def work(self) -> None:
        """Do what is due, once."""
        for key in self.office.read(jobs.due):
            job_run.run(self.office.unit_of_work, key)
