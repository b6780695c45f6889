"""The peers, each in an environment of its own under ``var/bench/``; who cannot be installed is left out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measuring.rounds import Contestant

CONTESTANTS = Path(__file__).parents[1] / "contestants"
_NPM_PEER = ("bpmn-engine", "bpmn_engine_peer.mjs", ("bpmn-engine@>=25 <26", "pg@>=8.11 <9"))
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
    name, script, packages = _NPM_PEER
    try:
        modules = _modules(folder / name, packages)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name} takes no part: {error}", file=sys.stderr)
    else:
        found.append(Contestant(name.replace("-", "_"), ("node", str(CONTESTANTS / script), str(modules))))
    return found


def _modules(folder: Path, packages: Sequence[str]) -> Path:
    """What npm installed there."""
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = (
            "npm",
            "install",
            "--prefix",
            str(folder),
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            *packages,
        )
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a fixed command
        (folder / "installed").touch()
    return folder


def _environment(folder: Path, pythons: Sequence[str], requirement: str) -> Path:
    python = folder / "bin" / "python"
    if (folder / "installed").exists():
        return python
    chosen = next(filter(_answers, _found(pythons)), None)
    if chosen is None:
        raise OSError(f"needs one of {', '.join(pythons)}")
    for command in (
        (chosen, "-m", "venv", str(folder)),
        (str(python), "-m", "pip", "--quiet", "install", requirement, "psycopg[binary]>=3.2,<4"),
    ):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed commands
    (folder / "installed").touch()
    return python


def _found(pythons: Sequence[str]) -> Iterator[str]:
    """Where they may be: on the path, or among the versions that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in pythons:
        yield from filter(None, [shutil.which(name)])
        yield from map(str, sorted(kept.glob(f"{name.removeprefix('python')}*/bin/{name}"), reverse=True))


def _answers(python: str) -> bool:
    return subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603 - found by us
