"""Banli as it is set up for the run: its processes, which can be killed and started again, and its settings."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from banli import settings
from tests.faults.servers import Broker, PostgreSQL, RabbitMQ, Redis, Server, free_port, kill_group, until

ROOT = Path(__file__).resolve().parents[2]
CONTENT = Path(__file__).with_name("content")
SETUPS = ("embedded", "redis", "rabbitmq")


class Part:
    """One process of Banli (with the processes it forks)."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.kills = 0
        self._arguments = arguments
        self._environment = environment
        self._log = log

    def start(self) -> None:
        """Start it; it is ready when it is."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.process", *self._arguments],
                env=self._environment,
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to it and all that it forked."""
        self.kills += 1
        kill_group(self._process)

    def kill_child(self, choose: Random) -> bool:
        """SIGKILL to one of the processes that it forked; False if there is none."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        children = [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(choose.choice(children), signal.SIGKILL)
        self.kills += 1
        return True

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM; gives the exit code, and kills what does not end."""
        self._process.terminate()
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        kill_group(self._process)
        return code

    @property
    def ended(self) -> int | None:
        """The exit code of a process that ended by itself."""
        return self._process.poll()


@dataclass
class Installation:
    """Database, broker and processes of one set-up, in ``folder``."""

    setup: str
    folder: Path
    servers: list[Server] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    broker: Broker | None = None
    database: PostgreSQL | None = None

    def __post_init__(self) -> None:
        home, self.effects = self.folder / "home", self.folder / "effects"
        home.mkdir(parents=True)
        self.effects.mkdir()
        for content in CONTENT.iterdir():
            (home / content.name).symlink_to(content)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BANLI_")}
        environment |= {
            "BANLI_HOME": str(home),
            "BANLI_PORT": str(self.port),
            "BANLI_THREADS": "8",
            "BANLI_DEMO": "1",
            "BANLI_LOG_FORMAT": "json",
            "BANLI_TEST_EFFECTS": str(self.effects),
        }
        if self.setup != "embedded":
            self.database = PostgreSQL(self.folder / "postgresql")
            self.broker = {"redis": Redis, "rabbitmq": RabbitMQ}[self.setup](self.folder / self.setup)
            self.servers = [self.database, self.broker]
            environment |= {"BANLI_DATABASE_URL": self.database.url, "BANLI_BROKER_URL": self.broker.url}
        self.settings = settings.read({name: text for name, text in environment.items() if name.startswith("BANLI_")})
        commands = {"everything": ["run"]}
        if self.setup != "embedded":
            worker = ["worker", "--concurrency", "2", "--pool"]
            commands = {
                "web": ["web", "--processes", "2"],
                "worker 1": [*worker, "prefork"],
                "worker 2": [*worker, "prefork" if self.setup == "rabbitmq" else "threads"],
                "beat 1": ["beat"],
                "beat 2": ["beat"],
            }
        self.parts = [
            Part(name, arguments, environment, self.folder / f"{name.replace(' ', '-')}.log")
            for name, arguments in commands.items()
        ]

    def start(self) -> None:
        """Servers first, then the processes, until the web is ready."""
        for server in self.servers:
            server.start()
        for part in self.parts:
            part.start()
        until(self.is_ready, "the web")

    def is_ready(self) -> bool:
        """Whether the web can serve."""
        with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310 - ours
            return answer.status == 200

    def stop_processes(self) -> dict[str, int]:
        """End the processes gracefully; their exit codes."""
        return {part.name: part.stop() for part in self.parts}

    def kill_everything(self) -> None:
        """Leave nothing behind that we started."""
        for part in self.parts:
            with contextlib.suppress(AttributeError):  # it was never started
                part.kill()
        for server in self.servers:
            with contextlib.suppress(AttributeError, RuntimeError):
                server.kill()
