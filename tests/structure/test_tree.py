"""The shape of the tree: promises at the top of modules, names that say something, files that fit their room."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("feel", "engine", "webapp", "workers", "banli")
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
)
# A service task is BPMN's word; a module that is "the x service" is not.
FORBIDDEN_NAMES = re.compile(r"(^|_)(helpers?|utils?|managers?|processors?|misc|common)(_|$)|(^|_)services?$")


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=_relative)
def test_a_module_opens_with_its_promise(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert docstring is not None, f"{_relative(module)} says nothing about itself"
    assert len(docstring) > 20, f"{_relative(module)}: {docstring!r} is no promise"


def test_names_say_what_is_inside() -> None:
    offenders = [_relative(path) for path in MODULES if FORBIDDEN_NAMES.search(path.stem)]
    assert offenders == []


def test_content_folders_hold_no_python() -> None:
    assert [_relative(path) for folder in ("bpmn", "dmn", "forms") for path in (ROOT / folder).rglob("*.py")] == []


def test_no_commit_outside_the_unit_of_work() -> None:
    """The only commit and rollback of the repository (migrations are Alembic's, what they do is the session's)."""
    call = re.compile(r"\.(commit|rollback)\(")
    offenders = [
        _relative(path)
        for path in MODULES
        if call.search(path.read_text(encoding="utf-8"))
        and _relative(path) not in {"engine/unit_of_work.py", "engine/sessions.py"}
    ]
    assert offenders == []


def test_nothing_of_one_machine_is_committed() -> None:
    """No absolute path of somebody's machine and no address of a package registry in any tracked file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    pattern = re.compile(
        rb"(?:^|[\s\"'=(])(?:/home/\w+/|/root/|/tmp/\w+/|/work/)|registry\.npmjs|pypi\.org/simple|files\.pythonhosted"
    )
    offenders = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path == Path(__file__).resolve() or name.startswith("webapp/static/build/") or not path.is_file():
            continue
        if pattern.search(path.read_bytes()):
            offenders.append(name)
    assert offenders == []


def test_every_decision_has_a_page_in_the_index() -> None:
    pages = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert pages, "there are no decisions"
    assert [page for page in pages if page not in index] == []
