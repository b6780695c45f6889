"""Return, jump and skip: nothing is done twice, and no join waits for ever."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runtime
from engine.errors import Conflict, NotFound, Refused
from engine.runtime.changes import ElementTerminated, WaitClosed
from tests.engine.runtime.drawing import TestHost, document, element, flows, job, user_task
from tests.engine.runtime.random_models import Builder, Graph, draw
from tests.engine.runtime.test_loops import loop

RUNS = int(os.environ.get("BANLI_ORACLE_RUNS", "150"))


def jump(matter, to, *ending, **variables):
    return matter.step("jump", [matter.id_of(each) for each in ending], to, variables)


def skip(matter, element_id, **variables):
    return matter.step("skip", matter.id_of(element_id), variables)


def parallel() -> str:
    """s, then a and (b, c) side by side, then d, then e; e may lead back to s."""
    return (
        element("startEvent", "begin") + user_task("s") + element("parallelGateway", "g")
        + "".join(user_task(name) for name in "abcde") + element("parallelGateway", "j")
        + element("exclusiveGateway", "x", default="x_end") + element("endEvent", "end")
        + flows("begin>s\ns>g\ng>a\ng>b\nb>c\na>j\nc>j\nj>d\nd>e\ne>x\nx>s [again]\nx>end")
    )  # fmt: skip


def at(case, *completed: str):
    matter = case(parallel(), {"again": False})
    for element_id in completed:
        matter.complete(element_id)
    return matter


def test_back_before_the_split_gives_up_every_branch(case):
    matter = at(case, "s", "b")
    assert matter.waits == ["a", "c"]
    changes = jump(matter, "s", "c")
    assert sorted(change.element_id for change in changes if isinstance(change, ElementTerminated)) == ["a", "c"]
    assert matter.waits == ["s"]
    for element_id in "sabcde":
        matter.complete(element_id)
    assert matter.workflow.ended


def test_back_before_the_split_gives_up_what_has_come_to_the_join(case):
    matter = at(case, "s", "a")
    jump(matter, "s", "b")
    for element_id in "sbc":
        matter.complete(element_id)
    assert matter.waits == ["a"]


def test_back_within_a_branch_leaves_the_other_one(case):
    matter = at(case, "s", "b")
    jump(matter, "b", "c")
    assert matter.waits == ["a", "b"]
    for element_id in "bca":
        matter.complete(element_id)
    assert matter.waits == ["d"]


def test_back_within_a_branch_after_it_has_come_to_the_join(case):
    matter = at(case, "s", "b", "c")
    assert matter.waits == ["a"]
    arrived = next(one.element_instance_id for one in matter.workflow.active if one.element_id == "j")
    matter.step("jump", [arrived], "c", {})
    assert matter.waits == ["a", "c"]
    matter.complete("a")
    matter.complete("c")
    assert matter.waits == ["d"]


def test_back_into_one_branch_of_a_split_that_is_over_is_refused(case):
    matter = at(case, "s", "a", "b", "c")
    with pytest.raises(Refused, match="j would wait for ever"):
        jump(matter, "c", "d")


def test_on_behind_the_join_while_another_branch_is_open_is_refused(case):
    matter = at(case, "s")
    with pytest.raises(Refused, match="a is still open and leads to d as well"):
        jump(matter, "d", "b")
    matter = at(case, "s")
    jump(matter, "d", "a", "b")
    matter.complete("d")
    matter.complete("e")
    assert matter.workflow.ended


def test_into_the_other_branch_is_refused(case):
    matter = at(case, "s", "b")
    with pytest.raises(Refused):
        jump(matter, "b", "a")


def test_a_join_is_not_fed_by_the_next_round_of_the_loop_around_it(case):
    drawn = (
        element("startEvent", "begin") + element("exclusiveGateway", "m") + user_task("t")
        + "".join(element("parallelGateway", name) for name in ("g", "g2", "j", "j2"))
        + "".join(user_task(name) for name in "kqr")
        + element("exclusiveGateway", "x", default="x_end") + element("endEvent", "end")
        + flows("begin>m\nm>t\nt>g\ng>g2\ng2>k\ng2>q\nk>j2\nq>j2\nj2>j\ng>r\nr>j\nj>x\nx>m [again]\nx>end")
    )  # fmt: skip
    matter = case(drawn, {"again": False})
    matter.complete("t")
    matter.complete("k")
    with pytest.raises(Refused, match="would wait for ever"):
        jump(matter, "r", "q")
    assert matter.waits == ["q", "r"]
    jump(matter, "t", "q")
    assert matter.waits == ["t"]


def test_again_from_the_beginning_of_a_round(case):
    matter = at(case, "s", "a", "b", "c", "d")
    matter.complete("e", again=True)
    assert matter.waits == ["s"]
    jump(matter, "d", "s", why="urgent")
    assert matter.waits == ["d"]
    assert matter.workflow.variables()["why"] == "urgent"


def test_begin_a_step_anew(case):
    matter = at(case)
    before = matter.id_of("s")
    jump(matter, "s", "s")
    assert matter.waits == ["s"]
    assert matter.id_of("s") != before


def nested() -> str:
    content = element("startEvent", "in") + user_task("o") + user_task("q") + flows("in>o\no>q")
    return (
        element("startEvent", "begin") + user_task("s") + element("subProcess", "sub", content) + user_task("t")
        + flows("begin>s\ns>sub\nsub>t")
    )  # fmt: skip


def test_out_of_a_subprocess_and_into_it(case):
    matter = case(nested())
    matter.complete("s")
    jump(matter, "s", "o")
    assert matter.waits == ["s"]
    jump(matter, "q", "s")
    assert matter.waits == ["q"]
    jump(matter, "o", "q")
    matter.complete("o")
    matter.complete("q")
    assert matter.waits == ["t"]
    jump(matter, "q", "t")
    matter.complete("q")
    matter.complete("t")
    assert matter.workflow.ended


def test_what_is_begun_inside_of_what_is_ended_is_refused(case):
    matter = case(nested())
    matter.complete("s")
    around = next(one.element_instance_id for one in matter.workflow.active if one.element_id == "sub")
    with pytest.raises(Refused, match="would be ended as soon as it begins"):
        matter.step("jump", [around], "q", {})


def signing(*, sequential: bool) -> str:
    return (
        element("startEvent", "begin") + user_task("s") + user_task("a", loop(sequential=sequential)) + user_task("b")
        + flows("begin>s\ns>a\na>b")
    )  # fmt: skip


def test_who_sends_back_from_several_gives_up_the_others(case):
    matter = case(signing(sequential=False), {"approvers": [1, 2, 3], "vote": 0})
    matter.complete("s")
    jump(matter, "s", "a")
    assert matter.waits == ["s"]
    matter.complete("s")
    assert matter.waits == ["a", "a", "a"]


@pytest.mark.parametrize("sequential", [True, False])
def test_skipping_one_of_several_leaves_the_others(case, sequential):
    matter = case(signing(sequential=sequential), {"approvers": [1, 2, 3], "vote": 0})
    matter.complete("s")
    skip(matter, "a")
    assert matter.waits == (["a"] if sequential else ["a", "a"])
    matter.complete("a", vote=7)
    skip(matter, "a")
    assert matter.waits == ["b"]
    assert matter.workflow.variables()["votes"] == [None, 7, None]


def test_skipping_the_last_of_several_goes_on_too(case):
    matter = case(signing(sequential=False), {"approvers": [1], "vote": 0})
    matter.complete("s")
    skip(matter, "a")
    assert matter.waits == ["b"]


def test_skip_goes_on_by_the_flows_with_what_it_is_given(case):
    matter = at(case, "s", "a")
    changes = skip(matter, "b", note="x")
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)] == [("b", "terminated")]
    skip(matter, "c")
    assert matter.waits == ["d"]
    skip(matter, "d")
    skip(matter, "e", again=False)
    assert matter.workflow.ended
    assert matter.workflow.variables() == {"again": False, "note": "x"}


def test_skip_a_job_with_an_event_at_its_border(case):
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    drawn = (
        element("startEvent", "begin") + job("w") + user_task("late") + user_task("b")
        + element("boundaryEvent", "t", timer, attachedToRef="w") + flows("begin>w\nw>b\nt>late")
    )  # fmt: skip
    matter = case(drawn)
    with pytest.raises(Conflict):
        skip(matter, "t")
    matter = case(drawn)
    skip(matter, "w")
    assert matter.waits == ["b"]


def compensated() -> str:
    association = '<bpmn:association id="c_u" sourceRef="c" targetRef="u" associationDirection="One"/>'
    return (
        element("startEvent", "begin") + user_task("a")
        + element("boundaryEvent", "c", "<bpmn:compensateEventDefinition/>", attachedToRef="a")
        + job("u").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"') + association
        + element("intermediateThrowEvent", "t", "<bpmn:compensateEventDefinition/>") + user_task("b")
        + flows("begin>a\na>t\nt>b")
    )  # fmt: skip


def test_skip_what_undoes(case):
    matter = case(compensated())
    matter.complete("a")
    assert matter.waits == ["u"]
    skip(matter, "u")
    assert matter.waits == ["b"]


def test_give_up_what_undoes(case):
    matter = case(compensated())
    matter.complete("a")
    jump(matter, "b", "u")
    assert matter.waits == ["b"]


def test_there_must_be_such_an_element(case):
    matter = at(case)
    with pytest.raises(NotFound):
        jump(matter, "nothing", "s")
    with pytest.raises(Conflict):
        matter.step("skip", "99", {})


class Plain(Builder):
    """Diagrams in which every path comes together again: no events at the border that end for themselves."""

    def activity(self, graph: Graph, kind: str, depth: int) -> tuple[str, str]:
        inner = self.scope(depth - 1) if kind == "sub" else None
        node = self.new(graph, kind, inner=inner, sequential=self.random.random() < 0.5)
        return node, node


class Moved:
    """A matter on a random diagram, moved about by whoever likes to."""

    def __init__(self, seed: int) -> None:
        self.builder = Plain(seed)
        self.random = self.builder.random
        graph = self.builder.scope(3)
        self.process = runtime.compile(document(draw(graph)), file="p.bpmn").processes["p"]
        self.tasks = graph.activities()
        self.workflow = runtime.Workflow.start(
            self.process, {**self.builder.values(), "items": [1, 2, 3]}, TestHost()
        )
        self.state = self.workflow.save()

    def move(self) -> str:
        """One random act; whatever is refused leaves the matter as it was."""
        self.workflow = runtime.Workflow.restore(self.process, self.state, TestHost())
        wait = self.random.choice(self.workflow.waiting).element_instance_id
        kind = self.random.choice(("complete", "complete", "skip", "jump", "jump"))
        try:
            if kind == "jump":
                standing = [one.element_instance_id for one in self.workflow.active]
                others = self.random.sample(standing, self.random.randint(0, min(2, len(standing))))
                self.workflow.jump(list(dict.fromkeys([wait, *others])), self.random.choice(self.tasks))
            else:
                getattr(self.workflow, kind)(wait, self.builder.values())
        except (Refused, Conflict):
            return "refused"
        if not self.workflow.ended:
            self.state = self.workflow.save()
        return kind

    def once(self) -> bool:
        """Whether no task waits twice, but the three of an activity for three."""
        found = Counter(one.element_id for one in self.workflow.waiting)
        return all(count <= (3 if name.startswith("mi") else 1) for name, count in found.items())

    def finish(self) -> int:
        """Do what waits until nothing does, taking every way out of a loop; gives how much was left to do."""
        steps = 0
        while not self.workflow.ended and steps < 500:
            wait = self.workflow.waiting[0].element_instance_id
            self.workflow.complete(wait, {name: [] for name in self.builder.variables})
            steps += 1
        return steps


@settings(max_examples=RUNS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_wherever_one_jumps_nothing_is_doubled_and_it_ends(seed):
    moved = Moved(seed)
    for _ in range(20):
        if moved.workflow.ended:
            return
        if moved.move() != "refused":
            assert moved.once(), f"seed {seed}"
            assert moved.workflow.ended or moved.workflow.waiting, f"seed {seed}"
    moved.workflow = runtime.Workflow.restore(moved.process, moved.state, TestHost())
    moved.finish()
    assert moved.workflow.ended, f"seed {seed}"


def test_jumps_are_not_refused_for_nothing():
    done = Counter()
    for seed in range(60):
        moved = Moved(seed)
        for _ in range(10):
            if not moved.workflow.ended:
                done[moved.move()] += 1
    assert done["jump"] > 40
    assert done["skip"] > 40
    assert done["refused"] > 10
