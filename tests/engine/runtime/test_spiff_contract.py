"""What we rely on in SpiffWorkflow: one test a fact, so that an upgrade speaks up."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState

from engine.runtime.instance import Instance, SubScope
from engine.runtime.specs import activities, events, gateways, loops, subprocesses
from engine.runtime.token import Token
from tests.engine.runtime.drawing import Case, element, flows, user_task


def plain() -> Case:
    return Case(element("startEvent", "s") + user_task("a") + element("endEvent", "e") + flows("s>a\na>e"))


def test_the_version_is_the_one_that_was_read():
    assert version("SpiffWorkflow").startswith("3.2.")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Instance, BpmnWorkflow),
        (SubScope, BpmnSubWorkflow),
        (Token, Task),
        (activities.PersonTask, defaults.UserTask),
        (activities.JobTask, defaults.ServiceTask),
        (activities.FeelScriptTask, defaults.ScriptTask),
        (subprocesses.Subprocess, defaults.SubWorkflowTask),
        (gateways.ExclusiveGateway, defaults.ExclusiveGateway),
        (gateways.ParallelGateway, defaults.ParallelGateway),
        (gateways.InclusiveGateway, defaults.InclusiveGateway),
        (gateways.EventBasedGateway, defaults.EventBasedGateway),
        (events.StartEvent, defaults.StartEvent),
        (events.EndEvent, defaults.EndEvent),
        (events.CatchEvent, defaults.IntermediateCatchEvent),
        (events.ThrowEvent, defaults.IntermediateThrowEvent),
        (events.BoundaryEvent, defaults.BoundaryEvent),
        (loops.ParallelBody, defaults.ParallelMultiInstanceTask),
        (loops.SequentialBody, defaults.SequentialMultiInstanceTask),
        (loops.LoopBody, defaults.StandardLoopTask),
    ],
)
def test_our_classes_are_subclasses(ours, theirs):
    assert issubclass(ours, theirs)


def test_a_hook_that_gives_none_leaves_the_task_started():
    workflow = plain().workflow
    task = next(iter(workflow._instance.tokens.values()))
    assert isinstance(task, Task)
    assert task.state == TaskState.STARTED


def test_complete_calls_the_spec_and_then_the_workflow():
    called = []

    class Spy(Token):
        def complete(self):
            called.append("complete")
            super().complete()

    workflow = plain().workflow
    task = next(iter(workflow._instance.tokens.values()))
    task.__class__ = Spy
    workflow.complete(task.id)
    assert called == ["complete"]
    assert workflow.ended


def test_a_workflow_made_for_restoring_runs_nothing():
    spec = BpmnProcessSpec(name="p")
    workflow = BpmnWorkflow(spec, deserializing=True)
    assert workflow.tasks == {}
    assert workflow.subprocesses == {}


def test_a_process_spec_names_its_own_specs_as_no_element_can_be_named():
    names = set(BpmnProcessSpec(name="p").task_specs)
    assert names == {"Start", "p.EndJoin", "End"}
    assert not any(name.startswith("#") for name in names)


def test_elements_may_have_the_names_that_spiffworkflow_uses():
    drawn = element("startEvent", "Start") + user_task("Root") + element("endEvent", "End")
    matter = Case(drawn + flows("Start>Root\nRoot>End"))
    matter.complete("Root")
    assert matter.path == ["Start", "Root", "End"]


def test_their_iterator_stops_at_depth_1000_and_we_do_not_use_it(monkeypatch):
    def fail(*_arguments, **_named):
        raise AssertionError("the tree is not walked")

    monkeypatch.setattr(TaskIterator, "__init__", fail)
    matter = plain()
    matter.complete("a")
    assert matter.workflow.ended


def test_no_python_is_evaluated():
    engine = plain().workflow._instance.script_engine
    assert not hasattr(engine.environment, "evaluate")
    assert not hasattr(engine.environment, "execute")
