"""``banli run`` as a newcomer meets it: one command to a working sign-in, a clean stop, and the data still there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the content of the checkout and a var/ of its own."""
    for folder in ("bpmn", "dmn", "forms"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    return tmp_path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(home: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """``banli run`` until the block ends; then Ctrl-C and a clean exit."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BANLI_")}
    environment |= {"BANLI_HOME": str(home), "BANLI_PORT": str(port), **settings}
    with subprocess.Popen(
        [sys.executable, "-m", "banli", "run", "--demo-when-empty"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            wait_until_ready(process, port)
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    """Until ``/healthz`` answers; fails with what the process printed when it ended first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"banli run ended with {process.returncode}: {process.communicate()[0]}")
        with contextlib.suppress(OSError):
            fetch(port, "/healthz")
            return
        time.sleep(0.05)
    pytest.fail("/healthz did not answer in time")


def fetch(port: int, path: str) -> str:
    """The text of a page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_first_start_is_a_demo_that_stops_cleanly_and_keeps_its_data(home: Path) -> None:
    port = free_port()
    with running(home, port) as process:
        assert "U19" not in fetch(port, "/healthz")
        assert 'name="password"' in fetch(port, "/sign-in")
    printed = process.communicate()[0] if process.stdout and not process.stdout.closed else ""
    assert process.returncode == 0, printed
    kept = {path.name: path.stat().st_ino for path in (home / "var").iterdir()}
    assert "banli.sqlite3" in kept
    with running(home, port):
        assert 'name="password"' in fetch(port, "/sign-in")
    assert (home / "var/banli.sqlite3").stat().st_ino == kept["banli.sqlite3"]


@pytest.mark.parametrize(("name", "value"), [("BANLI_PORT", "eighty"), ("BANLI_DATABASE_URL", "mysql://x/y")])
def test_a_wrong_setting_stops_the_start_with_one_line(home: Path, name: str, value: str) -> None:
    environment = {"PATH": os.environ["PATH"], "BANLI_HOME": str(home), name: value}
    ended = subprocess.run(
        [sys.executable, "-m", "banli", "run"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 1
    assert name in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr


def test_the_demo_refuses_to_listen_beyond_loopback(home: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "BANLI_HOME": str(home), "BANLI_DEMO": "1", "BANLI_HOST": "0.0.0.0"}  # noqa: S104
    ended = subprocess.run(
        [sys.executable, "-m", "banli", "run"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 1
    assert "BANLI_HOST" in ended.stderr
