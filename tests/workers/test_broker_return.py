"""A broker that went away and came back finds its workers listening, whatever they were about to tell it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from kombu import Consumer, Message, Producer, Queue

from tests.faults.servers import Missing, Redis, until
from workers import application

pytestmark = pytest.mark.services
_PLACES = 2
_SECONDS = 30.0


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of the test's own, which it may end and start again."""
    try:
        server = Redis(tmp_path / "redis")
    except Missing as missing:
        pytest.skip(str(missing))
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("answer", ["ack", "reject", "requeue"])
def test_who_could_not_tell_that_it_has_a_message_takes_others(redis_server: Redis, answer: str) -> None:
    celery, taken = application.make(redis_server.url), SimpleQueue[Message]()
    queue = Queue(application.QUEUE, routing_key=application.QUEUE)
    with ExitStack() as stack:
        stack.callback(celery.close)
        receiving = stack.enter_context(celery.connection_for_read())
        channel = receiving.channel()
        channel.basic_qos(0, _PLACES, False)
        stack.enter_context(Consumer(channel, [queue], on_message=taken.put, accept=["json"]))

        def send(text: str) -> None:
            with celery.connection_for_write() as sending:
                Producer(sending).publish(
                    {"text": text}, routing_key=queue.routing_key, declare=[queue], serializer="json"
                )

        def next_message() -> Message | None:
            try:
                receiving.drain_events(timeout=0.2)
            except (*receiving.connection_errors, TimeoutError):
                pass  # it connects again by itself
            try:
                return taken.get_nowait()
            except Empty:
                return None

        def received() -> Message:
            found: list[Any] = []
            until(lambda: found.append(next_message()) or found[-1], "a message", _SECONDS)
            message: Message = found[-1]
            return message

        for number in range(_PLACES):
            send(str(number))
        held = [received() for _ in range(_PLACES)]
        redis_server.kill()
        for message in held:
            with pytest.raises(receiving.connection_errors):
                message.ack() if answer == "ack" else message.reject(requeue=answer == "requeue")
        redis_server.start()
        until(lambda: send("after") is None, "Redis", _SECONDS)
        assert received().payload == {"text": "after"}
