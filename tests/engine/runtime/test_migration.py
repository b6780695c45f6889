"""Going to another version: what can move moves with its ids, what cannot is named before anything changes."""

from __future__ import annotations

import pytest

from engine import runtime
from engine.errors import Refused
from engine.runtime.changes import ElementMigrated, SubscriptionOpened, TimerCreated, UserTaskMigrated, WaitClosed
from tests.engine.runtime.drawing import document, element, flows, job, user_task

_TOP = '<bpmn:message id="m" name="m"/><bpmn:message id="n" name="n"/>'


def version(content: str) -> runtime.Process:
    return runtime.compile(document(content, top=_TOP), file="p.bpmn", topics=("work",)).processes["p"]


def border(event: str, host: str, message: str) -> str:
    definition = f'<bpmn:messageEventDefinition messageRef="{message}"/>'
    return element("boundaryEvent", event, definition, attachedToRef=host) + user_task(f"after_{event}") + flows(
        f"{event}>after_{event}"
    )  # fmt: skip


def first() -> str:
    content = element("startEvent", "s2") + user_task("b") + flows("s2>b")
    return (
        element("startEvent", "s") + element("parallelGateway", "g") + user_task("a")
        + element("subProcess", "sub", content) + element("parallelGateway", "j") + user_task("c")
        + border("old", "sub", "m") + flows("s>g\ng>a\ng>sub\na>j\nsub>j\nj>c")
    )  # fmt: skip


def second() -> str:
    content = element("startEvent", "s2") + user_task("b2") + job("more") + flows("s2>b2\nb2>more")
    return (
        element("startEvent", "s") + element("parallelGateway", "g") + user_task("a")
        + element("subProcess", "part", content) + element("parallelGateway", "j") + user_task("c")
        + border("new", "part", "n") + flows("s>g\ng>a\ng>part\na>j\npart>j\nj>c")
    )  # fmt: skip


MAPPING = {"sub": "part", "b": "b2"}


def test_it_goes_on_in_the_new_version(case):
    matter = case(first(), top=_TOP)
    matter.complete("a")
    ids = {wait.element_id: wait.element_instance_id for wait in matter.workflow.waiting}
    target = version(second())
    assert matter.workflow.migration_preview(target, MAPPING) == ()
    changes = matter.step("migrate", target, MAPPING)
    matter.process = target
    assert matter.waits == ["b2", "new"]
    assert matter.id_of("b2") == ids["b"]
    assert {(c.migrated_from, c.element_id) for c in changes if isinstance(c, ElementMigrated)} == set(
        MAPPING.items()
    )
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)] == [("old", "terminated")]
    assert [c.name for c in changes if isinstance(c, SubscriptionOpened)] == ["n"]
    matter.complete("b2")
    matter.complete("more")
    assert matter.waits == ["c"]


def test_what_has_no_place_is_named_and_nothing_changes(case):
    matter = case(first(), top=_TOP)
    target = version(second())
    blocked = matter.workflow.migration_preview(target)
    assert [block.element_id for block in blocked] == ["sub", "b"]
    before = matter.workflow.save()
    with pytest.raises(Refused):
        matter.workflow.migrate(target)
    assert matter.workflow.save() == before


def test_another_kind_of_element_blocks(case):
    matter = case(first(), top=_TOP)
    target = version(first().replace(user_task("b"), job("b")))
    assert [block.element_id for block in matter.workflow.migration_preview(target)] == ["b"]


def test_a_token_at_a_join_needs_its_flow(case):
    matter = case(first(), top=_TOP)
    matter.complete("a")
    target = version(first().replace('id="a_j"', 'id="other"'))
    assert [block.element_id for block in matter.workflow.migration_preview(target)] == ["j"]


def test_to_the_same_version_nothing_changes(case):
    matter = case(first(), top=_TOP)
    before = matter.workflow.save()
    told = matter.step("migrate", version(first()))
    assert [(type(change), change.element_id) for change in told] == [
        (UserTaskMigrated, "a"),
        (UserTaskMigrated, "b"),
    ]
    assert matter.workflow.save() == before


HOUR = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"


def reminded(*, more: str = "") -> str:
    remind = element("boundaryEvent", "remind", HOUR, attachedToRef="a", cancelActivity="false") + user_task("r")
    return element("startEvent", "s") + user_task("a") + remind + flows("s>a\nremind>r") + more


def test_an_event_that_has_had_its_turn_does_not_get_another(case):
    matter = case(reminded())
    matter.trigger("remind")
    assert matter.waits == ["a", "r"]
    later = element("boundaryEvent", "later", HOUR, attachedToRef="a", cancelActivity="false") + user_task("l")
    changes = matter.step("migrate", version(reminded(more=later + flows("later>l"))))
    assert [change.element_id for change in changes if isinstance(change, TimerCreated)] == ["later"]
    assert matter.waits == ["a", "later", "r"]


def beginning(message: str, *, more: str = "") -> str:
    start = element(
        "startEvent", "begin", f'<bpmn:messageEventDefinition messageRef="{message}"/>', isInterrupting="true"
    )
    inner = start + user_task("e") + flows("begin>e")
    return (
        element("startEvent", "s") + user_task("a") + flows("s>a")
        + element("subProcess", "h", inner, triggeredByEvent="true") + more
    )  # fmt: skip


def test_an_event_subprocess_at_work_is_not_begun_by_another_one(case):
    matter = case(beginning("m"), top=_TOP)
    matter.trigger("begin")
    assert matter.waits == ["e"]
    other = element("startEvent", "begin2", '<bpmn:messageEventDefinition messageRef="n"/>') + user_task("e2")
    more = element("subProcess", "h2", other + flows("begin2>e2"), triggeredByEvent="true")
    assert [type(change) for change in matter.step("migrate", version(beginning("m", more=more)))] == [
        UserTaskMigrated
    ]
    assert matter.waits == ["e"]


def test_an_event_that_waits_for_another_message_is_opened_anew(case):
    matter = case(beginning("m"), top=_TOP)
    changes = matter.step("migrate", version(beginning("n")))
    assert [change.reason for change in changes if isinstance(change, WaitClosed)] == ["terminated"]
    assert [change.name for change in changes if isinstance(change, SubscriptionOpened)] == ["n"]
    assert matter.waits == ["a", "begin"]


def waiting(message: str) -> str:
    return (
        element("startEvent", "s")
        + element("intermediateCatchEvent", "w", f'<bpmn:messageEventDefinition messageRef="{message}"/>')
        + user_task("a") + flows("s>w\nw>a")
    )  # fmt: skip


def test_what_waits_for_another_message_is_blocked(case):
    matter = case(waiting("m"), top=_TOP)
    assert matter.workflow.migration_preview(version(waiting("m"))) == ()
    (blocked,) = matter.workflow.migration_preview(version(waiting("n")))
    assert (blocked.element_id, str(blocked.sentence)) == ("w", "w waits for something else in the other version.")


def racing(*events: str, tasks: str = "") -> str:
    drawn = "".join(
        element("intermediateCatchEvent", name, HOUR if name.startswith("t") else MESSAGE) for name in events
    )
    after = "".join(user_task(f"after_{name}") + flows(f"g>{name}\n{name}>after_{name}") for name in events)
    return element("startEvent", "s") + element("eventBasedGateway", "g") + flows("s>g") + drawn + after + tasks


MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'


def test_events_behind_a_gateway_keep_their_gateway(case):
    matter = case(racing("w", "t1"), top=_TOP)
    target = version(racing("w", "t1", "t2"))
    changes = matter.step("migrate", target)
    matter.process = target
    assert [change.element_id for change in changes if isinstance(change, TimerCreated)] == ["t2"]
    matter.trigger("t2")
    assert matter.waits == ["after_t2"]


def test_an_event_that_its_gateway_has_not_blocks(case):
    matter = case(racing("w", "t1", "t2"), top=_TOP)
    elsewhere = user_task("x") + element("intermediateCatchEvent", "t2", HOUR) + flows("s2>x\nx>t2")
    drawn = racing("w", "t1", tasks=elsewhere).replace(
        flows("s>g"), element("parallelGateway", "s2") + flows("s>s2\ns2>g")
    )
    blocked = matter.workflow.migration_preview(version(drawn))
    assert [(one.element_id, str(one.sentence)) for one in blocked] == [
        ("t2", "t2 does not follow its gateway in the other version.")
    ]


def joined(*names: str, after: str = "z") -> str:
    tasks = "".join(user_task(name) + flows(f"g>{name}\n{name}>j") for name in names)
    return (
        element("startEvent", "s") + element("parallelGateway", "g") + element("parallelGateway", "j") + tasks
        + user_task(after) + user_task("aside") + flows(f"s>g\ng>aside\nj>{after}")
    )  # fmt: skip


def test_a_join_of_fewer_flows_goes_on_when_all_have_come(case):
    matter = case(joined("a", "b", "c"))
    matter.complete("a")
    matter.complete("b")
    assert matter.waits == ["aside", "c"]
    target = version(joined("a", "b") + user_task("c2") + flows("g>c2"))
    matter.step("migrate", target, {"c": "c2"})
    matter.process = target
    assert matter.waits == ["aside", "c2", "z"]


def test_a_branch_that_nobody_began_blocks(case):
    matter = case(joined("a", "b"))
    matter.complete("a")
    blocked = matter.workflow.migration_preview(version(joined("a", "b", "c")))
    assert sorted(one.element_id for one in blocked) == ["aside", "b", "j"]
    assert "could not come together" in str(blocked[0].sentence)
    with pytest.raises(Refused, match="could not come together"):
        matter.step("migrate", version(joined("a", "b", "c")))
    assert matter.waits == ["aside", "b"]


def test_where_somebody_moved_it_astray_it_may_go_on_astray(case):
    matter = case(joined("a", "b"))
    matter.step("modify", activate=[runtime.Activation("z")])
    target = version(joined("a", "b", "c"))
    assert matter.workflow.migration_preview(target) == ()
    matter.step("migrate", target)
    assert matter.waits == ["a", "aside", "b", "z"]


def each(collection: str, output: str) -> str:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="={collection}" inputElement="one" '
        f'outputCollection="{output}" outputElement="=one"/>'
        f"</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    return element("startEvent", "s") + user_task("a", loop) + flows("s>a")


def test_a_repetition_keeps_its_items_and_is_blocked_where_it_gathers_otherwise(case):
    matter = case(each("people", "votes"), {"people": [1, 2]})
    assert [one.element_id for one in matter.workflow.migration_preview(version(each("people", "others")))] == ["a"]
    target = version(each("nobody", "votes"))
    matter.step("migrate", target)
    matter.process = target
    matter.complete("a")
    matter.complete("a")
    assert matter.workflow.variables()["votes"] == [1, 2]


def test_what_could_not_be_undone_blocks(case):
    def undoable(*, undo: bool) -> str:
        handler = job("u").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"')
        event = element("boundaryEvent", "c", "<bpmn:compensateEventDefinition/>", attachedToRef="a")
        association = '<bpmn:association id="c_u" sourceRef="c" targetRef="u" associationDirection="One"/>'
        throw = (
            element("intermediateThrowEvent", "t", "<bpmn:compensateEventDefinition/>") if undo else user_task("t")
        )
        drawn = element("startEvent", "s") + user_task("a") + user_task("b") + throw + flows("s>a\na>b\nb>t")
        return drawn + (event + handler + association if undo else "")

    matter = case(undoable(undo=True))
    matter.complete("a")
    assert [one.element_id for one in matter.workflow.migration_preview(version(undoable(undo=True)))] == []
    assert [one.element_id for one in matter.workflow.migration_preview(version(undoable(undo=False)))] == ["a"]
