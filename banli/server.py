"""``banli run``: web, worker and beat in one process, from the first migration to a clean stop."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

import click
from waitress.server import create_server

from banli import demo, foundation, packs
from banli.composition import Composition
from banli.settings import Settings
from engine.database import Database
from engine.errors import SettingRefused
from feel.sentences import Sentence
from workers.embedded import Embedded

_log = logging.getLogger(__name__)


def prepare(composition: Composition) -> None:
    """Bring the database to this version, deploy the packs, and load the demo people where the setting asks for it.

    Without the demo, demo people of an earlier start stay where they are, but nobody of them can sign in.
    """
    composition.database.migrate()
    composition.unit_of_work.run(foundation.load)
    if composition.settings.demo:
        composition.unit_of_work.run(demo.load, composition.settings.demo_password)
    else:
        composition.unit_of_work.run(demo.withdraw)
    packs.deploy_all(composition)


def empty_or_demo(settings: Settings) -> bool:
    """Whether the database holds nobody yet, or nobody but the fictitious people."""
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        database.migrate()
        with database.reader() as session:
            return demo.state(session) != "real"
    finally:
        database.dispose()


def serve(composition: Composition) -> None:
    """Listen until SIGINT or SIGTERM, then finish what runs."""
    settings = composition.settings
    application = composition.web()
    try:
        server = create_server(
            application, host=settings.host, port=settings.port, threads=settings.threads, ident=None
        )
    except OSError as error:
        raise SettingRefused(
            Sentence(
                "The setting {name} is wrong: {why}.",
                name="BANLI_PORT",
                why=Sentence(
                    "cannot listen on {host}:{port} ({error})",
                    host=settings.host,
                    port=settings.port,
                    error=error.strerror,
                ),
            )
        ) from error
    embedded = Embedded(composition.celery)
    embedded.start()
    # SIGINT too: a shell that starts us in the background lets it be ignored.
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, _stop)
    _greet(composition)
    try:
        server.run()  # returns when a signal asked it to end, with no request half answered
    finally:
        click.echo("\nStopping …")
        server.close()
        embedded.stop()
        composition.dispose()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _greet(composition: Composition) -> None:
    settings = composition.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Banli 办理 runs at http://{host}:{settings.port}/   (Ctrl-C stops it)")
    if settings.demo:
        click.echo(f"Demo people, all with the password “{settings.demo_password}”:")
        click.echo("  U19 赵倩 store manager · U16 吴海 area manager · U02 林若楠 operations manager")
        click.echo("  U01 陈国栋 general manager · U06 罗斌 purchasing · U13 袁芳 auditor · U15 顾宁 administrator")
    else:
        click.echo("Sign in with your id; `banli user add` makes the first administrator.")
