"""Seals remember what was there, in the database and outside of it."""

from __future__ import annotations

import json
import threading

import pytest

from engine import history
from engine.errors import Refused
from tests.engine.history.conftest import go_on, problems, rewrite
from tests.tampering import tamper


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seal SET hash = 'x' || substr(hash, 2) WHERE sequence = 1",
        "UPDATE seal SET chains = chains + 1 WHERE sequence = 1",
        "UPDATE seal SET previous_hash = 'a' WHERE sequence = 1",
        "UPDATE sealed_head SET hash = 'x' || substr(hash, 2) WHERE root_key = :key",
        "UPDATE sealed_head SET event_sequence = 2 WHERE root_key = :key",
        "DELETE FROM sealed_head WHERE root_key = :key",
    ],
)
def test_a_changed_seal_is_found(database, matters, statement):
    assert tamper(database, statement, **({"key": matters[0]} if ":key" in statement else {})) == 1
    assert ("seal_broken", None, 1) in problems(database)


@pytest.mark.usefixtures("matters")
def test_a_deleted_seal_leaves_its_heads_behind(database):
    tamper(database, "DELETE FROM seal WHERE sequence = 1")
    assert ("head_without_seal", None, 1) in problems(database)


def test_a_deleted_seal_between_others_is_found(database, matters):
    for _ in range(2):
        go_on(database, matters[:1], 1)
        with database.writer.begin() as session:
            history.seal(session)
    tamper(database, "DELETE FROM seal WHERE sequence = 2", "DELETE FROM sealed_head WHERE seal_sequence = 2")
    found = problems(database)
    assert ("seal_missing", None, 2) in found
    assert ("seal_broken", None, 3) in found


def test_exported_seals_find_what_was_rewritten_with_all_its_seals(database, matters, tmp_path):
    file = _exported(database, tmp_path)
    assert problems(database, file) == []
    rewrite(database, matters[1])
    tamper(database, "DELETE FROM seal", "DELETE FROM sealed_head")
    with database.writer.begin() as session:
        history.seal(session)
    assert problems(database) == []  # nothing in the database knows
    found = problems(database, file)
    assert ("seal_differs", None, 1) in found
    assert ("sealed_event_differs", matters[1], 3) in found


def test_exported_seals_find_a_cut_off_end_after_all_seals_were_deleted(database, matters, tmp_path):
    file = _exported(database, tmp_path)
    tamper(
        database,
        "DELETE FROM history_event WHERE root_key = :key AND sequence > 2",
        "DELETE FROM seal",
        "DELETE FROM sealed_head",
        key=matters[0],
    )
    found = problems(database, file)
    assert ("seal_missing", None, 1) in found
    assert ("sealed_event_missing", matters[0], 3) in found


@pytest.mark.usefixtures("matters")
def test_an_altered_export_is_found(database, tmp_path):
    file = _exported(database, tmp_path)
    lines = file.read_text().splitlines()
    head = json.loads(lines[1])
    head["head"][1] += 1
    file.write_text("\n".join([lines[0], json.dumps(head), *lines[2:]]) + "\n")
    assert ("seal_broken", None, 1) in problems(database, file)


@pytest.mark.parametrize(
    "content", ["{}", "no json", '{"head": [1, 2, "a"]}', '{"seal": 1, "heads": 1}', "[]", "\ud800"]
)
def test_a_file_that_holds_no_seals_is_refused_with_its_line(sqlite_database, tmp_path, content):
    file = tmp_path / "seals.jsonl"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    with sqlite_database.reader() as session, pytest.raises(Refused, match=r"seals\.jsonl"):
        history.verify(session, file)


@pytest.mark.usefixtures("matters")
def test_an_export_that_ends_in_the_middle_is_refused(database, tmp_path):
    file = _exported(database, tmp_path)
    file.write_text("\n".join(file.read_text().splitlines()[:-1]))
    with database.reader() as session, pytest.raises(Refused, match="middle"):
        history.verify(session, file)


def _exported(database, tmp_path):
    file = tmp_path / "seals.jsonl"
    with database.reader() as session:
        file.write_text("".join(history.export_seals(session)))
    return file


def test_a_seal_writes_only_the_heads_that_moved(database, matters):
    go_on(database, matters[:1], 1)
    with database.writer.begin() as session:
        assert history.seal(session).chains == 4
    with database.reader() as session:
        later = [json.loads(line) for line in history.export_seals(session, after=1)]
    assert [line["head"][0] for line in later[1:]] == matters  # all three went on since the first seal
    with database.writer.begin() as session:
        history.seal(session)
    with database.reader() as session:
        assert [json.loads(line)["heads"] for line in history.export_seals(session, after=2)] == [0]
    assert problems(database) == []


def test_seals_made_at_once_come_one_after_the_other(database, matters):
    failures = []

    def make():
        try:
            with database.writer.begin() as session:
                history.seal(session)
        except BaseException as error:  # reported by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    go_on(database, matters, 1)
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reader() as session:
        report = history.verify(session)
    assert (report.problems, report.seals) == ([], 5)
