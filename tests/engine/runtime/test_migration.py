"""Going to another version: what can move moves with its ids, what cannot is named before anything changes."""

from __future__ import annotations

import pytest

from engine import runtime
from engine.errors import Refused
from engine.runtime.changes import ElementMigrated, SubscriptionOpened, WaitClosed
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
    assert matter.step("migrate", version(first())) == []
    assert matter.workflow.save() == before
