"""People before real browsers: sign in, act, look; and axe, which checks what they see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import update

from engine import clock
from engine.models import UserTask
from tests.journeys.server import Server
from tests.webapp.house import INVESTIGATED, PASSWORD, House, ask, begin, request_of

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

#: The button that starts a purchase request, among those of the other procedures.
PROCUREMENT = '.catalogue form[action*="procurement_request"] button'


@dataclass(frozen=True)
class Office:
    """A house and the server that shows it."""

    house: House
    server: Server

    @property
    def address(self) -> str:
        """Where the server answers."""
        return self.server.address

    def sign_in(self, page: Page, person: str, target: str = "/inbox") -> None:
        """Sign in as somebody, leaving whoever was there."""
        page.goto("about:blank")  # else what the page still asks for would bring its cookie back
        page.context.clear_cookies()
        page.goto(f"{self.address}/sign-in?next={target}")
        page.fill("#person", person)
        page.fill("#password", PASSWORD)
        page.click("main button.primary")
        page.wait_for_url(f"{self.address}{target}*")
        ready(page)

    def go(self, page: Page, path: str) -> None:
        """Open a page of the server and wait for its scripts."""
        page.goto(self.address + path)
        ready(page)

    def fill(self) -> None:
        """Matters at every stage: a draft, one at the area manager, one returned, one overdue, one at purchasing."""
        applicant, area = self.house.person("U19"), self.house.person("U16")
        begin(applicant)
        for amount, category, decision in (
            ("260.00", "carpet", "approve"),
            ("90.00", "office", "return"),
            ("80.00", "cleaning", "approve"),
            ("70.00", "utensil", ""),
            ("60.00", "storage_box", ""),
        ):
            ask(applicant, amount, category=category)
            task = area.tasks()[-1]
            if decision:
                area.submit(task, {**INVESTIGATED, "decision": decision, "opinion": "请按实际情况办理"})
        overdue = area.tasks()[0]
        with self.house.database.writer() as session:
            late = clock.now() - timedelta(hours=3)
            session.execute(update(UserTask).where(UserTask.key == overdue).values(due_at=late))
            session.commit()


def ready(page: Page) -> None:
    """Wait until the page's own scripts have run."""
    page.wait_for_selector("html[data-ready]", state="attached")


def fill_request(page: Page, amount: str = "260.00") -> None:
    """Fill in a purchase request by hand."""
    for name, value in request_of(amount).items():
        field = page.locator(f'[name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    if page.evaluate("!window.axe"):
        page.evaluate(_AXE)
    found: dict[str, Any] = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {json.dumps(node['any'][:1], ensure_ascii=False)[:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
