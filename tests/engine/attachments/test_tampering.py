"""What somebody with the database's own rights changes in files is found, and never handed out."""

from __future__ import annotations

import pytest

from engine import history
from engine.errors import Refused
from tests.engine.attachments.files import png
from tests.tampering import tamper


def problems(office):
    with office.unit_of_work.read() as session:
        report = history.verify(session)
    return [(problem.code, problem.root_key, problem.sequence) for problem in report.problems], report.files


def completion(office, root):
    return office.history(root, "user_task.completed")[0].sequence


def test_the_database_refuses_to_change_files(desk):
    desk.ask(png())
    for statement in ("UPDATE stored_file SET content = content", "UPDATE attachment SET name = 'x'"):
        with pytest.raises(Exception, match="append-only"), desk.office.database.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_untouched_files_are_intact(desk):
    root = desk.ask(png(1), png(2))
    desk.upload("U16", root, field="evidence", content=png(3))
    assert problems(desk.office) == ([], 3)


def test_a_swapped_file_is_found_and_not_handed_out(desk):
    root = desk.ask(png())
    key = desk.office.variables(root)["photos"][0]["key"]
    assert tamper(desk.office.database, "UPDATE stored_file SET content = :other", other=png(7)) == 1
    assert problems(desk.office)[0] == [("stored_file_changed", None, None)]
    with pytest.raises(Refused, match="is not what was uploaded"):
        desk.read(key, "U19")


def test_a_file_exchanged_for_another_with_a_true_digest_is_found(desk):
    root, other = desk.ask(png(1)), desk.ask(png(2))
    wanted = desk.office.variables(other)["photos"][0]["sha256"]
    changed = tamper(desk.office.database, "UPDATE attachment SET sha256 = :s WHERE root_key = :r", s=wanted, r=root)
    assert changed == 1
    assert problems(desk.office)[0] == [("attachment_changed", root, completion(desk.office, root))]


def test_a_removed_file_is_found(desk):
    root = desk.ask(png())
    tamper(desk.office.database, "DELETE FROM attachment", "DELETE FROM stored_file")
    assert problems(desk.office)[0] == [("attachment_missing", root, completion(desk.office, root))]


def test_a_file_slipped_into_a_finished_task_is_found(desk):
    root = desk.ask(png())
    tamper(
        desk.office.database,
        "INSERT INTO attachment SELECT key + 1, sha256, name, uploaded_by, uploaded_at, root_key, user_task_key, "
        "field FROM attachment",
    )
    assert problems(desk.office)[0] == [("attachment_unknown", root, None)]
