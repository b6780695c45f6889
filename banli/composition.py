"""Puts the rooms together: database, unit of work, topics, Celery, and (where wanted) the web application."""

from __future__ import annotations

from dataclasses import dataclass

from celery import Celery
from flask import Flask

from banli import catalogue
from banli.settings import Settings
from engine import calendar
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from webapp import WebSettings, create_app
from workers import application, tasks, topics


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything that one process of Banli needs."""

    settings: Settings
    database: Database
    unit_of_work: UnitOfWork
    celery: Celery

    def web(self) -> Flask:
        """The web application."""
        return create_app(
            WebSettings(
                secret_key=self.settings.secret_key(),
                secure_cookies=self.settings.secure_cookies,
                default_language=self.settings.language,
                time_zone=self.settings.time_zone,
                demo=self.settings.demo,
                demo_password=self.settings.demo_password if self.settings.demo else None,
            ),
            self.database,
            self.unit_of_work,
            catalogue.translations(),
        )

    def dispose(self) -> None:
        """Close all connections."""
        self.celery.close()
        self.database.dispose()


def compose(settings: Settings) -> Composition:
    """The parts, wired; nothing is started and nothing is written yet."""
    calendar.use_zone(settings.time_zone)
    topics.bind_all()
    celery = application.make(settings.broker_url)
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    unit_of_work = UnitOfWork(database, wake=tasks.wake_by(celery))
    tasks.register(celery, unit_of_work)
    return Composition(settings, database, unit_of_work, celery)
