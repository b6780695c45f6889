"""People before the pages: each with a session of their own, reading HTML as a browser does."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from banli import catalogue, demo, foundation
from banli.rehearsals import Rehearsals
from engine import clock, content, deployments, user_tasks
from engine.actor import Actor, system
from engine.database import Database
from engine.organisation import people
from engine.unit_of_work import UnitOfWork
from webapp import WebSettings, create_app
from workers import topics

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "banli-demo"


def furnish(database: Database) -> None:
    """The organisation and the pack, once for each template."""
    topics.bind_all()
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    unit_of_work.run(foundation.load)
    unit_of_work.run(demo.load, PASSWORD)
    unit_of_work.run(deployments.deploy, content.read_pack(ROOT, "chain_store"), system("test"))


class Page:
    """A response, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.text = response.get_data().decode("utf-8", "replace")  # what is downloaded may be no text

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.text)

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        body = self.tree.body
        for hidden in body.xpath("//script | //template | //svg"):
            hidden.drop_tree()
        return re.sub(r"\s+", " ", body.text_content())

    def values(self, name: str) -> list[str]:
        """What stands in the fields of that name."""
        found = []
        for field in self.tree.xpath(f'//form[@data-form]//*[@name="{name}"]'):
            if field.tag == "textarea":
                found.append((field.text or "").strip("\r\n"))
            elif field.get("type") in ("radio", "checkbox"):
                found += [field.get("value")] if field.get("checked") is not None else []
            elif field.tag == "select":
                found += [option.get("value") for option in field.xpath("./option[@selected]")]
            else:
                found.append(field.get("value", ""))
        return found

    def errors(self) -> dict[str, str]:
        """The error at each field, by the id of the field."""
        return {
            span.get("id").removesuffix("-error"): span.text_content()
            for span in self.tree.xpath('//form//span[@class="error"]')
        }


class Person:
    """Somebody with a browser."""

    def __init__(self, house: House, person_id: str, language: str = "zh") -> None:
        self.house = house
        self.id = person_id
        self.client: FlaskClient = house.app.test_client()
        self.language = language

    def sign_in(self, password: str = PASSWORD, **fields: str) -> Page:
        token = self.token(self.get("/sign-in"))
        return self.post("/sign-in", {"person": self.id, "password": password, "csrf_token": token, **fields})

    def get(self, path: str, **options: Any) -> Page:
        headers = {"Accept-Language": self.language, **options.pop("headers", {})}
        return Page(self.client.get(path, follow_redirects=True, headers=headers, **options))

    def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> Page:
        given = dict(fields or {})
        if "csrf_token" not in given:
            given["csrf_token"] = self.token(self.get("/account/password"))
        headers = {"Accept-Language": self.language, "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        options.setdefault("follow_redirects", True)
        return Page(self.client.post(path, data=given, headers=headers, **options))

    @staticmethod
    def token(page: Page) -> str:
        return str(page.tree.xpath('//input[@name="csrf_token"]/@value')[0])

    @property
    def actor(self) -> Actor:
        with self.house.unit_of_work.read() as session:
            return people.actor(session, self.id, clock.now())

    def tasks(self) -> list[int]:
        """The keys of what waits for this person, groups included."""
        with self.house.unit_of_work.read() as session:
            return [task.key for task in user_tasks.inbox(session, self.actor).tasks]

    def submit(self, key: int, fields: dict[str, Any], **options: Any) -> Page:
        return self.post(f"/tasks/{key}/complete", fields, **options)


class House:
    """One application, and everybody who comes to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
        settings = WebSettings(secret_key="s" * 40, demo=True, demo_password=PASSWORD)
        self.app = create_app(
            settings,
            database,
            self.unit_of_work,
            catalogue.translations(),
            Rehearsals(settings.time_zone, Path(tempfile.mkdtemp(prefix="banli-trials-"))),
        )

    def person(self, person_id: str, language: str = "zh") -> Person:
        """Somebody who is signed in."""
        someone = Person(self, person_id, language)
        page = someone.sign_in()
        assert page.status == 200, page.words
        return someone

    def stranger(self, language: str = "zh") -> Person:
        """Somebody who is not."""
        return Person(self, "U19", language)


def request_of(amount: str, **other: str) -> dict[str, str]:
    """A filled purchase request of one line."""
    return {
        "purpose": "更换前厅地毯",
        "category": "carpet",
        "lines.0.item": "防滑地毯",
        "lines.0.qty": "1",
        "lines.0.unit": "块",
        "lines.0.est_price": amount,
        "needed_by": (clock.now() + timedelta(days=12)).date().isoformat(),
        **other,
    }


INVESTIGATED = {"is_normal_need": "true", "investigation_note": "经现场核实，确属正常需求", "decision": "approve"}
OPINION = {"decision": "approve", "opinion": "同意，请按计划采购"}


def begin(person: Person) -> int:
    """Start a purchase request; the key of its first task."""
    page = person.post("/start/procurement_request")
    assert page.status == 200, page.words
    return int(page.path.rsplit("/", 1)[1])


def ask(person: Person, amount: str = "260.00", **other: str) -> int:
    """Start and submit a purchase request; the key of the matter."""
    key = begin(person)
    with person.house.unit_of_work.read() as session:
        root_key = user_tasks.get(session, key, person.actor).task.root_key
    page = person.submit(key, request_of(amount, **other))
    assert page.status == 200, page.words
    return root_key
