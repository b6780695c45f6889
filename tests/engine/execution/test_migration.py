"""Matters go to another version of their process whole, with their tasks, timers and drafts, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, content, deployments, history, incidents, jobs, process_instances, user_tasks
from engine.actor import system
from engine.errors import Conflict, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.models import ProcessDefinition, Subscription
from engine.models.process_instance import COMPLETED
from tests.engine.conftest import NOON
from tests.engine.office import PACKS

REASON = "改用新版"


def redrawn(office, process: str, *changes: tuple[str, str]) -> int:
    """Deploy the pack with one diagram changed; the key of its new version."""
    pack = content.read_pack(PACKS, "trial")
    files, path = dict(pack.files), f"bpmn/trial/{process}.bpmn"
    drawn = files[path].decode()
    for before, after in changes:
        assert before in drawn
        drawn = drawn.replace(before, after)
    files[path] = drawn.encode()
    office.run(deployments.deploy, content.Pack("trial", files), system("test"))
    return office.read(deployments.current_process, process).key


def move(office, key: int, target: int, mapping=None, person: str = "U15"):
    office.run(process_instances.migrate, key, office.actor(person), REASON, definition_key=target, mapping=mapping)


def preview(office, target: int, person: str = "U15", **which):
    return office.read(process_instances.migration_preview, office.actor(person), definition_key=target, **which)


def verified(office) -> list:
    with office.unit_of_work.read() as session:
        return list(history.verify(session).problems)


MAPPING = {"K1_answer": "K9_reply"}


def renamed(office) -> int:
    """The task is called otherwise, shows another form, and has a third timer."""
    opinion = 'formId="opinion" bindingType="deployment"/><zeebe:assignmentDefinition assignee="=line(store)"/>'
    properties = '<zeebe:properties><zeebe:property name="allowSelf" value="true"/></zeebe:properties>'
    timer = (
        '<bpmn:boundaryEvent id="B_new" attachedToRef="K1_answer" cancelActivity="false">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>PT5H</bpmn:timeDuration></bpmn:timerEventDefinition>"
        '</bpmn:boundaryEvent><bpmn:sequenceFlow id="new_K2" sourceRef="B_new" targetRef="K2_look"/>'
        '<bpmn:userTask id="K2_look"'
    )
    return redrawn(
        office,
        "clock",
        (opinion, opinion.replace("opinion", "receive") + properties),
        ('<bpmn:userTask id="K2_look"', timer),
        ('"K1_answer"', '"K9_reply"'),
        ('name="答复"', 'name="回复"'),
    )


def test_a_task_goes_on_as_the_new_version_draws_it(office):
    root = office.ask("clock")
    office.run(user_tasks.save_draft, office.task(root).key, office.actor("U16"), {"opinion": "再看看"})
    before = office.task(root)
    timers = {job.element_id: (job.key, job.due_at) for job in office.jobs(root, "CREATED") if job.kind == "timer"}
    target = renamed(office)

    (looked_at,) = preview(office, target, mapping=MAPPING)
    assert (looked_at.key, looked_at.business_id, looked_at.can_move) == (root, "C-20261123-001", True)
    assert looked_at.move.mapped == MAPPING
    assert (looked_at.move.withdrawn, looked_at.move.opened) == ((), ("B_new",))
    assert office.waits(root) == ["K1_answer"]

    move(office, root, target, MAPPING)
    task = office.task(root)
    assert office.matter(root).definition_key == task.definition_key == target
    assert (task.key, task.element_id, task.name) == (before.key, "K9_reply", "回复")
    assert task.form_key != before.form_key
    assert task.properties == {"allowSelf": "true"}
    kept = ("element_instance", "assignee", "draft", "due_at", "created_at", "priority", "resolution")
    assert [getattr(task, name) for name in kept] == [getattr(before, name) for name in kept]
    after = {job.element_id: (job.key, job.due_at) for job in office.jobs(root, "CREATED") if job.kind == "timer"}
    assert {name: after.pop(name) for name in timers} == timers
    assert [due_at for _key, due_at in after.values()] == [NOON + timedelta(hours=5)]
    (told,) = office.history(root, "process_instance.migrated")
    assert (told.actor, told.details["reason"], told.details["mapping"]) == ("U15", REASON, MAPPING)
    assert told.details["to"] == {"definition": target, "version": told.details["from"]["version"] + 1}

    clock.pin(NOON + timedelta(hours=6))
    for key in office.read(jobs.due):
        office.run(jobs.run_inside, key)
    assert office.waits(root) == ["K2_look", "K2_look", "K9_reply"]
    office.complete("U16", root, "K9_reply", accepted=True)
    assert office.matter(root).state == "ACTIVE"
    for task in office.tasks(root):
        office.run(user_tasks.complete, task.key, office.actor("U03"), {"accepted": True})
    assert office.matter(root).state == COMPLETED
    assert verified(office) == []


def test_it_goes_there_and_back_again(office):
    root = office.ask("clock")
    before = office.task(root)
    first = office.matter(root).definition_key
    move(office, root, renamed(office), MAPPING)
    move(office, root, first, {"K9_reply": "K1_answer"})
    again = office.task(root)
    columns = [column.name for column in before.__table__.columns]
    assert {name: getattr(again, name) for name in columns} == {name: getattr(before, name) for name in columns}
    timers = [job.element_id for job in office.jobs(root, "CREATED") if job.kind == "timer"]
    assert sorted(timers) == ["B_late", "B_remind"]
    assert office.complete("U16", root, decision="approve").ended
    assert verified(office) == []


def test_a_timer_that_has_fired_does_not_fire_again(office):
    root = office.ask("clock")
    clock.pin(NOON + timedelta(hours=2))
    for key in office.read(jobs.due):
        office.run(jobs.run_inside, key)
    assert office.waits(root) == ["K1_answer", "K2_look"]
    move(office, root, redrawn(office, "clock", ('name="督促"', 'name="催办"')))
    timers = [job.element_id for job in office.jobs(root, "CREATED") if job.kind == "timer"]
    assert timers == ["B_late"]
    assert office.task(root, "K2_look").name == "催办"


def test_what_has_no_place_is_named_and_nothing_changes(office):
    root = office.ask("clock")
    target = renamed(office)
    (looked_at,) = preview(office, target, keys=[root])
    assert [(one.element_id, one.sentence.template) for one in looked_at.move.obstacles] == [
        ("K1_answer", "The other version has no element for {element} in the same place.")
    ]
    state, rows = office.matter(root).state_bytes, office.task(root).definition_key
    with pytest.raises(Refused, match="has no element for 答复"):
        move(office, root, target)
    assert (office.matter(root).state_bytes, office.task(root).definition_key) == (state, rows)
    assert office.history(root, "process_instance.migrated") == []


def test_an_expression_of_the_new_version_that_fails_leaves_the_matter_as_it_was(office):
    root = office.ask("clock")
    timer = '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D</bpmn:timeDuration>'
    broken = timer.replace("P1D", "=purpose")
    target = redrawn(office, "clock", (timer, broken), ('id="B_late"', 'id="B_other"'), ('"B_late"', '"B_other"'))
    (looked_at,) = preview(office, target, keys=[root])
    assert [one.element_id for one in looked_at.move.obstacles] == ["B_other"]
    before = office.matter(root)
    with pytest.raises(ExecutionFailed):
        move(office, root, target)
    after = office.matter(root)
    assert (after.definition_key, after.state_bytes, after.revision) == (
        before.definition_key,
        before.state_bytes,
        before.revision,
    )
    assert sorted(job.element_id for job in office.jobs(root, "CREATED")) == ["B_late", "B_remind"]


def test_those_who_sign_together_keep_their_tasks(office):
    root = office.ask("panel")
    office.run(user_tasks.complete, office.tasks(root)[0].key, office.actor("U07"), {"decision": "approve"})
    before = {task.key: task.assignee for task in office.tasks(root)}
    target = redrawn(office, "panel", ('name="会签"', 'name="联签"'))
    move(office, root, target)
    assert {task.key: task.assignee for task in office.tasks(root)} == before
    assert {task.name for task in office.tasks(root)} == {"联签"}
    for task in office.tasks(root):
        office.run(user_tasks.complete, task.key, office.actor(task.assignee), {"decision": "approve"})
    assert office.matter(root).state == COMPLETED
    assert office.variables(root)["votes"] == ["approve"] * 3


def test_what_it_called_stays_on_its_version_until_it_is_moved_too(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    called = office.task(root)
    target = redrawn(office, "purchase", ('name="采购"', 'name="购买"'))
    chain = redrawn(office, "chain", ('name="运营经理审批"', 'name="运营审批"'))
    move(office, root, target)
    assert office.matter(root).definition_key == target
    assert office.matter(called.process_instance_key).definition_key == called.definition_key
    assert office.task(root).name == "运营经理审批"
    (looked_at,) = preview(office, chain)
    assert (looked_at.key, looked_at.root_key) == (called.process_instance_key, root)
    move(office, called.process_instance_key, chain)
    assert (office.task(root).key, office.task(root).name) == (called.key, "运营审批")
    office.complete("U02", root, decision="approve")
    office.complete("U01", root, decision="approve")
    assert office.task(root).name == "购买"
    assert verified(office) == []


def test_a_message_finds_what_waits_under_its_new_element(office):
    root = office.ask("purchase")
    target = redrawn(office, "purchase", ('id="B_withdraw"', 'id="B_back"'), ('"B_withdraw"', '"B_back"'))
    move(office, root, target, {"B_withdraw": "B_back"})
    with office.unit_of_work.read() as session:
        subscriptions = session.execute(select(Subscription).where(Subscription.root_key == root)).scalars().all()
    assert [row.element_id for row in subscriptions] == ["B_back"]
    office.run(process_instances.withdraw, root, office.actor("U19"), "不需要了")
    assert office.matter(root).outcome == "withdrawn"


def test_a_suspended_matter_stays_suspended(office):
    root = office.ask("clock")
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    move(office, root, renamed(office), MAPPING)
    assert office.matter(root).suspended
    with pytest.raises(Conflict, match="suspended"):
        office.complete("U16", root, accepted=True)
    office.run(process_instances.resume, root, office.actor("U15"), "查清")
    assert office.complete("U16", root, accepted=True).ended


def test_a_suspended_matter_does_not_go_on_by_a_new_drawing(office):
    root = office.start("both")
    office.complete("U07", root, "B2_admin", accepted=True)
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    flow = '<bpmn:sequenceFlow id="B1_finance_join" sourceRef="B1_finance" targetRef="join"/>'
    target = redrawn(
        office,
        "both",
        (flow, flow.replace('targetRef="join"', 'targetRef="done"')),
        ("<bpmn:incoming>B1_finance_join</bpmn:incoming>", ""),
    )
    (looked_at,) = preview(office, target, keys=[root])
    assert not looked_at.can_move
    with pytest.raises(Refused, match="Resume it first"):
        move(office, root, target)
    office.run(process_instances.resume, root, office.actor("U15"), "查清")
    move(office, root, target)
    assert office.waits(root) == ["B1_finance", "B3_file"]


def test_a_draft_moves_although_only_its_starter_may_see_it(office):
    root = office.start("clock")
    target = renamed(office)
    (looked_at,) = preview(office, target, person="U12" if "process_owner" in office.actor("U12").posts else "U15")
    assert (looked_at.key, looked_at.business_id, looked_at.can_move) == (root, None, True)
    move(office, root, target)
    assert office.complete("U19", root, purpose="地毯", amount=1).business_id is not None
    assert office.waits(root) == ["K9_reply"]


def test_a_matter_that_has_ended_stays_what_it_was(office):
    root = office.ask("clock")
    office.complete("U16", root, decision="approve")
    target = renamed(office)
    assert preview(office, target) == ()
    (looked_at,) = preview(office, target, keys=[root])
    assert [str(one.sentence) for one in looked_at.move.obstacles] == ["This matter has ended."]
    with pytest.raises(Conflict, match="has ended"):
        move(office, root, target, MAPPING)


def test_what_stopped_goes_on_in_the_version_that_puts_it_right(office):
    root = office.start("failing")
    with pytest.raises(ExecutionFailed):
        office.complete("U19", root, purpose="地毯", amount=100)
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    target = redrawn(office, "failing", ('name="有此人？"', 'name="有此人？" default="gw_person_F1_other"'))
    move(office, root, target)
    office.run(incidents.retry, incident.key, office.actor("U15"))
    assert office.waits(root) == ["F1_other"]
    assert office.variables(root)["purpose"] == "地毯"


def test_mappings_and_targets_are_checked(office):
    root = office.ask("clock")
    current, target = office.matter(root).definition_key, renamed(office)
    for mapping in ({"nothing": "K9_reply"}, {"K1_answer": "nothing"}):
        with pytest.raises(Refused, match="The mapping names nothing"):
            move(office, root, target, mapping)
    with pytest.raises(Conflict, match="on version 1 already"):
        move(office, root, current)
    with pytest.raises(Refused, match="cannot become"):
        move(office, root, office.read(deployments.current_process, "both").key)
    with pytest.raises(NotFound):
        move(office, root, 1)
    with pytest.raises(NotFound):
        move(office, 1, target)
    with pytest.raises(Refused, match="reason"):
        office.run(process_instances.migrate, root, office.actor("U15"), " ", definition_key=target)


def test_only_administrators_and_process_owners(office):
    root = office.ask("clock")
    target = renamed(office)
    for person in ("U19", "U16", "U13", "U01"):
        with pytest.raises(NotAllowed):
            move(office, root, target, MAPPING, person)
        with pytest.raises(NotAllowed):
            preview(office, target, person)
    owners = [f"U{number:02d}" for number in range(1, 31) if office.actor(f"U{number:02d}").is_process_owner]
    assert owners != []
    assert preview(office, target, owners[0], mapping=MAPPING)[0].can_move
    move(office, root, target, MAPPING, owners[0])
    assert office.waits(root) == ["K9_reply"]


def test_a_page_at_a_time(office):
    roots = sorted(office.ask("clock") for _ in range(3))
    target, first = renamed(office), office.matter(roots[0]).definition_key
    page = preview(office, target, mapping=MAPPING, from_definition=first, limit=2)
    assert [one.key for one in page] == roots[:2]
    rest = preview(office, target, mapping=MAPPING, from_definition=first, after=page[-1].key)
    assert [one.key for one in rest] == roots[2:]
    assert preview(office, target, keys=roots, from_definition=target) == ()
    with office.unit_of_work.read() as session:
        versions = select(ProcessDefinition.version).where(ProcessDefinition.key == target)
        assert session.execute(versions).scalar_one() > 1
