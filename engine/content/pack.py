"""A pack as files: the diagrams, tables, forms and labels of one folder name, with limits on what is read.

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
_FOLDERS = {".bpmn": "bpmn", ".dmn": "dmn", ".form": "forms", ".po": "bpmn"}
LABELS = re.compile(r"labels\.([a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?)\.po")
"""The name of a file of translations, such as ``labels.en.po``."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by path. ``is_whole``: there are no others, so what is not here is taken out of use."""

    name: str
    files: Mapping[str, bytes]
    is_whole: bool = False

    def of_kind(self, suffix: str) -> Mapping[str, bytes]:
        """The files with this suffix (".bpmn", ".dmn", ".form", ".po"), by path in order."""
        return {path: self.files[path] for path in sorted(self.files) if path.endswith(suffix)}


def sha256(content: bytes) -> str:
    """The hash of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_pack(root: Path, pack: str) -> Pack:
    """The whole pack of that name below ``root``, the folder that holds ``bpmn/``, ``dmn/`` and ``forms/``.

    Raises :class:`NotFound` when there is no such folder, :class:`DeploymentRefused` for what cannot be read.
    """
    _refuse_name(pack)
    found: dict[str, Path] = {}
    for suffix, folder in _FOLDERS.items():
        for path in (root / folder / pack).glob(f"*{suffix}"):
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


def pack_of(pack: str, named: Mapping[str, bytes]) -> Pack:
    """A part of a pack from uploaded files by name ("procurement_request.bpmn"); the suffix tells where each belongs.

    Raises :class:`DeploymentRefused` with every name, kind or size that is not accepted.
    """
    _refuse_name(pack)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, content in named.items():
        folder = _FOLDERS.get(Path(name).suffix)
        if folder is None or not _FILE.fullmatch(name):
            problems.append(_unknown_kind(name))
        else:
            files[f"{folder}/{pack}/{name}"] = content
    problems += _limits(pack, {path: len(content) for path, content in files.items()})
    if problems:
        raise DeploymentRefused(problems)
    return Pack(pack, dict(sorted(files.items())))


def _refuse_name(pack: str) -> None:
    if not _PACK.fullmatch(pack):
        raise NotFound(
            Sentence("{pack} is no name of a pack: small letters, digits and underscores are allowed.", pack=pack)
        )


def _limits(pack: str, sizes: Mapping[str, int]) -> list[Problem]:
    problems = [_too_large(path, size) for path, size in sorted(sizes.items()) if size > MAXIMUM_FILE_SIZE]
    problems += [
        _unknown_kind(path)
        for path in sorted(sizes)
        if not _FILE.fullmatch(name := path.rpartition("/")[2])
        or (name.endswith(".po") and not LABELS.fullmatch(name))
    ]
    if len(sizes) > MAXIMUM_FILES:
        sentence = Sentence(
            "The pack has {count} files; at most {maximum} are accepted.", count=len(sizes), maximum=MAXIMUM_FILES
        )
        problems.append(Problem("error", pack, "", sentence, "too_many_files"))
    return problems


def _too_large(path: str, size: int) -> Problem:
    sentence = Sentence(
        "The file has {size} bytes; at most {maximum} are accepted. Split it into several files.",
        size=size,
        maximum=MAXIMUM_FILE_SIZE,
    )
    return Problem("error", path, "", sentence, "too_large")


def _unknown_kind(name: str) -> Problem:
    sentence = Sentence(
        "This is no file of a pack. Diagrams end in .bpmn, tables in .dmn, forms in .form, and translations of "
        "labels are named like labels.en.po."
    )
    return Problem("error", name, "", sentence, "unknown_kind")
