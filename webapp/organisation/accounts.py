"""Other people's sign-in: a password for once, locked out and let in again, signed out everywhere, gone and back."""

from __future__ import annotations

from typing import Any

from flask import url_for

from engine.organisation import passwords, people, sessions
from webapp.languages import gettext as _
from webapp.organisation.people import known, one_time_page
from webapp.organisation.room import act, administrator, blueprint
from webapp.people import person_name
from webapp.surroundings import write


def _page(person_id: str) -> str:
    return url_for("organisation.person_page", person_id=person_id)


@blueprint.post("/people/<person_id>/password")
def person_password(person_id: str) -> Any:
    """Give a password that must be changed at the first sign-in; it is shown this once."""
    acting = administrator()
    known(person_id)
    password = passwords.one_time()
    write(people.set_password, acting, person_id, password, for_once=True)
    return one_time_page(person_id, password)


@blueprint.post("/people/<person_id>/lock")
def person_lock(person_id: str) -> Any:
    """Let a person not sign in until further notice."""
    words = _("%(person)s may not sign in any more.", person=person_name(person_id))
    return act(_page(person_id), words, people.lock, administrator(), person_id)


@blueprint.post("/people/<person_id>/unlock")
def person_unlock(person_id: str) -> Any:
    """Let a person sign in again."""
    words = _("%(person)s may sign in again.", person=person_name(person_id))
    return act(_page(person_id), words, people.unlock, administrator(), person_id)


@blueprint.post("/people/<person_id>/sign-out")
def person_sign_out(person_id: str) -> Any:
    """End every session of a person."""
    words = _("%(person)s was signed out everywhere.", person=person_name(person_id))
    return act(_page(person_id), words, people.end_sessions, administrator(), person_id)


@blueprint.post("/people/<person_id>/sessions/<int:key>/end")
def person_end_session(person_id: str, key: int) -> Any:
    """End one session of a person."""
    return act(_page(person_id), _("This session has ended."), sessions.end, administrator(), key)


@blueprint.post("/people/<person_id>/return")
def person_return(person_id: str) -> Any:
    """Somebody works here again."""
    words = _("%(person)s works here again. Give a post and a password.", person=person_name(person_id))
    return act(_page(person_id), words, people.reactivate, administrator(), person_id)
