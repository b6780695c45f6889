"""What every page owes everybody, for each route that there is: axe, both widths, themes and languages, no scrolling.

Each page is loaded once in Chinese and once in English, and looked at twice in each: Chinese on a wide light and then
a narrow dark screen, English on a narrow light and then a wide dark one. So each page meets both widths, both themes
and both languages, but not all eight combinations of them. Of a list with many rows the first twelve are judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import MethodNotAllowed, NotFound

from tests.journeys.conftest import Watch, serve
from tests.journeys.office import ready, violations
from tests.journeys.pages import NO_PAGE, PAGES, Look
from tests.journeys.stages import Stages, prepare

Scheme = Literal["light", "dark"]
LOOKS: dict[str, tuple[tuple[int, Scheme], ...]] = {
    "zh-CN": ((1440, "light"), (390, "dark")),
    "en-GB": ((390, "light"), (1440, "dark")),
}
OF_DMN_JS = "empty-table-header: ['.index-column']"
"""The head over the numbers of the rules, which dmn-js leaves empty."""
_OPEN = "for (const each of document.querySelectorAll('main details')) each.open = true"
_SHORTEN = """for (const list of document.querySelectorAll("main :is(ul, ol, tbody, select)")) {
  if (!list.closest("[data-editor]")) while (list.children.length > 12) list.lastElementChild.remove();
}"""
_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def stages(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    """One office for all these tests, in which nothing is changed."""
    for office in serve(furnished, tmp_path_factory.mktemp("stages") / "office.db"):
        yield prepare(office)


class Readers:
    """People who stay signed in: one context each, for each language."""

    def __init__(self, stages: Stages, browser: Browser) -> None:
        self.stages, self.browser = stages, browser
        self.contexts: dict[tuple[str, str], tuple[BrowserContext, Watch]] = {}

    def page(self, person: str, locale: str, width: int, scheme: Scheme) -> tuple[Page, Watch]:
        """A new page of somebody, and what watches it."""
        if (person, locale) not in self.contexts:
            context, watching = self.browser.new_context(locale=locale), Watch()
            watching.over(context)
            context.set_default_timeout(15_000)
            if person:
                self.stages.office.sign_in(context.new_page(), person)
            self.contexts[person, locale] = (context, watching)
        context, watching = self.contexts[person, locale]
        watching.found.clear()
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return page, watching


@pytest.fixture(scope="module")
def readers(stages: Stages, browser: Browser) -> Iterator[Readers]:
    """Everybody who looks."""
    readers = Readers(stages, browser)
    yield readers
    for context, _watching in readers.contexts.values():
        context.close()


def readable(app: Flask) -> set[str]:
    """Every route that answers to GET, those of the API apart."""
    rules = app.url_map.iter_rules()
    return {rule.endpoint for rule in rules if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("api.")}


def test_every_route_that_is_read_is_looked_at(stages: Stages):
    there = readable(stages.office.house.app)
    entered = set(PAGES) | set(NO_PAGE)
    assert there - entered == set(), "enter these in tests/journeys/pages.py"
    assert entered - there == set(), "these are no routes any more"


@pytest.mark.parametrize("endpoint", PAGES)
def test_the_addresses_of_a_page_are_its_own(stages: Stages, endpoint: str):
    adapter = stages.office.house.app.url_map.bind("localhost")
    for look in PAGES[endpoint]:
        for address in look.addresses:
            try:
                found, _arguments = adapter.match(address.format(**stages.named).partition("?")[0])
            except (NotFound, MethodNotAllowed) as error:
                pytest.fail(f"{address}: {error}")
            assert found == endpoint


@pytest.mark.parametrize("locale", LOOKS)
@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_is_for_everybody(stages: Stages, readers: Readers, endpoint: str, locale: str):
    found: list[str] = []
    for look in PAGES[endpoint]:
        for address in look.addresses:
            found += faults(stages, readers, look, address.format(**stages.named), locale)
    assert found == [], "\n".join(found)


def faults(stages: Stages, readers: Readers, look: Look, address: str, locale: str) -> list[str]:
    """What is wrong with one address, in the order in which it is seen."""
    page, watching = readers.page(look.person, locale, *LOOKS[locale][0])
    watching.expected = {look.status} if look.status >= 400 else set()
    response = page.goto(stages.office.address + address)
    assert response is not None
    found = [] if response.status == look.status else [f"answers {response.status}"]
    ready(page)
    if page.locator("[data-editor]").count():
        page.wait_for_selector("[data-editor][data-open]", state="attached")
    page.evaluate(_OPEN)
    widths = [width for width, _scheme in LOOKS[locale] if scrolls(page, width)]
    found += [f"scrolls sideways at {width}" for width in widths]
    page.evaluate(_SHORTEN)
    for width, scheme in LOOKS[locale]:
        found += seen(page, width, scheme)
    page.close()
    return [f"{look.person} {address} {each}" for each in [*found, *watching.found]]


def scrolls(page: Page, width: int) -> bool:
    """Whether anything of the page stands beyond its width."""
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate(_SIDEWAYS))


def seen(page: Page, width: int, scheme: Scheme) -> list[str]:
    """What axe finds on the page as somebody has it before himself."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    return [f"{width} {scheme}: {each}" for each in violations(page) if not each.startswith(OF_DMN_JS)]
