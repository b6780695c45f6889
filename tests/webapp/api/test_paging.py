"""Pages and counts of a search: by offset, by cursor, behind the end, and beyond what is counted."""

from __future__ import annotations

from typing import Any

import pytest

from engine.search import paging
from tests.webapp.api.conftest import Program, Programs

MATTERS = 5


@pytest.fixture
def program(either: Programs) -> Program:
    program = either.of("U19")
    for _number in range(MATTERS):
        program.post("/process-instances", {"processDefinitionId": "procurement_request"})
    return program


def asked(program: Program, **page: Any) -> tuple[list[str], dict[str, Any]]:
    """The keys of a page in the order of their starts, and where it stands."""
    body = {"sort": [{"field": "startDate", "order": "DESC"}], "page": page}
    answer = program.post("/process-instances/search", body).json
    return [one["processInstanceKey"] for one in answer["items"]], answer["page"]


def test_every_way_through_the_pages_meets_every_row_once_and_counts_them_all(program: Program) -> None:
    whole, page = asked(program, limit=100)
    assert len(whole) == MATTERS
    assert page["totalItems"] == MATTERS
    assert page["hasMoreTotalItems"] is False
    by_offset = [asked(program, **{"from": start, "limit": 2}) for start in (0, 2, 4)]
    assert [key for keys, _page in by_offset for key in keys] == whole
    first, page = asked(program, limit=2)
    second, after = asked(program, limit=2, after=page["endCursor"])
    back, before = asked(program, limit=2, before=after["startCursor"])
    assert (first, second, back) == (whole[:2], whole[2:4], first)
    assert {one["totalItems"] for one in (page, after, before, *(page for _keys, page in by_offset))} == {MATTERS}


def test_a_page_behind_the_end_is_empty_and_still_counts(program: Program) -> None:
    for start in (MATTERS, 100_000):
        keys, page = asked(program, **{"from": start, "limit": 2})
        assert keys == []
        assert page["totalItems"] == MATTERS
        assert page["endCursor"] is None


def test_beyond_what_is_counted_the_answer_says_that_there_are_more(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNTED", MATTERS - 2)
    for page in ({"limit": 2}, {"limit": 100}, {"from": 2, "limit": 2}):
        keys, told = asked(program, **page)
        assert keys
        assert (told["totalItems"], told["hasMoreTotalItems"]) == (MATTERS - 2, True)
