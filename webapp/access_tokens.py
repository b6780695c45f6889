"""A person's access tokens: which there are, a new one (its secret is shown once), and an end to one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import access_tokens
from engine.errors import EngineError, FormRefused
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("access_tokens", __name__)
_LIVES = (7, 30, 90, 366)


@blueprint.get("/account/tokens")
def tokens() -> str:
    """The page of the tokens."""
    return _page()


def _page(**more: Any) -> str:
    return render_template(
        "account/tokens.html",
        tokens=access_tokens.listed(reading(), actor()),
        rights=_rights(),
        lives=_LIVES,
        address=request.url_root.rstrip("/") + "/v2",
        **{"secret": "", "problems": {}, "given": {}, **more},
    )


@blueprint.post("/account/tokens")
def create() -> Any:
    """Make a token; the page that answers is the only one that ever shows its secret."""
    days = request.form.get("days", "")
    given = {
        "name": request.form.get("name", "")[:200],
        "rights": request.form.getlist("rights"),
        "days": int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,  # noqa: PLR2004 - digits
    }
    try:
        _token, secret = write(
            access_tokens.create, actor(), given["name"], kinds=given["rights"], days=given["days"]
        )
    except FormRefused as error:
        problems = {name: say(sentences[0]) for name, sentences in error.fields.items()}
        return _page(problems=problems, given=given), 422
    return _page(secret=secret)


@blueprint.post("/account/tokens/<int:key>/revoke")
def revoke(key: int) -> Any:
    """End a token."""
    try:
        write(access_tokens.revoke, actor(), key)
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(_("The token is revoked. Whatever used it is turned away from now on."), "good")
    return redirect(url_for("access_tokens.tokens"), code=303)


def _rights() -> dict[str, tuple[str, str]]:
    """What a token may be for: its name and what it means."""
    return {
        access_tokens.READ: (_("Read"), _("search and read everything that you may see")),
        access_tokens.TASKS: (_("Tasks"), _("start matters, claim, assign and complete tasks")),
        access_tokens.JOBS: (_("Jobs"), _("do the work of service tasks; for administrators")),
        access_tokens.MESSAGES: (_("Messages"), _("send messages and signals to matters; for administrators")),
        access_tokens.DEPLOY: (_("Deploy"), _("publish procedures from outside; for administrators")),
        access_tokens.OPERATE: (_("Operate"), _("cancel, modify and migrate matters, put incidents right")),
    }
