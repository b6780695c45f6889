"""Every verb against every role: nobody does what he is not there for, and strangers learn nothing."""

from __future__ import annotations

import pytest

from engine import incidents, process_instances, user_tasks
from engine.errors import EngineError, NotAllowed, NotFound

DONE, NOT_ALLOWED, NOT_FOUND = "done", "not allowed", "not found"

#: Who they are to a request of U19's store, which waits in the purchaser's queue or with the line.
ROLES = {
    "starter": "U19",
    "line": "U16",
    "superior": "U03",
    "buyer": "U06",
    "stranger": "U20",
    "other area": "U17",
    "staff": "U35",
    "auditor": "U13",
    "owner of procedures": "U14",
    "administrator": "U15",
}
EVERYBODY = set(ROLES)
DIRECTORS = {"line", "superior", "administrator"}
"""The managers of the store of the request, up to head office; its own starter manages the store, and is none."""
READERS = {"starter", "line", "superior", "auditor", "administrator"}


def outcome(office, command, key, person, *arguments):
    try:
        office.run(command, key, office.actor(person), *arguments)
    except NotFound:
        return NOT_FOUND
    except NotAllowed:
        return NOT_ALLOWED
    except EngineError as error:
        return type(error).__name__
    return DONE


def matter_verbs():
    return {
        "see": (process_instances.get, (), READERS, set()),
        "history": (process_instances.timeline, (), READERS, set()),
        "variables": (process_instances.variables, (), READERS, set()),
        "tasks": (process_instances.waiting, (), READERS, set()),
        "withdraw": (process_instances.withdraw, ("不要了",), {"starter"}, READERS),
        "cancel": (process_instances.cancel, ("重复",), DIRECTORS, READERS),
        "suspend": (process_instances.suspend, ("核查",), DIRECTORS, READERS),
        "resume": (process_instances.resume, ("核查",), set(), READERS - DIRECTORS),
        "discard": (process_instances.discard, (), set(), READERS - {"starter"}),
    }


def task_verbs():
    """On a task that its assignee, the line, has open."""
    return {
        "see": (user_tasks.get, (), READERS, set()),
        "why": (user_tasks.why, (), READERS, set()),
        "claim": (user_tasks.claim, (), {"line"}, {"auditor"}),
        "release": (user_tasks.release, (), set(), READERS - {"line"}),
        "assign": (user_tasks.assign, ("U17", "休假"), {"superior", "administrator"}, READERS),
        "save_draft": (user_tasks.save_draft, ({"decision": "approve"},), {"line"}, READERS),
        "complete": (user_tasks.complete, ({"decision": "approve"},), {"line"}, READERS),
    }


@pytest.mark.parametrize("verb", matter_verbs())
def test_verbs_of_a_matter(sqlite_office, verb):
    command, arguments, may, know = matter_verbs()[verb]
    for role, person in ROLES.items():
        root = sqlite_office.ask("purchase")
        found = outcome(sqlite_office, command, root, person, *arguments)
        if role in may:
            assert found == DONE, role
        elif role in know:
            assert found == NOT_ALLOWED, role
        elif role in READERS:
            assert found == "Conflict", role  # he may, but the matter is not in the state for it
        else:
            assert found == NOT_FOUND, role


@pytest.mark.parametrize("verb", task_verbs())
def test_verbs_of_an_assigned_task(sqlite_office, verb):
    command, arguments, may, know = task_verbs()[verb]
    for role, person in ROLES.items():
        root = sqlite_office.ask("purchase")
        found = outcome(sqlite_office, command, sqlite_office.task(root).key, person, *arguments)
        if role in may:
            assert found == DONE, role
        elif role in know:
            assert found == NOT_ALLOWED, role
        elif role in READERS:
            assert found in {"Conflict", "Refused"}, role  # somebody has it; or it has no queue
        else:
            assert found == NOT_FOUND, role


@pytest.mark.parametrize(
    ("verb", "may"),
    [
        ("see", READERS | {"buyer"}),
        ("claim", {"buyer"}),
        ("complete", {"buyer"}),
        ("assign", {"superior", "buyer", "administrator"}),
    ],
)
def test_verbs_of_a_task_in_a_queue(sqlite_office, verb, may):
    command = getattr(user_tasks, {"see": "get"}.get(verb, verb))
    arguments = {"complete": ({"actual_amount": 5},), "assign": ("U06", "急"), "see": (), "claim": ()}[verb]
    for role, person in ROLES.items():
        root = sqlite_office.ask("purchase")
        sqlite_office.complete("U16", root, decision="approve")
        found = outcome(sqlite_office, command, sqlite_office.task(root).key, person, *arguments)
        if role in may:
            assert found == DONE, role
        elif role in READERS | {"buyer"}:
            assert found == NOT_ALLOWED, role
        else:
            assert found == NOT_FOUND, role


@pytest.mark.parametrize("verb", list(task_verbs()))
def test_nobody_but_the_starter_knows_of_a_draft(sqlite_office, verb):
    command, arguments, *_ = task_verbs()[verb]
    given = {"complete": ({"purpose": "x", "amount": 1},)}.get(verb, arguments)
    for role, person in ROLES.items():
        root = sqlite_office.start("purchase")
        found = outcome(sqlite_office, command, sqlite_office.task(root).key, person, *given)
        assert (found == NOT_FOUND) == (role != "starter"), role


def test_who_took_part_and_who_got_a_copy_may_read_on(office):
    from engine.keys import new_key  # noqa: PLC0415 - only here
    from engine.models import Notification  # noqa: PLC0415 - only here

    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    office.complete("U06", root, actual_amount=5)
    assert outcome(office, process_instances.get, root, "U06") == DONE
    assert outcome(office, process_instances.get, root, "U08") == NOT_FOUND
    with office.database.writer.begin() as session:
        session.add(
            Notification(
                key=new_key(),
                person_id="U08",
                root_key=root,
                kind="copy",
                sentence={"template": "x", "parameters": {}},
                created_at=office.matter(root).started_at,
                read_at=None,
            )
        )
    assert outcome(office, process_instances.get, root, "U08") == DONE


def test_only_auditors_and_administrators_look_through_all_matters(office):
    root = office.ask("purchase")
    office.start("purchase")  # a draft is nobody's business
    for role, person in ROLES.items():
        if role in {"auditor", "administrator"}:
            found = office.read(process_instances.listed, office.actor(person), process_id="purchase", text="地毯")
            assert [matter.key for matter in found.rows] == [root]
        else:
            with pytest.raises(NotAllowed):
                office.read(process_instances.listed, office.actor(person))
        if role in {"auditor", "administrator", "starter", "line", "superior", "buyer", "stranger", "other area"}:
            assert (
                office.read(incidents.listed, office.actor(person)) == []
            )  # they lead a unit: nothing stopped there
        else:
            with pytest.raises(NotAllowed):
                office.read(incidents.listed, office.actor(person))


def test_an_auditor_has_no_inbox_even_if_he_held_a_queue(office):
    from engine.actor import Actor  # noqa: PLC0415 - only here

    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    both = Actor("U13", frozenset({"auditor", "purchaser"}), frozenset({"purchaser"}))
    assert office.read(user_tasks.inbox, both).total == 0
    for command in (user_tasks.claim, user_tasks.release):
        with pytest.raises(NotAllowed):
            office.run(command, office.task(root).key, both)
