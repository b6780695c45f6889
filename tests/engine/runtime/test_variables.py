"""Variables in scopes: mappings in and out, what stays local, what is propagated, what is exact after a restore."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.errors import ExecutionFailed, Refused
from engine.runtime.changes import JobCreated, ProcessCalled, VariablesSet
from tests.engine.runtime.drawing import NOON, element, flows, job, mapping, script, user_task


def one(activity: str, element_id: str) -> str:
    return element("startEvent", "s") + activity + element("endEvent", "e") + flows(f"s>{element_id}\n{element_id}>e")


def test_without_mappings_the_result_goes_to_the_process(case):
    matter = case(one(user_task("a"), "a"), {"amount": 1})
    matter.complete("a", amount=2, note="x")
    assert matter.workflow.variables() == {"amount": 2, "note": "x"}


def test_an_input_is_local_and_ends_with_its_element(case):
    matter = case(one(job("a", extensions=mapping("input amount * 2 > double")), "a"), {"amount": 21})
    created = matter.of(JobCreated)[0]
    assert created.variables == {"amount": 21, "double": 42}
    matter.complete("a")
    assert matter.workflow.variables() == {"amount": 21}


def test_a_result_with_the_name_of_an_input_stays_local(case):
    matter = case(one(job("a", extensions=mapping("input amount > mine")), "a"), {"amount": 1})
    matter.complete("a", mine=5, other=6)
    assert matter.workflow.variables() == {"amount": 1, "other": 6}


def test_with_outputs_only_those_leave(case):
    matter = case(one(job("a", extensions=mapping("output result.price > price")), "a"))
    matter.complete("a", result={"price": 7, "secret": 1})
    assert matter.workflow.variables() == {"price": 7}


def test_an_output_to_a_path_keeps_the_other_keys(case):
    matter = case(
        one(job("a", extensions=mapping("output result > order.total", "output 1 > order.tax.rate")), "a"),
        {"order": {"id": "A", "tax": {"kind": "vat"}}},
    )
    matter.complete("a", result=9)
    assert matter.workflow.variables()["order"] == {"id": "A", "tax": {"kind": "vat", "rate": 1}, "total": 9}


def test_a_later_input_sees_an_earlier_one(case):
    matter = case(one(job("a", extensions=mapping("input 2 > x", "input x + 1 > y")), "a"))
    assert matter.of(JobCreated)[0].variables == {"x": 2, "y": 3}


def subprocess_with(inner: str, ids: str, extensions: str = "") -> str:
    content = element("startEvent", "s2") + inner + element("endEvent", "e2") + flows(ids)
    return one(element("subProcess", "sub", content, extensions), "sub")


def test_a_subprocess_has_a_scope_of_its_own(case):
    drawn = subprocess_with(user_task("a"), "s2>a\na>e2", mapping("input amount > share", "output share > shared"))
    matter = case(drawn, {"amount": 10})
    matter.complete("a", share=4, free=5)
    assert matter.workflow.variables() == {"amount": 10, "free": 5, "shared": 4}


def test_what_is_local_to_a_subprocess_is_gone_with_it(case):
    matter = case(subprocess_with(user_task("a"), "s2>a\na>e2", mapping("input 1 > x")))
    sub = next(change.scope_id for change in matter.of(VariablesSet))
    assert matter.workflow.variables(sub) == {"x": 1}
    matter.complete("a", x=2)
    assert matter.workflow.variables() == {}


def test_parallel_branches_do_not_overwrite_each_other(case):
    drawn = (
        element("startEvent", "s") + element("parallelGateway", "g") + user_task("a") + user_task("b")
        + element("parallelGateway", "j") + user_task("c") + flows("s>g\ng>a\ng>b\na>j\nb>j\nj>c")
    )  # fmt: skip
    matter = case(drawn, {"rows": []})
    matter.complete("a", one=1, rows=[1])
    matter.complete("b", two=2)
    assert matter.waits == ["c"]
    assert matter.workflow.variables() == {"rows": [1], "one": 1, "two": 2}


@pytest.mark.parametrize("everything", [True, False])
def test_what_a_called_process_is_given_and_gives(case, everything):
    attribute = "" if everything else ' propagateAllChildVariables="false" propagateAllParentVariables="false"'
    called = f'<zeebe:calledElement processId="q"{attribute}/>' + mapping("input amount > given")
    matter = case(one(element("callActivity", "a", extensions=called), "a"), {"amount": 1})
    expected = {"amount": 1, "given": 1} if everything else {"given": 1}
    assert matter.of(ProcessCalled)[0].variables == expected
    matter.complete("a", child=2)
    assert matter.workflow.variables() == ({"amount": 1, "child": 2} if everything else {"amount": 1})


def test_a_script_gives_a_variable(case):
    matter = case(one(script("a", "amount * 1.06", "total"), "a"), {"amount": Decimal("100.10")})
    assert matter.workflow.variables()["total"] == Decimal("106.106")


def test_every_shape_comes_back_exactly(case):
    values = {
        "typename": {"typename": "x", "__class__": 1, "@type": "date", "@text": "no date"},
        "amount": Decimal("300.00"),
        "deep": [[[{"a": [None, True, False, "", "办理"]}]]],
        "day": date(2026, 11, 23),
        "moment": datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        "span": timedelta(days=1, seconds=1),
        "__class__": "text",
        "big": 10**30,
    }
    matter = case(one(user_task("a") + user_task("b") + flows("a>b"), "a"), values)
    matter.complete("a")
    held = matter.workflow.variables()
    assert held == values
    assert str(held["amount"]) == "300.00"


def test_what_cannot_be_stored_is_refused_before_it_is_saved(case):
    matter = case(one(user_task("a") + user_task("b") + flows("a>b"), "a"))
    nested: list = []
    for _ in range(200):
        nested = [nested]
    matter.workflow.complete(matter.id_of("a"), {"nested": nested})
    with pytest.raises(Refused):
        matter.workflow.save()


def test_a_mistake_in_an_expression_stops_the_step(case):
    matter = case(one(user_task("a") + script("x", 'amount + "1"', "y") + flows("a>x"), "a"), {"amount": 1})
    with pytest.raises(ExecutionFailed) as caught:
        matter.complete("a")
    assert (caught.value.element_id, caught.value.kind, caught.value.values) == ("x", "expression", {"amount": 1})


def test_now_is_the_time_of_the_step(case):
    matter = case(one(script("a", "now()", "moment"), "a"))
    assert matter.workflow.variables()["moment"] == NOON


def test_five_megabytes_come_back_exactly(case):
    matter = case(one(user_task("a") + user_task("b") + flows("a>b"), "a"))
    text = "办" * 1_700_000
    matter.complete("a", text=text)
    again = matter.workflow.restore(matter.process, matter.workflow.save(), matter.host)
    assert again.variables()["text"] == text


def test_a_hundred_levels_come_back_exactly(case):
    nested: list = []
    for _ in range(99):
        nested = [nested]
    matter = case(one(user_task("a") + user_task("b") + flows("a>b"), "a"))
    matter.complete("a", nested=nested)
    again = matter.workflow.restore(matter.process, matter.workflow.save(), matter.host)
    assert again.variables()["nested"] == nested
