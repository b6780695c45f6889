"""Browser tests: a real server on a free port of this machine, a real Chromium, and nothing that goes unnoticed.

Chromium is found through ``BANLI_CHROMIUM`` or on the path (Debian's package ``chromium``). Without one the tests are
skipped with the reason; with ``REQUIRE_BROWSER=1`` they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from engine.database import Database
from tests.databases import SQLite
from tests.journeys.office import Office
from tests.journeys.server import Server
from tests.webapp.house import House, furnish

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Where Chromium is, if it is anywhere."""
    return os.environ.get("BANLI_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test beside this file needs the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which fetches nothing by itself."""
    found = chromium()
    if found is None:
        reason = "no Chromium: install Debian's package chromium, or name one in BANLI_CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": found, "args": _ARGUMENTS}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: each server has an address of its own. The plugin's fixture is of a kind that pytest deprecates."""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader of Chinese before a desk; tests say otherwise where they mean otherwise."""
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def furnished(sqlite_template: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo organisation and the pack, for tests to copy."""
    file = tmp_path_factory.mktemp("journeys") / "furnished.db"
    database = Database(sqlite_template.copy(file))
    furnish(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    return file


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """A server of the test's own, on a database of its own."""
    yield from serve(furnished, tmp_path / "office.db")


@pytest.fixture(scope="session")
def busy_office(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One server for tests that only look, with matters at every stage."""
    for office in serve(furnished, tmp_path_factory.mktemp("busy") / "office.db"):
        office.fill()
        yield office


def serve(furnished: Path, file: Path) -> Iterator[Office]:
    """A server over a copy of ``furnished``."""
    file.write_bytes(furnished.read_bytes())
    database = Database(f"sqlite:///{file}")
    house = House(database)
    server = Server(house.app)
    yield Office(house, server)
    server.stop()
    database.dispose()


OF_BPMN_JS = "ContextPad#getPad is deprecated"
"""What bpmn-js says of itself when the menu of an element is opened."""


class Watch:
    """What went wrong in a browser; a test may say which statuses it provokes."""

    def __init__(self) -> None:
        self.expected: set[int] = set()
        self.found: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"page error: {error.error}"))
        context.on("response", self._response)
        context.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        if OF_BPMN_JS in message.text:
            return
        if "Failed to load resource" not in message.text:  # its status is told by the response
            self.found.append(f"console {message.type}: {message.text}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"{response.status} {response.url}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.found.append(f"left this machine: {request.url}")


@pytest.fixture(autouse=True)
def watch(context: BrowserContext) -> Iterator[Watch]:
    """Fails a test on console errors, page errors, policy violations, errors of the server, requests to elsewhere."""
    watching = Watch()
    watching.over(context)
    yield watching
    assert watching.found == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that does not wait half a minute for what does not come."""
    page = context.new_page()
    page.set_default_timeout(8_000)
    return page
