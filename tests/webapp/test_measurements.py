"""What may be measured, by whom, and that figures are true."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from banli import catalogue
from engine import clock, history, log_context
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from tests.engine.office import Office, furnish
from webapp import WebSettings, create_app

TOKEN = "t" * 32


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    furnish(sqlite_database)
    return Office(sqlite_database)


def client(database: Database, **given: object) -> FlaskClient:
    settings = WebSettings(secret_key="s" * 40, **given)  # type: ignore[arg-type]
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    return create_app(settings, database, unit_of_work, catalogue.translations()).test_client()


def figures(text: str) -> dict[str, float]:
    """Every sample without labels by its name, those with labels by name and values, in the order of their names."""
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_database(office: Office) -> None:
    office.ask("clock")
    office.run(history.seal)
    browser = client(office.database)
    with clock.pinned(clock.now() + timedelta(hours=2)):
        told = figures(browser.get("/metrics").text)
    assert told["banli_jobs_waiting"] == 2
    assert told["banli_jobs_due"] == 1
    assert 3600 <= told["banli_oldest_due_seconds"] < 3700
    assert (told["banli_open_tasks"], told["banli_active_matters"]) == (1, 1)
    assert (told["banli_jobs_failed"], told["banli_open_incidents"], told["banli_jobs_retrying"]) == (0, 0, 0)
    assert 7200 <= told["banli_last_seal_seconds"] < 7300


def test_before_the_first_seal_there_is_no_age_of_it(office: Office) -> None:
    told = figures(client(office.database).get("/metrics").text)
    assert "banli_last_seal_seconds" not in told
    assert told["banli_oldest_due_seconds"] == 0


def test_requests_are_counted_by_page_never_by_address(office: Office) -> None:
    browser = client(office.database)
    browser.get("/sign-in")
    browser.get("/tasks/123456789")
    text = browser.get("/metrics").text
    told = figures(text)
    assert told["banli_requests_total GET sign_in.page 200"] == 1
    assert told["banli_requests_total GET tasks.show 302"] == 1
    assert told["banli_request_seconds_count tasks.show"] == 1
    assert "123456789" not in text


@pytest.mark.parametrize(
    ("settings", "address", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "192.0.2.7", {}, 404),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ({"trusted_proxies": 1}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"metrics_token": TOKEN}, "127.0.0.1", {}, 404),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Basic {TOKEN}"}, 404),
    ],
)
def test_only_loopback_or_the_token_may_read(
    office: Office, settings: dict[str, object], address: str, headers: dict[str, str], status: int
) -> None:
    browser = client(office.database, **settings)
    assert browser.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == status


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, object]]]:
    """The keys that each log line of a page carries."""
    lines: list[dict[str, object]] = []

    class Watch(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            lines.append(dict(log_context.current()))

    watch = Watch()
    with caplog.at_level(logging.DEBUG, "webapp.measurements"):
        logging.getLogger("webapp.measurements").addHandler(watch)
        yield lines
        logging.getLogger("webapp.measurements").removeHandler(watch)


def test_a_log_line_carries_the_task_of_its_request_and_no_other(
    office: Office, seen: list[dict[str, object]]
) -> None:
    browser = client(office.database)
    browser.get("/tasks/17")
    browser.get("/matters/18")
    browser.get("/sign-in")
    assert seen == [{"task": 17}, {"matter": 18}, {}]
