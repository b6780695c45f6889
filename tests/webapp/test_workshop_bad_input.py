"""Bad input at the doors of the workshop: told kindly, nothing lost, nothing unpacked that leads elsewhere."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest
from sqlalchemy import func, select

from engine import deployments, drafts
from engine.content import Pack
from engine.content.pack import MAXIMUM_FILE_SIZE
from engine.models import Deployment, Draft
from tests.webapp.house import House
from tests.webapp.test_workshop import RAISED, TABLE, begin, bring, save, table

OTHER = table(a=("(200..300]", "(200..400]"), b=("&gt; 300", "&gt; 400"))


def link() -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo("bpmn/chain_store/a.bpmn")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, b"/etc/passwd"


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("bpmn/chain_store/../../../etc/passwd", b"x", "etc/passwd"),
        ("/etc/cron.d/job.bpmn", b"x", "cron.d"),
        (*link(), "链接"),
        ("bpmn/chain_store/a.bpmn", b"0" * (20 * MAXIMUM_FILE_SIZE), "bpmn/chain_store/a.bpmn"),
    ],
    ids=["a path upwards", "a path from the root", "a link", "a bomb"],
)
def test_a_zip_that_is_an_attack_is_told_kindly_and_makes_no_draft(house: House, name, body: bytes, told: str):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    page = bring(house.person("U14"), "pack.zip", written.getvalue())
    assert page.status == 422
    assert told in page.words
    with house.unit_of_work.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_what_somebody_published_meanwhile_stops_the_draft_and_loses_nothing(house: House):
    """Neither what the other published nor what the holder changed and typed: the holder says whose file stays."""
    person = house.person("U14")
    key = begin(person)
    assert save(person, key, TABLE, RAISED).status == 200
    with house.unit_of_work.read() as session:
        fingerprint = drafts.get(session, key, person.actor).fingerprint
    administrator = house.person("U15").actor
    theirs = house.unit_of_work.run(
        deployments.deploy, Pack("chain_store", {TABLE: OTHER}), administrator, "门槛提高到 400 元"
    )
    page = person.post(
        f"/workshop/drafts/{key}/publish", {"fingerprint": fingerprint, "comment": "门槛提高到 500 元"}
    )
    assert page.status == 422
    assert page.tree.xpath('//*[@name="comment"]')[0].text_content().strip() == "门槛提高到 500 元"
    draft = person.get(f"/workshop/drafts/{key}")
    assert "门槛提高到 400 元" in draft.words  # who published what, and that both changed this file
    assert draft.tree.xpath(f'//input[@name="keep" and @value="{TABLE}"]')
    with house.unit_of_work.read() as session:
        assert session.scalar(select(func.max(Deployment.key))) == theirs.key
        assert drafts.get(session, key, person.actor).file(TABLE).content == RAISED
    person.post(f"/workshop/drafts/{key}/update", {"seen": str(theirs.key), "keep": TABLE})
    with house.unit_of_work.read() as session:
        updated = drafts.get(session, key, person.actor)
        assert (updated.draft.base_key, updated.file(TABLE).content) == (theirs.key, RAISED)
