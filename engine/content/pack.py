"""A pack as files: diagrams, tables, forms, labels and scenarios of one folder name, with limits on what is read.

Paths are those of the repository ("bpmn/chain_store/procurement_request.bpmn"), whatever machine it lies on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DeploymentRefused, NotFound, Problem
from feel.sentences import Sentence

MAXIMUM_FILE_SIZE = 1024 * 1024
"""Bytes of one file."""

MAXIMUM_FILES = 500
"""Files of one pack."""

_PACK = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FILE = re.compile(r"[^\W.][\w.-]{0,127}")
FOLDERS = {".bpmn": "bpmn", ".dmn": "dmn", ".form": "forms", ".po": "bpmn", ".yaml": "bpmn"}
"""Where files of a kind lie, by the end of their names."""
LABELS = re.compile(r"labels\.([a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?)\.po")
"""The name of a file of translations, such as ``labels.en.po``."""

SCENARIOS = re.compile(r"([A-Za-z_]\w{0,119})\.scenarios\.yaml")
"""The name of a process's scenarios, such as ``procurement_request.scenarios.yaml``."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by path. ``is_whole``: there are no others, so what is not here is taken out of use."""

    name: str
    files: Mapping[str, bytes]
    is_whole: bool = False

    def of_kind(self, suffix: str) -> Mapping[str, bytes]:
        """The files with this suffix (".bpmn", ".dmn", ".form", ".po", ".yaml"), by path in order."""
        return {path: self.files[path] for path in sorted(self.files) if path.endswith(suffix)}


def sha256(content: bytes) -> str:
    """The hash of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_pack(root: Path, pack: str) -> Pack:
    """The whole pack of that name below ``root``, the folder that holds ``bpmn/``, ``dmn/`` and ``forms/``.

    Raises :class:`NotFound` when there is no such folder, :class:`DeploymentRefused` for what cannot be read.
    """
    refuse_name(pack)
    found: dict[str, Path] = {}
    for suffix, folder in FOLDERS.items():
        for path in (root / folder / pack).glob("*.scenarios.yaml" if suffix == ".yaml" else f"*{suffix}"):
            if path.is_file():
                found[f"{folder}/{pack}/{path.name}"] = path
    if not found:
        raise NotFound(
            Sentence(
                "There is no pack {pack}: bpmn/{pack}, dmn/{pack} and forms/{pack} in {root} hold no file.",
                pack=pack,
                root=str(root),
            )
        )
    # sizes first: a file that is too large is never read
    problems = _limits(pack, {name: path.stat().st_size for name, path in found.items()})
    if problems:
        raise DeploymentRefused(problems)
    return Pack(pack, {name: found[name].read_bytes() for name in sorted(found)}, is_whole=True)


def whole_pack(pack: str, files: Mapping[str, bytes]) -> Pack:
    """A whole pack from files by their paths in the repository.

    Raises :class:`DeploymentRefused` with every path, kind or size that is not accepted.
    """
    refuse_name(pack)
    problems = [_unknown_kind(path) for path in sorted(files) if path != path_in(pack, path.rpartition("/")[2])]
    problems += _limits(pack, {path: len(content) for path, content in files.items()})
    if problems:
        raise DeploymentRefused(tuple(dict.fromkeys(problems)))
    return Pack(pack, dict(sorted(files.items())), is_whole=True)


def path_in(pack: str, name: str) -> str | None:
    """Where a file of that name lies in a pack; None for a name that no pack or no file of one has."""
    folder = FOLDERS.get(Path(name).suffix)
    usable = folder is not None and _PACK.fullmatch(pack) and _is_usable(name)
    return f"{folder}/{pack}/{name}" if usable else None


def pack_of(pack: str, named: Mapping[str, bytes]) -> Pack:
    """A part of a pack from uploaded files by name ("procurement_request.bpmn"); the suffix tells where each belongs.

    Raises :class:`DeploymentRefused` with every name, kind or size that is not accepted.
    """
    refuse_name(pack)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, content in named.items():
        path = path_in(pack, name)
        if path is None:
            problems.append(_unknown_kind(name))
        else:
            files[path] = content
    problems += _limits(pack, {path: len(content) for path, content in files.items()})
    if problems:
        raise DeploymentRefused(problems)
    return Pack(pack, dict(sorted(files.items())))


def refuse_name(pack: str) -> None:
    """Raise :class:`NotFound` for what cannot be the name of a pack."""
    if not _PACK.fullmatch(pack):
        raise NotFound(
            Sentence("{pack} is no name of a pack: small letters, digits and underscores are allowed.", pack=pack)
        )


def _limits(pack: str, sizes: Mapping[str, int]) -> list[Problem]:
    problems = [_too_large(path, size) for path, size in sorted(sizes.items()) if size > MAXIMUM_FILE_SIZE]
    problems += [_unknown_kind(path) for path in sorted(sizes) if not _is_usable(path.rpartition("/")[2])]
    if len(sizes) > MAXIMUM_FILES:
        sentence = Sentence(
            "The pack has {count} files; at most {maximum} are accepted.", count=len(sizes), maximum=MAXIMUM_FILES
        )
        problems.append(Problem("error", pack, "", sentence, "too_many_files"))
    return problems


def _is_usable(name: str) -> bool:
    if name.endswith(".po"):
        return LABELS.fullmatch(name) is not None
    if name.endswith(".yaml"):
        return SCENARIOS.fullmatch(name) is not None
    return _FILE.fullmatch(name) is not None


def _too_large(path: str, size: int) -> Problem:
    sentence = Sentence(
        "The file has {size} bytes; at most {maximum} are accepted. Split it into several files.",
        size=size,
        maximum=MAXIMUM_FILE_SIZE,
    )
    return Problem("error", path, "", sentence, "too_large")


def _unknown_kind(name: str) -> Problem:
    sentence = Sentence(
        "This is no file of a pack. Diagrams end in .bpmn, tables in .dmn, forms in .form, scenarios in "
        ".scenarios.yaml, and translations of labels are named like labels.en.po."
    )
    return Problem("error", name, "", sentence, "unknown_kind")
