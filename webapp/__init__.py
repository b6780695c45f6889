"""The pages: an application factory that is given everything it needs, and keeps nothing global.

Hop 1 of a click: a view reads the form, runs one command in one unit of work, and opens the next page.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.database import Database
from engine.unit_of_work import UnitOfWork
from webapp import (
    access_tokens,
    account,
    api,
    api_pages,
    archive,
    attachments,
    audit,
    away,
    doors,
    errors,
    formats,
    health,
    inbox,
    languages,
    matters,
    notifications,
    operations,
    organisation,
    overdue,
    schedules,
    security,
    sign_in,
    start,
    static_files,
    tasks,
    workshop,
)
from webapp.rehearsals import Rehearsals
from webapp.settings import WebSettings
from webapp.surroundings import Surroundings, close_reading

__all__ = ["WebSettings", "create_app"]


def create_app(
    settings: WebSettings,
    database: Database,
    unit_of_work: UnitOfWork,
    translations: Mapping[str, gettext.NullTranslations],
    rehearsals: Rehearsals | None = None,
) -> Flask:
    """The WSGI application. ``translations`` maps "zh" and "en" to catalogues; English is the msgid.

    Flask-SQLAlchemy is not used: a GET reads on ``database.reader``, every write runs in ``unit_of_work``, and the
    engine's sessions are the only ones there are.
    """
    app = Flask(__name__)
    app.extensions["banli"] = Surroundings(settings, database, unit_of_work, rehearsals)
    from webapp import measurements  # noqa: PLC0415 - where processes share their counts, that is said before

    measurements.install(app)  # first, so that it sees each request from its beginning to its end
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    sign_in.install(app)
    languages.install(app, settings, translations)
    attachments.install(app, settings)
    security.install(app, settings, sign_in.ask)  # before CSRF: whose session ended keeps what was typed
    csrf = CSRFProtect(app)
    errors.install(app)
    static_files.install(app)
    formats.install(app)
    doors.install(app)
    app.teardown_appcontext(close_reading)
    for room in (
        health,
        sign_in,
        inbox,
        tasks,
        overdue,
        attachments,
        matters,
        start,
        notifications,
        account,
        access_tokens,
        api_pages,
    ):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(away.blueprint)
    app.register_blueprint(organisation.blueprint)
    app.register_blueprint(schedules.blueprint)
    app.register_blueprint(archive.blueprint)
    operations.install(app)
    app.register_blueprint(workshop.blueprint)
    audit.install(app)
    app.register_blueprint(measurements.blueprint)
    api.install(app, csrf)
    return app
