"""The room of the archive: auditors look through it, who saw the matter reads its documents and takes them along."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from sqlalchemy import select

from engine import deployments, process_instances
from engine.actor import system
from engine.models import ArchiveEntry
from tests.tampering import tamper
from tests.webapp.house import House
from tests.workers.work import diagram, pack


def archived(house: House, title: str = "租赁合同") -> ArchiveEntry:
    """A document of a matter that U19 started."""
    drawn = diagram("filing", "archive_document", {"archive": "contracts", "years": "10"}, {"title": "=title"})
    house.unit_of_work.run(deployments.deploy, pack(filing=drawn), system("test"))
    started = house.unit_of_work.run(
        process_instances.start, "filing", system("test"), {"title": title, "rent": 1200}, "S01", starter="U19"
    )
    with house.unit_of_work.read() as session:
        return session.scalars(select(ArchiveEntry).where(ArchiveEntry.root_key == started.key)).one()


@pytest.mark.parametrize(("person", "enters"), [("U13", True), ("U15", True), ("U19", False)])
def test_the_door_is_open_to_auditors_and_administrators(house: House, person: str, enters: bool):
    archived(house)
    someone = house.person(person)
    assert bool(someone.get("/inbox").tree.xpath('//nav//a[@href="/archive"]')) is enters
    assert someone.get("/archive").status == (200 if enters else 403)


def test_documents_are_found_and_read(house: House):
    entry = archived(house)
    archived(house, "采购合同")
    auditor = house.person("U13")
    assert "租赁合同" in auditor.get("/archive").words
    found = auditor.get("/archive?text=采购").words
    assert "采购合同" in found
    assert "租赁合同" not in found
    page = auditor.get(f"/archive/{entry.key}")
    assert entry.number in page.words
    assert entry.sha256 in page.words
    assert "1,200" in page.words
    assert "未被改动" in page.words
    assert "保管" in page.words


def test_an_empty_archive_says_how_it_is_filled(house: House):
    assert "archive_document" in house.person("U13").get("/archive").words


def test_who_saw_the_matter_reads_its_document_and_nobody_else(house: House):
    entry = archived(house)
    for path in (f"/archive/{entry.key}", f"/archive/{entry.key}/package"):
        with house.person("U19").client.get(path) as response:
            assert response.status_code == 200
        assert house.person("U24").get(path).status == 404


def test_the_matter_tells_that_it_was_archived(house: House):
    entry = archived(house)
    assert entry.number in house.person("U19").get(f"/matters/{entry.root_key}").words


def test_a_package_is_checked_without_this_program(house: House):
    entry = archived(house)
    with house.person("U19").client.get(f"/archive/{entry.key}/package") as response:
        assert response.headers["Content-Disposition"].endswith(f"{entry.number}.zip")
        content = response.data
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        assert package.read("document.json").decode() == entry.document
        sums = dict(reversed(line.split("  ")) for line in package.read("SHA256SUMS").decode().splitlines())
        assert sums == {"document.json": hashlib.sha256(package.read("document.json")).hexdigest()}
        assert sums["document.json"] == entry.sha256


def test_what_was_altered_is_said_and_not_given_out(house: House):
    entry = archived(house)
    tamper(house.database, "UPDATE archive_entry SET document = replace(document, '1200', '9200')")
    auditor = house.person("U13")
    assert "不一致" in auditor.get(f"/archive/{entry.key}").words
    assert auditor.get(f"/archive/{entry.key}/package").status == 422


def test_who_read_or_took_a_document_is_written_down(house: House):
    entry = archived(house)
    auditor = house.person("U13", "en")
    for _look in range(2):
        auditor.get(f"/archive/{entry.key}")
    auditor.client.get(f"/archive/{entry.key}/package", buffered=True)
    told = [row.text_content() for row in auditor.get("/audit/views").tree.xpath("//tbody/tr")]
    assert ["took it away" in told[0], "opened it in the archive" in told[1], len(told)] == [True, True, 2]
    assert all(entry.number in line for line in told)
