"""Every verb against every role, on submitted files, files of an open task, and files of a draft."""

from __future__ import annotations

import pytest

from engine import attachments
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from tests.engine.attachments.conftest import attached, stored
from tests.engine.attachments.files import png
from tests.engine.test_rights import NOT_ALLOWED, NOT_FOUND, READERS, ROLES


def outcome(act):
    try:
        act()
    except NotFound:
        return NOT_FOUND
    except NotAllowed:
        return NOT_ALLOWED
    except EngineError as error:
        return type(error).__name__
    return "done"


@pytest.mark.parametrize("role", ROLES)
def test_a_submitted_file_is_read_by_who_may_see_the_matter(sqlite_desk, role):
    root = sqlite_desk.ask(png())
    key = sqlite_desk.office.variables(root)["photos"][0]["key"]
    person = ROLES[role]
    expected = "done" if role in READERS else NOT_FOUND
    assert outcome(lambda: sqlite_desk.read(key, person)) == expected
    listed = outcome(lambda: sqlite_desk.office.read(attachments.of_matter, root, sqlite_desk.office.actor(person)))
    assert listed == expected
    removed = outcome(lambda: sqlite_desk.office.run(attachments.remove, int(key), sqlite_desk.office.actor(person)))
    if role == "auditor":
        assert removed == NOT_ALLOWED
    else:
        assert removed == ("Conflict" if role in READERS else NOT_FOUND)
    assert attached(sqlite_desk.office) == 1


@pytest.mark.parametrize("role", ROLES)
def test_a_file_of_an_open_task_is_its_doer_s_alone(sqlite_desk, role):
    root = sqlite_desk.ask()
    file = sqlite_desk.upload("U16", root, field="evidence")
    person = ROLES[role]
    assert outcome(lambda: sqlite_desk.read(file.key, person)) == ("done" if role == "line" else NOT_FOUND)
    uploaded = outcome(lambda: sqlite_desk.upload(person, root, field="evidence", content=png(5)))
    removed = outcome(
        lambda: sqlite_desk.office.run(attachments.remove, int(file.key), sqlite_desk.office.actor(person))
    )
    expected = "done" if role == "line" else NOT_ALLOWED if role in READERS else NOT_FOUND
    assert (uploaded, removed) == (expected, expected)


@pytest.mark.parametrize("role", ROLES)
def test_the_files_of_a_draft_are_its_starter_s_alone(sqlite_desk, role):
    root = sqlite_desk.office.start("papers")
    file = sqlite_desk.upload("U19", root)
    person = ROLES[role]
    expected = "done" if role == "starter" else NOT_FOUND
    assert outcome(lambda: sqlite_desk.read(file.key, person)) == expected
    assert outcome(lambda: sqlite_desk.upload(person, root, content=png(5))) == expected
    removing = outcome(
        lambda: sqlite_desk.office.run(attachments.remove, int(file.key), sqlite_desk.office.actor(person))
    )
    assert removing == expected


def test_an_unknown_key_is_not_found(desk):
    actor = desk.office.actor("U15")
    with pytest.raises(NotFound):
        desk.office.read(attachments.read, 1, actor)
    with pytest.raises(NotFound):
        desk.office.run(attachments.remove, 1, actor)


def test_a_completed_task_takes_no_file_and_gives_none_back(desk):
    root = desk.office.start("papers")
    task = desk.office.task(root).key
    file = desk.upload("U19", root)
    desk.office.complete("U19", root, purpose="x", photos=[file.key])
    starter = desk.office.actor("U19")
    with pytest.raises(Conflict):
        desk.office.run(attachments.upload, task, "photos", "a.png", png(2), starter)
    with pytest.raises(Conflict):
        desk.office.run(attachments.remove, int(file.key), starter)


def test_a_file_can_be_taken_back_while_the_task_is_open(desk):
    root = desk.office.start("papers")
    file = desk.upload("U19", root)
    desk.office.run(attachments.remove, int(file.key), desk.office.actor("U19"))
    assert stored(desk.office) == []
