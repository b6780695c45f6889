"""One house with an object of each kind for everybody to try his hand on, put back after each change."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from flask import url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from engine.actor import Actor
from engine.database import Database
from tests.webapp.house import PASSWORD, House
from tests.webapp.verbs import Verb
from tests.webapp.verbs.acting import actor_of
from tests.webapp.verbs.kept import Kept, KeptFile, KeptSchema
from tests.webapp.verbs.matter_objects import matter_objects
from tests.webapp.verbs.organisation_objects import organisation_objects, tokens
from tests.webapp.verbs.relations import RELATIONS, ROLES
from tests.webapp.verbs.threads import settle
from tests.webapp.verbs.workshop_objects import prepared, workshop_objects

READING = {"GET", "HEAD", "OPTIONS"}
_ELSEWHERE: Mapping[str, Any] = {
    "key": 1,
    "trial": "none",
    "draft": 1,
    "task": 1,
    "channel": "mail",
    "rest": "anything",
}
"""Parts of addresses of what changes nothing here anyhow."""


class World:
    """The house, its objects by kind and instance, and everybody signed in."""

    def __init__(self, database: Database, file: Path | None) -> None:
        self.database = database
        self.house = House(database)
        self.house.app.config["WTF_CSRF_ENABLED"] = False  # that has tests of its own; here it would hide the verbs
        prepared(self.house)
        self.objects = {
            **matter_objects(self.house),
            **workshop_objects(self.house),
            **organisation_objects(self.house),
            "house": {"all": {}},
            "nothing": {"all": {}},
            "oneself": {},
        }
        self.objects["house"]["all"] |= self.objects.pop("shared")["all"]
        self.tokens = {person: tokens(self.house, person) for person in ROLES.values()}
        self.identities = {person: self._signed_in(person) for person in ROLES.values()}
        for person in ROLES.values():  # a first sign-in by password, so that it leaves nothing new behind
            self.house.app.test_client().get("/v2/topology", auth=(person, PASSWORD))
        assert {kind: set(found) for kind, found in self.objects.items()} == {
            kind: set(found) for kind, found in RELATIONS.items()
        }
        self.kept: Kept = (
            KeptSchema(database.url.render_as_string(hide_password=False)) if file is None else KeptFile(file)
        )

    def close(self) -> None:
        """Let go of everything."""
        self.kept.close()
        self.database.dispose()

    def actor(self, role: str) -> Actor:
        """Somebody as the commands know him."""
        return actor_of(self.house, ROLES[role])

    def rules(self) -> list[Rule]:
        """Every route by which something could be changed."""
        return [rule for rule in self.house.app.url_map.iter_rules() if (rule.methods or set()) - READING]

    def client(self, person: str) -> FlaskClient:
        """Somebody who signed in at first."""
        client = self.house.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = self.identities[person], True
        return client

    def use(self, person: str, verb: Verb, instance: str, *, token: str = "") -> set[str]:
        """Let somebody use a verb; the tables that changed by it, and everything is as before afterwards.

        Programs come with the password, or with a ``token``.
        """
        for rule in self.rules():
            if rule.endpoint == verb.endpoint:
                self._send(person, verb, instance, rule, token)
        settle()
        changed = self.kept.changed()
        if changed:
            self.kept.restore(changed)
        return changed

    def address(self, rule: Rule, verb: Verb, instance: str) -> str:
        """Where a rule is with this object."""
        values = self.objects[verb.about][instance]
        named = {**_ELSEWHERE, **values, **{name: _filled(text, values) for name, text in verb.at.items()}}
        with self.house.app.test_request_context():
            return url_for(rule.endpoint, **{name: named[name] for name in rule.arguments})

    def _send(self, person: str, verb: Verb, instance: str, rule: Rule, token: str) -> None:
        values = self.objects[verb.about][instance]
        fields = _filled(dict(verb.fields), values)
        files = {
            name: (io.BytesIO(_bytes(content, values)), _filled(file, values))
            for name, (file, content) in verb.files.items()
        }
        options: dict[str, Any] = {"data": MultiDict([*_posted(fields), *files.items()])}
        headers = {"Sec-Fetch-Site": "same-origin"}
        if verb.body is not None:
            options = {"data": _filled(verb.body, values).encode(), "content_type": "application/octet-stream"}
        elif verb.is_of_programs and not files:
            options = {"json": fields}
        headers |= {name: _filled(text, values) for name, text in verb.headers.items()}
        client = self.client(person)
        if verb.is_of_programs:
            secret = base64.b64encode(f"{person}:{PASSWORD}".encode()).decode()
            headers["Authorization"] = f"Bearer {token}" if token else f"Basic {secret}"
        method = min((rule.methods or set()) - READING)
        query = {"field": "photos"} if verb.endpoint == "attachments.upload" else {}
        client.open(self.address(rule, verb, instance), method=method, headers=headers, query_string=query, **options)

    def _signed_in(self, person: str) -> str:
        with self.house.person(person).client.session_transaction() as session:
            return str(session["_user_id"])


def _filled(what: Any, values: Mapping[str, Any]) -> Any:
    """What is sent, with the values of the object in it."""
    if isinstance(what, str):
        return Template(what).safe_substitute(values)
    if isinstance(what, Mapping):
        return {name: _filled(each, values) for name, each in what.items()}
    if isinstance(what, list):
        return [_filled(each, values) for each in what]
    return what


def _bytes(content: str | bytes, values: Mapping[str, Any]) -> bytes:
    return content if isinstance(content, bytes) else str(_filled(content, values)).encode()


def _posted(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, each
