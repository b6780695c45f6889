"""The peers, each in an environment of its own under ``var/bench/``; who cannot be installed is left out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measuring.rounds import Contestant

CONTESTANTS = Path(__file__).parents[1] / "contestants"
_PYTHON_PEERS = {
    "django-viewflow": ("viewflow_peer.py", (sys.executable,), "django-viewflow>=2.4,<3"),
    "camunda-python": ("camunda_python_peer.py", ("python3.13", "python3.12"), "camunda-python>=0.1.2,<0.2"),
}


def installed(folder: Path) -> list[Contestant]:
    """Everybody who could be installed here."""
    found = []
    for name, (script, pythons, requirement) in _PYTHON_PEERS.items():
        try:
            python = _environment(folder / name, pythons, requirement)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name} takes no part: {error}", file=sys.stderr)
            continue
        found.append(Contestant(name.replace("-", "_"), (str(python), str(CONTESTANTS / script))))
    return found


def _environment(folder: Path, pythons: Sequence[str], requirement: str) -> Path:
    python = folder / "bin" / "python"
    if (folder / "installed").exists():
        return python
    chosen = next(filter(None, map(shutil.which, pythons)), None)
    if chosen is None:
        raise OSError(f"needs one of {', '.join(pythons)}")
    for command in (
        (chosen, "-m", "venv", str(folder)),
        (str(python), "-m", "pip", "--quiet", "install", requirement, "psycopg[binary]>=3.2,<4"),
    ):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed commands
    (folder / "installed").touch()
    return python
