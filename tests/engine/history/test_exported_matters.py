"""Matters exported as JSON lines: checked without a database, and any changed character is found."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner

from banli import cli
from engine import history
from engine.errors import NotFound
from engine.history import Personal, export_matters, verify_exported, verify_matter
from tests.engine.history.conftest import WANG, add_definition, add_matter
from tests.tampering import tamper


def fill(database, count=2):
    with database.writer.begin() as session:
        definition = add_definition(session)
        keys = []
        for each in range(count):
            matter = add_matter(session, definition, f"PR-20261123-00{each + 1}")
            keys.append(matter.key)
            number = {"business_id": matter.business_id}
            history.record(session, matter, "process_instance.submitted", WANG, details=number)
            told = {"values": {"purpose": "地毯 “甲”", "phone": Personal("13800000000")}}
            history.record(session, matter, "user_task.completed", WANG, "PR0", told)
            history.flush(session, matter)
    return keys


def exported(database, keys, file):
    with database.writer.begin() as session:
        history.seal(session)
    with database.reader() as session:
        file.write_text("".join(export_matters(session, keys)), encoding="utf-8")
    return file


@pytest.fixture
def file(database, tmp_path):
    return exported(database, fill(database), tmp_path / "matters.jsonl")


def codes(file, kept=None):
    return {problem.code for problem in verify_exported(file, kept).problems}


def test_what_was_exported_is_intact(file):
    report = verify_exported(file)
    assert report.problems == []
    assert (report.chains, report.events, report.seals) == (2, 4, 1)


def test_any_changed_character_is_found(file, tmp_path):
    text = file.read_text(encoding="utf-8")
    chosen = random.Random(20261123)  # noqa: S311 - a repeatable choice of places
    changed = tmp_path / "changed.jsonl"
    for place in chosen.sample(range(len(text)), 150):
        other = "0" if text[place] != "0" else "1"
        changed.write_text(text[:place] + other + text[place + 1 :], encoding="utf-8")
        assert not verify_exported(changed).is_intact, (place, text[max(0, place - 20) : place + 20])


def rewritten(file, change):
    """The file with a change and a fitting digest: made by somebody who knows how."""
    import hashlib  # noqa: PLC0415 - here only

    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][:-1]
    lines = change(lines)
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    end = {"end": len(lines), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    file.write_text(text + json.dumps(end) + "\n", encoding="utf-8")
    return file


def of_kind(lines, kind):
    return next(line[kind] for line in lines if kind in line)


def test_who_makes_the_digest_fit_is_found_by_the_chain(file):
    def change(lines):
        event = of_kind(lines, "event")
        event["actor"] = "U99"
        return lines

    assert codes(rewritten(file, change)) == {"event_changed"}


def test_another_personal_value_is_found(file):
    def change(lines):
        of_kind(lines, "personal")["value"] = '"13900000000"'
        return lines

    assert codes(rewritten(file, change)) == {"personal_value_changed"}


def test_another_number_is_found(file):
    def change(lines):
        next(line for line in lines if "matter" in line)["business_id"] = "PR-20261123-009"
        return lines

    assert codes(rewritten(file, change)) == {"number_differs"}


def test_a_missing_event_is_found(file):
    def change(lines):
        lines.remove(next(line for line in lines if "event" in line))
        return lines

    assert "event_missing" in codes(rewritten(file, change))


def test_a_chain_made_anew_is_found_by_the_seals_kept_elsewhere(database, tmp_path):
    keys = fill(database)
    file = exported(database, keys, tmp_path / "matters.jsonl")
    kept = tmp_path / "seals.jsonl"
    with database.reader() as session:
        kept.write_text("".join(history.export_seals(session)), encoding="utf-8")
    assert codes(file, kept) == set()

    def forge(lines):
        from datetime import datetime  # noqa: PLC0415 - here only

        from engine.history.chain import event_hash  # noqa: PLC0415

        previous, kept_lines = "", []
        for line in lines:
            if "seal" in line or "head" in line:
                continue
            if "event" in line and line["event"]["root_key"] == keys[0]:
                line["event"]["actor"] = "U99"
                columns = {**line["event"], "occurred_at": datetime.fromisoformat(line["event"]["occurred_at"])}
                previous = line["event"]["hash"] = event_hash(columns, previous)
            kept_lines.append(line)
        next(line for line in kept_lines if line.get("matter") == keys[0])["hash"] = previous
        return kept_lines

    forged = rewritten(file, forge)
    assert codes(forged) == set()  # by itself it is whole
    assert codes(forged, kept) == {"sealed_event_differs"}


def test_the_command_line_checks_a_file_without_a_database(file, monkeypatch):
    monkeypatch.setenv("BANLI_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    done = CliRunner().invoke(cli.main, ["verify", str(file)])
    assert done.exit_code == 0, done.output
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("U19", "U18", 1), encoding="utf-8")
    assert CliRunner().invoke(cli.main, ["verify", str(file)]).exit_code == 1


def test_no_file_of_ours(tmp_path):
    for content in ("", "{}\n", "[1]\n", "\x00\n", '{"file":"other"}\n'):
        other = tmp_path / "other.jsonl"
        other.write_text(content)
        assert not verify_exported(other).is_intact


def test_an_unknown_matter_is_not_exported(database):
    with database.reader() as session, pytest.raises(NotFound):
        list(export_matters(session, [4]))


def test_one_matter_is_verified_by_itself(database):
    first, second = fill(database)
    with database.writer.begin() as session:
        history.seal(session)
    with database.reader() as session:
        assert verify_matter(session, first).is_intact
    tamper(database, "UPDATE history_event SET actor = 'U99' WHERE root_key = :key AND sequence = 1", key=second)
    with database.reader() as session:
        assert verify_matter(session, first).is_intact
    with database.reader() as session:
        (problem,) = verify_matter(session, second).problems
        assert (problem.code, problem.sequence) == ("event_changed", 1)
