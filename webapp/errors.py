"""Domain errors to HTTP, in one place: a status, a kind sentence, and never a stack trace on a page."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, flash, g, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import Conflict, EngineError, ExecutionFailed, NotAllowed, NotFound, Refused
from webapp import task_pages, tasks
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.security import from_this_site
from webapp.surroundings import close_reading

log = logging.getLogger(__name__)

_BARE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>办理 Banli</title></head><body>'
    "<h1>系统出了问题 · Something went wrong on our side</h1><p><code>{reference}</code></p></body></html>"
)
"""The page for when even a page cannot be made: the database is gone."""

_STATUS: tuple[tuple[type[EngineError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (ExecutionFailed, 422),
    (Refused, 422),
)


def status_of(error: EngineError) -> int:
    """The HTTP status of a domain error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def install(app: Flask) -> None:
    """Answer every error with a designed page, in the reader's language."""

    @app.errorhandler(EngineError)
    def domain_error(error: EngineError) -> Any:
        status = status_of(error)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return unexpected(error)
        return page(status, _heading(status), say(error))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Any:
        # The token belongs to the session; a form from before a new sign-in, or from another site, has an old one.
        if request.endpoint == "tasks.complete" and current_user.is_authenticated and from_this_site():
            flash(_("You signed in anew since this page was opened. Please submit again; nothing is lost."), "info")
            return tasks.again((request.view_args or {})["key"], task_pages.posted())
        return page(
            400, _("Please try again"), _("This page was open for too long. Go back, reload it and try again.")
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        code = error.code or 500
        if code < HTTPStatus.BAD_REQUEST:
            return error
        return page(code, _heading(code), _sentence(code))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        reference = secrets.token_hex(4)
        log.error("reference %s: %s %s", reference, request.method, request.path, exc_info=error)
        close_reading()
        g.is_broken = True  # the page asks the database for nothing more than it must
        try:
            return page(500, _heading(500), _sentence(500), reference=reference)
        except Exception:
            log.exception("reference %s: the page of the error failed too", reference)
            return _BARE.format(reference=reference), 500, {"Content-Type": "text/html; charset=utf-8"}


def page(status: int, heading: str, sentence: str, reference: str = "") -> Any:
    """The designed error page, or its sentence alone where htmx asked."""
    if request.headers.get("HX-Request"):
        return f"{heading} {sentence}", status, {"Content-Type": "text/plain; charset=utf-8"}
    return render_template(
        "error.html", status=status, heading=heading, sentence=sentence, reference=reference
    ), status


def _heading(status: int) -> str:
    return {
        400: _("This request could not be understood"),
        403: _("This is not yours to see or to do"),
        404: _("There is nothing here"),
        405: _("This cannot be done here"),
        409: _("Somebody was faster"),
        413: _("This is too large"),
        422: _("This could not be done"),
    }.get(status, _("Something went wrong on our side"))


def _sentence(status: int) -> str:
    return {
        400: _("Go back, reload the page and try again."),
        403: _("Ask the person who sent you here, or your administrator."),
        404: _("The address may be mistyped, or the matter is not one that you take part in."),
        405: _("Go back and choose one of the buttons of the page."),
        413: _("Please shorten what you entered, or split it."),
    }.get(status, _("Nothing was half done: the step was rolled back. Please try again in a moment."))
