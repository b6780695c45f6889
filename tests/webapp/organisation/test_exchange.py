"""The organisation as an Excel file: out and in again, previewed, all or nothing, never evaluated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.organisation import assignments, journal, people, units
from tests.webapp.house import House, Page, Person

ROOM = "/organisation/exchange"


def exported(person: Person) -> bytes:
    response = person.client.get(f"{ROOM}/file", headers={"Accept-Language": person.language})
    assert response.status_code == 200
    return response.get_data()


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def preview(person: Person, content: bytes, name: str = "组织.xlsx") -> Page:
    return person.post(f"{ROOM}/preview", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def take(person: Person, page: Page, **other: str) -> Page:
    form = page.tree.xpath(f'//form[@action="{ROOM}"]')[0]
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    return person.post(ROOM, {**fields, **other})


def cells(page: Page) -> dict[str, str]:
    return {
        line.xpath("./span")[0].text_content(): line.text_content().partition(": ")[2]
        for line in page.tree.xpath('//ul[@class="cells"]/li')
    }


def row_of(book: Any, sheet: str, key: str) -> Any:
    return next(row for row in book[sheet].iter_rows(min_row=2) if row[0].value == key)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_goes_out_comes_in_again_and_changes_nothing(house: House, language: str):
    administrator = house.person("U15", language)
    content = exported(administrator)
    book = load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 7
    assert book.worksheets[2].max_row == 43  # the headings and 42 people
    page = preview(administrator, content)
    assert page.status == 200, page.words
    assert page.tree.xpath('//ul[contains(@class, "previewed")]') == []


def test_changes_are_previewed_and_then_made_all_at_once(house: House):
    administrator = house.person("U15")

    def edit(book: Any) -> None:
        book["单位"].append(["S12", "store", "新店", None, "A", "是"])
        row_of(book, "单位", "S11")[2].value = "古镇新店"
        book["人员"].append(["U43", "新来", None, "new@example.com", "是"])
        book["任职"].append(["U43", "store_manager", "S12", "2026-12-01", None, "否"])
        row_of(book, "任职", "U20")[4].value = "2026-12-31"
        book["编制"].append(["S12", "server", 3, "3000", "4500.50"])

    page = preview(administrator, edited(exported(administrator), edit))
    assert page.status == 200, page.words
    kinds = [
        each.text_content()
        for each in page.tree.xpath('//ul[contains(@class, "previewed")]//span[contains(@class, "state")]')
    ]
    assert sorted(kinds) == sorted(["新增", "已改动", "新增", "新增", "已结束", "新增"])
    with house.unit_of_work.read() as session:
        assert session.get(people.models.Person, "U43") is None  # nothing yet
    page = take(administrator, page)
    assert page.path == "/organisation/changes"
    with house.unit_of_work.read() as session:
        assert units.get(session, "S11").name == "古镇新店"
        assert [entry.unit_id for entry in assignments.of_person(session, "U43")] == ["S12"]
        told = journal.of(session, administrator.actor, limit=1)[0]
    assert (told.type, told.details["changes"]) == ("organisation.imported", 6)


def test_errors_are_told_by_cell_and_nothing_is_changed(house: House):
    administrator = house.person("U15")
    house.unit_of_work.run(people.deactivate, administrator.actor, "U35")
    house.unit_of_work.run(units.set_open, administrator.actor, "S02", is_open=False)

    def edit(book: Any) -> None:
        book["人员"].append(["U44", "好人", None, None, "是"])
        book["人员"].append(["U45", "", None, "nobody", "maybe"])
        book["人员"].append(["U46", "=1+1", None, None, "是"])
        book["人员"].append(["U44", "又来", None, None, "是"])
        book["任职"].append(["U19", "server", "S02", "2026-12-01", None, "否"])
        book["任职"].append(["U35", "server", "S01", "someday", None, "否"])
        book["任职"].append(["U19", "emperor", "S01", "2026-12-01", None, "否"])
        book["任职"].append(["U13", "server", "S01", "2026-12-01", None, "否"])
        row_of(book, "人员", "U20")[4].value = "否"
        row_of(book, "单位", "S03")[4].value = "S04"

    page = preview(administrator, edited(exported(administrator), edit))
    found = cells(page)
    assert page.status == 422
    assert set(found) == {
        "人员!B45", "人员!E45", "人员!B46", "人员!A47", "任职!C44", "任职!D45", "任职!B46", "任职!B47",
        "人员!E21", "单位!E16",
    }, found  # fmt: skip
    assert page.tree.xpath(f'//form[@action="{ROOM}"]') == []
    with house.unit_of_work.read() as session:
        assert session.get(people.models.Person, "U44") is None


def test_what_changed_since_the_preview_is_shown_again(house: House):
    administrator = house.person("U15")

    def edit(book: Any) -> None:
        row_of(book, "单位", "S11")[2].value = "古镇新店"

    page = preview(administrator, edited(exported(administrator), edit))
    house.unit_of_work.run(units.rename, administrator.actor, "S11", name="别的名字", name_en=None)
    again = take(administrator, page)
    assert again.status == 422
    assert "别的名字" in again.words
    assert take(administrator, again).path == "/organisation/changes"


def test_a_name_that_looks_like_a_formula_is_text_on_the_way_out_and_back(house: House):
    administrator = house.person("U15")
    name = '=HYPERLINK("http://evil.example","x")'
    house.unit_of_work.run(people.edit, administrator.actor, "U20", name=name, name_en=None, email=None)
    content = exported(administrator)
    cell = row_of(load_workbook(io.BytesIO(content)), "人员", "U20")[1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)
    assert preview(administrator, content).status == 200


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip at all",
        packed({"xl/workbook.xml": b"<broken"}),
        packed({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY e "e">]><x/>'}),
        packed({"xl/workbook.xml": b"\xff\xfe<\x00"}),
        packed({"bomb.bin": b"0" * 31_000_000}),
        packed({f"{number}.xml": b"" for number in range(201)}),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_kindly(house: House, content: bytes):
    page = preview(house.person("U15"), content)
    assert page.status == 422
    assert page.tree.xpath('//*[@role="alert"]')


def test_sheets_and_headings_must_be_ours(house: House):
    administrator = house.person("U15")
    content = exported(administrator)
    for edit in (
        lambda book: book.create_sheet("别的"),
        lambda book: setattr(book["人员"]["B1"], "value", "绰号"),
    ):
        page = preview(administrator, edited(content, edit))
        assert page.status == 422
        assert page.tree.xpath('//*[@role="alert"]')


@pytest.mark.parametrize("person", ["U13", "U14", "U19"])
def test_only_administrators_take_the_organisation_out_or_in(house: House, person: str):
    someone = house.person(person)
    assert someone.get(ROOM).status == 403
    assert someone.client.get(f"{ROOM}/file").status_code == 403
    assert preview(someone, b"x").status == 403
    assert someone.post(ROOM, {"content": "", "digest": ""}).status == 403
