"""A form that an expression names: one of those that the task lists, bound with the diagram, or an incident."""

from __future__ import annotations

import pytest

from engine import content, deployments, process_instances
from engine.actor import system
from engine.errors import DeploymentRefused, ExecutionFailed
from tests import packs

TEST = system("test")
CHOICES = '<zeebe:properties><zeebe:property name="formChoices" value="first, second"/></zeebe:properties>'


def pack(choices: str = CHOICES, **labels: str) -> content.Pack:
    expression = "=if wanted = null then &quot;first&quot; else wanted"
    task = packs.USER_TASK.format(
        id="T1_fill", form=expression, groups="purchaser", incoming="f0", outgoing="f1", target="end"
    ).replace("</bpmn:extensionElements>", f"{choices}</bpmn:extensionElements>")
    source = packs.PROCESS.format(
        process="named", name="按式取表", tag="1", posts="store_manager", first="T1_fill", last="f1", body=task
    )
    forms = {f"forms/p/{name}.form": packs.form(name, labels.get(name, "事由")) for name in ("first", "second")}
    return content.Pack("p", {"bpmn/p/named.bpmn": source.encode(), **forms})


def begun(office, **variables) -> int:
    return office.run(process_instances.start, "named", TEST, variables, "S01").key


def shown(office, root: int) -> str:
    return office.read(deployments.form, office.task(root).form_key)


def test_the_expression_chooses_among_those_listed(office):
    office.run(deployments.deploy, pack(), TEST)
    assert shown(office, begun(office)).id == "first"
    assert shown(office, begun(office, wanted="second")).id == "second"


def test_a_form_that_is_not_listed_stops_the_step(sqlite_office):
    sqlite_office.run(deployments.deploy, pack(), TEST)
    with pytest.raises(ExecutionFailed, match="one of first, second"):
        begun(sqlite_office, wanted="third")


def test_all_that_may_be_shown_is_bound(sqlite_office):
    office = sqlite_office
    office.run(deployments.deploy, pack(), TEST)
    root = begun(office, wanted="second")
    before = office.matter(root).definition_key
    office.run(deployments.deploy, pack(second="理由"), TEST)
    assert office.matter(begun(office)).definition_key != before  # a changed form is a new version of the diagram
    assert [field.label for field in shown(office, root).fields] == ["事由"]
    assert [field.label for field in shown(office, begun(office, wanted="second")).fields] == ["理由"]


@pytest.mark.parametrize(("choices", "reason"), [("", "formChoices"), (CHOICES.replace("second", "third"), "third")])
def test_what_may_be_shown_has_to_be_listed_and_there(sqlite_office, choices, reason):
    with pytest.raises(DeploymentRefused, match=reason):
        sqlite_office.run(deployments.deploy, pack(choices), TEST)
