"""Beyond the known public holidays weekdays count, and the matter's history says so beside the date."""

from __future__ import annotations

from datetime import UTC, datetime

from engine import deployments, history
from engine.actor import system
from engine.content import Pack
from feel.sentences import Sentence

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0"
    id="definitions" targetNamespace="urn:far">
  <process id="far" name="远期" isExecutable="true">
    <extensionElements><z:properties>
      <z:property name="starterPosts" value="store_manager"/>
    </z:properties></extensionElements>
    <startEvent id="start"/>
    <userTask id="F1_wait" name="等待"><extensionElements><z:userTask/>
      <z:assignmentDefinition assignee="=starter"/>
      <z:taskSchedule dueDate="=working hours(date and time(&quot;{year}-05-02T10:00:00&quot;), 18)"/>
    </extensionElements></userTask>
    <endEvent id="done"/>
    <sequenceFlow id="a" sourceRef="start" targetRef="F1_wait"/>
    <sequenceFlow id="b" sourceRef="F1_wait" targetRef="done"/>
  </process>
</definitions>"""


def begun(office, year):
    source = DIAGRAM.format(year=year).encode()
    office.run(deployments.deploy, Pack("far", {"bpmn/far/far.bpmn": source}), system("test"))
    root = office.start("far")
    told = [Sentence.from_json(event.details["sentence"]) for event in office.history(root, "calendar.uncertain")]
    return office.task(root).due_at, [dict(sentence.parameters) for sentence in told]


def test_a_year_whose_holidays_are_unknown_is_told_once(office):
    due_at, told = begun(office, 2031)
    assert due_at == datetime(2031, 5, 5, 2, tzinfo=UTC)  # Friday and Saturday of nine hours, then Monday at ten
    assert told == [{"year": "2031"}]
    with office.unit_of_work.read() as session:
        assert history.verify(session).is_intact


def test_a_known_year_needs_no_words(office):
    due_at, told = begun(office, 2026)
    assert due_at == datetime(2026, 5, 7, 10, tzinfo=UTC)  # after the holidays: two days of nine hours
    assert told == []
