"""The packs of this installation's home: found by their folders, deployed when their content is new, written out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from banli.composition import Composition
from engine import actor, content, deployments
from engine.deployments import files
from engine.errors import NotFound
from feel.sentences import Sentence


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


def export(session: Session, pack: str, folder: Path) -> Iterator[Path]:
    """Write the current files of a pack below a folder, byte for byte; gives each that was written."""
    current = deployments.current_deployment(session, pack)
    if current is None:
        raise NotFound(Sentence("There is no pack {pack}.", pack=pack))
    for path, body in files.pack(session, current.key).files.items():
        written = folder / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(body)
        yield written
