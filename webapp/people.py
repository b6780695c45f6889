"""Names of people, units and posts on a page, from the organisation as this request's transaction sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine import calendar, clock
from engine.actor import Actor
from engine.organisation import snapshot
from engine.organisation.snapshot import Organisation
from feel.sentences import Sentence
from webapp.languages import language, say
from webapp.surroundings import reading


@dataclass(frozen=True, slots=True)
class Opened:
    """The session of a device, and when it was used last, to the next ten minutes."""

    key: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session, as Flask-Login wants it: ``get_id`` names the session and its version."""

    id: str
    name: str
    name_en: str | None
    language: str | None
    session_version: int
    must_change_password: bool
    actor: Actor
    session: Opened

    @property
    def is_active(self) -> bool:
        """Whether the person works here: nobody else is loaded."""
        return True

    @property
    def is_authenticated(self) -> bool:
        """Signed in, in Flask-Login's words."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Never, in Flask-Login's words."""
        return False

    def get_id(self) -> str:
        """What the session holds: raising ``session_version`` ends every session of the person."""
        return f"{self.id}:{self.session_version}:{self.session.key}"

    def shown_name(self) -> str:
        """The name in the reader's language."""
        return named(self.name, self.name_en)

    def posts_in_words(self) -> str:
        """The posts held today, with their units."""
        held = organisation().assignments(self.id, calendar.local_date(clock.now()))
        words = (f"{post_name(entry.post_code)}, {unit_name(entry.unit_id)}" for entry in held)
        return "; ".join(dict.fromkeys(words))


def organisation() -> Organisation:
    """The organisation as this request sees it."""
    return snapshot.of(reading())


def person_name(person_id: str | None) -> str:
    """The name of a person or of a part of the system, in the reader's language; an unknown id stands for itself."""
    if not person_id:
        return ""
    if person_id.startswith("system:"):
        return say(Sentence("the system"))
    person = organisation().people.get(person_id)
    return named(person.name, person.name_en) if person else person_id


def unit_name(unit_id: str | None) -> str:
    """The name of a store or department; an unknown id stands for itself."""
    unit = organisation().units.get(unit_id or "")
    return named(unit.name, unit.name_en) if unit else (unit_id or "")


def post_name(code: str) -> str:
    """The name of a post; an unknown code stands for itself."""
    post = organisation().posts.get(code)
    return named(post.name, post.name_en) if post else code


def named(name: str, english: str | None) -> str:
    """The one of two names that the reader reads."""
    return (english or name) if language() == "en" else name
