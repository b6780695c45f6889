"""A pack as a zip file, to be carried elsewhere or kept in a repository: the same bytes for the same files.

Reading one trusts nothing that it says: names lead nowhere but into the folders of one pack, links and encrypted
entries are refused, and no more is unpacked than a pack may hold, whatever sizes the file claims.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator

from engine.content.pack import MAXIMUM_FILE_SIZE, MAXIMUM_FILES, Pack, path_in, whole_pack
from engine.errors import DeploymentRefused, Problem
from feel.sentences import Sentence

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say: the same files give the same bytes on every day
_FOLDERS = frozenset({"bpmn", "dmn", "forms"})
_PARTS = 3  # folder, pack, file
MAXIMUM_SIZE = 32 * 1024 * 1024
"""Bytes of all files of an archive, unpacked."""


def packed(pack: Pack) -> bytes:
    """The zip file of a pack."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(pack.files.items()):
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, content)
    return written.getvalue()


def unpacked(content: bytes) -> Pack:
    """The pack of a zip file; raises :class:`DeploymentRefused` with everything that is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            problems = tuple(_problems(entries))
            if problems:
                raise DeploymentRefused(problems)
            return whole_pack(entries[0].filename.split("/")[1], _read(archive, entries))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise DeploymentRefused(
            [_problem("", "archive_unreadable", Sentence("This is no readable zip file."))]
        ) from (error)


def _problems(entries: list[zipfile.ZipInfo]) -> Iterator[Problem]:
    if not entries:
        yield _problem("", "archive_empty", Sentence("The zip file holds no file."))
    if len(entries) > MAXIMUM_FILES:
        sentence = Sentence(
            "The pack has {count} files; at most {maximum} are accepted.", count=len(entries), maximum=MAXIMUM_FILES
        )
        yield _problem("", "too_many_files", sentence)
        return
    seen: set[str] = set()
    packs: set[str] = set()
    for entry in entries:
        shown = entry.filename[:200]
        parts = entry.filename.split("/")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            yield _problem(shown, "archive_link", Sentence("This entry of the zip file is a link, not a file."))
        elif entry.flag_bits & 1:
            yield _problem(
                shown, "archive_encrypted", Sentence("This file is encrypted. Pack it without a password.")
            )
        elif len(parts) != _PARTS or parts[0] not in _FOLDERS or path_in(parts[1], parts[2]) != entry.filename:
            sentence = Sentence(
                "This name does not belong into a pack. Expected are bpmn/<pack>/…, dmn/<pack>/… and forms/<pack>/… "
                "with diagrams, tables, forms, labels and scenarios."
            )
            yield _problem(shown, "archive_path", sentence)
        elif entry.filename in seen:
            yield _problem(shown, "archive_twice", Sentence("This file stands in the zip file twice."))
        else:
            packs.add(parts[1])
        seen.add(entry.filename)
    if len(packs) > 1:
        names = ", ".join(sorted(packs))
        yield _problem("", "archive_packs", Sentence("The zip file holds several packs ({packs}).", packs=names))


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The files, none read further than it may be large: what an entry says of its own size is not believed."""
    files: dict[str, bytes] = {}
    left = MAXIMUM_SIZE
    for entry in entries:
        with archive.open(entry) as file:
            files[entry.filename] = file.read(min(MAXIMUM_FILE_SIZE, left) + 1)
        left -= len(files[entry.filename])
        if len(files[entry.filename]) > MAXIMUM_FILE_SIZE or left < 0:
            sentence = Sentence(
                "Unpacked, this zip file is larger than a pack may be ({file} bytes a file, {all} bytes in all).",
                file=MAXIMUM_FILE_SIZE,
                all=MAXIMUM_SIZE,
            )
            raise DeploymentRefused([_problem(entry.filename, "archive_too_large", sentence)])
    return files


def _problem(file: str, code: str, sentence: Sentence) -> Problem:
    return Problem("error", file, "", sentence, code)
