"""Publishing: all or nothing, once for the same content, and a new version for whatever binds what changed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from engine import content, deployments, history
from engine.actor import Actor, system
from engine.errors import DeploymentRefused, NotAllowed
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    Resource,
)
from tests import packs

REQUEST, AUTHORITY, FORM = "bpmn/p/request.bpmn", "dmn/p/authority.dmn", "forms/p/request.form"


def _versions(database, deployment_key):
    """What a deployment binds: id → version."""
    found = {}
    with database.reader() as session:
        for kind, model in (
            ("process", ProcessDefinition),
            ("decision", DecisionDefinition),
            ("form", FormDefinition),
        ):
            rows = session.execute(
                select(DeploymentBinding.id, model.version)
                .join(model, model.key == DeploymentBinding.definition_key)
                .where(DeploymentBinding.deployment_key == deployment_key, DeploymentBinding.kind == kind)
            )
            found |= {f"{kind} {row.id}": row.version for row in rows}
    return found


def _versions_of(**versions):
    names = {"request": "process request", "approval": "process approval", "authority": "decision authority"}
    return {names.get(key, "form request"): version for key, version in versions.items()}


def _count(database, model):
    with database.reader() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_everything_of_a_new_pack_is_version_one(database, deploy):
    assert _versions(database, deploy()) == _versions_of(request=1, approval=1, authority=1, form=1)


def test_the_same_content_is_deployed_once(database, deploy):
    first = deploy()
    assert deploy() == first
    assert (_count(database, Deployment), _count(database, Resource)) == (1, 5)
    with database.reader() as session:
        assert len(history.timeline(session, history.DEPLOYMENTS)) == 1


def test_a_changed_table_gives_what_binds_it_a_new_version(database, deploy):
    deploy()
    second = deploy(authority=packs.decision(300))
    assert _versions(database, second) == _versions_of(request=2, approval=1, authority=2, form=1)


def test_a_changed_form_reaches_the_callers_of_the_process_that_shows_it(database, deploy):
    deploy()
    second = deploy(form=packs.form(label="原因"))
    assert _versions(database, second) == _versions_of(request=2, approval=2, authority=1, form=2)


def test_a_changed_called_process_gives_its_caller_a_new_version(database, deploy):
    deploy()
    second = deploy(approval=packs.approval_process(name="审批"))
    assert _versions(database, second) == _versions_of(request=2, approval=2, authority=1, form=1)


def test_processes_that_call_one_another_in_a_circle_change_together(database, deploy):
    circle = packs.approval_process(calls="request")
    deploy(approval=circle)
    second = deploy(approval=circle, authority=packs.decision(300))
    assert _versions(database, second) == _versions_of(request=2, approval=2, authority=2, form=1)


def test_a_process_that_computes_the_name_of_its_decision_binds_the_whole_pack(database, deploy):
    computed = packs.request_process(decision_id="=&quot;auth&quot; + &quot;ority&quot;")
    deploy(request=computed)
    second = deploy(request=computed, authority=packs.decision(300))
    assert _versions(database, second) == _versions_of(request=2, approval=1, authority=2, form=1)


def test_changed_translations_change_no_version(database, deploy):
    first = deploy()
    second = deploy(labels=packs.LABELS.replace("Fill in", "Write").encode())
    assert second != first
    assert _versions(database, second) == _versions_of(request=1, approval=1, authority=1, form=1)


def test_going_back_to_old_content_is_a_new_version_of_it(database, deploy):
    deploy()
    deploy(authority=packs.decision(300))
    third = deploy()
    assert _versions(database, third) == _versions_of(request=3, approval=1, authority=3, form=1)
    assert _count(database, Resource) == 6  # the same bytes are stored once


def test_a_part_is_completed_with_what_is_current(database, deploy):
    deploy()
    second = deploy({AUTHORITY: packs.decision(300)})
    assert _versions(database, second) == _versions_of(request=2, approval=1, authority=2, form=1)
    third = deploy({FORM: packs.form(label="原因")})
    assert _versions(database, third) == _versions_of(request=3, approval=2, authority=2, form=2)


def test_a_part_that_changes_nothing_is_no_deployment(deploy):
    assert deploy() == deploy({FORM: packs.form()})


def test_a_whole_pack_takes_out_of_use_what_it_no_longer_holds(database, deploy):
    first = deploy()
    files = packs.files(request=packs.request_process(called="request"))
    files.pop("bpmn/p/approval.bpmn")
    second = deploy(files=files)
    assert _versions(database, second) == _versions_of(request=2, authority=1, form=1)
    assert _versions(database, first)["process approval"] == 1


@pytest.mark.parametrize("wrong", [{"form": "receipt"}, {"groups": "nobody"}, {"posts": "nobody"}])
def test_nothing_is_deployed_by_halves(database, deploy, wrong):
    with pytest.raises(DeploymentRefused) as refused:
        deploy(request=packs.request_process(**wrong), form=packs.form(label="新"))
    assert [problem.file for problem in refused.value.problems if problem.severity == "error"] == [REQUEST]
    for model in (Deployment, Resource, ProcessDefinition, FormDefinition, DeploymentBinding):
        assert _count(database, model) == 0


def test_a_part_that_breaks_what_is_current_is_refused(database, deploy):
    first = deploy()
    with pytest.raises(DeploymentRefused, match="authority"):
        deploy({AUTHORITY: packs.decision().replace(b'id="authority"', b'id="authorisation"')})
    assert deploy() == first
    assert _count(database, Deployment) == 1


def test_an_id_of_another_pack_is_refused(database, deploy):
    deploy()
    with pytest.raises(DeploymentRefused) as refused:
        deploy(pack="q")
    assert {problem.element_id for problem in refused.value.problems if problem.severity == "error"} == {
        "request",
        "approval",
        "authority",
    }
    assert _count(database, Deployment) == 1


@pytest.mark.parametrize("posts", [set(), {"store_manager"}, {"auditor"}])
def test_others_may_not_deploy(database, deploy, posts):
    with pytest.raises(NotAllowed):
        deploy(actor=Actor("U19", frozenset(posts)))
    assert _count(database, Deployment) == 0


@pytest.mark.parametrize("actor", [Actor("U15", frozenset({"sysadmin"})), system("deployment")])
def test_administrators_and_the_system_may_deploy(deploy, actor):
    assert deploy(actor=actor)


def test_the_journal_tells_who_deployed_what(database, deploy):
    key = deploy(comment="第一次")
    deploy({AUTHORITY: packs.decision(300)})
    with database.reader() as session:
        first, second = history.timeline(session, history.DEPLOYMENTS)
    assert (first.type, first.actor, first.details["comment"]) == ("deployment.created", "U14", "第一次")
    assert first.details["deployment"] == key
    assert {new["id"]: new["version"] for new in second.details["new"]} == {"authority": 2, "request": 2}
    with database.reader() as session:
        assert history.verify(session).problems == []


def test_before_the_organisation_is_set_up_groups_are_not_looked_up(sqlite_database):
    from engine import content  # noqa: PLC0415 - used here only

    with sqlite_database.writer.begin() as session:
        assert deployments.deploy(session, content.Pack("p", packs.files()), system("deployment")).key


def test_two_who_deploy_at_once_come_one_after_the_other(database, deploy):
    deploy()
    failures = []

    def publish(threshold):
        try:
            deploy({AUTHORITY: packs.decision(threshold)})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(300 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reader() as session:
        versions = (
            session.execute(select(DecisionDefinition.version).order_by(DecisionDefinition.version)).scalars().all()
        )
        assert versions == [1, 2, 3, 4, 5]


def test_files_from_outside_are_published_by_administrators_and_the_system_alone(database, deploy):
    """What process owners publish goes through the workshop, where scenarios and a second person stand before it."""
    deploy()
    changed = content.Pack("p", packs.files("p", authority=packs.decision(300)), is_whole=True)
    owner = Actor("U14", frozenset({"process_owner"}))
    with database.writer.begin() as session, pytest.raises(NotAllowed, match="Import the files in the workshop"):
        deployments.deploy(session, changed, owner)
    for allowed in (Actor("U15", frozenset({"sysadmin"})), system("deployment")):
        with database.writer.begin() as session:
            deployments.deploy(session, changed, allowed)
