"""Puts the rooms together: database, unit of work, topics, Celery, and (where wanted) the web application."""

from __future__ import annotations

from dataclasses import dataclass

from celery import Celery
from flask import Flask

from banli import catalogue
from banli.rehearsals import Rehearsals
from banli.settings import Settings
from engine import calendar
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from webapp import WebSettings, create_app
from workers import application, tasks, topics
from workers.waking import Waking


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything that one process of Banli needs."""

    settings: Settings
    database: Database
    unit_of_work: UnitOfWork
    celery: Celery
    waking: Waking

    def web(self) -> Flask:
        """The web application."""
        return create_app(
            WebSettings(
                secret_key=self.settings.secret_key(),
                secure_cookies=self.settings.secure_cookies,
                default_language=self.settings.language,
                time_zone=self.settings.time_zone,
                demo=self.settings.demo,
                trusted_proxies=self.settings.trusted_proxies,
                metrics_token=self.settings.metrics_token,
                long_polls=self.settings.threads // 2,
                allow_clock=self.settings.allow_clock,
                publish_approval=self.settings.publish_approval,
                demo_password=self.settings.demo_password if self.settings.demo else None,
            ),
            self.database,
            self.unit_of_work,
            catalogue.translations(),
            Rehearsals(self.settings.time_zone, self.settings.var / "trials"),
        )

    def dispose(self) -> None:
        """Publish what waits to be published, and close all connections."""
        self.waking.close()
        self.celery.close()
        self.database.dispose()


def compose(settings: Settings, celery: Celery | None = None) -> Composition:
    """The parts, wired; nothing is started and nothing is written yet.

    ``celery``: an application that has its tasks already (a process of a worker's pool has its parent's).
    """
    calendar.use_zone(settings.time_zone)
    settings.outward.offer()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    with_tasks = celery or application.make(settings.broker_url)
    waking = Waking(with_tasks)
    unit_of_work = UnitOfWork(database, wake=waking)
    secrets = settings.var / "secrets"
    topics.bind_all(
        settings.outward.surroundings(lambda: unit_of_work, secrets, settings.language, catalogue.gettext_of)
    )
    if celery is None:
        tasks.register(with_tasks, lambda: unit_of_work)
    return Composition(settings, database, unit_of_work, with_tasks, waking)
