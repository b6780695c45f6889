"""The workshop's pages: who comes in, what they show, saving without losing, and files in and out."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from engine import deployments, drafts
from engine.actor import system
from engine.content import Pack
from engine.deployments import owners
from tests.webapp.house import ROOT, House, Page, Person

TABLE = "dmn/chain_store/procurement_authority.dmn"
DIAGRAM = "bpmn/chain_store/procurement_request.bpmn"


def table(**replaced: str) -> bytes:
    text = (ROOT / TABLE).read_text(encoding="utf-8")
    for old, new in replaced.values():
        text = text.replace(old, new)
    return text.encode()


RAISED = table(a=("(200..300]", "(200..500]"), b=("&gt; 300", "&gt; 500"))
HALF = table(a=("(200..300]", "(200..500]"))


def begin(person: Person, pack: str = "chain_store") -> int:
    page = person.post("/workshop/drafts", {"pack": pack, "title": "门槛"})
    assert page.status == 200, page.words
    return int(page.path.rsplit("/", 1)[1])


def save(person: Person, key: int, path: str, body: bytes, based_on: int = 0, act: str = "files") -> Page:
    token = person.token(person.get("/account/password"))
    headers = {"X-CSRFToken": token, "X-Based-On": str(based_on), "Sec-Fetch-Site": "same-origin",
               "Accept-Language": person.language}  # fmt: skip
    return Page(person.client.post(f"/workshop/drafts/{key}/{act}/{path}", data=body, headers=headers,
                                   content_type="application/octet-stream"))  # fmt: skip


@pytest.mark.parametrize("person", ["U19", "U16", "U13", "U01"])
def test_nobody_but_process_owners_and_administrators_comes_in(house: House, person: str):
    someone = house.person(person)
    key = begin(house.person("U14"))
    pages = (
        "",
        "/packs/chain_store",
        "/procedures/procurement_request",
        f"/drafts/{key}",
        "/import",
        "/packs/chain_store/export",
        f"/drafts/{key}/edit/{TABLE}",
        f"/drafts/{key}/files/{TABLE}",
    )
    for path in pages:
        assert someone.get(f"/workshop{path}").status == 403, path
    assert save(someone, key, TABLE, RAISED).status == 403
    assert "工坊" not in someone.get("/inbox").words


def test_the_catalogue_shows_procedures_with_version_owner_and_comment(house: House):
    with house.unit_of_work.read() as session:
        root = house.person("U15").actor
        assert owners.all_owners(session) == {}
    house.unit_of_work.run(owners.set_owners, root, "procurement_request", ["U14"])
    changed = Pack("chain_store", {TABLE: RAISED})
    house.unit_of_work.run(deployments.publish_pack, changed, house.person("U14").actor, "门槛提高到 500 元")
    page = house.person("U14").get("/workshop")
    assert "门店物料申购 第 2 版" in page.words
    assert "蒋一凡" in page.words
    assert "门槛提高到 500 元" in page.words
    english = house.person("U14", "en").get("/workshop")
    assert "Financial approvals" in english.words
    assert "Jiang Yifan" in english.words


def test_what_is_not_ones_own_has_no_way_to_change_it(house: House):
    house.unit_of_work.run(owners.set_owners, house.person("U15").actor, "procurement_request", ["U15"])
    person = house.person("U14")
    page = person.get("/workshop/procedures/procurement_request")
    assert not page.tree.xpath('//form[contains(@action, "/drafts")]')
    refused = save(person, begin(person), TABLE, RAISED)
    assert refused.status == 403
    assert "procurement_request" in refused.response.json["sentence"]


def test_a_save_answers_with_the_problems_in_the_readers_language(house: House):
    person = house.person("U14")
    key = begin(person)
    answer = save(person, key, TABLE, HALF).response.json
    assert answer["revision"] == 1
    marks = {mark["id"] for mark in answer["marks"]}
    assert {
        "procurement_authority_rule_3",
        "procurement_authority_rule_4",
    } & marks or "procurement_authority_table" in marks
    assert re.search("[一-鿿]", answer["marks"][0]["sentence"])
    fixed = save(person, key, TABLE, RAISED, 1).response.json
    assert fixed["marks"] == []
    assert "procurement_authority.dmn" in person.get(f"/workshop/drafts/{key}").words


def test_a_conflict_is_told_and_what_was_sent_can_be_kept(house: House):
    person = house.person("U14")
    key = begin(person)
    assert save(person, key, TABLE, RAISED).status == 200
    conflict = save(person, key, TABLE, HALF)
    assert (conflict.status, conflict.response.json["conflict"], conflict.response.json["revision"]) == (409, True, 1)
    aside = save(person, key, TABLE, HALF, act="aside").response.json["url"]
    other = int(re.search(r"/drafts/(\d+)/", aside).group(1))
    with house.unit_of_work.read() as session:
        assert drafts.get(session, other, person.actor).file(TABLE).content == HALF
        assert drafts.get(session, key, person.actor).file(TABLE).content == RAISED


def test_a_script_in_a_label_is_shown_and_never_run(house: House):
    text = (ROOT / DIAGRAM).read_text(encoding="utf-8")
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    body = (
        text.replace('name="店长填写申购单"', f'name="{evil}"')
        .replace('name="门店物料申购"', f'name="{evil}"')
        .encode()
    )
    person = house.person("U14")
    key = begin(person)
    assert save(person, key, DIAGRAM, body).status == 200
    for path in (f"/workshop/drafts/{key}", f"/workshop/drafts/{key}/edit/{DIAGRAM}"):
        page = person.get(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    house.unit_of_work.run(deployments.deploy, Pack("chain_store", {DIAGRAM: body}), system("test"))
    for path in ("/workshop", "/workshop/procedures/procurement_request", "/workshop/packs/chain_store", "/start"):
        page = person.get(path)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    file = person.get(f"/workshop/packs/chain_store/files/{DIAGRAM}")
    assert file.response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.response.headers["Content-Security-Policy"]


def test_a_table_of_ten_thousand_rules_is_told_kindly_and_kept(house: House):
    rule = (
        '<rule id="r{0}"><inputEntry id="r{0}i"><text>{0}</text></inputEntry>'
        '<outputEntry id="r{0}o"><text>"line"</text></outputEntry></rule>'
    )
    head, tail = (ROOT / TABLE).read_text(encoding="utf-8").split('<rule id="procurement_authority_rule_1">')
    body = head + "".join(rule.format(number) for number in range(10_000)) + tail[tail.rindex("</decisionTable>") :]
    person = house.person("U14")
    key = begin(person)
    answer = save(person, key, TABLE, body.encode())
    if answer.status == 200:
        assert answer.response.json["marks"], "so many rules are told of"
    else:
        assert answer.status == 422
        assert answer.response.json["sentence"]
    assert person.get(f"/workshop/drafts/{key}").status == 200


def test_the_editors_alone_may_set_style_attributes(house: House):
    person = house.person("U14")
    key = begin(person)
    policy = person.get(f"/workshop/drafts/{key}/edit/{TABLE}").response.headers["Content-Security-Policy"]
    assert policy.endswith("style-src-attr 'unsafe-inline'")
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    for path in ("/workshop", f"/workshop/drafts/{key}", "/inbox"):
        assert "unsafe" not in person.get(path).response.headers["Content-Security-Policy"]


def test_a_pack_goes_out_as_a_zip_and_comes_in_as_a_draft(house: House):
    person = house.person("U14")
    body = person.get("/workshop/packs/chain_store/export").response.data
    assert body == person.get("/workshop/packs/chain_store/export").response.data
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files[TABLE] == (ROOT / TABLE).read_bytes()
    assert "bpmn/chain_store/procurement_request.scenarios.yaml" in files
    same = bring(person, "chain_store.zip", body)
    assert (same.status, same.path) == (422, "/workshop/import")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in (files | {TABLE: RAISED}).items():
            archive.writestr(name, content)
    page = bring(person, "chain_store.zip", written.getvalue())
    assert page.status == 200, page.words
    key = int(page.path.rsplit("/", 1)[1])
    with house.unit_of_work.read() as session:
        assert drafts.get(session, key, person.actor).differing == (TABLE,)


def bring(person: Person, name: str, body: bytes, **fields: str) -> Page:
    return person.post("/workshop/import", {"files": (io.BytesIO(body), name), **fields},
                       content_type="multipart/form-data")  # fmt: skip


def test_a_zip_file_that_leads_elsewhere_is_told_kindly(house: House):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("../../etc/cron.d/<script>x", "x")
    page = bring(house.person("U14"), "evil.zip", written.getvalue())
    assert page.status == 422
    assert "<script>x" not in page.text
    assert "cron.d" in page.words


def test_a_new_file_opens_in_its_editor_and_compiles(house: House):
    person = house.person("U14")
    key = begin(person)
    for name in ("leave_request.bpmn", "leave_days.dmn", "leave.form", "leave_request.scenarios.yaml"):
        page = person.post(f"/workshop/drafts/{key}/new", {"name": name})
        assert page.status == 200, page.words
        assert page.path.endswith(f"/{name}")
    refused = person.post(f"/workshop/drafts/{key}/new", {"name": "../x.py"})
    assert refused.path == f"/workshop/drafts/{key}"


def test_a_draft_goes_to_a_colleague(house: House):
    person = house.person("U14")
    key = begin(person)
    person.post(f"/workshop/drafts/{key}/holder", {"to": "U15"})
    assert save(person, key, TABLE, RAISED).status == 403
    assert save(house.person("U15"), key, TABLE, RAISED).status == 200
