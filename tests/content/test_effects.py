"""What procedures of the pack leave behind besides tasks and copies: notices, lines of ledgers, the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from banli.scenarios import reader
from banli.scenarios.play import Player
from banli.scenarios.world import World
from engine import clock, content, ledgers, user_tasks
from engine.models import Employment, LedgerEntry, Notification, ProcessInstance, UserTask
from tests.content.labels import ROOT

PACK = content.read_pack(ROOT, "chain_store")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("effects") / "world.sqlite3", PACK)
    yield built
    built.close()


def play(world: World, process: str, *, values: str, steps: str, person: str = "U19", given: str = "") -> None:
    """Play steps with the defaults of the procedure's own scenarios."""
    path = Path("bpmn") / "chain_store" / f"{process}.scenarios.yaml"
    defaults = (ROOT / path).read_text(encoding="utf-8").partition("scenarios:\n")[0]
    given = f"{{{given or f'person: {person}'}, values: {values}}}"
    file = reader.read(f"{defaults}scenarios:\n  - {{name: effects, given: {given}, steps: [{steps}]}}\n", path.name)
    world.reset()
    (scenario,) = file.scenarios
    with clock.pinned(scenario.on), world.recording({}):
        assert Player(world, PACK, file, scenario).play() is None


def notices(world: World, process: str) -> dict[str, str]:
    """Who was told what by matters of a procedure; others may have begun by the clock meanwhile."""
    told = select(Notification).join(ProcessInstance, ProcessInstance.key == Notification.root_key)
    with world.unit_of_work.read() as session:
        of_process = told.where(Notification.kind == "notice", ProcessInstance.process_id == process)
        found = session.scalars(of_process).all()
        return {notice.person_id: notice.sentence["languages"]["zh"]["parameters"]["text"] for notice in found}


def lines(world: World, ledger: str = "delivery_incident") -> list[LedgerEntry]:
    with world.unit_of_work.read() as session:
        return list(ledgers.listed(session, world.actor("U13"), ledger).rows)


def test_an_urgent_report_is_told_to_area_and_operations_manager_at_once(world):
    play(world, "maintenance_request", values="{MT0: {safety_risk: true}}", steps="U19 MT0")
    assert notices(world, "maintenance_request") == dict.fromkeys(("U02", "U16"), "急修：S01 冷柜，温度降不下来")


def test_an_ordinary_report_waits_for_the_confirmation(world):
    play(world, "maintenance_request", values="{}", steps="U19 MT0")
    assert notices(world, "maintenance_request") == {}


def test_a_closed_incident_is_one_line_of_the_ledger(world):
    play(world, "delivery_feedback", values="{}", steps="U19 DF0, U10 DF2, U10 DF4, U19 DF5, U08 DF6")
    (line,) = lines(world)
    assert (line.unit_id, line.day.isoformat(), str(line.amount)) == ("S01", "2026-03-02", "40.00")
    expected = {"note_no": "PS-0302-17", "grade": "C", "timely": True, "disputed": False, "cause": "picking"}
    expected |= {"fault": None, "action": "credit", "dissatisfactions": 0}
    assert {name: line.entry_values[name] for name in expected} == expected
    assert line.entry_values["lines"][0]["item"] == "鸡蛋"


def test_what_was_the_fault_of_the_store_is_no_incident(world):
    reply = "U10 DF2: {response: dispute, remark: 单据相符}"
    play(world, "delivery_feedback", values="{}", steps=f"U19 DF0, {reply}, U04 DF3: {{fault: store}}")
    assert lines(world) == []


def test_the_line_hears_which_store_did_not_submit_its_needs(world):
    steps = "U04 TR1: {stores: [S01, S11]}, U29 TR2: {no_need: true, needs: null}, until: 2026-04-05 00:00"
    play(world, "training_coordination", values="{}", steps=steps, person="U04")
    assert notices(world, "training_coordination") == {"U16": "解放路店 未在期限内提交培训需求（2026年第2季度）"}


BURNT = "U31 WO0, U19 WO1, U19 WO2, U30 WO2w, U08 WO3"


def test_a_write_off_is_one_line_of_the_ledger(world):
    play(world, "writeoff_request", values="{WO0: {occurred_at: 2026-03-01 20:00}}", steps=BURNT, person="U31")
    (line,) = lines(world, "writeoff")
    assert (line.unit_id, line.day.isoformat(), str(line.amount)) == ("S01", "2026-03-02", "50.00")
    expected = {"route": "kitchen", "cause": "expired", "late": True, "executed_by": "U19", "witness": "U30"}
    assert {name: line.entry_values[name] for name in expected} == expected
    assert lines(world, "fixed_asset") == []


def test_a_loss_because_of_the_delivery_is_counted_once(world):
    play(world, "writeoff_request", values="{WO0: {cause: delivery_quality}}", steps=BURNT, person="U31")
    (line,) = lines(world, "writeoff")
    assert str(line.amount) == "0"
    assert line.entry_values["feedback"]["matter"].isdigit()


def test_an_asset_leaves_the_asset_ledger_and_enters_the_write_offs(world):
    asset = "{item: 蒸柜, asset_no: Z-1, qty: 1, unit: 台, unit_value: 6000.00}"
    values = f"{{WO0: {{item_class: equipment, lines: [{asset}], life_months: 60, cause: wear}}}}"
    steps = "U19 WO0, U11 WO4, U08 WO5, U16 AC1, U02 AC2, U11 WO6, U04 WO6w, U08 WO7"
    play(world, "writeoff_request", values=values, steps=steps)
    assert [str(line.amount) for line in lines(world, "fixed_asset")] == ["-800.00"]
    assert [str(line.amount) for line in lines(world, "writeoff")] == ["800.00"]


def employment(world: World, person: str) -> Employment:
    with world.unit_of_work.read() as session:
        return session.scalars(select(Employment).where(Employment.person_id == person)).one()


def probation(world: World, *steps: str, employee: str = "U35", store: str = "S01") -> None:
    """A review of somebody's probation, as the register starts it."""
    given = f"on: 2026-01-05 10:00, store: {store}, variables: {{employee: {employee}}}"
    play(world, "probation_confirmation", values="{}", steps=", ".join(steps), given=given)


DISMISSED = (
    "U35 PB1, U19 PB2: {skill: 5}, U07 PB3, U16 AC1, U02 AC2: {final_decision: terminate}, "
    "U07 PB4: {effective_date: '2026-01-08'}"
)


def test_before_the_end_of_an_undecided_probation_administration_and_operations_manager_are_alerted(world):
    probation(world, "until: 2026-01-10 08:59")
    assert notices(world, "probation_confirmation") == {}
    probation(world, "until: 2026-01-10 09:00")
    alert = "潘晓 的试用期到 2026-01-13 为止，还没有决定；期满未决定的依法视为转正。"
    assert notices(world, "probation_confirmation") == dict.fromkeys(("U02", "U07"), alert)


def test_the_register_keeps_what_was_decided_about_a_probation(world):
    probation(world, "U35 PB1, U19 PB2, U07 PB3, U16 AC1: {final_decision: confirm}, U07 PB4")
    assert employment(world, "U35").confirmed_on == date(2026, 1, 14)
    probation(world, "until: 2026-01-14 00:00")
    assert employment(world, "U35").confirmed_on == date(2026, 1, 14)
    probation(world, DISMISSED)
    assert employment(world, "U35").ends_on == date(2026, 1, 8)
    probation(world, "U35 PB1: {wish: resign}")
    assert employment(world, "U35").ends_on == date(2026, 1, 8)  # three days' notice
    probation(world, "U36 PB1, U23 PB2, U07 PB3: {health_cert_valid: false}, U36 PB3a", employee="U36", store="S05")
    assert employment(world, "U36").health_certificate_until == date(2027, 1, 5)


def test_a_hire_without_account_is_reviewed_through_the_store_manager_and_linked(world):
    steps = (
        "U19 HR0, U16 AC1, U07 HR1, U19 HR2, U07 HR3, U16 AC1: {interview_score: 80}, U07 HR4, U07 HR5, "
        "until: 2026-03-31 08:59, waits: {}, until: 2026-03-31 09:00, "
        "linked: {process: probation_confirmation, as: 转正}, waits: {PB1: U19}, until: 2026-04-16 00:00, waits: {}"
    )
    play(world, "hiring_approval", values="{}", steps=steps)
    found = employment(world, "U43")
    assert (found.unit_id, found.starts_on, found.probation_ends_on) == ("S01", date(2026, 3, 16), date(2026, 4, 15))
    assert found.confirmed_on == date(2026, 4, 16)


def test_a_cadre_who_resigns_at_the_review_ends_the_training(world):
    given = "on: 2026-02-13 10:00, store: S02, variables: {cadre: U42}"
    steps = "waits: {CT1: U16}, until: 2026-02-14 09:00"
    play(world, "external_cadre_training", values="{}", steps=steps, given=given)
    with clock.pinned(datetime(2026, 2, 14, 2, 0, tzinfo=UTC)):
        with world.unit_of_work.read() as session:
            review = select(UserTask).where(UserTask.element_id == "PB1_self_review", UserTask.store == "S02")
            task = session.scalars(review).one()
        wish = {"summary": "家中有事，只能离职。" * 6, "wish": "resign"}
        world.do(user_tasks.complete, task.key, world.actor("U42"), wish)
    with world.unit_of_work.read() as session:
        ended = session.scalars(select(ProcessInstance).where(ProcessInstance.store == "S02")).all()
    assert {matter.process_id: matter.outcome for matter in ended} == {
        "probation_confirmation": "resigned",
        "external_cadre_training": "resigned",
    }
