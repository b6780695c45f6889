"""Attaching, reading and taking back: who may, what, how much; and what history and the matter hold of it."""

from __future__ import annotations

import hashlib
import threading

import pytest
from sqlalchemy import select

from engine import attachments, clock, process_instances, user_tasks
from engine.attachments import uploading
from engine.errors import FormRefused, NotFound
from engine.models import HistoryEvent
from engine.organisation import delegations
from tests.engine.attachments import files
from tests.engine.attachments.conftest import attached, stored
from tests.engine.attachments.files import PDF, png
from tests.engine.conftest import NOON


def refusal(desk, *arguments, **named):
    with pytest.raises(FormRefused) as refused:
        desk.upload(*arguments, **named)
    return {path: str(*sentences) for path, sentences in refused.value.fields.items()}


# -- what is kept ---


def test_a_file_is_kept_byte_for_byte_under_its_digest(desk):
    root = desk.office.start("papers")
    file = desk.upload("U19", root, name="..\\现场 照片.PNG")
    assert (file.name, file.type, file.size, file.field) == ("现场 照片.PNG", "image/png", len(png()), "photos")
    assert file.sha256 == hashlib.sha256(png()).hexdigest()
    found = desk.read(file.key, "U19")
    assert (found.content, found.name, found.type, found.size) == (png(), file.name, "image/png", len(png()))


def test_the_matter_holds_records_and_history_names_their_digests(desk):
    root = desk.office.start("papers")
    one, two = desk.upload("U19", root), desk.upload("U19", root, content=png(9), name="b.png")
    desk.office.complete("U19", root, purpose="地毯", photos=[two.key, one.key])
    assert desk.office.variables(root)["photos"] == [two.record, one.record]
    (event,) = desk.office.history(root, "user_task.completed")
    told = {file["key"]: (file["sha256"], file["field"]) for file in event.details["attachments"]}
    assert told == {file.key: (file.sha256, "photos") for file in (one, two)}
    assert event.details["changes"]["photos"]["after"] == [two.record, one.record]
    listed = desk.office.read(attachments.of_matter, root, desk.office.actor("U16"))
    assert {shown.file for shown in listed} == {one, two}
    assert {(shown.element_id, shown.uploaded_by) for shown in listed} == {("F0_ask", "U19")}


def test_equal_contents_are_stored_once(desk):
    first, second = desk.ask(png()), desk.ask(png())
    assert attached(desk.office) == 2
    assert stored(desk.office) == [hashlib.sha256(png()).hexdigest()]
    assert desk.office.variables(first)["photos"][0]["key"] != desk.office.variables(second)["photos"][0]["key"]


def test_what_was_uploaded_and_not_submitted_goes(desk):
    root = desk.office.start("papers")
    keep, leave = desk.upload("U19", root), desk.upload("U19", root, content=png(1))
    desk.office.complete("U19", root, purpose="地毯", photos=[keep.key])
    assert stored(desk.office) == [keep.sha256]
    with pytest.raises(NotFound):
        desk.read(leave.key, "U19")


def test_a_refused_form_loses_no_file(desk):
    root = desk.office.start("papers")
    file = desk.upload("U19", root)
    with pytest.raises(FormRefused) as refused:
        desk.office.complete("U19", root, purpose="", photos=[file.key])
    assert set(refused.value.fields) == {"purpose"}
    view = desk.office.read(user_tasks.get, desk.office.task(root).key, desk.office.actor("U19"))
    assert list(view.attached) == [file]
    desk.office.complete("U19", root, purpose="地毯", photos=[file.key])


def test_a_discarded_draft_leaves_nothing(desk):
    kept = desk.ask(png(1))
    root = desk.office.start("papers")
    desk.upload("U19", root)
    desk.upload("U19", root, content=png(1))
    desk.office.run(process_instances.discard, root, desk.office.actor("U19"))
    assert stored(desk.office) == [desk.office.variables(kept)["photos"][0]["sha256"]]


def test_after_a_return_the_files_of_before_may_stay_or_go(desk):
    root = desk.ask(png(1), png(2))
    first, second = desk.office.variables(root)["photos"]
    desk.office.complete("U16", root, returned=True)
    third = desk.upload("U19", root, content=png(3))
    desk.office.complete("U19", root, purpose="地毯", photos=[second["key"], third.key])
    assert desk.office.variables(root)["photos"] == [second, third.record]
    assert desk.read(first["key"], "U16").content == png(1), "what was submitted once stays readable"
    events = [event for event in desk.office.history(root, "user_task.completed") if event.element_id == "F0_ask"]
    assert [{file["key"] for file in event.details["attachments"]} for event in events] == [
        {first["key"], second["key"]},
        {third.key},
    ]


def test_files_in_rows_go_with_their_rows(desk):
    root = desk.office.start("papers")
    file = desk.upload("U19", root, field="people.4.resume", name="李娜.pdf", content=PDF)
    assert file.field == "people.resume"
    people = [{"name": "王"}, {"name": "李", "resume": [file.key]}]
    desk.office.complete("U19", root, purpose="招聘", people=people)
    assert desk.office.variables(root)["people"][1]["resume"] == [file.record]


def test_a_personal_file_is_named_in_history_by_its_digest_alone(desk):
    root = desk.office.start("papers")
    file = desk.upload("U19", root, field="contract", name="李娜 劳动合同.pdf", content=PDF)
    desk.office.complete("U19", root, purpose="合同", contract=[file.key])
    with desk.office.unit_of_work.read() as session:
        texts = [event.details for event in session.scalars(select(HistoryEvent))]
    assert not any("李娜" in text for text in texts)
    assert any(file.sha256 in text for text in texts)


# -- what is refused ---


@pytest.mark.parametrize(
    ("field", "name", "content", "words"),
    [
        ("photos", "a.png", b"", "The file a.png is empty."),
        ("photos", "a.png", files.SVG, "is of no kind that can be attached"),
        ("photos", "a.png", files.HTML, "is of no kind that can be attached"),
        ("photos", "a.xlsm", files.MACROS, "is of no kind that can be attached"),
        ("photos", "a.png", PDF, "The file a.png.pdf is of a kind that this field does not take."),
        ("contract", "a.pdf", png(), "is of a kind that this field does not take."),
        ("nothing", "a.png", png(), "This form has no such field."),
        ("purpose", "a.png", png(), "This form has no such field."),
        ("people", "a.png", png(), "This form has no such field."),
        ("", "a.png", png(), "This form has no such field."),
    ],
)
def test_what_cannot_be_attached_is_refused_at_its_field(sqlite_desk, field, name, content, words):
    root = sqlite_desk.office.start("papers")
    refused = refusal(sqlite_desk, "U19", root, field=field, name=name, content=content)
    assert list(refused) == [field]
    assert words in refused[field]
    assert stored(sqlite_desk.office) == []


def test_a_read_only_field_takes_no_file(sqlite_desk):
    root = sqlite_desk.ask()
    assert refusal(sqlite_desk, "U16", root) == {"photos": "This value can only be read here."}


def test_a_file_may_be_large_but_not_larger(sqlite_desk):
    root = sqlite_desk.office.start("papers")
    largest = files.JPEG + b"\0" * (attachments.MAXIMUM_SIZE - len(files.JPEG))
    assert sqlite_desk.upload("U19", root, name="a.jpg", content=largest).size == 10 * 1024 * 1024
    words = refusal(sqlite_desk, "U19", root, name="a.jpg", content=largest + b"\0")["photos"]
    assert words == "The file a.jpg is larger than 10 MB."


def test_a_field_a_matter_and_its_bytes_have_limits(sqlite_desk, monkeypatch):
    monkeypatch.setattr(uploading, "MAXIMUM_UPLOADS", 2)
    monkeypatch.setattr(uploading, "MAXIMUM_OF_MATTER", 4)
    root = sqlite_desk.ask(png(1), png(2))
    for shade in (3, 4):
        sqlite_desk.upload("U16", root, field="evidence", content=png(shade))
    words = refusal(sqlite_desk, "U16", root, field="evidence")["evidence"]
    assert words == "At most 2 files can be uploaded here; remove some first."
    monkeypatch.setattr(uploading, "MAXIMUM_UPLOADS", 9)
    assert refusal(sqlite_desk, "U16", root, field="evidence")["evidence"] == "A matter holds at most 4 files."
    monkeypatch.setattr(uploading, "MAXIMUM_OF_MATTER", 9)
    monkeypatch.setattr(uploading, "MAXIMUM_BYTES_OF_MATTER", 5 * len(png()) - 1)
    assert "together" in refusal(sqlite_desk, "U16", root, field="evidence")["evidence"]
    monkeypatch.setattr(uploading, "MAXIMUM_BYTES_OF_MATTER", 5 * len(png()))
    sqlite_desk.upload("U16", root, field="evidence")


def test_a_task_without_a_form_or_file_field_takes_no_file(sqlite_desk):
    office = sqlite_desk.office
    root = office.start("purchase")
    assert refusal(sqlite_desk, "U19", root) == {"photos": "This form has no such field."}


# -- integrity ---

NOT_UPLOADED = "A file is named here that was not uploaded for this field. Please attach it again."


def refused_key(desk, person, root, field, key, **more):
    with pytest.raises(FormRefused) as refused:
        desk.office.complete(person, root, **{field: [key]}, **more)
    return {path: str(*sentences) for path, sentences in refused.value.fields.items()}


def test_the_key_of_another_matter_is_refused(desk):
    other = desk.office.start("papers", "U20")
    foreign = desk.upload("U20", other)
    root = desk.office.start("papers")
    assert refused_key(desk, "U19", root, "photos", foreign.key, purpose="x") == {"photos": NOT_UPLOADED}


def test_the_key_of_one_s_own_other_matter_is_refused(desk):
    other = desk.ask(png())
    key = desk.office.variables(other)["photos"][0]["key"]
    root = desk.office.start("papers")
    assert refused_key(desk, "U19", root, "photos", key, purpose="x") == {"photos": NOT_UPLOADED}


def test_the_key_of_another_field_or_task_of_the_matter_is_refused(desk):
    root = desk.ask(png())
    key = desk.office.variables(root)["photos"][0]["key"]
    assert refused_key(desk, "U16", root, "evidence", key) == {"evidence": NOT_UPLOADED}
    again = desk.office.start("papers")
    file = desk.upload("U19", again, field="people.resume", content=PDF)
    assert refused_key(desk, "U19", again, "contract", file.key, purpose="x") == {"contract": NOT_UPLOADED}


def test_an_invented_record_is_refused(desk):
    root = desk.office.start("papers")
    invented = {"key": "1", "name": "a.png", "sha256": "a" * 64, "size": 1, "type": "image/png"}
    assert refused_key(desk, "U19", root, "photos", invented, purpose="x") == {"photos": NOT_UPLOADED}


def test_files_in_a_queue_are_those_of_who_does_the_task(desk):
    root = desk.ask()
    desk.office.complete("U16", root)
    theirs = desk.upload("U06", root, field="slips")  # without claiming: one may complete so, too
    other = desk.office.actor("U06")
    rival = type(other)("U07", other.posts, other.groups)
    task = desk.office.task(root).key
    with pytest.raises(NotFound):
        desk.office.read(attachments.read, int(theirs.key), rival)
    with pytest.raises(NotFound):
        desk.office.run(attachments.remove, int(theirs.key), rival)
    with pytest.raises(FormRefused) as refused:
        desk.office.run(user_tasks.complete, task, rival, {"slips": [theirs.key]})
    assert set(refused.value.fields) == {"slips"}
    desk.office.run(user_tasks.claim, task, other)
    assert desk.read(theirs.key, "U06").content == png(), "claiming keeps one's own files"
    desk.office.run(user_tasks.release, task, other)
    assert stored(desk.office) == [], "they go with the draft"


def test_a_stand_in_goes_on_with_the_files_of_the_absent_owner(desk):
    root = desk.ask()
    file = desk.upload("U16", root, field="evidence")
    today = desk.office.matter(root).started_at.date()
    owner = desk.office.actor("U16")
    desk.office.run(
        delegations.add, owner, "U17", starts_on=today, ends_on=today, reason="出差", process_ids=["papers"]
    )
    assert desk.read(file.key, "U17").content == png()
    desk.office.complete("U17", root, evidence=[file.key])
    assert desk.office.variables(root)["evidence"] == [file.record]


def test_equal_contents_that_come_and_go_at_once_are_never_lost(desk):
    """The last copy is dropped while others attach the same: each keeps his, and nothing stays behind."""
    office = desk.office
    starter = office.actor("U19")
    failures = []

    def come_and_go(stays):
        try:
            with clock.pinned(NOON):
                root = office.start("papers")
                key = int(desk.upload("U19", root).key)
                if not stays:
                    office.run(attachments.remove, key, starter)
                else:
                    assert office.read(attachments.read, key, starter).content == png()
        except BaseException as error:  # told by the assertion below
            failures.append(error)

    for stays in (False, True):
        threads = [threading.Thread(target=come_and_go, args=(stays and n % 2 == 0,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(stored(office)) == int(stays)
    assert attached(office) == 4
