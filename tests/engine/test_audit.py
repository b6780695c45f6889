"""Search over all matters, the figures of ended ones, and the journal of who looked at what, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import audit, clock, process_instances, user_tasks
from engine.audit import Criteria, View
from engine.errors import NotAllowed


def finish(office, root):
    office.complete("U16", root, decision="approve")
    office.complete("U06", root, actual_amount=Decimal(90))
    office.complete("U19", root, accepted=True)


def found(office, **wanted):
    office.run(audit.catch_up)
    page = office.read(audit.search, office.actor("U13"), Criteria(**wanted))
    return {row.key for row in page.rows}


def test_by_text_in_chinese_and_otherwise(office):
    carpet = office.ask("purchase", purpose="更换前厅防滑地毯 Model A4")
    box = office.ask("purchase", person="U20", purpose="保鲜盒")
    number = office.matter(carpet).business_id
    for wanted in ("地毯", "防滑地", "毯", "更换 A4", "mod", "Model a4", number, number.lower()):
        assert found(office, text=wanted) == {carpet}, wanted
    assert found(office, text="鲜") == {box}
    assert found(office, text="地板") == set()
    assert found(office, text="毯地") == set()
    for odd in ("%", "' OR 1=1", '"', "* AND", "!!!", "\\", "(", "a:b & !c"):
        assert found(office, text=odd) <= {carpet, box}, odd
    assert found(office) == {carpet, box}


def test_by_all_that_is_known(office):
    mine = office.ask("purchase", amount=Decimal("160.50"))
    other = office.ask("purchase", person="U20", amount=Decimal(80))
    draft = office.start("purchase")
    finish(office, mine)
    ended = office.matter(mine)
    assert found(office, store="S01") == {mine}
    assert found(office, person="U20") == {other}
    assert found(office, person="U06") == {mine}
    assert found(office, process_id="purchase") == {mine, other}
    assert found(office, process_id="nothing") == set()
    assert found(office, outcome=str(ended.outcome)) == {mine}
    assert found(office, outcome="running") == {other}
    assert found(office, since=clock.now() + timedelta(days=1)) == set()
    assert found(office, until=clock.now() + timedelta(days=1)) == {mine, other}
    assert draft not in found(office)


def test_amounts_are_those_of_money_fields(office):
    mine = office.ask("purchase", amount=Decimal("160.50"))
    assert found(office, amount_from=Decimal("160.50"), amount_to=Decimal("160.50")) == {mine}
    assert found(office, amount_from=Decimal("160.51")) == set()
    assert found(office, amount_to=Decimal("160.49")) == set()


def test_a_list_is_paged_and_bounded(office, monkeypatch):
    roots = [office.ask("purchase") for _ in range(5)]
    monkeypatch.setattr("engine.audit.searching.MOST_RESULTS", 3)
    auditor = office.actor("U13")
    first = office.read(audit.search, auditor, Criteria(), page=1, size=2)
    last = office.read(audit.search, auditor, Criteria(), page=9, size=2)
    assert first.total == 4  # one more than is shown, so that the page can say so
    assert [row.key for row in first.rows] == [roots[4], roots[3]]
    assert [row.key for row in last.rows] == [roots[2]]
    other = office.ask("purchase", purpose="保鲜盒")
    office.run(audit.catch_up)
    frequent = office.read(audit.search, auditor, Criteria(text="地毯"), page=1, size=2)
    rare = office.read(audit.search, auditor, Criteria(text="鲜盒"), page=1, size=2)
    assert (frequent.total, [row.key for row in frequent.rows]) == (4, [roots[4], roots[3]])
    assert (rare.total, [row.key for row in rare.rows]) == (1, [other])


@pytest.mark.parametrize("person", ["U19", "U16", "U02", "U14"])
def test_nobody_else_looks_through_all(office, person):
    for query in (audit.search, audit.views):
        wanted = Criteria() if query is audit.search else View()
        with pytest.raises(NotAllowed):
            office.read(query, office.actor(person), wanted)


def test_what_moved_is_found_anew_and_nothing_twice(office):
    root = office.ask("purchase")
    assert office.run(audit.catch_up) == 1
    assert office.run(audit.catch_up) == 0
    office.complete("U16", root, decision="approve")
    assert office.run(audit.catch_up, lately=True) == 1
    assert office.run(audit.catch_up, lately=True) == 0


def test_the_figures_of_ended_matters(office):
    fast, slow, refused = (office.ask("purchase") for _ in range(3))
    office.run(process_instances.cancel, office.ask("purchase"), office.actor("U15"), "重复")
    with clock.pinned(clock.now() + timedelta(hours=2)):
        finish(office, fast)
        office.complete("U16", refused, decision="reject")
    with clock.pinned(clock.now() + timedelta(hours=100)):
        finish(office, slow)
    office.run(audit.catch_up)
    office.run(audit.catch_up)  # nothing is counted twice
    (month,) = office.read(audit.months, office.actor("U15"))
    (cycle,) = office.read(audit.cycles, office.actor("U15"), "month", first=month, last=month)
    assert cycle.of == "2026-11"
    assert cycle.matters == 4
    assert cycle.finished == 3
    assert cycle.seconds == 2 * 7200 + 360_000
    assert cycle.rejected == 1
    assert cycle.dated >= cycle.on_time > 0
    assert cycle.dated > cycle.on_time  # what waited for 100 hours was late
    (of_store,) = office.read(audit.cycles, office.actor("U16"), "store", first=month, last=month)
    assert (of_store.of, of_store.matters) == ("S01", 4)
    assert office.read(audit.cycles, office.actor("U17"), "store", first=month, last=month) == []
    with pytest.raises(NotAllowed):
        office.read(audit.cycles, office.actor("U35"), "store", first=month, last=month)


def test_waiting_against_working(office):
    root = office.ask("purchase")
    task = office.task(root)
    with clock.pinned(clock.now() + timedelta(hours=3)):
        office.run(user_tasks.opened, task.key, office.actor("U13"))  # who only looks begins nothing
        office.run(user_tasks.opened, task.key, office.actor("U16"))
    with clock.pinned(clock.now() + timedelta(hours=4)):
        office.run(user_tasks.opened, task.key, office.actor("U16"))  # once more changes nothing
        office.complete("U16", root, decision="reject")
    office.run(audit.catch_up)
    times = office.read(audit.step_times, office.actor("U03"), "purchase", first="2026-11", last="2026-11")
    (step,) = (each for each in times if each.element_id == task.element_id)
    assert (step.tasks, step.waiting, step.working) == (1, 3 * 3600, 3600)
    assert office.read(audit.step_times, office.actor("U17"), "purchase", first="2026-11", last="2026-11") == []


def test_who_looked_is_written_once_a_look_and_never_changed(office):
    root, auditor = office.ask("purchase"), office.actor("U13")
    for kind in ("page", "page", "pdf", "pdf"):
        office.run(audit.viewed, auditor, kind, root)
    with clock.pinned(clock.now() + timedelta(minutes=11)):
        office.run(audit.viewed, auditor, "page", root)
    page = office.read(audit.views, auditor, View(root_key=root))
    assert sorted(view.kind for view in page.rows) == ["page", "page", "pdf", "pdf"]
    assert office.read(audit.views, auditor, View(person="U16")).total == 0
    for statement in ("UPDATE matter_view SET kind = 'x'", "DELETE FROM matter_view"):
        with pytest.raises(DBAPIError):
            office.run(lambda session, sql: session.execute(text(sql)), statement)
