"""Publishing a draft: what stands in the way is told, and nobody gets round it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock, deployments, drafts, history
from engine.actor import system
from engine.deployments import files, owners
from engine.errors import Conflict, NotAllowed, Refused
from tests import packs
from tests.engine.drafts.conftest import ADMIN, ANNA, APPROVAL, AUTHORITY, BEN, CLERK, NOW

SCENARIOS = "bpmn/p/request.scenarios.yaml"
COMMENT = "门槛由 200 提高到 300"


def obstacles(workshop, key, *, approval=False):
    with workshop.database.reader() as session:
        found = drafts.obstacles(session, drafts.get(session, key, ANNA), approval=approval)
    return [obstacle.kind for obstacle in found]


def publish(workshop, key, actor=ANNA, comment=COMMENT, *, approval=False, fingerprint=None):
    seen = fingerprint or workshop.read(key).fingerprint
    return workshop.do(drafts.publish, key, actor, comment, fingerprint=seen, approval=approval)


def changed(workshop, threshold=300):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(threshold), 0)
    return key


def test_a_draft_becomes_the_next_deployment_with_its_comment(workshop):
    key = changed(workshop)
    assert obstacles(workshop, key) == []
    deployment = publish(workshop, key)
    assert (deployment.comment, deployment.deployed_by) == (COMMENT, "anna")
    with workshop.database.reader() as session:
        assert deployments.current_deployment(session, "p").key == deployment.key
        assert files.pack(session, deployment.key).files == packs.files("p", authority=packs.decision(300))
    assert workshop.read(key).draft.state == "published"
    with pytest.raises(Conflict):
        publish(workshop, key)


def test_an_empty_draft_and_an_empty_comment_are_refused(workshop):
    with pytest.raises(Refused, match="nothing"):
        publish(workshop, workshop.draft())
    with pytest.raises(Refused, match="why"):
        publish(workshop, changed(workshop), comment="  ")


def test_errors_stand_in_the_way(workshop):
    key = workshop.draft()
    broken = packs.decision(300).replace(b"&gt; 300", b"&gt; 200")
    workshop.do(drafts.save, key, ANNA, AUTHORITY, broken, 0)
    assert obstacles(workshop, key) == ["errors"]
    with pytest.raises(Refused):
        publish(workshop, key)


def test_scenarios_must_have_passed_on_exactly_these_files(workshop):
    key = changed(workshop)
    workshop.do(drafts.save, key, ANNA, SCENARIOS, b"process: request\n", 0)
    assert obstacles(workshop, key) == ["not_run"]
    run = workshop.do(drafts.begin_run, key, ANNA)
    assert obstacles(workshop, key) == ["running"]
    workshop.do(drafts.end_run, run.key, system("scenarios"), passed=False, report={})
    assert obstacles(workshop, key) == ["failed"]
    workshop.passed(key)
    assert obstacles(workshop, key) == []
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(400), 1)
    assert obstacles(workshop, key) == ["not_run"]


def test_nobody_passes_by_saying_so(workshop):
    run = workshop.do(drafts.begin_run, changed(workshop), ANNA)
    for actor in (ANNA, ADMIN):
        with pytest.raises(NotAllowed):
            workshop.do(drafts.end_run, run.key, actor, passed=True, report={})


def test_two_clicks_are_one_run_and_a_lost_one_may_be_repeated(workshop):
    key = changed(workshop)
    workshop.do(drafts.begin_run, key, ANNA)
    with pytest.raises(Conflict):
        workshop.do(drafts.begin_run, key, ANNA)
    with clock.pinned(NOW + timedelta(minutes=3)):
        workshop.do(drafts.begin_run, key, ANNA)


def test_a_second_person_agrees_to_exactly_these_files(workshop):
    key = changed(workshop)
    assert obstacles(workshop, key, approval=True) == ["approval"]
    seen = workshop.read(key).fingerprint
    with pytest.raises(NotAllowed, match="himself"):
        workshop.do(drafts.approve, key, ANNA, seen)
    workshop.do(drafts.approve, key, BEN, seen, "同意")
    assert obstacles(workshop, key, approval=True) == []
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(400), 1)
    assert obstacles(workshop, key, approval=True) == ["approval"]
    with pytest.raises(Conflict):
        workshop.do(drafts.approve, key, BEN, seen)


def test_who_changed_a_file_cannot_approve_after_handing_the_draft_on(workshop):
    key = changed(workshop)
    workshop.do(drafts.hand_over, key, ANNA, "ben")
    with pytest.raises(NotAllowed, match="himself"):
        workshop.do(drafts.approve, key, ANNA, workshop.read(key).fingerprint)


def test_an_approval_stands_in_the_journal(workshop):
    key = changed(workshop)
    workshop.do(drafts.approve, key, BEN, workshop.read(key).fingerprint)
    publish(workshop, key, approval=True)
    with workshop.database.reader() as session:
        event = history.timeline(session, history.DEPLOYMENTS)[-1]
    assert event.details["approved_by"] == ["ben"]


def test_publishing_what_was_changed_since_it_was_looked_at_is_a_conflict(workshop):
    key = changed(workshop)
    seen = workshop.read(key).fingerprint
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(400), 1)
    with pytest.raises(Conflict):
        publish(workshop, key, fingerprint=seen)


def test_a_draft_over_an_older_version_is_brought_up_to_date_first(workshop):
    key = changed(workshop)
    newer = workshop.deploy(BEN, form=packs.form(label="原因"))
    assert obstacles(workshop, key) == ["meanwhile"]
    workshop.do(drafts.bring_up_to_date, key, ANNA, newer)
    publish(workshop, key)


def test_owners_alone_change_what_their_procedure_uses(workshop):
    workshop.do(owners.set_owners, ADMIN, "request", ["ben"])
    with pytest.raises(NotAllowed, match="ben"):
        changed(workshop)
    with pytest.raises(NotAllowed, match="ben"):
        workshop.deploy(ANNA, authority=packs.decision(300))
    key = workshop.draft()
    approval = packs.approval_process(name="审批")
    assert workshop.do(drafts.save, key, ANNA, APPROVAL, approval, 0) == 1
    workshop.deploy(BEN, authority=packs.decision(300))
    workshop.deploy(ADMIN, authority=packs.decision(400))


def test_a_draft_is_not_given_to_somebody_who_does_not_own_what_it_changes(workshop):
    key = changed(workshop)
    workshop.do(owners.set_owners, ADMIN, "request", ["anna"])
    with pytest.raises(Refused, match="does not own"):
        workshop.do(drafts.hand_over, key, ANNA, "ben")


def test_owners_are_named_by_administrators_among_process_owners(workshop):
    for actor in (ANNA, CLERK):
        with pytest.raises(NotAllowed):
            workshop.do(owners.set_owners, actor, "request", ["anna"])
    with pytest.raises(Refused):
        workshop.do(owners.set_owners, ADMIN, "request", ["clerk"])
    workshop.do(owners.set_owners, ADMIN, "request", ["anna"])
    workshop.do(owners.set_owners, ADMIN, "request", [])
    with workshop.database.reader() as session:
        assert owners.all_owners(session) == {}
        told = [event for event in history.timeline(session, history.DEPLOYMENTS) if event.type == owners.CHANGED]
    assert [event.details["after"] for event in told] == [["anna"], []]
