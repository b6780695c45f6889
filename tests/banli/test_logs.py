"""Log lines: one JSON object each, with the keys they are about, and nothing secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from banli import logs
from engine import log_context
from engine.database import Database


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    log_context.begin()  # whatever page was asked for in this thread before
    yield
    root.handlers[:], root.level = before[0], before[1]
    logging.captureWarnings(capture=False)


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_a_line_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    with log_context.about(matter=5), log_context.about(job=7, task=None):
        logging.getLogger("x").info("done: %s", "地毯", extra={"about": {"ms": 3}})
    logging.getLogger("x").info("another")
    first, second = lines(capsys)
    assert {name: first[name] for name in ("level", "logger", "message", "matter", "job", "ms")} == {
        "level": "info",
        "logger": "x",
        "message": "done: 地毯",
        "matter": 5,
        "job": 7,
        "ms": 3,
    }
    assert not {"matter", "job", "task"} & set(second)


def test_text_shows_the_same_keys(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "text")
    with log_context.about(job=7):
        logging.getLogger("x").warning("slow")
    assert capsys.readouterr().err.endswith("WARNING x: slow (job=7)\n")


def test_an_error_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    try:
        int("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("failed")
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert "invalid literal" in str(line["traceback"])


def test_the_values_of_a_failed_statement_are_not_told(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    with pytest.raises(SQLAlchemyError) as failed, database.engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:salary)"), {"salary": "12345.67"})
    assert "12345.67" not in str(failed.value)
    database.dispose()


def test_the_level_counts(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", "json")
    logging.getLogger("x").info("not told")
    assert lines(capsys) == []
