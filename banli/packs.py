"""The packs of this installation's home: found by their folders, deployed when their content is new."""

from __future__ import annotations

from pathlib import Path

from banli.composition import Composition
from engine import actor, content, deployments


def names(home: Path) -> tuple[str, ...]:
    """The packs below ``home``: the folder names that ``bpmn/``, ``dmn/`` and ``forms/`` share."""
    return tuple(sorted(folder.name for folder in (home / "bpmn").iterdir() if folder.is_dir()))


def deploy(composition: Composition, pack: str, *, comment: str | None = None) -> None:
    """Deploy one pack, whole; content that is already there changes nothing."""
    read = content.read_pack(composition.settings.home, pack)
    composition.unit_of_work.run(deployments.deploy, read, actor.system("deployment"), comment)


def deploy_all(composition: Composition) -> None:
    """Deploy every pack of the home."""
    for pack in names(composition.settings.home):
        deploy(composition, pack)
