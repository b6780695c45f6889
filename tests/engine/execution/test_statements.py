"""The price of a click: statements and commits, counted at the driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sqlalchemy import event

from engine import content, deployments, topics, user_tasks
from engine.actor import system
from engine.organisation import snapshot
from workers.topics import purchase_split_guard

REPOSITORY = Path(__file__).parents[3]


@contextmanager
def counted(database) -> Iterator[list[str]]:
    """The statements that the block sends, and its commits as "COMMIT"."""
    sent: list[str] = []

    def statement(_connection, _cursor, text, _parameters, _context, _executemany):
        sent.append(text)

    def commit(_connection):
        sent.append("COMMIT")

    event.listen(database.engine, "before_cursor_execute", statement)
    event.listen(database.engine, "commit", commit)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", statement)
        event.remove(database.engine, "commit", commit)


def bought(office) -> tuple[int, int]:
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    task = office.task(root, "P4_buy")
    office.run(user_tasks.claim, task.key, office.actor("U06"))
    return root, task.key


def statements_of(office, monkeypatch, key, actor, values) -> tuple[list[str], int, int]:
    """The statements of a completion, how many of them resolve the next assignee, and its commits."""
    asked = []
    read = snapshot._revision
    with monkeypatch.context() as patched, counted(office.database) as sent:
        patched.setattr(snapshot, "_revision", lambda session: asked.append(1) or read(session))
        office.run(user_tasks.complete, key, actor, values)
    statements = [text for text in sent if text not in {"COMMIT", "BEGIN IMMEDIATE", "BEGIN"}]
    # whether the organisation changed, and who did what the next task must differ from
    resolution = len(asked) + sum("completed_by, " in text for text in statements)
    return statements, resolution, sent.count("COMMIT")


def test_completing_a_task_takes_ten_statements_and_one_commit(office, monkeypatch):
    actor = office.actor("U06")
    _, before = bought(office)
    office.run(user_tasks.complete, before, actor, {"actual_amount": 88})  # definitions and forms are compiled once
    root, key = bought(office)
    statements, resolution, commits = statements_of(office, monkeypatch, key, actor, {"actual_amount": 88})
    assert office.task(root).assignee == "U19"
    assert resolution >= 1
    assert len(statements) - resolution <= 10, "\n".join(statements)
    assert commits == 1


def test_completing_pr4_of_the_shipped_procedure_takes_ten_statements_and_one_commit(office, monkeypatch):
    monkeypatch.setattr(topics.find("purchase_split_guard"), "function", purchase_split_guard.run)
    office.run(deployments.deploy, content.read_pack(REPOSITORY, "chain_store"), system("test"))
    buyer, values = office.actor("U06"), {}
    for _ in range(2):  # the first time, definitions and forms are compiled
        root = office.start("procurement_request")
        line = {"item": "保鲜盒", "spec": None, "qty": 1, "unit": "批", "est_price": Decimal("80.00")}
        office.complete(
            "U19", root, purpose="补充保鲜盒", category="storage_box", lines=[line], needed_by="2026-11-30"
        )
        investigated = {"is_normal_need": True, "investigation_note": "现场核实，确属正常需要"}
        office.complete("U16", root, decision="approve", **investigated)
        task = office.task(root, "PR4_purchase")
        office.run(user_tasks.claim, task.key, buyer)
        values = {"supplier": "城南百货", "actual_amount": Decimal("78.50"), "eta": "2026-11-28", "cannot_buy": False}
        statements, resolution, commits = statements_of(office, monkeypatch, task.key, buyer, values)
    assert office.task(root, "PR5_receipt").assignee == "U19"
    assert len(statements) - resolution <= 10, "\n".join(statements)
    assert commits == 1


def test_an_update_sets_what_changed_alone(office):
    """SQLite writes every index of a column that is set anew, whether its value changes or not."""
    root = office.ask("purchase")
    task = office.task(root)
    with counted(office.database) as sent:
        office.complete("U16", root, decision="approve")
    (of_matter,) = [text for text in sent if text.startswith("UPDATE process_instance ")]
    (of_task,) = [text for text in sent if text.startswith("UPDATE user_task ")]
    assert task.assignee == "U16"
    for unchanged in ("business_id", "submitted_at", "ended_at", "definition_key", "store", " state="):
        assert unchanged not in of_matter
    for unchanged in ("assignee", "on_behalf_of", "claimed_at", "draft"):
        assert unchanged not in of_task
