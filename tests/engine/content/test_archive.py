"""Packs as zip files: the same bytes for the same files, and nothing that a zip file can do to whoever opens it."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from engine import content
from engine.content import archive
from engine.content.pack import MAXIMUM_FILE_SIZE, MAXIMUM_FILES
from engine.errors import DeploymentRefused
from tests import packs


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in entries:
            file.writestr(name, body)
    return written.getvalue()


def codes(body: bytes) -> set[str]:
    with pytest.raises(DeploymentRefused) as refused:
        archive.unpacked(body)
    assert all(str(problem.sentence) for problem in refused.value.problems)
    return {problem.code for problem in refused.value.problems}


def test_a_pack_comes_back_byte_for_byte():
    pack = content.Pack("p", packs.files("p") | {"bpmn/p/request.scenarios.yaml": b"process: request\n"})
    back = archive.unpacked(archive.packed(pack))
    assert (back.name, dict(back.files), back.is_whole) == ("p", dict(sorted(pack.files.items())), True)


def test_the_same_files_give_the_same_bytes():
    files = packs.files("p")
    backwards = dict(reversed(files.items()))
    assert archive.packed(content.Pack("p", files)) == archive.packed(content.Pack("p", backwards))


@pytest.mark.parametrize(
    "name",
    [
        "../bpmn/p/a.bpmn",
        "/bpmn/p/a.bpmn",
        "bpmn/../../a.bpmn",
        "bpmn/p/../a.bpmn",
        "bpmn/p/deeper/a.bpmn",
        "bpmn\\p\\a.bpmn",
        "C:/bpmn/a.bpmn",
        "bpmn/P/a.bpmn",
        "dmn/p/a.bpmn",
        "bpmn/p/.bpmn",
        "bpmn/p/a.py",
        "bpmn/p/other.yaml",
        "bpmn/p/a\n.bpmn",
        "a.bpmn",
        "bpmn/p/" + "a" * 200 + ".bpmn",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    assert codes(zipped((name, b"<a/>"))) & {"archive_path", "unknown_kind"}


def test_a_link_is_refused():
    link = zipfile.ZipInfo("bpmn/p/a.bpmn")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert codes(zipped((link, b"/etc/passwd"))) == {"archive_link"}


def test_a_bomb_is_unpacked_no_further_than_a_file_may_be_large():
    body = zipped(("bpmn/p/a.bpmn", b"0" * (50 * MAXIMUM_FILE_SIZE)))
    assert len(body) < MAXIMUM_FILE_SIZE
    assert codes(body) == {"archive_too_large"}


def test_a_bomb_of_many_files_is_refused():
    one = b"0" * MAXIMUM_FILE_SIZE
    assert codes(zipped(*((f"bpmn/p/a{number}.bpmn", one) for number in range(40)))) == {"archive_too_large"}


def test_a_file_that_lies_about_its_size_is_refused():
    body = bytearray(zipped(("bpmn/p/a.bpmn", b"0" * (3 * MAXIMUM_FILE_SIZE))))
    directory = body.index(b"PK\x01\x02")
    body[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert codes(bytes(body)) <= {"archive_unreadable", "archive_too_large"}


def test_too_many_entries_are_refused():
    entries = [(f"bpmn/p/a{number}.bpmn", b"<a/>") for number in range(MAXIMUM_FILES + 1)]
    assert codes(zipped(*entries)) == {"too_many_files"}


def test_an_encrypted_entry_is_refused():
    body = bytearray(zipped(("bpmn/p/a.bpmn", b"<a/>")))
    directory = body.index(b"PK\x01\x02")
    body[directory + 8] |= 1
    assert codes(bytes(body)) == {"archive_encrypted"}


def test_two_packs_in_one_file_are_refused():
    assert codes(zipped(("bpmn/p/a.bpmn", b"<a/>"), ("bpmn/q/a.bpmn", b"<a/>"))) == {"archive_packs"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_there_twice_is_refused():
    assert codes(zipped(("bpmn/p/a.bpmn", b"<a/>"), ("bpmn/p/a.bpmn", b"<b/>"))) == {"archive_twice"}


@pytest.mark.parametrize("body", [b"", b"PK", b"no zip at all", zipped()[:-4], zipped()])
def test_what_is_no_zip_file_is_told_kindly(body):
    assert codes(body) <= {"archive_unreadable", "archive_empty"}


def test_a_cut_off_file_is_told_kindly():
    body = zipped(("bpmn/p/a.bpmn", bytes(range(256)) * 50))
    for length in range(0, len(body), 97):
        assert codes(body[:length]) == {"archive_unreadable"}
