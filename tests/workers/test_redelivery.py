"""What a killed worker had taken from the broker, and not begun, comes back to another one within seconds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu import Connection

from tests.faults.servers import Missing, RabbitMQ, Redis, kill_group, until
from workers import application

ROOT = Path(__file__).resolve().parents[2]
BEGINS_WITH, TAKEN, LONG = 1, 2, 300
_SECONDS = 60.0


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.services) for kind in (Redis, RabbitMQ)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a broker of the test's own."""
    try:
        server = request.param(tmp_path / "broker")
    except Missing as missing:
        pytest.skip(str(missing))
    server.start()
    yield server.url
    server.kill()


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts workers that write the keys of their jobs into a file."""
    started = []

    def start(name: str, seconds: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.workers.writing_worker", broker, str(tmp_path / name), str(seconds)]
        with (tmp_path / f"{name}.log").open("wb") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        kill_group(process)


def test_a_message_of_a_killed_worker_comes_back(
    broker: str, worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first = worker("first", LONG)
    celery = application.make(broker)
    celery.send_task(application.RUN_JOB, args=[BEGINS_WITH])
    until(lambda: _keys(tmp_path / "first") == [BEGINS_WITH], "the first job", _SECONDS)
    celery.send_task(application.RUN_JOB, args=[TAKEN])
    with celery.connection_for_read() as connection:
        until(lambda: _is_empty(connection), "the worker to take the second message", _SECONDS)
    kill_group(first)
    worker("second", 0)
    until(lambda: _keys(tmp_path / "second") == [TAKEN], "the message of the killed worker", _SECONDS)
    celery.close()


def _keys(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def _is_empty(connection: Connection) -> bool:
    """Whether no message waits in the queue; those that a worker has taken are not counted."""
    try:
        return int(connection.default_channel.queue_declare(application.QUEUE, passive=True).message_count) == 0
    except connection.channel_errors:  # Redis keeps no empty list
        return True
