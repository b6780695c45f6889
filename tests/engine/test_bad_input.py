"""Bad drawings are refused or warned of by id on deployment; odd values come back exactly, or nothing is saved.

Everything here goes in by the doors that people and workers use: deploying, starting a matter, completing a job.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine import content, deployments, history, jobs, process_instances, topics
from engine.actor import system
from engine.errors import DeploymentRefused, NotFound, Refused
from engine.values import MAXIMUM_DEPTH, MAXIMUM_LENGTH
from tests.engine.runtime.drawing import document, element, flows, user_task

_START = element("startEvent", "s")
_CHOICE = element("exclusiveGateway", "x", default="x_b")
_JOIN = element("parallelGateway", "j")
_TASKS = user_task("a") + user_task("b") + user_task("c")

REFUSED = {
    "two elements with one id": (_START + user_task("a") + user_task("a") + flows("s>a"), "a", "duplicate-id"),
    "a flow to nowhere": (_START + user_task("a") + flows("s>a\na>gone"), "a_gone", "flow-to-nowhere"),
    "no start": (user_task("a") + user_task("b") + flows("a>b\nb>a"), "odd", "no-start"),
    "nothing at all": ("", "odd", "no-start"),
    "a join behind a choice": (
        _START + _CHOICE + _TASKS + _JOIN + flows("s>x\nx>a [true]\nx>b\na>j\nb>j\nj>c"), "j", "join-never-fires",
    ),
    "a join with a flow from nowhere": (
        _START + _TASKS + _JOIN + flows("s>a\na>j\nb>j\nj>c"), "j", "join-never-fires",
    ),
}  # fmt: skip
_SPLIT = element("parallelGateway", "g") + element("exclusiveGateway", "m")
_SEVERAL = _START + _SPLIT + _TASKS + _JOIN + flows("s>g\ng>a\ng>b\ng>c\na>m\nb>m\nm>j\nc>j")
_UNKNOWN = '<other:thing xmlns:other="urn:other" weight="3"/>'
WARNED = {
    "an unreachable task": (_START + _TASKS + flows("s>a\nb>c\nc>b"), "b", "unreachable"),
    "several tokens into one join": (_SEVERAL, "j", "several-tokens"),
    "an unknown extension": (_START + user_task("a", extensions=_UNKNOWN) + flows("s>a"), "a", "unknown-extension"),
}


def pack(drawn: str) -> content.Pack:
    return content.Pack("odd", {"bpmn/odd/odd.bpmn": document(drawn, process_id="odd")})


@pytest.mark.parametrize("case", REFUSED)
def test_a_drawing_that_cannot_run_is_refused_by_id(office, case):
    drawn, element_id, code = REFUSED[case]
    with pytest.raises(DeploymentRefused) as caught:
        office.run(deployments.deploy, pack(drawn), system("test"))
    found = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert (element_id, code) in {(problem.element_id, problem.code) for problem in found}
    assert all(problem.file == "bpmn/odd/odd.bpmn" and str(problem.sentence) for problem in found)
    with pytest.raises(NotFound):
        office.read(deployments.current_process, "odd")


@pytest.mark.parametrize("case", WARNED)
def test_a_drawing_that_its_author_should_look_at_is_deployed_with_a_warning(office, case):
    drawn, element_id, code = WARNED[case]
    problems = content.compile_pack(pack(drawn)).problems
    assert (element_id, code) in {(problem.element_id, problem.code) for problem in problems}
    assert {problem.severity for problem in problems} == {"warning"}
    office.run(deployments.deploy, pack(drawn), system("test"))
    key = office.read(deployments.current_process, "odd").key
    assert office.read(deployments.source, key) == document(drawn, process_id="odd")


def test_unknown_extensions_are_kept_in_the_stored_form_and_named_in_full():
    drawn, _element_id, _code = WARNED["an unknown extension"]
    compiled = content.compile_pack(pack(drawn))
    assert b'weight="3"' in compiled.diagrams["bpmn/odd/odd.bpmn"].compiled
    (problem,) = compiled.problems
    assert "{urn:other}thing" in str(problem.sentence)


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


KEYS = {
    "typename": {"typename": "datetime", "__class__": "int", "@type": "date", "@text": "no date", "@object": {}},
    "__class__": "text",
    "@type": [{"@type": "object"}],
    "": {"": {"": None}},
    "名 字": {"a.b": Decimal("1.10"), "\u2028\x00"[:1]: "\ud7ff"},
    "__proto__": {"constructor": True},
}


def test_variables_of_any_name_come_back_exactly(office):
    root = office.run(process_instances.start, "both", system("test"), KEYS, starter="U19").key
    held = office.variables(root)
    assert {name: held[name] for name in KEYS} == KEYS
    assert str(held["名 字"]["a.b"]) == "1.10"
    with office.unit_of_work.read() as session:
        assert list(history.verify(session).problems) == []


@pytest.fixture
def printing(office, monkeypatch):
    """A matter that waits for a worker, and its job."""
    monkeypatch.setattr(topics.find("trial_ledger"), "function", lambda _session, _work: {"entry": "记"})
    root = office.ask("work")
    (job,) = (job for job in office.jobs(root, "CREATED") if job.element_id == "J2_print")
    return root, job


@pytest.mark.parametrize(
    "value",
    [nested(100), {"text": "办" * 1_700_000}, {str(number): number for number in range(100_000)}, KEYS],
    ids=["a hundred levels", "five megabytes", "many keys", "any keys"],
)
def test_what_a_worker_gives_comes_back_exactly(office, printing, value):
    root, job = printing
    office.run(jobs.complete, job.key, {"pages": value})
    assert office.variables(root)["pages"] == value
    with office.unit_of_work.read() as session:
        assert list(history.verify(session).problems) == []


@pytest.mark.parametrize(
    "value",
    [
        nested(MAXIMUM_DEPTH + 5),
        "办" * (MAXIMUM_LENGTH + 1),
        0.1,
        float("nan"),
        Decimal("Infinity"),
        object(),
        b"bytes",
    ],
    ids=["too deep", "too long", "a float", "no number", "infinite", "an object", "bytes"],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_saved(office, printing, value):
    root, job = printing
    before = office.variables(root), [event.type for event in office.history(root)]
    with pytest.raises(Refused):
        office.run(jobs.complete, job.key, {"pages": value})
    assert (office.variables(root), [event.type for event in office.history(root)]) == before
    (waiting,) = office.jobs(root, "CREATED")
    assert waiting.key == job.key
    office.run(jobs.complete, job.key, {"pages": 1})
    assert office.variables(root)["pages"] == 1
