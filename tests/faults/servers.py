"""Servers of the run's own, on free ports and in its own folder: they may be killed, emptied and started again.

Those of the machine are never touched. Where a server is not installed, :class:`Missing` says so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import kombu
import psycopg
import redis

PATIENCE_SECONDS = 90.0


class Missing(Exception):  # noqa: N818 - what is missing is named, nothing went wrong
    """A server that this machine does not have."""


class Server(Protocol):
    """A server that can be stopped as by a power cut, and started again."""

    url: str

    def start(self) -> None: ...
    def kill(self) -> None: ...


class Broker(Server, Protocol):
    """A broker that can be emptied."""

    def empty(self) -> None: ...


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(ready: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``ready`` neither raises nor gives something false."""
    deadline = time.monotonic() + seconds
    while True:
        why = "not ready"
        try:
            if ready():
                return
        except Exception as error:  # whatever a client raises before its server answers
            why = f"{type(error).__name__}: {error}"
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not answer within {seconds:.0f} s ({why})")
        time.sleep(0.1)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process that we started, and to all of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def program(name: str, *folders: str) -> str:
    """The path of a program; raises :class:`Missing`."""
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if found is None:
        raise Missing(f"{name} is not installed")
    return found


class PostgreSQL:
    """A cluster of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgresql://banli@127.0.0.1:{self.port}/postgres"
        binaries = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
        self._pg_ctl = program("pg_ctl", *binaries)
        initdb = program("initdb", *binaries)
        folder.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            shutil.chown(folder, "postgres", "postgres")
        self._run(initdb, "-D", f"{folder}/cluster", "-U", "banli", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start, recovering from the kill before."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c shared_buffers=32MB"
        log = f"{self.folder}/log"
        self._run(self._pg_ctl, "start", "-D", f"{self.folder}/cluster", "-o", options, "-l", log, "-W")
        until(self._answers, "PostgreSQL")

    def kill(self) -> None:
        """As a power cut: no checkpoint, every connection lost."""
        self._run(self._pg_ctl, "stop", "-D", f"{self.folder}/cluster", "-m", "immediate")

    def _answers(self) -> bool:
        with psycopg.connect(self.url, connect_timeout=2) as connection:
            return connection.execute("SELECT true").fetchone() == (True,)

    @staticmethod
    def _run(*command: str) -> None:
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*user, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=120, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')}")


class _Spawned:
    """A server that runs as our child."""

    name: str
    url: str
    command: list[str]
    environment: dict[str, str]
    folder: Path

    def start(self) -> None:
        """Start with what the folder holds."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(self._answers, self.name)

    def kill(self) -> None:
        """SIGKILL."""
        kill_group(self._process)

    def _answers(self) -> bool:
        raise NotImplementedError


class Redis(_Spawned):
    """Redis that keeps nothing on disk."""

    name = "Redis"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        port = free_port()
        self.folder = folder
        self.url = f"redis://127.0.0.1:{port}/0"
        self.environment = dict(os.environ)
        self.command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        self.command += ["--appendonly", "no", "--dir", str(folder)]

    def empty(self) -> None:
        """Forget every message, those under way too."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            return bool(client.ping())


class RabbitMQ(_Spawned):
    """A RabbitMQ node of its own."""

    name = "RabbitMQ"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        port = free_port()
        self.folder = folder
        self.url = f"amqp://guest:guest@127.0.0.1:{port}//"
        (folder / "enabled_plugins").write_text("[].\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"banli_faults_{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",  # it shares two cores with what is tested
        }
        # the wrapper on the path changes user and folder; the script behind it takes ours
        self.command = [program("rabbitmq-server", "/usr/lib/rabbitmq/bin")]

    def empty(self) -> None:
        """Forget every message that waits."""
        with kombu.Connection(self.url, connect_timeout=5) as connection:
            connection.default_channel.queue_purge("banli")

    def _answers(self) -> bool:
        with kombu.Connection(self.url, connect_timeout=2) as connection:
            connection.connect()
            return bool(connection.connected)
