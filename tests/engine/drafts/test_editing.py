"""Drafts: saved without ever undoing another save, given on, set aside, and brought onto what was published since."""

from __future__ import annotations

import pytest

from engine import content, drafts
from engine.content.pack import MAXIMUM_FILE_SIZE
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from tests import packs
from tests.engine.drafts.conftest import ADMIN, ANNA, AUTHORITY, BEN, CLERK, FORM, REQUEST


def test_a_draft_is_the_published_pack_with_its_changes(workshop):
    key = workshop.draft()
    assert workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0) == 1
    found = workshop.read(key)
    assert found.differing == (AUTHORITY,)
    assert found.pack.files == packs.files("p", authority=packs.decision(300))
    assert found.file(FORM).revision == 0


def test_a_save_that_is_based_on_an_older_one_is_a_conflict_and_changes_nothing(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    with pytest.raises(Conflict, match="not lost"):
        workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(400), 0)
    assert workshop.read(key).file(AUTHORITY).content == packs.decision(300)
    assert workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(400), 1) == 2


def test_saving_the_same_again_is_no_conflict(workshop):
    key = workshop.draft()
    assert workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0) == 1
    assert workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0) == 1
    assert workshop.do(drafts.save, key, ANNA, FORM, packs.form(), 0) == 0
    assert workshop.read(key).differing == (AUTHORITY,)


def test_what_a_conflict_kept_out_becomes_a_draft_of_its_own(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    copy = workshop.do(drafts.set_aside, key, BEN, AUTHORITY, packs.decision(400)).key
    assert workshop.read(copy).file(AUTHORITY).content == packs.decision(400)
    assert workshop.read(copy).draft.holder == "ben"
    assert workshop.read(key).file(AUTHORITY).content == packs.decision(300)


def test_a_file_is_taken_out_and_brought_back(workshop):
    key = workshop.draft()
    workshop.do(drafts.remove, key, ANNA, AUTHORITY, 0)
    assert AUTHORITY not in workshop.read(key).pack.files
    workshop.do(drafts.revert, key, ANNA, AUTHORITY, 1)
    assert workshop.read(key).differing == ()


def test_a_new_file_that_is_taken_out_is_gone(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, "forms/p/more.form", packs.form("more"), 0)
    workshop.do(drafts.remove, key, ANNA, "forms/p/more.form", 1)
    with pytest.raises(NotFound):
        workshop.read(key).file("forms/p/more.form")


@pytest.mark.parametrize(
    "path", ["bpmn/q/request.bpmn", "dmn/p/../p/a.dmn", "/etc/passwd", "bpmn/p/run.py", "forms/p/a.dmn"]
)
def test_a_path_that_is_none_of_the_pack_is_refused(workshop, path):
    with pytest.raises(Refused):
        workshop.do(drafts.save, workshop.draft(), ANNA, path, b"x", 0)


def test_a_file_that_is_too_large_is_refused(workshop):
    with pytest.raises(Refused, match="bytes"):
        workshop.do(drafts.save, workshop.draft(), ANNA, FORM, b" " * (MAXIMUM_FILE_SIZE + 1), 0)


def test_only_the_holder_changes_a_draft_and_gives_it_on(workshop):
    key = workshop.draft()
    with pytest.raises(NotAllowed):
        workshop.do(drafts.save, key, BEN, AUTHORITY, packs.decision(300), 0)
    with pytest.raises(NotAllowed):
        workshop.do(drafts.hand_over, key, BEN, "ben")
    workshop.do(drafts.hand_over, key, ANNA, "ben")
    assert workshop.do(drafts.save, key, BEN, AUTHORITY, packs.decision(300), 0) == 1
    with pytest.raises(NotAllowed):
        workshop.do(drafts.rename, key, ANNA, "meins")


def test_a_draft_is_given_only_to_somebody_who_may_work_on_it(workshop):
    with pytest.raises(Refused, match="process owner"):
        workshop.do(drafts.hand_over, workshop.draft(), ANNA, "clerk")


@pytest.mark.parametrize("command", [drafts.discard, drafts.begin_run])
def test_whoever_does_not_work_on_procedures_knows_of_no_draft(workshop, command):
    key = workshop.draft()
    with pytest.raises(NotFound):
        workshop.do(command, key, CLERK)
    with pytest.raises(NotAllowed):
        workshop.do(drafts.create, CLERK, "p", "x")
    with workshop.database.reader() as session:
        assert drafts.open_drafts(session, CLERK) == []


def test_a_discarded_draft_is_closed(workshop):
    key = workshop.draft()
    workshop.do(drafts.discard, key, ADMIN)
    with pytest.raises(Conflict):
        workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    with workshop.database.reader() as session:
        assert drafts.open_drafts(session, ANNA) == []


def test_what_others_published_leaves_other_files_alone(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    newer = workshop.deploy(BEN, form=packs.form(label="原因"))
    with workshop.database.reader() as session:
        news = drafts.meanwhile(session, drafts.get(session, key, ANNA).draft)
    assert (news.deployment.key, news.theirs, news.both) == (newer, (FORM,), ())
    assert workshop.do(drafts.bring_up_to_date, key, ANNA, newer) is None
    found = workshop.read(key)
    assert found.pack.files == packs.files("p", authority=packs.decision(300), form=packs.form(label="原因"))
    assert found.draft.base_key == newer


def test_where_both_changed_a_file_the_holder_says_whose_stays(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    newer = workshop.deploy(BEN, authority=packs.decision(500))
    with workshop.database.reader() as session:
        assert drafts.meanwhile(session, drafts.get(session, key, ANNA).draft).both == (AUTHORITY,)
    workshop.do(drafts.bring_up_to_date, key, ANNA, newer, keep=[AUTHORITY])
    assert workshop.read(key).file(AUTHORITY).content == packs.decision(300)


def test_giving_up_ones_own_change_keeps_the_draft_as_it_was(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    newer = workshop.deploy(BEN, authority=packs.decision(500))
    copy = workshop.do(drafts.bring_up_to_date, key, ANNA, newer)
    assert workshop.read(key).differing == ()
    assert workshop.read(copy.key).file(AUTHORITY).content == packs.decision(300)


def test_the_same_change_published_by_somebody_else_is_no_change_any_more(workshop):
    key = workshop.draft()
    workshop.do(drafts.save, key, ANNA, AUTHORITY, packs.decision(300), 0)
    newer = workshop.deploy(BEN, authority=packs.decision(300))
    workshop.do(drafts.bring_up_to_date, key, ANNA, newer)
    assert workshop.read(key).changes == {}


def test_an_update_onto_what_is_no_longer_current_is_a_conflict(workshop):
    key = workshop.draft()
    first = workshop.deploy(BEN, authority=packs.decision(500))
    workshop.deploy(BEN, authority=packs.decision(600))
    with pytest.raises(Conflict):
        workshop.do(drafts.bring_up_to_date, key, ANNA, first)


def test_brought_files_become_a_draft_of_the_difference(workshop):
    pack = content.Pack("p", packs.files("p", request=packs.request_process(name="新")), is_whole=True)
    draft = workshop.do(drafts.from_pack, ANNA, pack, "导入")
    assert workshop.read(draft.key).differing == (REQUEST,)
    with pytest.raises(Refused, match="same"):
        workshop.do(drafts.from_pack, ANNA, content.Pack("p", packs.files("p"), is_whole=True), "导入")


def test_a_pack_that_is_not_there_yet_begins_as_a_draft(workshop):
    draft = workshop.do(drafts.from_pack, ANNA, content.Pack("new", packs.files("new"), is_whole=True), "新包")
    assert (draft.base_key, len(workshop.read(draft.key).differing)) == (None, 5)
