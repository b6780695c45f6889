"""A matter to tell of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.keys import new_key
from engine.models import Deployment, ProcessDefinition, ProcessInstance, Resource

STARTED = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def add_definition(session):
    """A definition row that instances can point to; no diagram is needed to keep a history."""
    found = session.execute(select(ProcessDefinition.key)).scalar()
    if found is not None:
        return found
    deployment = Deployment(key=new_key(), pack="p", deployed_at=STARTED, deployed_by="U14")
    resource = Resource(key=new_key(), path="bpmn/p/a.bpmn", sha256="", content=b"")
    session.add_all([deployment, resource])
    session.flush()
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
