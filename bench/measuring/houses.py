"""Banli as its operators start it: one process on SQLite, or web processes on PostgreSQL with a broker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.servers import PostgreSQL, Redis, free_port, kill_group, until

ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """A running installation. ``first_page`` is how many seconds it took from the start to the first page."""

    address: str
    process: subprocess.Popen[bytes]
    first_page: float
    database_url: str

    def memory(self) -> float:
        """Megabytes that the process and its children hold (resident, proportional where shared)."""
        return sum(_memory(pid) for pid in _family(self.process.pid)) / 1024


@contextmanager
def embedded(folder: Path, **environment: str) -> Iterator[House]:
    """``banli run`` on a SQLite file."""
    with _started(folder, ["run"], {}, environment) as house:
        yield house


@contextmanager
def distributed(folder: Path, *, processes: int) -> Iterator[House]:
    """``banli web`` on PostgreSQL, with Redis as its broker; no worker, for nothing waits for one here."""
    database, broker = PostgreSQL(folder / "postgresql"), Redis(folder / "redis")
    database.start()
    broker.start()
    try:
        addresses = {"BANLI_DATABASE_URL": database.url, "BANLI_BROKER_URL": broker.url}
        with _started(folder, ["web", "--processes", str(processes)], addresses, {}) as house:
            yield house
    finally:
        broker.kill()
        database.kill()


@contextmanager
def _started(folder: Path, command: list[str], addresses: dict[str, str], more: dict[str, str]) -> Iterator[House]:
    for name in ("bpmn", "dmn", "forms"):
        if not (folder / name).exists():  # the same folder may be started again
            (folder / name).symlink_to(ROOT / name)
    port = free_port()
    environment = {
        **os.environ, "BANLI_HOME": str(folder), "BANLI_PORT": str(port), "BANLI_DEMO": "1",
        "BANLI_LOG_LEVEL": "warning", "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",  # as `make run` has it, whatever the image of this machine says
        **addresses, **more,
    }  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "banli", *command],
            env=environment, cwd=folder, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        until(lambda: _answers(address), f"banli {command[0]}: {folder}/output")
        url = addresses.get("BANLI_DATABASE_URL", f"sqlite:///{folder}/var/banli.db")
        yield House(address, process, time.perf_counter() - begun, url)
    finally:
        kill_group(process)


def _answers(address: str) -> bool:
    with urllib.request.urlopen(f"{address}/sign-in", timeout=2) as response:  # noqa: S310 - our own, on loopback
        return bool(response.status == 200)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _memory(pid: int) -> float:
    """Kilobytes, as the kernel shares them out."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
