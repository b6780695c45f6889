"""``banli test``: the packs hold what their owners wrote, and a mistake is told by file, scenario and step."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from banli import catalogue, scenarios
from banli.scenarios import reader, together
from banli.scenarios.files import made_up
from banli.scenarios.model import Delegation, Deploy, Do, Pass, Receive, ScenarioFileRefused, Unmet, Waits
from banli.scenarios.values import evaluated, matches, of_step
from engine import clock, media_types
from tests.content.recorded_states import Played
from tests.engine.test_schedules import DIAGRAM

ROOT = Path(__file__).resolve().parents[2]
HEAD = "process: procurement_request\ndefaults: {on: 2026-03-02 10:00}\nscenarios:\n"


@pytest.fixture
def report(pack_played: Played) -> scenarios.Report:
    return pack_played.report


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a copy of the pack and no scenarios."""
    for room in ("bpmn", "dmn", "forms"):
        shutil.copytree(ROOT / room / "chain_store", tmp_path / room / "chain_store")
    for path in tmp_path.glob("bpmn/chain_store/*.scenarios.yaml"):
        path.unlink()
    return tmp_path


def written(home: Path, *lines: str) -> scenarios.Report:
    path = home / "bpmn" / "chain_store" / "procurement_request.scenarios.yaml"
    defaults = (ROOT / path.relative_to(home)).read_text(encoding="utf-8").partition("scenarios:\n")[0]
    path.write_text(defaults + "scenarios:\n" + "\n".join(lines), encoding="utf-8")
    return scenarios.run(home, "chain_store", language="en")


def refused(*lines: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ScenarioFileRefused) as caught:
        reader.read(head + "\n".join(lines), "a.yaml")
    return [f"{fault.place} {fault.scenario} | {fault.step} | {fault.sentence}" for fault in caught.value.faults]


def test_a_file_that_a_scenario_names_is_uploaded_by_who_does_the_step(home):
    steps = ["  - name: 附照片", "    given: {on: 2026-03-02 10:00, person: U19}", "    steps:"]
    good = written(home, *steps, "      - U19 PR0: {photos: [前厅.jpg, 库房.png]}", "      - waits: {AC1: U16}")
    assert [str(result.fault.sentence) for result in good.results if result.fault] == []
    bad = written(home, *steps, "      - U19 PR0: {photos: 合同.pdf}")
    (fault,) = [str(result.fault.sentence) for result in bad.results if result.fault]
    assert "The file 合同.pdf is of a kind that this field does not take." in fault


@pytest.mark.parametrize("kind", media_types.EXTENSIONS)
def test_made_up_files_are_what_their_names_say(kind):
    for end in media_types.EXTENSIONS[kind]:
        name = f"文件{end}"
        assert media_types.named(media_types.sniffed(made_up(name)), name) == kind
        assert made_up(name) != made_up(f"另一个{end}")
    assert media_types.sniffed(made_up("网页.html")) is None


def test_every_scenario_of_the_pack_holds(report):
    assert [str(result.fault.sentence) for result in report.results if result.fault] == []
    assert report.faults == ()
    assert report.passed


def test_the_scenarios_reach_every_rule_boundary_flow_and_event_of_the_pack(report):
    assert report.coverage is not None
    assert [f"{item.kind} {item.of} {item.id}" for item in report.coverage.missing] == []
    # the one table that no procedure asks: its three rules and two limits stand there with the reason
    for kind, at_least, asked_elsewhere in (("rule", 78, 3), ("boundary_value", 28, 2), ("boundary_event", 18, 0)):
        reached, total = report.coverage.of(kind)
        assert reached == total - asked_elsewhere >= at_least


def test_the_report_is_in_chinese_with_the_sentences_of_the_owners(report):
    assert "✓ PR-02 恰好 200.00 元由区域经理终审" in report.text
    assert report.gettext == catalogue.gettext_of("zh")


def test_a_scenario_that_turns_out_otherwise_is_told_by_line_and_step(home):
    found = written(
        home, "  - name: wrong person", "    given: {person: U19}", "    steps:", "      - U19 PR0", "      - U17 AC1"
    )
    (result,) = found.results
    assert not found.passed
    assert result.fault is not None
    assert result.fault.step == "2 U17 AC1"
    assert str(result.fault.place).startswith("bpmn/chain_store/procurement_request.scenarios.yaml:")
    assert "procurement_request.scenarios.yaml" in found.text
    assert "step 2 U17 AC1" in found.text


def test_what_no_scenario_reaches_is_listed_and_a_reason_takes_it_off_the_list(home):
    found = written(home, "  - name: a draft", "    given: {person: U19}", "unreachable: {flow_withdraw: only here}")
    assert found.passed
    assert found.coverage is not None
    missing = {item.id for item in found.coverage.missing}
    assert {"procurement_authority_rule_2", "amount_effective=200", "withdrawn", "withdraw"} <= missing
    assert "flow_withdraw" not in missing
    assert "only here" in found.text


def test_a_reason_for_what_is_reached_fails(home):
    found = written(
        home,
        "  - name: a draft",
        "    given: {person: U19}",
        "unreachable: {procurement_request.flow_start_settings: never}",
    )
    assert not found.passed
    assert "procurement_request.flow_start_settings is said to be out of reach" in found.text


def test_a_wrong_end_a_wrong_variable_and_a_missing_event_are_told(home):
    begin = ["    given: {person: U19}", "    steps: [U19 PR0, withdraw: {by: U19, reason: changed my mind}]"]
    found = written(
        home,
        "  - name: end", *begin, "    end: completed",
        "  - name: variable", *begin, "    variables: {amount_total: 181}",
        "  - name: event", *begin, "    history: [process_instance.completed, user_task.completed]",
        "  - name: copies", *begin, "    copies: []",
        "  - name: decisions", *begin, "    decisions: [{procurement_authority: {final_tier: line}}]",
    )  # fmt: skip
    told = {result.name: str(result.fault.sentence) for result in found.results if result.fault}
    assert told["end"] == "Expected the end completed, but the matter ended as withdrawn."
    assert told["variable"] == "The variable amount_total should be 181, but is 180.00."
    assert told["event"].startswith("History does not hold the event user_task.completed")
    assert told["copies"] == "Expected copies to –, but they went to U03."
    assert told["decisions"].startswith(
        "Expected the decisions procurement_authority {final_tier: line}, but they were"
    )


def test_what_should_have_been_refused_and_was_not_is_told(home):
    given = ["    given: {person: U19}", "    steps:"]
    found = written(
        home,
        "  - name: accepted", *given, "      - U19 PR0:", "        refused: true",
        "  - name: other reason", *given, "      - U19 PR0: {purpose: null}", "        refused: lines",
        "  - name: not open", *given, "      - U16 AC1",
        "  - name: waits", *given, "      - waits: {AC1: U16}",
        "  - name: nobody", *given, "      - U99 PR0",
        "  - name: no file", *given, "      - deploy: {file: dmn/chain_store/none.dmn, replace: {}}",
    )  # fmt: skip
    told = {result.name: str(result.fault.sentence) for result in found.results if result.fault}
    assert told["accepted"] == "This should have been refused, and was accepted."
    assert told["other reason"].startswith("It was refused, but not because of “lines”")
    assert told["not open"] == "No task AC1 is open; what waits is PR0_request (U19)."
    assert told["waits"] == "Expected what waits is AC1 (U16), but what waits is PR0_request (U19)."
    assert told["nobody"] == "U99 does not work here."
    assert told["no file"] == "The pack has no file dmn/chain_store/none.dmn."


def test_some_scenarios_can_be_chosen_by_their_name():
    found = scenarios.run(ROOT, "chain_store", names="PR-13", language="en")
    assert [result.id for result in found.results] == ["PR-13"]
    assert found.coverage is None
    assert not scenarios.run(ROOT, "chain_store", names="no such words", language="en").passed


def test_a_pack_that_cannot_be_deployed_is_told_in_the_report(home):
    path = home / "dmn" / "chain_store" / "procurement_authority.dmn"
    path.write_text(path.read_text(encoding="utf-8").replace("&gt; 300", "&gt;= 300"), encoding="utf-8")
    found = written(home, "  - name: a draft", "    given: {person: U19}")
    assert not found.passed
    assert found.results == ()
    assert "meets rules 3 and 4" in found.text


def test_a_scenario_leaves_the_clock_as_it_was():
    before = datetime.now(UTC)
    scenarios.run(ROOT, "chain_store", names="PR-13")
    assert clock.now() >= before


# -- the file -----------------------------------------------------------------------------------------------------


def test_mistakes_are_told_by_line_scenario_and_step():
    first, second, third, fourth = refused(
        "  - name: first",
        "    steps:",
        "      - U19 PR0",
        "      - sleeps: P1D",
        "      - passes: tomorrow",
        "  - given: {person: U19}",
        "  - name: third",
        "    stepps: []",
    )
    assert first.startswith(
        "a.yaml:7 first | 2 sleeps | The step sleeps is not known. Write a person and a step code"
    )
    assert second.startswith("a.yaml:8 first | 3 passes | “passes” is an ISO 8601 duration in whole units")
    assert third == "a.yaml:9  |  | The scenario has no name; write what it proves as a sentence."
    assert fourth.startswith(
        "a.yaml:11 third |  | The key stepps is not known here; known are name, id, given, steps"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("      - U19 PR0: 3", "The values of a form are a mapping of field names to values."),
        ("      - withdraw: {by: U19}", "Expected by, reason."),
        ("      - withdraw: {by: U19, reason: ''}", "“reason” has to be a text."),
        ("      - until: 2026-03-02", "“until” is a date with a time, such as 2026-03-02 10:00."),
        ("      - start: {as: x, by: U19, at: S01}", "Expected by, as and perhaps store."),
        ("      - waits: [AC1]", "“waits” maps step codes to who has or may claim the task"),
        (
            "      - absence: {person: U1, from: today, to: 2026-03-02}",
            "“from” has to be a date, such as 2026-03-02.",
        ),
        ("      - {U19 PR0: null, U16 AC1: null}", "A step is one action"),
        ("      - {U19 PR0: null, refused: 3}", "“refused” is true, a field, some words of the message"),
    ],
)
def test_a_step_that_cannot_be_read_says_what_it_should_be(line, message):
    assert message in refused("  - name: first", "    steps:", line)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("process: [", "This is not YAML that can be read"),
        ("process: a\nprocess: b\n", "the key process stands twice"),
        ("- a\n", "A scenario file is a mapping with process, defaults and scenarios."),
        ("process: !!python/name:os.system x\n", "This is not YAML that can be read"),
        ("scenarios:\n  - {name: x, given: {on: 2026-03-02 10:00}}\n", "does not say which process"),
        ("process: a\n", "The file holds no scenario."),
        ("process: a\nscenarios:\n  - name: x\n", "The scenario does not say when it begins (given: on)."),
        ("process: a\nunreachable: {x: ''}\n", "Say why no scenario can reach x."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, message):
    assert message in "\n".join(refused(head=text))


def test_two_scenarios_of_one_name_are_refused():
    assert "is given to two scenarios" in refused("  - name: same", "  - name: same")[0]


def test_numbers_are_exact_and_plain_words_stay_words():
    file = reader.read(
        HEAD + "  - name: x\n    steps:\n      - U19 PR0: {amount: 200.10, unit: no, code: 010, on: off}\n", "a.yaml"
    )
    (step,) = file.scenarios[0].steps
    assert isinstance(step.action, Do)
    assert step.action.values == {"amount": Decimal("200.10"), "unit": "no", "code": "010", "on": "off"}
    assert str(step.action.values["amount"]) == "200.10"


def test_all_actions_are_read():
    lines = [
        "  - name: x",
        "    steps:",
        "      - waits: {AC1: [U16, purchaser]}",
        "      - passes: P1DT2H",
        "      - deploy: {file: a.dmn, replace: {a: b}}",
        "      - message: {name: resigned, key: U41}",
        "      - delegation: {owner: U16, delegate: U04, from: 2026-03-01, to: 2026-03-05, reason: away}",
    ]
    actions = [step.action for step in reader.read(HEAD + "\n".join(lines), "a.yaml").scenarios[0].steps]
    assert actions == [
        Waits({"AC1": ("U16", "purchaser")}),
        Pass(timedelta(days=1, hours=2), None),
        Deploy("a.dmn", {"a": "b"}),
        Receive("resigned", "U41"),
        Delegation("U16", "U04", date(2026, 3, 1), date(2026, 3, 5), "away", None),
    ]


# -- values -------------------------------------------------------------------------------------------------------


def test_later_layers_win_and_paths_lead_into_rows():
    layers = ({"PR0": {"lines": [{"qty": 1}], "note": "a", "gone": 1}}, {"PR0_request": {"lines.0.qty": 2}})
    assert of_step("PR0_request", layers, {"gone": None, "lines.0.unit": "kg"}, {}) == {
        "lines": [{"qty": 2, "unit": "kg"}],
        "note": "a",
    }
    assert layers[0]["PR0"]["lines"] == [{"qty": 1}]  # the defaults themselves stay


def test_a_path_that_leads_nowhere_is_told():
    with pytest.raises(Unmet, match=r"lines\.3\.qty"):
        of_step("PR0_request", ({"PR0": {"lines": []}},), {"lines.3.qty": 2}, {})


def test_feel_in_values_knows_the_day_of_the_scenario():
    with clock.pinned(datetime(2026, 3, 1, 23, 0, tzinfo=UTC)):  # seven in the morning of the second in Shanghai
        assert evaluated('=string(today() + duration("P7D"))', {}) == "2026-03-09"
        assert evaluated({"a": ["=1 + 1"]}, {}) == {"a": [Decimal(2)]}
        assert evaluated("=sum(lines.qty)", {"lines": [{"qty": Decimal("1.5")}, {"qty": 2}]}) == Decimal("3.5")
    with pytest.raises(Unmet, match="is not FEEL"):
        evaluated("=1 +", {})


def test_what_is_expected_is_compared_by_value_and_only_where_it_is_named():
    assert matches({"a": Decimal("1.0")}, {"a": Decimal("1.00"), "b": 2})
    assert matches("2026-03-02 18:00", datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    assert not matches(1, True)
    assert not matches([1], [1, 2])
    assert not matches({"a": 1}, {})


def test_a_matter_begins_as_another_procedure_starts_it(home):
    told = written(
        home,
        "  - name: 由别的流程发起",
        "    given: {on: 2026-03-02 10:00, store: S01, variables: {purpose: 地毯}}",
        "    steps: [waits: {}]",
        "    variables: {purpose: 地毯, store: S01, starter: 'system:scenario'}",
    )
    (fault,) = [str(result.fault.sentence) for result in told.results if result.fault]
    assert "PR0_request" in fault  # it waits, for nobody: only people start this one
    assert "nothing waits" in fault


def test_many_scenarios_are_played_by_several_processes_as_by_one(home, monkeypatch):
    lines = []
    for number in range(4):
        lines += [f"  - name: right {number}", "    given: {person: U19}", "    steps: [U19 PR0, waits: {AC1: U16}]"]
        lines += [f"  - name: wrong {number}", "    given: {person: U19}", "    steps: [U19 PR0, waits: {AC1: U17}]"]
    told = []
    for few in (4, 100):
        monkeypatch.setattr(together, "_FEW", few)
        monkeypatch.setattr(together.os, "cpu_count", lambda: 2)
        report = written(home, *lines)
        faults = [(result.name, result.fault and str(result.fault.sentence)) for result in report.results]
        told.append((faults, report.coverage.reached))
    assert told[0] == told[1]
    assert [name for name, fault in told[0][0] if fault] == [f"wrong {number}" for number in range(4)]


def test_a_linked_matter_that_was_not_started_is_told(home):
    steps = ["      - U19 PR0", "      - linked: {process: delivery_feedback, as: 反馈}"]
    found = written(home, "  - name: a", "    given: {person: U19}", "    steps:", *steps)
    (result,) = found.results
    assert str(result.fault.sentence) == "This matter started no delivery_feedback."


def test_each_needs_open_tasks_that_somebody_has(home):
    steps = ["  - name: a", "    given: {person: U19}", "    steps:", "      - U19 PR0"]
    (none,) = written(home, *steps, "      - each PR4").results
    assert str(none.fault.sentence) == "No task PR4 is open; what waits is AC1_line (U16)."
    (queue,) = written(home, *steps, "      - each AC1", "      - each PR4").results
    assert str(queue.fault.sentence) == "PR4 waits in a queue; say who does it."


def test_a_timer_start_event_fires_in_a_scenario(tmp_path):
    folder = tmp_path / "bpmn" / "timed"
    folder.mkdir(parents=True)
    for room in ("dmn", "forms"):
        (tmp_path / room / "timed").mkdir(parents=True)
    once_per_store = '<zeebe:property name="oncePer" value="store"/>'
    assignee = "=holders(&quot;store_manager&quot;, store)"
    (folder / "timed.bpmn").write_text(
        DIAGRAM.format(kind="timeCycle", timer="0 0 9 25 * *", properties=once_per_store, assignee=assignee),
        encoding="utf-8",
    )
    (folder / "timed.scenarios.yaml").write_text(
        "process: timed\n"
        "defaults: {on: 2026-03-02 10:00}\n"
        "scenarios:\n"
        "  - name: 每月二十五日各店检查\n"
        "    steps:\n"
        "      - fires: {element: start, store: S02, as: 二店}\n"
        "      - fires: {element: start, as: 下月, store: S01}\n"
        "      - waits: {T1: U19}\n"
        "      - U19 T1\n"
        "      - matter: 二店\n"
        "      - U20 T1\n"
        "    matters: {二店: {end: done}, 下月: {end: done}}\n",
        encoding="utf-8",
    )
    played = scenarios.run(tmp_path, "timed", language="en")
    assert [str(result.fault.sentence) for result in played.results if result.fault] == []
    assert played.passed
