"""The furnished office of the engine's tests, with a worker in it, and servers on loopback to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import notification_channels, topics
from tests.engine.conftest import (  # noqa: F401 - fixtures are found by name
    furnished_postgresql,
    furnished_sqlite,
    office,
    office_url,
    sqlite_office,
)
from tests.workers.servers import MailServer, WebServer


@pytest.fixture(autouse=True)
def forgotten(monkeypatch) -> Iterator[None]:
    """Whatever a test binds or offers is forgotten after it."""
    for name in topics.SHIPPED:
        monkeypatch.setattr(topics.find(name), "function", topics.find(name).function)
    yield
    notification_channels.offer({})


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server on loopback that answers what a test tells it to."""
    with WebServer() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """An SMTP server on loopback."""
    with MailServer() as server:
        yield server
