"""The acting person, sign-in with its pauses, and who may change what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import clock, models
from engine.actor import Actor, system
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.organisation import absences, assignments, delegations, passwords, people, posts, units
from tests.engine.organisation.conftest import NOON, TODAY

ADMINISTRATOR = system("test")
WRONG = "The id or the password is wrong. After 5 failures the sign-in pauses, each time for longer."


def attempt(database, password, person="U19"):
    with database.writer.begin() as session:
        return people.authenticate(session, person, password)


def test_an_actor_has_the_posts_held_today_and_the_queues_among_them(session):
    actor = people.actor(session, "U06", NOON)
    assert (actor.person, actor.posts, actor.groups) == ("U06", {"purchaser"}, {"purchaser"})
    assert people.actor(session, "U19", NOON).groups == frozenset()
    assert people.actor(session, "U15", NOON).is_administrator
    assignments.add(session, ADMINISTRATOR, "U19", "area_manager", "A", starts_on=TODAY, ends_on=TODAY, acting=True)
    assert people.actor(session, "U19", NOON).posts == {"store_manager", "area_manager"}
    assert people.actor(session, "U19", NOON + timedelta(days=1)).posts == {"store_manager"}


def test_the_day_of_a_post_is_that_of_the_organisations_clocks(session):
    held = people.actor(session, "U19", NOON).posts
    assignments.add(session, ADMINISTRATOR, "U19", "purchaser", "purchasing", starts_on=date(2026, 11, 24))
    assert people.actor(session, "U19", NOON + timedelta(hours=11, minutes=59)).posts == held
    assert people.actor(session, "U19", NOON + timedelta(hours=12)).posts == held | {"purchaser"}


def test_nobody_acts_who_does_not_work_here(session):
    people.deactivate(session, ADMINISTRATOR, "U19")
    for person in ("U19", "U99", "", "system:timer"):
        with pytest.raises(NotAllowed):
            people.actor(session, person, NOON)


def test_the_unit_of_a_starter_is_that_of_his_post(session):
    assert people.units_of(session, "U19", NOON) == ("S01",)
    assignments.add(session, ADMINISTRATOR, "U19", "store_manager", "S02", starts_on=TODAY, acting=True)
    assert people.units_of(session, "U19", NOON) == ("S01", "S02")
    assert people.units_of(session, "U19", NOON, posts=["purchaser"]) == ()


def test_the_right_password_lets_in_and_nothing_else_does(chain):
    assert attempt(chain, "banli-demo").person_id == "U19"
    for password in ("", "banli-dem", "banli-demo ", "x" * 2_000):
        outcome = attempt(chain, password)
        assert (outcome.person_id, str(outcome.sentence)) == (None, WRONG)


def test_an_unknown_id_is_answered_like_a_wrong_password(chain):
    with chain.writer.begin() as session:
        people.add(session, ADMINISTRATOR, "newcomer", name="新人")
        people.deactivate(session, ADMINISTRATOR, "U20")
    for person in ("U99", "", "newcomer", "U20", "'; --"):
        assert str(attempt(chain, "banli-demo", person).sentence) == WRONG


def test_an_unknown_id_is_checked_against_a_hash_of_the_same_cost():
    """The time itself depends on the machine; what is computed does not."""
    assert (
        passwords._of_nobody().rpartition("$")[0].rpartition("$")[0]
        == (passwords.hashed("some password").rpartition("$")[0].rpartition("$")[0])
    )
    assert passwords.matches(None, "nobody has this password") is False


def test_after_five_failures_even_the_right_password_waits_and_each_pause_is_longer(chain):
    moment, pauses = NOON, []
    for failure in range(1, 9):
        with clock.pinned(moment):
            assert attempt(chain, "wrong").person_id is None
        with chain.reader() as session:
            person = people.get(session, "U19")
            assert person.failed_sign_ins == failure
            if person.locked_until is not None:
                pauses.append(person.locked_until - moment)
                with clock.pinned(person.locked_until - timedelta(seconds=1)):
                    assert attempt(chain, "banli-demo").person_id is None
                moment = person.locked_until
    assert pauses == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    with clock.pinned(moment):
        assert attempt(chain, "banli-demo").person_id == "U19"
    with chain.reader() as session:
        assert (people.get(session, "U19").failed_sign_ins, people.get(session, "U19").locked_until) == (0, None)


def test_a_pause_is_never_longer_than_an_hour(chain):
    with chain.writer.begin() as session:
        people.get(session, "U19").failed_sign_ins = 10_000
    assert attempt(chain, "wrong").person_id is None
    with chain.reader() as session:
        assert people.get(session, "U19").locked_until == NOON + timedelta(hours=1)


def test_a_check_made_before_a_pause_does_not_count_after_it(chain):
    with chain.reader() as session:
        correct = people.verify(session, "U19", "banli-demo")
    for _ in range(5):
        attempt(chain, "wrong")
    with chain.writer.begin() as session:
        assert people.sign_in(session, correct).person_id is None


def test_a_check_of_an_old_password_does_not_count_after_a_change(chain):
    with chain.reader() as session:
        old = people.verify(session, "U19", "banli-demo")
    with chain.writer.begin() as session:
        people.set_password(session, people.actor(session, "U19", NOON), "U19", "another one")
        assert people.sign_in(session, old).person_id is None


def test_a_new_password_ends_all_sessions_and_one_from_the_administrator_must_be_changed(chain):
    with chain.writer.begin() as session:
        before = people.get(session, "U19").session_version
        own = people.actor(session, "U19", NOON)
        assert people.set_password(session, own, "U19", "my new password") == before + 1
    assert attempt(chain, "my new password").must_change_password is False
    with chain.writer.begin() as session:
        people.set_password(session, people.actor(session, "U15", NOON), "U19", "given by U15")
    outcome = attempt(chain, "given by U15")
    assert (outcome.must_change_password, outcome.session_version) == (True, before + 2)
    with chain.writer.begin() as session:
        people.end_sessions(session, people.actor(session, "U15", NOON), "U19")
        assert session.scalar(select(models.Person.session_version).where(models.Person.id == "U19")) == before + 3


def test_passwords_have_a_length(session):
    for password in ("", "short", "x" * 1_025):
        with pytest.raises(Refused, match="A password has 8 to 1024 characters"):
            people.add(session, ADMINISTRATOR, "new", name="新人", password=password)


STORE_MANAGER = Actor("U19", frozenset({"store_manager"}))
CHANGES = [
    lambda session, actor: people.add(session, actor, "new", name="新人"),
    lambda session, actor: people.edit(session, actor, "U20", name="新人", name_en=None, email=None),
    lambda session, actor: people.deactivate(session, actor, "U20"),
    lambda session, actor: people.reactivate(session, actor, "U20"),
    lambda session, actor: people.set_password(session, actor, "U20", "a new password"),
    lambda session, actor: people.end_sessions(session, actor, "U20"),
    lambda session, actor: units.add(session, actor, "S12", kind="store", name="新店"),
    lambda session, actor: units.move(session, actor, "S01", "B"),
    lambda session, actor: units.rename(session, actor, "S01", name="店", name_en=None),
    lambda session, actor: units.set_open(session, actor, "S01", is_open=False),
    lambda session, actor: units.set_calendar(session, actor, "S01", {"weekdays": [1]}),
    lambda session, actor: posts.add(session, actor, "new_post", name="新岗", grade="hq"),
    lambda session, actor: posts.set_superior(session, actor, "purchaser", "general_manager"),
    lambda session, actor: assignments.add(session, actor, "U20", "purchaser", "purchasing", starts_on=TODAY),
    lambda session, actor: absences.add(session, actor, "U20", starts_on=TODAY, ends_on=TODAY),
    lambda session, actor: absences.of_person(session, actor, "U20"),
    lambda session, actor: delegations.of_person(session, actor, "U20"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_only_administrators_change_the_organisation(session, as_person, change):
    for actor in (STORE_MANAGER, as_person("U13"), as_person("U14")):
        with pytest.raises(NotAllowed):
            change(session, actor)
    change(session, as_person("U15"))


def test_everybody_enters_and_removes_his_own_absence(session, as_person):
    own = absences.add(session, as_person("U20"), "U20", starts_on=TODAY, ends_on=TODAY, reason="年假")
    assert [absence.key for absence in absences.of_person(session, as_person("U20"), "U20")] == [own.key]
    with pytest.raises(NotAllowed):
        absences.remove(session, as_person("U19"), own.key)
    absences.remove(session, as_person("U20"), own.key)
    with pytest.raises(NotFound):
        absences.remove(session, as_person("U20"), own.key)


def test_a_delegation_is_given_by_its_owner_alone(session, as_person):
    given = delegations.add(session, as_person("U16"), "U17", starts_on=TODAY, ends_on=TODAY, reason="出差")
    assert given.owner_id == "U16"
    for stranger in ("U19", "U13"):
        with pytest.raises(NotAllowed):
            delegations.revoke(session, as_person(stranger), given.key)
    assert delegations.stands(session, "U16", "U17", "any", NOON)
    assert not delegations.stands(session, "U16", "U18", "any", NOON)
    assert not delegations.stands(session, "U16", "U17", "any", NOON + timedelta(days=1))
    delegations.revoke(session, as_person("U16"), given.key)
    assert not delegations.stands(session, "U16", "U17", "any", NOON)
    assert len(delegations.of_person(session, as_person("U17"), "U17")) == 1
    with pytest.raises(NotAllowed):
        delegations.add(session, ADMINISTRATOR, "U17", starts_on=TODAY, ends_on=TODAY, reason="r")


YESTERDAY = date(2026, 11, 22)
REFUSED = [
    lambda s, a: people.add(s, a, "U19", name="赵倩"),
    lambda s, a: people.add(s, a, "system:timer", name="x"),
    lambda s, a: people.add(s, a, "a b", name="x"),
    lambda s, a: people.add(s, a, "new", name="  "),
    lambda s, a: people.add(s, a, "new", name="x" * 101),
    lambda s, a: people.add(s, a, "new", name="a\x00b"),
    lambda s, a: people.deactivate(s, a, "U15"),
    lambda s, a: units.add(s, a, "S01", kind="store", name="店"),
    lambda s, a: units.add(s, a, "S12", kind="kiosk", name="店"),
    lambda s, a: units.add(s, a, "S12", kind="store", name="店", parent_id="S01"),
    lambda s, a: units.add(s, a, "S12", kind="store", name="店", parent_id="S99"),
    lambda s, a: units.add(s, a, "S12", kind="store", name="店", working_time={"hours": [["21:00", "09:00"]]}),
    lambda s, a: units.set_calendar(s, a, "S01", {"colour": "red"}),
    lambda s, a: units.move(s, a, "training", "training"),
    lambda s, a: posts.add(s, a, "store_manager", name="店长", grade="hq"),
    lambda s, a: posts.add(s, a, "new", name="新", grade="hq", scope="galaxy"),
    lambda s, a: posts.add(s, a, "new", name="新", grade="hq", superior="nobody"),
    lambda s, a: posts.set_superior(s, a, "general_manager", "ops_manager"),
    lambda s, a: assignments.add(s, a, "U99", "purchaser", "purchasing", starts_on=TODAY),
    lambda s, a: assignments.add(s, a, "U19", "emperor", "purchasing", starts_on=TODAY),
    lambda s, a: assignments.add(s, a, "U19", "purchaser", "moon", starts_on=TODAY),
    lambda s, a: assignments.add(s, a, "U19", "store_manager", "S01", starts_on=TODAY),
    lambda s, a: assignments.add(s, a, "U19", "purchaser", "purchasing", starts_on=TODAY, ends_on=YESTERDAY),
    lambda s, a: assignments.end(s, a, 1, TODAY),
    lambda s, a: absences.add(s, a, "U19", starts_on=TODAY, ends_on=YESTERDAY),
    lambda s, a: absences.add(s, a, "U99", starts_on=TODAY, ends_on=TODAY),
    lambda s, a: delegations.add(s, a, "U15", starts_on=TODAY, ends_on=TODAY, reason="r"),
    lambda s, a: delegations.add(s, a, "U99", starts_on=TODAY, ends_on=TODAY, reason="r"),
    lambda s, a: delegations.add(s, a, "U13", starts_on=TODAY, ends_on=TODAY, reason="r"),
    lambda s, a: delegations.add(s, a, "U16", starts_on=TODAY, ends_on=YESTERDAY, reason="r"),
    lambda s, a: delegations.add(s, a, "U16", starts_on=YESTERDAY, ends_on=YESTERDAY, reason="r"),
    lambda s, a: delegations.add(s, a, "U16", starts_on=TODAY, ends_on=TODAY, reason=" "),
    lambda s, a: delegations.add(s, a, "U16", starts_on=TODAY, ends_on=TODAY, reason="r", process_ids=[]),
    lambda s, a: delegations.revoke(s, a, 1),
]


@pytest.mark.parametrize("change", REFUSED)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_changes_nothing(session, as_person, change):
    session.flush()
    with pytest.raises((Refused, Conflict, NotFound, NotAllowed)) as error:
        change(session, as_person("U15"))
    assert str(error.value.sentence)
    assert not session.new
    assert not session.dirty


def test_nothing_new_is_assigned_to_a_closed_store_or_somebody_who_left(session):
    units.set_open(session, ADMINISTRATOR, "S01", is_open=False)
    with pytest.raises(Refused, match="S01 is closed"):
        assignments.add(session, ADMINISTRATOR, "U20", "store_manager", "S01", starts_on=TODAY)
    people.deactivate(session, ADMINISTRATOR, "U20")
    with pytest.raises(Refused, match="does not work here"):
        assignments.add(session, ADMINISTRATOR, "U20", "store_manager", "S03", starts_on=TODAY)
    people.reactivate(session, ADMINISTRATOR, "U20")
    assert people.actor(session, "U20", NOON).posts == {"store_manager"}


def test_a_superior_enters_an_absence_for_those_below_him_and_nobody_else_does(session, as_person):
    day = {"starts_on": TODAY, "ends_on": TODAY}
    assert absences.add(session, as_person("U16"), "U19", **day).person_id == "U19"
    assert absences.add(session, as_person("U02"), "U19", **day).person_id == "U19"
    for stranger in ("U17", "U20", "U13", "U35"):
        with pytest.raises(NotAllowed):
            absences.add(session, as_person(stranger), "U19", **day)


def test_an_auditor_holds_no_other_post(session):
    (held,) = assignments.of_person(session, "U13")
    with pytest.raises(Refused, match="holds no other post") as error:
        assignments.add(session, ADMINISTRATOR, "U13", "purchaser", "purchasing", starts_on=TODAY)
    assert error.value.field == "post_code"
    with pytest.raises(Refused, match="holds no other post"):
        assignments.add(session, ADMINISTRATOR, "U19", "auditor", "audit", starts_on=TODAY)
    assignments.end(session, ADMINISTRATOR, held.key, TODAY)
    later = TODAY + timedelta(days=1)
    assignments.add(session, ADMINISTRATOR, "U13", "purchaser", "purchasing", starts_on=later)
    with pytest.raises(Refused, match="holds no other post"):
        assignments.end(session, ADMINISTRATOR, held.key, None)
    assert held.ends_on == TODAY


def test_somebody_can_always_administer(session, as_person):
    (held,) = assignments.of_person(session, "U15")
    with pytest.raises(Refused, match="must be an administrator"):
        assignments.end(session, as_person("U15"), held.key, date(2026, 11, 22))
    session.rollback()
    assignments.add(session, ADMINISTRATOR, "U07", "sysadmin", "administration", starts_on=TODAY)
    people.lock(session, as_person("U15"), "U07")
    people.unlock(session, as_person("U15"), "U07")
    people.lock(session, as_person("U07"), "U15")
    with pytest.raises(NotAllowed):
        people.lock(session, as_person("U07"), "U07")


def test_whoever_is_locked_out_is_answered_like_a_wrong_password_until_he_is_let_in(chain):
    with chain.writer.begin() as session:
        people.lock(session, people.actor(session, "U15", NOON), "U19")
    assert str(attempt(chain, "banli-demo").sentence) == WRONG
    with chain.writer.begin() as session:
        people.set_password(session, ADMINISTRATOR, "U19", "another password")
    assert attempt(chain, "another password").person_id is None  # a new password does not let in
    with chain.writer.begin() as session:
        people.unlock(session, people.actor(session, "U15", NOON), "U19")
    assert attempt(chain, "another password").person_id == "U19"


def test_an_assignment_that_began_is_ended_and_one_that_did_not_is_taken_back(session, as_person):
    administrator = as_person("U15")
    later = assignments.add(session, administrator, "U20", "purchaser", "purchasing", starts_on=date(2026, 12, 1))
    assignments.remove(session, administrator, later.key)
    with pytest.raises(Refused, match="can be ended"):
        assignments.remove(session, administrator, assignments.of_person(session, "U20")[0].key)
