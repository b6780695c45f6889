"""A peer: django-viewflow, its flow, its tables, its tasks; the request is its process's own row."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import course
import django
from django.conf import settings
from django.http import HttpRequest

sys.path.insert(0, str(Path(__file__).parent))


def database(url: str) -> dict[str, object]:
    """Django's words for an address, as durable as the others."""
    if url.startswith("sqlite"):
        durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"
        options = {"init_command": durable, "transaction_mode": "IMMEDIATE"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///"), "OPTIONS": options}
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username,
        "HOST": parts.hostname, "PORT": parts.port,
    }  # fmt: skip


settings.configure(
    DATABASES={"default": database(sys.argv[1])},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "viewflow_purchase",
    ],
    # no migrations: the request's table inherits from viewflow's, and both are simply made
    MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "viewflow", "workflow", "viewflow_purchase")),
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    SECRET_KEY="benchmark",  # noqa: S106 - nothing is signed
)  # fmt: skip
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from viewflow_purchase.flows import PurchaseFlow


class Tallied:
    """Counts what Django's cursors send."""

    def __init__(self) -> None:
        self.tally = course.Tally()

    def __call__(self, execute, statement, *given):
        self.tally.statement(statement)
        return execute(statement, *given)


REQUEST = HttpRequest()


def matter(amount: int) -> None:
    """Start, fill in, approve."""
    people = USERS
    with transaction.atomic():
        process = PurchaseFlow.start.run(amount=amount)
    task = process.task_set.get(status="NEW")
    with task.activation() as activation:
        activation.assign(people["U19"])
        activation.start(REQUEST)
        activation.process.purpose = "更换前厅地毯"
        activation.process.amount = amount
        activation.process.save()
        activation.execute()
    task = process.task_set.get(status="ASSIGNED")
    with task.activation() as activation:
        activation.start(REQUEST)
        activation.process.decision, activation.process.opinion = "approve", "同意，请按计划采购"
        activation.process.save()
        activation.execute()
    process.refresh_from_db()
    if process.status != "DONE":
        raise AssertionError(process.status)


if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    USERS = {name: User.objects.get_or_create(username=name)[0] for name in ("U19", "U16", "U02", "U01")}
    counting = Tallied()
    with connection.execute_wrapper(counting):
        course.serve(matter, counting.tally)
