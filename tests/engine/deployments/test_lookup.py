"""Looking up: what a running matter is bound to stays, what starts now is current."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import event

from engine import deployments
from engine.actor import Actor
from engine.deployments.cache import Cache
from engine.errors import ExecutionFailed, NotFound
from tests import packs

MANAGER = Actor("U19", frozenset({"store_manager"}))


@pytest.fixture
def bound(database, deploy):
    """(key of version 1, key of version 2) of ``request``; in between the table's threshold went from 200 to 300."""
    keys = []
    for threshold in (200, 300):
        deploy(authority=packs.decision(threshold))
        with database.reader() as session:
            keys.append(deployments.current_process(session, "request").key)
    return keys


def _tier(session, key, amount, binding="deployment"):
    found = deployments.decision(session, key, "authority", binding)
    return found.decisions.evaluate("authority", {"amount": Decimal(amount)}).value, found.definition["version"]


def test_a_matter_keeps_the_table_that_it_was_started_with(database, bound):
    first, second = bound
    with database.reader() as session:
        assert _tier(session, first, 250) == ("manager", 1)
        assert _tier(session, second, 250) == ("line", 2)


def test_the_latest_binding_follows(database, bound):
    with database.reader() as session:
        assert _tier(session, bound[0], 250, "latest") == ("line", 2)


def test_a_decision_is_identified_by_version_and_hash(database, bound):
    with database.reader() as session:
        definition = deployments.decision(session, bound[1], "authority", "deployment").definition
    assert (definition["id"], definition["name"], definition["version"]) == ("authority", "审批权限", 2)
    assert len(definition["sha256"]) == 64


def test_processes_forms_and_sources_are_found_by_key(database, bound):
    with database.reader() as session:
        process = deployments.process(session, bound[0])
        assert process.process_id == "request"
        assert process.elements["PR0_request"].name == "填写"
        form_key = deployments.bound_form(session, bound[0], "request", "deployment")
        assert deployments.form(session, form_key).id == "request"
        assert deployments.source(session, bound[0]) == packs.request_process()
        called = deployments.called_process(session, bound[0], "approval", "deployment")
        assert deployments.process(session, called).process_id == "approval"


def test_version_tags_find_the_last_version_with_the_tag(database, deploy):
    keys = {}
    for tag in ("1.0", "2.0"):
        deploy(request=packs.request_process(tag=tag))
        with database.reader() as session:
            keys[tag] = deployments.current_process(session, "request").key
    with database.reader() as session:
        for tag, key in keys.items():
            assert deployments.called_process(session, keys["2.0"], "request", "versionTag", tag) == key
        with pytest.raises(ExecutionFailed, match=r"3\.0"):
            deployments.called_process(session, keys["2.0"], "request", "versionTag", "3.0")


def test_version_tags_of_decisions_and_forms_find_theirs(database, deploy):
    extensions = '<extensionElements><zeebe:versionTag xmlns:zeebe="{}" value="{}"/></extensionElements>'
    for tag, threshold, label in (("1.0", 200, "事由"), ("2.0", 300, "缘由"), ("", 400, "原因")):
        drawn = packs.decision(threshold).decode()
        if tag:
            start = '<decision id="authority" name="审批权限">'
            said = extensions.format("http://camunda.org/schema/zeebe/1.0", tag)
            drawn = drawn.replace(start, start + said)
            assert said in drawn
        tagged = packs.form(label=label, **({"versionTag": tag} if tag else {}))
        deploy(authority=drawn.encode(), form=tagged)
    with database.reader() as session:
        bound = deployments.current_process(session, "request").key
        for tag, tier, version in (("1.0", "manager", 1), ("2.0", "line", 2)):
            decision = deployments.decision(session, bound, "authority", "versionTag", tag)
            result = decision.decisions.evaluate("authority", {"amount": Decimal(250)})
            assert (result.value, decision.definition["version"]) == (tier, version)
            key = deployments.bound_form(session, bound, "request", "versionTag", tag)
            assert deployments.form(session, key).version_tag == tag
        for lookup in (deployments.decision, deployments.bound_form):
            name = "authority" if lookup is deployments.decision else "request"
            with pytest.raises(ExecutionFailed, match=r"3\.0"):
                lookup(session, bound, name, "versionTag", "3.0")


def test_what_is_not_deployed_is_a_failure_that_an_incident_can_show(database, bound):
    with database.reader() as session:
        with pytest.raises(ExecutionFailed, match="settings"):
            deployments.decision(session, bound[0], "settings", "deployment")
        with pytest.raises(ExecutionFailed, match="receipt"):
            deployments.bound_form(session, bound[0], "receipt", "latest")
        with pytest.raises(ExecutionFailed, match="payment"):
            deployments.called_process(session, bound[0], "payment", "latest")


def test_unknown_keys_are_not_found(database):
    with database.reader() as session:
        for lookup in (deployments.process, deployments.form, deployments.source, deployments.read_decision):
            with pytest.raises(NotFound):
                lookup(session, 1)
        with pytest.raises(NotFound, match="request"):
            deployments.current_process(session, "request")


def test_a_second_look_asks_no_database(database, bound):
    with database.reader() as session:
        process = deployments.process(session, bound[0])
        key = deployments.bound_form(session, bound[0], "request", "deployment")
        form = deployments.form(session, key)
        decision = deployments.decision(session, bound[0], "authority", "deployment")
    statements = []
    event.listen(database.reader_engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with database.reader() as session:
        assert deployments.process(session, bound[0]) is process
        assert deployments.form(session, deployments.bound_form(session, bound[0], "request", "deployment")) is form
        assert deployments.decision(session, bound[0], "authority", "deployment") is decision
    assert [statement for statement in statements if not statement.startswith("BEGIN")] == []


def test_labels_are_translated_by_language(database, deploy):
    first = deploy()
    deploy(labels=packs.LABELS.replace("Fill in", "Write").encode())
    with database.reader() as session:
        assert deployments.labels(session, "p", "en")["填写"] == "Write"
        assert deployments.labels(session, "p", "en", first)["填写"] == "Fill in"
        assert deployments.labels(session, "p", "fr") == {}
        assert deployments.labels(session, "unknown", "en") == {}


def test_people_may_start_what_names_one_of_their_posts(database, deploy):
    deploy()
    deploy(request=packs.request_process(name="门店申购"))
    with database.reader() as session:
        (only,) = deployments.startable(session, MANAGER)
        assert (only.process_id, only.version, only.name, only.category) == ("request", 2, "门店申购", "财权审批类")
        assert deployments.startable(session, Actor("U06", frozenset({"purchaser"}))) == ()
        assert deployments.startable(session, Actor("U00")) == ()


def test_what_was_taken_out_of_use_cannot_be_started_and_runs_on(database, deploy):
    deploy()
    with database.reader() as session:
        key = deployments.current_process(session, "request").key
    files = packs.files()
    files.pop("bpmn/p/request.bpmn")
    deploy(files=files)
    with database.reader() as session:
        assert deployments.startable(session, MANAGER) == ()
        with pytest.raises(NotFound):
            deployments.current_process(session, "request")
        assert deployments.process(session, key).process_id == "request"


def test_a_cache_keeps_what_was_used_last():
    cache = Cache(2)
    made = []

    def make(key):
        return cache.get(key, lambda: made.append(key) or key)

    for key in (1, 2, 1, 3, 1, 2):
        assert make(key) == key
    assert made == [1, 2, 3, 2]
    assert len(cache) == 2


def test_a_cache_gives_all_threads_one_object():
    cache = Cache(10)
    barrier, found = threading.Barrier(8), []

    def look():
        barrier.wait()
        found.append(cache.get("a", object))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
