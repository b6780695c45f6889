"""The parts of a distributed installation: what they refuse, and that several may begin at once."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from banli import distributed, packs, settings
from engine.database import Database
from engine.errors import SettingRefused
from engine.models import Deployment, Person

ROOT = Path(__file__).resolve().parents[2]


def home(tmp_path: Path) -> Path:
    for folder in ("bpmn", "dmn", "forms"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    return tmp_path


@pytest.mark.parametrize("command", ["web", "worker", "beat"])
def test_a_broker_in_memory_is_refused_with_one_line(command: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "banli", command],
        env={"PATH": os.environ["PATH"], "BANLI_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "BANLI_BROKER_URL" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr


def test_webs_that_begin_at_once_prepare_one_after_the_other(database_url: str, tmp_path: Path) -> None:
    read = settings.read(
        {
            "BANLI_HOME": str(home(tmp_path)),
            "BANLI_DATABASE_URL": database_url,
            "BANLI_BROKER_URL": "redis://127.0.0.1:1/",  # preparing needs no broker
            "BANLI_DEMO": "1",
        }
    )
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(distributed.prepare, [read] * 3))
    database = Database(database_url)
    with database.reader() as session:
        deployed = session.execute(select(func.count()).select_from(Deployment)).scalar_one()
        people = session.execute(select(func.count()).select_from(Person)).scalar_one()
    database.dispose()
    assert (deployed, people) == (len(packs.names(tmp_path)), 42)


def test_a_worker_waits_for_the_database_and_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "_WAIT_SECONDS", 0.0)
    read = settings.read({"BANLI_HOME": str(tmp_path), "BANLI_BROKER_URL": "redis://127.0.0.1:1/"})
    with pytest.raises(SettingRefused, match=r"needs migrating.*banli migrate"):
        distributed.work(read, pool="threads", concurrency=1)
