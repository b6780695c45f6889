"""Waking the workers costs whoever clicked nothing, whatever the broker does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from workers import application
from workers.waking import Waking

A_MOMENT = 0.5  # seconds; far below what a person notices, far above what it takes


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Somebody listens, and never says a word: worse than nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_does_not_answer_delays_nobody(scheme: str, silent: socket.socket) -> None:
    waking = Waking(application.make(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"))
    began = time.monotonic()
    for key in range(100):
        waking([key])
    assert time.monotonic() - began < A_MOMENT
    silent.close()
    waking.close(30)


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_is_away_is_said_once(scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # nobody listens there any more
    waking = Waking(application.make(f"{scheme}://127.0.0.1:{port}/"))
    waking([1, 2, 3])
    waking.close(30)
    waking([4])
    waking.close(30)
    told = [record for record in caplog.records if "The broker is away" in record.getMessage()]
    assert len(told) == 1


def test_what_is_woken_arrives() -> None:
    celery = application.make(f"memory://{uuid4().hex}")
    waking = Waking(celery)
    waking([7, 8])
    waking.close(10)
    with celery.connection_for_read() as connection:
        queue = connection.SimpleQueue(application.QUEUE)
        arrived = [queue.get(timeout=10).payload[0] for _ in range(2)]
        queue.close()
    assert arrived == [[7], [8]]
    celery.close()
