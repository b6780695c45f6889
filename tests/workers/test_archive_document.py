"""archive_document: the matter with its values, files and digest, once for each job, for good; found if altered."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from engine import archive, archive_package, attachments, deployments, history, values
from engine.actor import system
from engine.content import Pack
from engine.errors import DeploymentRefused, ExecutionFailed, NotAllowed, NotFound
from engine.models import ArchiveEntry, ArchiveFile
from engine.topics import Work
from tests.engine.attachments.files import PDF, png
from tests.engine.attachments.papers import DIAGRAM, PACK
from tests.tampering import tamper
from tests.workers.work import House
from workers.topics import archive_document

ARCHIVED = (
    '<bpmn:serviceTask id="A3_archive" name="归档"><bpmn:extensionElements>'
    '<zeebe:taskDefinition type="archive_document"/><zeebe:taskHeaders>'
    '<zeebe:header key="archive" value="contracts"/><zeebe:header key="years" value="10"/>{more}'
    "</zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>"
)
FLOW = '<bpmn:sequenceFlow id="Q2_file_done" sourceRef="Q2_file" targetRef="done">'


class Archive(House):
    """A house whose procedure with papers ends in the archive."""

    def with_papers(self, more: str = "") -> None:
        drawn = DIAGRAM.replace(FLOW, FLOW.replace('targetRef="done"', 'targetRef="A3_archive"'))
        last = '<bpmn:sequenceFlow id="last" sourceRef="A3_archive" targetRef="done"/></bpmn:process>'
        drawn = drawn.replace("</bpmn:process>", ARCHIVED.format(more=more) + last)
        files = {**PACK.files, "bpmn/papers/papers.bpmn": drawn.encode()}
        self.office.run(deployments.deploy, Pack("papers", files), system("test"))

    def upload(self, person: str, root: int, field: str, name: str, content: bytes) -> str:
        task = self.office.task(root)
        return self.office.run(attachments.upload, task.key, field, name, content, self.office.actor(person)).key

    def finish(self) -> int:
        """A request with a photo and a contract, checked with evidence, filed with a slip; the matter."""
        root = self.office.start("papers")
        photo = self.upload("U19", root, "photos", "现场.png", png(1))
        contract = self.upload("U19", root, "contract", "合同.pdf", PDF)
        self.office.complete("U19", root, purpose="租赁合同", photos=[photo], contract=[contract])
        evidence = self.upload("U16", root, "evidence", "依据.png", png(2))
        self.office.complete("U16", root, returned=False, evidence=[evidence])
        slip = self.upload("U06", root, "slips", "回执.png", png(3))
        self.office.complete("U06", root, slips=[slip])
        return root

    def entries(self) -> list[ArchiveEntry]:
        return list(self.office.read(archive.listed, self.office.actor("U13")).rows)

    def problems(self) -> list[str]:
        with self.office.unit_of_work.read() as session:
            return [problem.code for problem in history.verify(session).problems]


@pytest.fixture
def house(office, tmp_path):
    return Archive(office, tmp_path)


@pytest.fixture
def sqlite_house(sqlite_office, tmp_path):
    return Archive(sqlite_office, tmp_path)


def test_a_matter_is_archived_with_all_its_files_and_without_personal_values(house):
    house.with_papers()
    root = house.finish()
    (entry,) = house.entries()
    document = values.loads(entry.document)
    assert (entry.number, entry.archive, entry.title) == ("DA-2026-000001", "contracts", "租赁合同")
    assert (entry.unit_id, entry.keep_until, entry.root_key) == ("S01", date(2036, 11, 23), root)
    assert entry.sha256 == archive.digest(entry.document)
    named = [file["name"] for file in document["files"]]
    assert (sorted(named[:2]), named[2:]) == (["合同.pdf", "现场.png"], ["依据.png", "回执.png"])  # by step
    assert document["values"]["purpose"] == "租赁合同"
    assert "contract" not in document["values"]
    assert document["withheld"] == ["contract"]
    assert document["matter"]["number"] == house.office.matter(root).business_id
    events = house.office.history(root)
    assert document["history"]["hash"] in {event.hash for event in events}
    assert house.office.variables(root)["archive_entry"] == {"number": entry.number, "sha256": entry.sha256}
    assert house.problems() == []


def test_only_the_files_of_some_variables_go_along(house):
    house.with_papers('<zeebe:header key="files" value="slips, evidence"/>')
    house.finish()
    (entry,) = house.entries()
    assert [file["name"] for file in json.loads(entry.document)["files"]] == ["依据.png", "回执.png"]


def test_values_are_exact_and_chosen_by_the_diagram(house):
    inputs = {"values": "={amount: amount, on: day}", "title": '="协议 " + string(amount)'}
    house.deploy("filing", "archive_document", {"archive": "agreements"}, inputs)
    house.start("filing", amount=Decimal("0.10"), day=date(2026, 11, 22))
    (entry,) = house.entries()
    assert values.loads(entry.document)["values"] == {"amount": Decimal("0.10"), "on": date(2026, 11, 22)}
    assert '"amount":0.10' in entry.document
    assert (entry.title, entry.keep_until) == ("协议 0.10", None)
    assert house.office.read(archive.names, house.office.actor("U13")) == ["agreements"]


def test_the_same_job_once_more_archives_nothing(house):
    house.deploy("filing", "archive_document", {"archive": "agreements"})
    root = house.start("filing")
    (entry,) = house.entries()
    again = Work(entry.job_key, "archive_document", root, root, "task", {}, {}, {"archive": "agreements"})
    told = {"archive_entry": {"number": entry.number, "sha256": entry.sha256}}
    assert house.office.run(archive_document.run, again) == told
    assert [each.number for each in house.entries()] == ["DA-2026-000001"]


def test_numbers_have_no_gaps_although_a_step_fails(house):
    house.deploy("filing", "archive_document", {"archive": "agreements"}, {"years": "=years"})
    house.start("filing", years=5)
    for wrong in (Decimal("1.5"), 0, 1000):
        with pytest.raises(ExecutionFailed):
            house.start("filing", years=wrong)
    house.start("filing", years=5)
    assert sorted(entry.number for entry in house.entries()) == ["DA-2026-000001", "DA-2026-000002"]


def test_what_cannot_be_archived_is_said(house):
    house.with_papers('<zeebe:header key="files" value="plans"/>')
    with pytest.raises(ExecutionFailed, match="plans"):
        house.finish()
    with pytest.raises(DeploymentRefused):
        house.deploy("nameless", "archive_document")
    house.deploy("misnamed", "archive_document", {"archive": "Contracts!"})
    with pytest.raises(ExecutionFailed, match="Contracts!"):
        house.start("misnamed")
    assert house.entries() == []


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE archive_entry SET title = 'x'",
        "DELETE FROM archive_file",
        "DELETE FROM archive_entry",
        "UPDATE archive_file SET sha256 = sha256",
    ],
)
def test_the_database_itself_refuses_to_change_the_archive(house, act):
    house.with_papers()
    house.finish()
    with pytest.raises(Exception, match=r"append-only|refused"):
        house.office.run(lambda session: session.execute(text(act)))


@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        (["UPDATE archive_entry SET document = replace(document, '租赁', '买卖')"], ["archived_document_changed"]),
        (["UPDATE archive_entry SET document = '{', sha256 = 'x'"], ["archived_document_changed"]),
        (["DELETE FROM archive_file WHERE sha256 <> 'x'"], ["archived_document_changed"]),
        (["DELETE FROM archive_file", "DELETE FROM archive_entry"], ["archived_document_missing"]),
    ],
)
def test_what_is_altered_is_found(house, statements, codes):
    house.with_papers()
    house.finish()
    assert tamper(house.office.database, *statements) > 0
    assert house.problems() == codes


def test_who_may_see_the_matter_reads_its_documents_and_auditors_look_through_all(sqlite_house):
    house = sqlite_house
    house.with_papers()
    root = house.finish()
    (entry,) = house.entries()
    for person in ("U19", "U16", "U06", "U13", "U15"):
        assert house.office.read(archive.get, entry.key, house.office.actor(person)).number == entry.number
        assert len(house.office.read(archive.of_matter, root, house.office.actor(person))) == 1
    with pytest.raises(NotFound):
        house.office.read(archive.get, entry.key, house.office.actor("U24"))
    for query in (archive.listed, archive.names):
        with pytest.raises(NotAllowed):
            house.office.read(query, house.office.actor("U19"))


def test_documents_are_found_by_their_words(sqlite_house):
    house = sqlite_house
    house.deploy("filing", "archive_document", {"archive": "agreements"}, {"title": "=title"})
    for title in ("租赁合同", "100%_保证", "采购合同"):
        house.start("filing", title=title)

    def found(**given):
        page = house.office.read(archive.listed, house.office.actor("U13"), **given)
        return [entry.title for entry in page.rows], page.total

    assert found(text="合同") == (["采购合同", "租赁合同"], 2)
    assert found(text="%_") == (["100%_保证"], 1)
    assert found(text="da-2026-000002") == (["100%_保证"], 1)
    assert found(archive="contracts") == ([], 0)
    assert found(size=2, page=2) == (["租赁合同"], 3)


def test_a_package_holds_the_files_as_they_were_uploaded(house):
    house.with_papers()
    house.finish()
    (entry,) = house.entries()
    first, second = io.BytesIO(), io.BytesIO()
    for target in (first, second):
        house.office.read(archive_package.write, entry.key, house.office.actor("U19"), target)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as package:
        names = [name for name in package.namelist() if name.startswith("files/")]
        assert sorted(name.partition("-")[2] for name in names) == ["依据.png", "合同.pdf", "回执.png", "现场.png"]
        told = dict(reversed(line.split("  ")) for line in package.read("SHA256SUMS").decode().splitlines())
        assert told == {name: hashlib.sha256(package.read(name)).hexdigest() for name in ("document.json", *names)}


def test_the_bytes_of_archived_files_stay(house):
    house.with_papers()
    house.finish()
    with house.office.unit_of_work.read() as session:
        digests = session.scalars(select(ArchiveFile.sha256)).all()
    assert len(digests) == 4
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key|append-only|refused"):
        house.office.run(lambda session: session.execute(text("DELETE FROM stored_file")))
