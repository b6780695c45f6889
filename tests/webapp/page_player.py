"""Scenarios played through the pages: everybody signs in, opens his task, and posts what its form holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from banli.scenarios import files
from banli.scenarios.model import Scenario, ScenarioFile
from banli.scenarios.play import Player
from banli.scenarios.world import World
from engine import clock, deployments
from engine.content import Pack
from engine.errors import FormRefused, NotAllowed
from engine.models import UserTask
from engine.task_forms.fields import Field
from feel.sentences import Sentence
from tests.webapp.house import House, Page, Person

_ROW = re.compile(r"\.(?:[0-9]+|\{row\}|[A-Z_]+)\.")


class PagePlayer(Player):
    """Plays a scenario as its people do: start, tasks and withdrawals over HTTP, each with a session of his own."""

    def __init__(
        self, world: World, pack: Pack, file: ScenarioFile, scenario: Scenario, house: House, password: str
    ) -> None:
        super().__init__(world, pack, file, scenario)
        self.house = house
        self.password = password
        self._people: dict[str, Person] = {}

    def start(self, process_id: str, person: str, store: str | None) -> int:
        """From the catalogue; the first task opens."""
        fields = {} if store is None else {"store": store}
        page = self._accepted(self._person(person).post(f"/start/{process_id}", fields))
        assert page.path.startswith("/tasks/"), page.path
        with self.world.unit_of_work.read() as session:
            return session.get_one(UserTask, int(page.path.rsplit("/", 1)[1])).root_key

    def submit(self, task: UserTask, person: str, values: Mapping[str, Any]) -> None:
        """On the page of the task, whose form has a field for everything that is posted."""
        someone = self._person(person)
        page = someone.get(f"/tasks/{task.key}")
        posted = dict(self._posted(task, values))
        if page.tree.xpath("//form[@data-form]"):  # whoever may not do it has no form, and tries all the same
            names = {_ROW.sub(".*.", name) for name in page.tree.xpath("//form[@data-form]//*[@name]/@name")}
            assert {_ROW.sub(".*.", name) for name in posted} <= names, (task.element_id, sorted(posted))
        self._accepted(someone.submit(task.key, posted, content_type="multipart/form-data"))

    def withdraw(self, key: int, person: str, reason: str) -> None:
        """On its page, which asks why."""
        someone = self._person(person)
        self._accepted(someone.get(f"/matters/{key}/withdraw"))
        self._accepted(someone.post(f"/matters/{key}/withdraw", {"reason": reason}))

    def _person(self, person: str) -> Person:
        if person not in self._people:
            someone = self._people[person] = Person(self.house, person, "en")  # the words that scenarios expect
            page = someone.sign_in(self.password)
            assert page.status == 200, page.words
        return self._people[person]

    def _accepted(self, page: Page) -> Page:
        """The page that follows; what a person reads of a refusal becomes the error that a scenario may expect."""
        if errors := page.errors():
            told = {name.removeprefix("f-").replace("-", "."): [Sentence(words)] for name, words in errors.items()}
            raise FormRefused(told)
        if page.status != 200:
            raise NotAllowed(Sentence("{status} {words}", status=page.status, words=page.words[:500]))
        self.world.pass_until(clock.now())  # what became due by it is done, as by a worker
        return page

    def _posted(self, task: UserTask, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        chosen: dict[str, list[tuple[io.BytesIO, str]]] = {}

        def choose(path: str, name: str, content: bytes) -> str:
            chosen.setdefault(f"_file.{path}", []).append((io.BytesIO(content), name))
            return ""

        yield from _texts(files.attached(self._fields(task), values, choose))
        yield from chosen.items()

    def _fields(self, task: UserTask) -> tuple[Field, ...]:
        if task.form_key is None:
            return ()
        with self.world.unit_of_work.read() as session:
            return tuple(deployments.form(session, task.form_key).fields)


def _texts(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What a browser posts for typed values; nothing for what is empty."""
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            for number, row in enumerate(value):
                yield from _texts(row, f"{path}.{number}.")
        elif isinstance(value, list):
            if texts := [text for text in map(_text, value) if text]:
                yield path, texts
        elif text := _text(value):
            yield path, text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    try:  # a field for a date with a time knows no offset, and asks for minutes
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat() if "T" in text else text
    except ValueError:
        return text
