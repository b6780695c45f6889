"""A change of a task through the API is told on the page of its matter, in the language of who reads."""

from __future__ import annotations

from engine import process_instances
from tests.webapp.api.conftest import Programs
from tests.webapp.house import ask


def test_a_changed_task_is_told_in_words(programs: Programs) -> None:
    house = programs.house
    root = ask(house.person("U19"), "180.00")
    with house.unit_of_work.read() as session:
        (task,) = process_instances.waiting(session, root, house.person("U16").actor)
    changeset = {"priority": 90, "followUpDate": None, "candidateUsers": ["U17"], "candidateGroups": ["purchaser"]}
    body = {"changeset": changeset, "action": "the manager is away"}
    program = programs.of("U15")
    assert program.ask("PATCH", f"/user-tasks/{task.key}", body).status_code == 204
    page = house.person("U19", "en").get(f"/matters/{root}")
    for words in (
        "changed the task",
        "What was changed",
        "Priority",
        "90",
        "To be followed up",
        "none",
        "the manager is away",
    ):
        assert words in page.words, words
    chinese = house.person("U19", "zh").get(f"/matters/{root}").words
    assert "修改了任务" in chinese
    assert "可认领岗位" in chinese
    assert "user_task.updated" not in page.words + chinese
    # a task's own changes are no variables of its matter: what is told after them keeps the matter's values
    assert "candidate_users" not in page.words
