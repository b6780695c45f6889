"""What a page has at hand: the database, the unit of work, the settings and the reading session of its request.

They belong to the application object that :func:`webapp.create_app` made; nothing is global.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import current_app, g
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.database import Database
from engine.errors import NotAllowed
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence
from webapp.rehearsals import Rehearsals
from webapp.settings import WebSettings

_OF_DATABASE = ("names", "english_names")
"""What a request remembers of the database that it reads."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What ``create_app`` was given; without ``rehearsals`` nothing can be tried.

    ``remembered`` keeps what is immutable once deployed (forms, glossaries).
    """

    settings: WebSettings
    database: Database
    unit_of_work: UnitOfWork
    rehearsals: Rehearsals | None = None
    remembered: dict[object, Any] = field(default_factory=dict)


def surroundings() -> Surroundings:
    """The surroundings of the running application."""
    try:
        found = g.surroundings
    except AttributeError:  # the first time in this request
        found = g.surroundings = current_app.extensions["banli"]
    return cast("Surroundings", found)


def reading() -> Session:
    """The reading session of this request: opened at first use, rolled back and closed when the request ends."""
    try:
        session = g.reading
    except AttributeError:
        session = g.reading = surroundings().database.reader()
    return cast("Session", session)


def write(command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Run a command of the engine in a transaction of its own (hop 1); what was read before is read anew after."""
    close_reading()
    return surroundings().unit_of_work.run(command, *arguments, **named)


@contextmanager
def elsewhere(database: Database, unit_of_work: UnitOfWork, acting: Actor) -> Iterator[None]:
    """Within the block this request reads and writes another database, as somebody: a world to try things in."""
    close_reading()
    kept = {name: g.pop(name) for name in _OF_DATABASE if name in g}
    here = surroundings()
    g.surroundings = replace(here, database=database, unit_of_work=unit_of_work, rehearsals=None, remembered={})
    g.acting = acting
    try:
        yield
    finally:
        close_reading()
        g.surroundings = here
        for name in ("acting", *_OF_DATABASE):
            g.pop(name, None)
        for name, value in kept.items():
            setattr(g, name, value)


def close_reading(_error: BaseException | None = None) -> None:
    """Give the reading session back."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


def actor() -> Actor:
    """Who is signed in; raises :class:`NotAllowed` for nobody, although the door before every page looked already."""
    if "acting" in g:
        return cast("Actor", g.acting)
    from flask_login import current_user  # noqa: PLC0415 - a proxy that only means something within a request

    if not current_user.is_authenticated:
        raise NotAllowed(Sentence("Please sign in."))
    return cast("Actor", current_user.actor)
