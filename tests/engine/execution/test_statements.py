"""The price of a click: statements and commits, counted at the driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from engine import user_tasks
from engine.organisation import snapshot


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


def test_completing_a_task_takes_ten_statements_and_one_commit(office, monkeypatch):
    actor = office.actor("U06")
    _, before = bought(office)
    office.run(user_tasks.complete, before, actor, {"actual_amount": 88})  # definitions and forms are compiled once
    root, key = bought(office)
    asked = []
    read = snapshot._revision
    monkeypatch.setattr(snapshot, "_revision", lambda session: asked.append(1) or read(session))
    with counted(office.database) as sent:
        office.run(user_tasks.complete, key, actor, {"actual_amount": 88})
    assert office.task(root).assignee == "U19"
    statements = [text for text in sent if text not in {"COMMIT", "BEGIN IMMEDIATE", "BEGIN"}]
    # resolving the next assignee: whether the organisation changed, and who did what this task must differ from
    resolution = len(asked) + sum("completed_by, " in text for text in statements)
    assert resolution >= 2
    assert len(statements) - resolution <= 10, "\n".join(statements)
    assert sent.count("COMMIT") == 1
