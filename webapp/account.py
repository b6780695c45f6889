"""A person's own settings: the password, how he is told, and the language of this device."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user

from engine import notification_channels
from engine.errors import EngineError, Refused
from engine.organisation import passwords, people, sessions
from webapp import languages
from webapp.languages import LANGUAGES, say
from webapp.languages import gettext as _
from webapp.security import public, safe_next
from webapp.sign_in import open_session
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("account", __name__)


@blueprint.get("/account/password")
def password() -> str:
    """The page on which a person changes the password."""
    return _page()


def _page(problem: str = "") -> str:
    return render_template(
        "password.html", problem=problem, least=passwords.MINIMUM_LENGTH, must=current_user.must_change_password
    )


@blueprint.post("/account/password")
def change_password() -> Any:
    """Set a new password; every other session of the person ends."""
    acting = actor()
    present, new = request.form.get("present", ""), request.form.get("new", "")
    attempt = passwords.verify(reading(), acting.person, present)
    outcome = write(passwords.sign_in, attempt)
    if outcome.person_id is None:
        return _page(_("The present password is wrong.")), 422
    if new != request.form.get("again", ""):
        return _page(_("The two new passwords are not the same.")), 422
    if new == present:
        return _page(_("The new password is the present one. Choose another.")), 422
    try:
        version = write(people.set_password, acting, acting.person, new)
    except EngineError as error:
        return _page(say(error)), 422
    open_session(acting.person, version)
    flash(_("Your password is changed. All other sessions of yours have ended."), "good")
    return redirect(url_for("inbox.mine"), code=303)


@blueprint.get("/account/told")
def told() -> str:
    """The page on which a person chooses by which channels he is told."""
    return _choices()


def _choices(channel: str = "", problem: str = "") -> str:
    chosen = notification_channels.choices(reading(), actor().person)
    names = {"email": _("E-mail"), "wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书"}
    return render_template("told.html", choices=chosen, names=names, wrong=channel, problem=problem)


@blueprint.post("/account/told/<channel>")
def choose(channel: str) -> Any:
    """Switch a channel on or off, give the address of a robot, or throw it away; none of them is ever shown again."""
    posted = request.form
    try:
        if posted.get("act") == "forget":
            write(notification_channels.forget, actor(), channel)
        else:
            given = {"webhook": posted.get("webhook", ""), "secret": posted.get("secret", "")}
            write(notification_channels.choose, actor(), channel, enabled=posted.get("enabled") == "1", **given)
    except Refused as error:
        return _choices(channel, say(error)), 422
    flash(_("Your choice is kept."), "good")
    return redirect(url_for("account.told"), code=303)


@blueprint.get("/account/devices")
def devices() -> str:
    """Where a person is signed in, and the language that he is written to in."""
    acting = actor()
    return render_template(
        "devices.html",
        sessions=sessions.of_person(reading(), acting, acting.person, only_open=True),
        here_key=current_user.session.key,
        languages=LANGUAGES,
    )


@blueprint.post("/account/devices/<int:key>/end")
def end_device(key: int) -> Any:
    """Sign out on another device."""
    write(sessions.end, actor(), key)
    flash(_("This session has ended."), "good")
    return redirect(url_for("account.devices"), code=303)


@blueprint.post("/account/devices/end")
def end_devices() -> Any:
    """Sign out everywhere, here too."""
    acting = actor()
    write(people.end_sessions, acting, acting.person)
    return redirect(url_for("sign_in.page"), code=303)


@blueprint.post("/account/language")
def keep_language() -> Any:
    """Keep a language for good; none is that of the browser."""
    acting, chosen = actor(), request.form.get("language") or None
    try:
        write(people.set_language, acting, acting.person, chosen)
    except Refused as error:
        flash(say(error), "wrong")
        return redirect(url_for("account.devices"), code=303)
    session.pop("language", None)
    flash(_("Your choice is kept."), "good")
    return redirect(url_for("account.devices"), code=303)


@blueprint.post("/language")
@public
def switch_language() -> Any:
    """Switch the language of this device."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
        session.permanent = True
        languages.forget()
    return redirect(safe_next(request.form.get("next"), url_for("inbox.mine")), code=303)
