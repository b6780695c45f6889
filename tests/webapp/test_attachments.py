"""Files before the pages: attached with the form or beside it, never lost, shown with the matter, safe to open."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from engine import clock, user_tasks
from engine.attachments import MAXIMUM_SIZE
from engine.models import Attachment, MatterView
from tests.engine.attachments.files import HTML, JPEG, PDF, SVG, png
from tests.webapp.house import Page, begin, request_of

PHOTO = "_file.photos"


def file(content: bytes, name: str):
    return (io.BytesIO(content), name)


def send(person, path, fields):
    """Post a large form without the test client's temporary files."""
    token = person.token(person.get("/account/password"))
    boundary, body = encode_multipart({**fields, "csrf_token": token})
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(person.client.post(path, data=body, content_type=kind))


def large(content, name):
    return FileStorage(io.BytesIO(content), name)


def kept(house) -> int:
    with house.unit_of_work.read() as session:
        return session.scalar(select(func.count()).select_from(Attachment))


def root_of(person, key) -> int:
    with person.house.unit_of_work.read() as session:
        return user_tasks.get(session, key, person.actor).task.root_key


@pytest.fixture
def starter(house):
    return house.person("U19")


@pytest.fixture
def attached(starter):
    """A request with a photo and the key of that photo: (matter, attachment)."""
    key = begin(starter)
    root = root_of(starter, key)
    assert starter.submit(key, request_of("260.00") | {PHOTO: file(png(), "前厅 地毯.png")}).status == 200
    page = starter.get(f"/matters/{root}")
    (url,) = set(page.tree.xpath('//section[contains(@class, "s-files")]//a/@href'))
    return root, url


# -- attaching ---


def test_the_form_of_a_task_with_files_is_sent_as_such_and_works_without_script(starter):
    page = starter.get(f"/tasks/{begin(starter)}")
    (form,) = page.tree.xpath("//form[@data-form]")
    assert form.get("enctype") == "multipart/form-data"
    choose, camera = page.tree.xpath(f'//input[@type="file" and @name="{PHOTO}"]')
    assert (choose.get("accept"), choose.get("multiple"), choose.get("capture")) == ("image/*", "multiple", None)
    assert (camera.get("accept"), camera.get("capture")) == ("image/*", "environment")
    for each in (choose, camera):
        assert page.tree.xpath(f'//label[@for="{each.get("id")}"]')
    for span in page.tree.xpath("//*[@hx-trigger='save' or @hx-trigger='ask']"):
        assert span.get("hx-encoding") == "application/x-www-form-urlencoded", "drafts carry no files"


def test_photos_come_with_the_form_and_stay_with_the_matter(starter):
    key = begin(starter)
    root = root_of(starter, key)
    photos = [file(png(1), "一.png"), file(JPEG, "二.jpg")]
    page = starter.submit(key, request_of("260.00") | {PHOTO: photos})
    assert page.status == 200
    page = starter.get(f"/matters/{root}")
    assert "一.png" in page.words
    assert "二.jpg" in page.words
    facts = page.tree.xpath('//section[contains(@class, "s-values")]//ul[@class="attached"]/li')
    assert len(facts) == 2
    timeline = page.tree.xpath('//ol[@class="timeline"]//ul[@class="attached"]/li')
    assert len(timeline) == 2
    assert len(page.tree.xpath('//section[contains(@class, "s-files")]//li//img')) == 2


def test_an_error_elsewhere_loses_no_file(starter, house):
    key = begin(starter)
    page = starter.submit(key, request_of("260.00", purpose="") | {PHOTO: file(png(), "地毯.png")})
    assert page.status == 422
    assert set(page.errors()) == {"f-purpose"}
    (photo,) = page.values("photos")
    assert "地毯.png" in page.words
    assert page.tree.xpath(f'//img[@src="/attachments/{photo}"]')
    assert starter.get(f"/tasks/{key}").values("photos") == [photo], "nor does leaving and coming back"
    assert starter.submit(key, request_of("260.00") | {"photos": photo}).status == 200
    assert kept(house) == 1


def test_a_wrong_file_is_an_error_at_its_field_and_loses_nothing_else(starter, house):
    key = begin(starter)
    photos = [file(png(), "好.png"), file(SVG, "坏.png"), file(b"", "空.png")]
    page = starter.submit(key, request_of("260.00") | {PHOTO: photos})
    assert page.status == 422
    assert set(page.errors()) == {"f-photos"}
    assert "坏.png" in page.errors()["f-photos"]
    assert "空.png" in page.errors()["f-photos"]
    assert len(page.values("photos")) == 1
    assert page.values("purpose") == ["更换前厅地毯"]
    assert kept(house) == 1


def test_a_file_that_is_unticked_is_left_out(starter, house):
    key = begin(starter)
    photos = [file(png(1), "一.png"), file(png(2), "二.png")]
    page = starter.submit(key, request_of("260.00", purpose="") | {PHOTO: photos})
    first, _second = page.values("photos")
    assert starter.submit(key, request_of("260.00") | {"photos": first}).status == 200
    assert kept(house) == 1


def test_a_file_is_kept_at_once_while_the_form_is_filled_in(starter, house):
    key = begin(starter)
    fields = {"purpose": "未完", PHOTO: file(png(), "地毯.png")}
    page = starter.post(f"/tasks/{key}/attachments?field=photos&prefix=f-", fields, headers={"HX-Request": "true"})
    assert page.status == 200
    (box,) = page.tree.xpath('//fieldset[@id="f-photos"]//input[@type="checkbox"]')
    assert (box.get("name"), box.get("checked")) == ("photos", "checked")
    assert not page.tree.xpath("//form"), "the field alone"
    assert kept(house) == 1
    again = starter.post(
        f"/tasks/{key}/attachments?field=photos",
        {"photos": box.get("value"), PHOTO: file(HTML, "坏.png")},
        headers={"HX-Request": "true"},
    )
    assert again.tree.xpath('//input[@type="checkbox"]/@value') == [box.get("value")]
    assert "坏.png" in again.tree.xpath('string(//span[@id="f-photos-error"])')


def test_a_row_more_loses_no_file(starter):
    key = begin(starter)
    fields = request_of("260.00") | {PHOTO: file(png(), "地毯.png"), "_row": "add:lines"}
    page = starter.post(f"/tasks/{key}/form", fields)
    assert page.status == 200
    assert len(page.values("photos")) == 1
    assert len(page.values("lines.1.item")) == 1


def test_a_draft_that_names_files_without_sending_them_is_kept(starter):
    key = begin(starter)
    assert starter.post(f"/tasks/{key}/draft", {"purpose": "草稿", PHOTO: "[object File]"}).status == 200
    assert starter.get(f"/tasks/{key}").values("purpose") == ["草稿"]


def test_who_signs_in_anew_is_told_to_choose_files_again(starter):
    key = begin(starter)
    starter.client.delete_cookie("banli")
    page = starter.submit(key, request_of("260.00") | {PHOTO: file(png(), "地毯.png"), "csrf_token": "old"})
    assert page.status == 401
    kept_fields = {
        field.get("name"): field.get("value")
        for field in page.tree.xpath('//form//input[starts-with(@name, "kept.")]')
    }
    assert kept_fields["kept.purpose"] == "更换前厅地毯"
    page = starter.sign_in(**kept_fields)
    assert "请重新选择" in page.words or "choose your new files again" in page.words
    assert page.values("purpose") == ["更换前厅地毯"]


def test_large_files_are_refused_kindly_and_the_form_comes_back(starter):
    key = begin(starter)
    fields = request_of("260.00") | {PHOTO: large(JPEG + b"\0" * MAXIMUM_SIZE, "大.jpg")}
    page = send(starter, f"/tasks/{key}/complete", fields)
    assert page.status == 422
    assert "10 MB" in page.errors()["f-photos"]
    assert page.values("purpose") == ["更换前厅地毯"]


def test_only_requests_that_carry_files_may_be_large(starter):
    key = begin(starter)
    assert send(starter, f"/tasks/{key}/complete", {"purpose": "long" * 600_000}).status == 413
    assert send(starter, f"/tasks/{key}/draft", {PHOTO: large(b"\0" * 3_000_000, "large.jpg")}).status == 413


def test_a_foreign_key_is_refused(starter, house, attached):
    _root, url = attached
    foreign = url.rsplit("/", 1)[1]
    key = begin(starter)
    page = starter.submit(key, request_of("260.00") | {"photos": foreign})
    assert page.status == 422
    assert set(page.errors()) == {"f-photos"}
    assert page.values("photos") == [], "what is not there is not shown as if it were"
    stranger = house.person("U20")
    page = stranger.post(f"/tasks/{key}/attachments?field=photos", {PHOTO: file(png(), "x.png")})
    assert page.status == 404


@pytest.mark.parametrize("field", ["", "purpose", "nothing", "lines", "photos.0.x"])
def test_a_field_that_takes_no_files_says_so(starter, house, field):
    key = begin(starter)
    page = starter.post(f"/tasks/{key}/attachments?field={field}", {f"_file.{field}": file(png(), "x.png")})
    assert page.status == 422
    assert kept(house) == 0


# -- giving out ---


def test_a_picture_is_given_out_in_place_and_runs_nothing(starter, attached):
    _root, url = attached
    response = starter.client.get(url)
    assert (response.status_code, response.data, response.content_type) == (200, png(), "image/png")
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("inline; ")
    assert "filename*=UTF-8''%E5%89%8D%E5%8E%85%20%E5%9C%B0%E6%AF%AF.png" in disposition
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("content", "name", "kind"), [(PDF, "票据.pdf", "application/pdf"), (b"<br", "x.html", "")])
def test_all_else_is_downloaded(house, content, name, kind):
    """The pack's photos are pictures, so the file is put there by the engine's own door at a field that takes all."""
    from engine import attachments, deployments  # noqa: PLC0415 - only here
    from engine.actor import system  # noqa: PLC0415 - only here
    from tests.engine.attachments.papers import PACK  # noqa: PLC0415 - only here

    house.unit_of_work.run(deployments.deploy, PACK, system("test"))
    starter = house.person("U19")
    page = starter.post("/start/papers")
    key = int(page.path.rsplit("/", 1)[1])
    given = content if kind else "说明".encode() + content
    field = "contract" if kind else "people.0.resume"
    one = house.unit_of_work.run(attachments.upload, key, field, name, given, starter.actor)
    response = starter.client.get(f"/attachments/{one.key}")
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.content_type == (kind or "text/plain")
    assert not one.name.endswith(".html")
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_files_are_for_who_may_see_the_matter(house, attached):
    root, url = attached
    for person, status in (("U16", 200), ("U15", 200), ("U13", 200), ("U20", 404), ("U35", 404)):
        assert house.person(person).client.get(url).status_code == status, person
    assert house.person("U20").get(f"/matters/{root}").status == 404
    assert house.stranger().client.get(url).status_code == 302, "nobody without signing in"


@pytest.mark.parametrize("key", ["1", "0", "9223372036854775808", "99999999999999999999999999"])
def test_an_unknown_file_is_not_found(starter, key):
    assert starter.get(f"/attachments/{key}").status == 404


def test_a_name_cannot_break_out_of_the_page_or_the_header(starter):
    key = begin(starter)
    root = root_of(starter, key)
    name = "<img src=x onerror=alert(1)>'&amp;.png"
    assert starter.submit(key, request_of("260.00") | {PHOTO: file(png(), name)}).status == 200
    page = starter.get(f"/matters/{root}")
    assert "<img src=x" not in page.text
    (shown,) = page.tree.xpath('//section[contains(@class, "s-files")]//*[@class="file-name"]/text()')
    assert shown == "_img src=x onerror=alert(1)_'&amp;.png"


def test_the_approver_sees_the_photos_with_the_request(house, attached):
    root, url = attached
    approver = house.person("U16")
    page = approver.get(f"/matters/{root}")
    assert page.tree.xpath(f'//a[@href="{url}"]')


def test_who_opened_a_file_is_written_down_once_a_while(house, attached):
    """A picture that a page shows is asked for with every look at the page; another file is another look."""
    _root, url = attached
    auditor = house.person("U13", "en")
    for _look in range(2):
        assert auditor.get(url).status == 200
    assert house.person("U20").get(url).status == 404  # who may not see it leaves nothing behind
    told = auditor.get("/audit/views?number=PR-20261123-001").tree.xpath("//tbody/tr")
    (line,) = [row.text_content() for row in told if "opened a file" in row.text_content()]
    assert "Yuan Fang" in line
    assert "前厅 地毯.png" in line
    with clock.pinned(clock.now() + timedelta(hours=1)):
        auditor.get(url)
        told = auditor.get("/audit/views?number=PR-20261123-001").tree.xpath("//tbody/tr")
        assert len([row for row in told if "opened a file" in row.text_content()]) == 2


def test_a_file_of_a_form_that_is_still_open_is_nobody_elses_look(starter, house):
    key = begin(starter)
    starter.post(f"/tasks/{key}/attachments?field=photos", {PHOTO: file(png(), "地毯.png")})
    with house.unit_of_work.read() as session:
        attachment = session.scalars(select(Attachment.key)).one()
        assert starter.get(f"/attachments/{attachment}").status == 200
        assert session.scalar(select(func.count()).select_from(MatterView)) == 0
