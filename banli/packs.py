"""The packs of this installation's home: found by their folders, deployed when their content is new, written out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from banli.composition import Composition
from engine import actor, content, deployments
from engine.deployments import files
from engine.errors import NotFound
from feel.sentences import Sentence

_log = logging.getLogger(__name__)


def names(home: Path) -> tuple[str, ...]:
    """The packs below ``home``: the folder names that ``bpmn/``, ``dmn/`` and ``forms/`` share."""
    return tuple(sorted(folder.name for folder in (home / "bpmn").iterdir() if folder.is_dir()))


def deploy(composition: Composition, pack: str, *, comment: str | None = None) -> None:
    """Deploy one pack, whole; content that is already there changes nothing."""
    read = content.read_pack(composition.settings.home, pack)
    composition.unit_of_work.run(deployments.deploy, read, actor.system("deployment"), comment)


def deploy_all(composition: Composition) -> None:
    """Deploy every pack of the home whose files are others than when they were last deployed from here.

    A start takes nothing back: what was published since in the workshop or through the API stays. Where both changed,
    the log says so and a person decides.
    """
    for pack in names(composition.settings.home):
        composition.unit_of_work.run(_deploy_news, content.read_pack(composition.settings.home, pack))


def _deploy_news(session: Session, pack: content.Pack) -> None:
    here = actor.system("deployment")
    last = deployments.last_by(session, pack.name, here.person)
    if last is not None and files.hashes(session, last.key) == deployments.hashes_of(pack):
        return
    current = deployments.current_deployment(session, pack.name)
    if last is not None and current is not None and current.key != last.key:
        _log.warning(
            "The files of %s changed here, and it was published elsewhere since. They were not deployed: "
            "compare them (banli export), then deploy them by hand (banli deploy %s).",
            pack.name,
            pack.name,
        )
        return
    deployments.deploy(session, pack, here)


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
