"""Signing in and out, who a session belongs to, and what happens to a form whose session has ended: nothing is lost.

Guessing is slowed down twice, by person and by address; both are counted in the database, for all processes.
"""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from engine import clock
from engine.organisation import passwords, people, sessions, sign_in_failures
from webapp import languages
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import Opened, SignedIn
from webapp.security import from_this_site, public, safe_next
from webapp.surroundings import actor, close_reading, reading, write

blueprint = Blueprint("sign_in", __name__)

KEPT = "kept."
_KEEPING = {"tasks.complete", "tasks.recalculate"}
_CHECKS_AT_ONCE = 4  # one check takes 19 MiB and 30 ms
_MAY_KEEP_OLD_PASSWORD = {"account.password", "account.change_password", "account.switch_language", "sign_in.leave"}


def install(app: Flask) -> None:
    """Bind Flask-Login to the people of the organisation."""
    manager = LoginManager()
    manager.session_protection = None  # addresses of phones change all the time; the cookie is signed and HttpOnly
    manager.init_app(app)
    manager.user_loader(_load)
    app.extensions["banli_password_checks"] = threading.BoundedSemaphore(_CHECKS_AT_ONCE)

    @app.before_request
    def own_password_first() -> Any:
        if not current_user.is_authenticated or not current_user.must_change_password:
            return None
        if request.endpoint in _MAY_KEEP_OLD_PASSWORD or request.endpoint == "static":
            return None
        return redirect(url_for("account.password"))

    @app.before_request
    def remember_use() -> None:
        """A page is opened: the list of a person's sessions says when each was used last."""
        opened = current_user.session if current_user.is_authenticated else None
        if opened and request.endpoint != "static" and clock.now() - opened.seen_at >= sessions.SEEN_EVERY:
            write(sessions.seen, opened.key)

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"signed_in": current_user if current_user.is_authenticated else None}


def _load(identity: str) -> SignedIn | None:
    person_id, version, key = [*identity.split(":"), "", ""][:3]
    found = sessions.opened(reading(), int(key), person_id) if key.isdecimal() else None
    if found is None or str(found.session_version) != version:
        return None
    acting = people.actor(reading(), person_id, clock.now())
    seen_at, name, english_name, chosen, number, must_change = found
    opened = Opened(int(key), seen_at)
    return SignedIn(person_id, name, english_name, chosen, number, must_change, acting, opened)


def ask() -> Any:
    """Answer somebody who is not signed in: a page to do so, and what was typed kept beside it."""
    if request.headers.get("HX-Request"):
        return _("Your session has ended. Sign in in another tab; what you typed is still here."), 401
    if request.method in ("GET", "HEAD"):
        target = request.full_path if request.query_string else request.path
        return redirect(url_for("sign_in.page", next=None if target == "/" else target))
    if request.endpoint in _KEEPING and from_this_site():
        kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        task = (request.view_args or {})["key"]
        files = [("_files", "lost")] if any(file.filename for file in request.files.values()) else []
        return _page(url_for("tasks.show", key=task), kept=[("task", str(task)), *files, *kept]), 401
    return redirect(url_for("sign_in.page", ended=1), code=303)


@blueprint.get("/sign-in")
@public
def page() -> Any:
    """The sign-in page; whoever is signed in goes on."""
    target = safe_next(request.args.get("next"), url_for("inbox.mine"))
    if current_user.is_authenticated:
        return redirect(target)
    return _page(target)


def _page(target: str, *, person: str = "", problem: str = "", kept: list[tuple[str, str]] | None = None) -> str:
    ended = request.args.get("ended") is not None
    return render_template("sign_in.html", next=target, person=person, problem=problem, kept=kept or [], ended=ended)


@blueprint.post("/sign-in")
@public
def enter() -> Any:
    """Check the password and open a session."""
    target = safe_next(request.form.get("next"), url_for("inbox.mine"))
    person_id = request.form.get("person", "").strip()[:64]
    kept = [
        (name.removeprefix(KEPT), value) for name, value in request.form.items(multi=True) if name.startswith(KEPT)
    ]
    address = request.remote_addr or ""
    if sign_in_failures.too_many(reading(), address):
        problem = _("Too many failed attempts from this place. Please wait ten minutes.")
        return _page(target, person=person_id, problem=problem, kept=kept), 429
    with current_app.extensions["banli_password_checks"]:
        attempt = passwords.verify(reading(), person_id, request.form.get("password", ""))
    outcome = write(passwords.sign_in, attempt, address)
    if outcome.person_id is None:
        return _page(target, person=person_id, problem=say(outcome.sentence), kept=kept), 422
    open_session(outcome.person_id, outcome.session_version)
    if kept:
        return _again(kept)
    return redirect(target, code=303)


def open_session(person_id: str, version: int) -> None:
    """A new session for a person: nothing of the one before stays but the language of this device."""
    device = {"address": request.remote_addr or "", "device": request.user_agent.string}
    key = write(sessions.begin, person_id, version, **device)
    switched = session.get("language")
    session.clear()
    if switched:
        session["language"] = switched
    session.permanent = True
    close_reading()
    signed_in = _load(f"{person_id}:{version}:{key}")
    login_user(signed_in)
    languages.forget()


def _again(kept: list[tuple[str, str]]) -> Any:
    """The form that the session ended under, with everything that was typed, and not sent yet."""
    from webapp import tasks  # noqa: PLC0415 - tasks needs this room's neighbours, which need this room

    fields: dict[str, list[str]] = {}
    for name, value in kept:
        fields.setdefault(name, []).append(value)
    task = fields.pop("task", [""])[0]
    flash(_("You are signed in again, and everything you typed is still here. It was not sent yet."), "info")
    if fields.pop("_files", None):
        flash(_("Please choose your new files again: they cannot wait while somebody signs in."), "info")
    return tasks.again(int(task) if task.isascii() and task.isdigit() else 0, fields)


@blueprint.post("/sign-out")
def leave() -> Any:
    """End this session."""
    switched = session.get("language")
    write(sessions.end, actor(), current_user.session.key)
    logout_user()
    session.clear()
    if switched:
        session["language"] = switched
    return redirect(url_for("sign_in.page"), code=303)
