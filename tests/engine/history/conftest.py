"""A matter to tell of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine import history
from engine.actor import Actor, system
from engine.history.chain import event_hash
from engine.history.deployed_files import DEPLOYED, told_of
from engine.keys import new_key
from engine.models import Deployment, HistoryEvent, ProcessDefinition, ProcessInstance, Resource
from tests.tampering import tamper

WANG = Actor("U19")
STARTED = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def add_definition(session):
    """A definition row that instances can point to; no diagram is needed to keep a history."""
    found = session.execute(select(ProcessDefinition.key)).scalar()
    if found is not None:
        return found
    deployment = Deployment(key=new_key(), pack="p", deployed_at=STARTED, deployed_by="U14")
    told = told_of("bpmn/p/a.bpmn", b"<a/>", b"<b/>")
    resource = Resource(key=new_key(), path=told["path"], sha256=told["sha256"], content=b"<a/>", compiled=b"<b/>")
    session.add_all([deployment, resource])
    session.flush()
    journal = history.journal(session, history.DEPLOYMENTS)
    history.record(session, journal, DEPLOYED, system("deployment"), details={"files": [told]})
    history.flush(session, journal)
    definition = ProcessDefinition(
        key=new_key(),
        process_id="a",
        version=1,
        name="a",
        pack="p",
        resource_key=resource.key,
        deployment_key=deployment.key,
        binding_sha256="",
        properties={},
    )
    session.add(definition)
    session.flush()
    return definition.key


def add_matter(session, definition_key, business_id=None):
    """A root instance without events."""
    key = new_key()
    matter = ProcessInstance(
        key=key,
        definition_key=definition_key,
        process_id="a",
        root_key=key,
        state="ACTIVE",
        starter="U19",
        started_at=STARTED,
        business_id=business_id,
        last_sequence=0,
        last_hash="",
    )
    session.add(matter)
    session.flush()
    return matter


@pytest.fixture
def matter(database):
    """The key of a matter in ``database`` that has no events yet."""
    with database.writer.begin() as session:
        return add_matter(session, add_definition(session)).key


def go_on(database, keys, count):
    """So many more events in each of these matters, each matter in a transaction of its own."""
    for key in keys:
        with database.writer.begin() as session:
            root = session.get_one(ProcessInstance, key)
            for _ in range(count):
                details = {"note": "按规定办理", "reason": history.Personal("家事")}
                history.record(session, root, "user_task.completed", WANG, "AC1_line", details, on_behalf_of="U16")
            history.flush(session, root)


def problems(database, seals=None):
    """What a verification finds: (code, matter, number of the event or seal)."""
    with database.reader() as session:
        report = history.verify(session, seals)
    return [(problem.code, problem.root_key, problem.sequence or problem.seal) for problem in report.problems]


@pytest.fixture
def matters(database):
    """Three matters of five events each, sealed after three of them; the last two events are not sealed."""
    with database.writer.begin() as session:
        definition = add_definition(session)
        keys = [add_matter(session, definition, f"PR-20261123-00{number}").key for number in (1, 2, 3)]
    go_on(database, keys, 3)
    with database.writer.begin() as session:
        history.seal(session)
    go_on(database, keys, 2)
    return keys


def rewrite(database, key):
    """Another actor for event 3, and all hashes from there on computed anew, as the engine itself would."""
    with database.reader() as session:
        events = session.execute(
            select(*HistoryEvent.__table__.c).where(HistoryEvent.root_key == key).order_by(HistoryEvent.sequence)
        ).all()
    previous = ""
    for event in events:
        columns = dict(event._mapping)
        if event.sequence == 3:
            columns["actor"] = "U18"
        hash_ = previous = event_hash(columns, previous)
        tamper(
            database,
            "UPDATE history_event SET actor = :actor, hash = :hash WHERE root_key = :key AND sequence = :n",
            actor=columns["actor"],
            hash=hash_,
            key=key,
            n=event.sequence,
        )
    tamper(database, "UPDATE process_instance SET last_hash = :hash WHERE key = :key", hash=previous, key=key)
