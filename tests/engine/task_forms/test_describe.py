"""What a page shows: the field tree with what is visible, required, offered and filled in."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.task_forms.forms import REQUIRED, Form, computed, money, number, radio, rows, text


def nodes(form, given=None):
    """Every node by path, those of rows and groups included."""
    found = {}

    def walk(level):
        for node in level:
            found[node.path] = node
            walk(node.children)
            for row in node.rows:
                walk(row)

    walk(form.task_form.describe(given, **form.around))
    return found


def purchase(**current):
    return Form(
        text("purpose", label="申购事由", **REQUIRED),
        rows("lines", text("item", **REQUIRED), money("price", validate={"min": "0.01"}),
             computed("doubled", "=price * 2")),
        computed("total", "=sum(lines.price)", properties={"money": "true"}),
        radio("kind", "a", "b", defaultValue="a"),
        text("reason", conditional={"hide": '=kind = "a"'}, validate={"required": "=total > 100"}),
        {"type": "text", "id": "hint", "text": '="合计 " + string(total)'},
        {"type": "table", "id": "table", "dataSource": "history", "columns": [{"key": "x", "label": "X"}]},
        **current,
    )  # fmt: skip


def test_a_fresh_form_shows_its_defaults_and_one_row():
    found = nodes(purchase())
    assert list(found) == [
        "purpose", "lines", "lines.0.item", "lines.0.price", "lines.0.doubled", "total", "kind", "reason",
        "#hint", "#table",
    ]  # fmt: skip
    assert found["kind"].value == "a"
    assert found["kind"].texts == ("a",)
    assert [option.label for option in found["kind"].options] == ["a", "b"]
    assert (found["purpose"].required, found["reason"].required) == (True, False)
    assert (found["reason"].visible, found["purpose"].visible) == (False, True)
    assert found["lines.0.price"].limits == {"minimum": "0.01", "step": "0.01"}
    assert [node.path for node in found["lines"].blank] == [
        "lines.{row}.item",
        "lines.{row}.price",
        "lines.{row}.doubled",
    ]


def test_a_form_that_comes_back_shows_what_the_matter_holds():
    found = nodes(purchase(purpose="补货", lines=[{"item": "盒", "price": Decimal("60.50")}] * 2, kind="b"))
    assert found["purpose"].texts == ("补货",)
    assert found["lines.1.price"].texts == ("60.50",)
    assert found["lines.1.doubled"].value == Decimal(121)
    assert (found["total"].value, found["total"].readonly) == (Decimal("121.00"), True)
    assert (found["reason"].visible, found["reason"].required) == (True, True)
    assert found["#hint"].value == "合计 121.00"


def test_what_was_typed_is_shown_again_as_it_was_typed():
    form = purchase()
    parsed = form.task_form.parse({"purpose": "补货", "lines.3.item": "盒", "lines.3.price": "1e9", "kind": "b"})
    found = nodes(form, parsed)
    assert found["lines.0.price"].texts == ("1e9",)
    assert found["lines.0.item"].texts == ("盒",)
    assert found["total"].value is None
    assert str(parsed.errors["lines.0.price"]) == "Write the number in full, without an exponent."


def test_what_is_visible_and_computed_follows_the_values():
    form = purchase()
    given = {"kind": "b", "lines": [{"item": "a", "price": Decimal(1)}]}
    visible = form.task_form.visible(given, **form.around)
    assert "reason" in visible
    assert "reason" not in form.task_form.visible({**given, "kind": "a"}, **form.around)
    assert form.task_form.computed(given, **form.around) == {"lines.0.doubled": Decimal(2), "total": Decimal("1.00")}


def test_a_table_shows_what_its_source_gives():
    found = nodes(purchase(history=[{"x": 1}]))
    assert found["#table"].value == [{"x": Decimal(1)}]


def test_what_cannot_be_evaluated_says_so_at_its_place():
    form = Form(
        {"type": "select", "id": "a", "key": "a", "valuesExpression": "=1"},
        text("b", validate={"required": "=for x in 1..1000000000 return x"}),
        number("c", validate={"max": "=missing"}),
        {"type": "table", "id": "t", "dataSource": "=for x in 1..1000000000 return x"},
        text("d", label="=1", conditional={"hide": "=for x in 1..1000000000 return x"}),
    )
    found = nodes(form)
    assert {path for path, node in found.items() if node.problem} == {"a", "b", "#t", "d"}
    assert found["c"].limits == {"step": "any"}
    assert found["d"].label == ""
    assert found["d"].visible


def test_groups_and_read_only_values():
    group = {
        "type": "group", "id": "g", "path": "contact", "label": "联系人",
        "components": [text("name", readonly=True), {"type": "datetime", "id": "day", "key": "day",
                       "properties": {"notBefore": "today"}}],
    }  # fmt: skip
    found = nodes(Form(group, contact={"name": "何佳"}))
    assert list(found) == ["contact", "contact.name", "contact.day"]
    assert (found["contact.name"].readonly, found["contact.name"].texts) == (True, ("何佳",))
    assert found["contact.day"].limits == {"minimum": "2026-11-24"}
