"""The command line ``banli``: each command reads the settings, does one thing, and says in words what it did.

Errors that a person can mend end with one line (or one a problem) and exit code 1 (2 for a wrong call).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from banli import (
    administrators,
    catalogue,
    distributed,
    foundation,
    logs,
    packs,
    remote,
    scenarios,
    server,
    settings,
    simulation,
    web_server,
)
from banli import backup as backups
from banli.composition import Composition, compose
from engine import content, history
from engine.errors import DeploymentRefused, EngineError, Problem
from feel.sentences import Sentence
from workers import topics


def language() -> str:
    """The language of the terminal: BANLI_LANGUAGE, else the locale."""
    said = os.environ.get("BANLI_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if said.startswith("zh") else "en"


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an error with a sentence into lines on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        gettext = catalogue.gettext_of(language())
        try:
            return command(*args, **kwargs)
        except DeploymentRefused as error:
            click.echo(error.sentence.translate(gettext), err=True)
            show_problems(error.problems)
        except EngineError as error:
            click.echo(error.sentence.translate(gettext), err=True)
        sys.exit(1)

    return run


def show_problems(problems: tuple[Problem, ...]) -> None:
    """One line a problem: severity, file, element, sentence."""
    gettext = catalogue.gettext_of(language())
    for problem in problems:
        place = " ".join(part for part in (problem.file, problem.element_id) if part)
        click.echo(f"{gettext(problem.severity)}: {place}: {problem.sentence.translate(gettext)}", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Banli 办理: runs an organisation's procedures from BPMN diagrams and DMN decision tables."""
    logs.configure("info", "text")  # until the settings are read


@main.command()
@click.option("--demo-when-empty", is_flag=True, help="Without BANLI_DEMO: be a demo on an empty or demo database.")
@told
def run(*, demo_when_empty: bool) -> None:
    """Start web, worker and beat in one process."""
    read = _settings()
    if demo_when_empty and "BANLI_DEMO" not in os.environ:
        read = replace(read, demo=server.empty_or_demo(read))
        if read.demo:
            read = settings.read({**os.environ, "BANLI_DEMO": "1"})
    composition = compose(read)
    server.prepare(composition)
    server.serve(composition)


@main.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Each has BANLI_THREADS.")
@told
def web(processes: int) -> None:
    """Start the web alone: migrate, deploy, then serve (distributed; needs a broker)."""
    read = _settings()
    web_server.share_measurements(read)
    distributed.prepare(read)
    web_server.WebServer(read, processes=processes).run()


@main.command()
@click.option("--pool", type=click.Choice(["prefork", "threads"]), default="prefork", show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True, help="Jobs at a time.")
@told
def worker(pool: distributed.Pool, concurrency: int) -> None:
    """Start a worker alone: does what is due (distributed; needs a broker)."""
    sys.exit(distributed.work(_settings(), pool=pool, concurrency=concurrency))


@main.command()
@told
def beat() -> None:
    """Start a beat alone: asks every second what is due (distributed; needs a broker)."""
    distributed.beat(_settings())


@main.command()
@told
def migrate() -> None:
    """Bring the database to this version."""
    _compose().database.migrate()


@main.command()
@click.argument("pack")
@click.option("--comment", help="Why; it stands in the history.")
@click.option("--to", "address", help="Another server, by its API; its token is read from BANLI_REMOTE_TOKEN.")
@click.option("--yes", is_flag=True, help="With --to: do not ask after showing the difference.")
@told
def deploy(pack: str, comment: str | None, address: str | None, *, yes: bool) -> None:
    """Deploy a pack of BANLI_HOME, here or to another server."""
    if address is None:
        packs.deploy(_compose(), pack, comment=comment)
    else:
        _deploy_to(address, pack, comment, yes=yes)
    click.echo(pack)


def _deploy_to(address: str, pack: str, comment: str | None, *, yes: bool) -> None:
    """Show the difference, ask, publish."""
    gettext = catalogue.gettext_of(language())
    read = content.read_pack(settings.read().home, pack)
    server = remote.Remote(address, language())
    difference = server.difference(read)
    if difference.is_empty:
        click.echo(Sentence("The server has the very same files already.").translate(gettext))
        return
    for mark, paths in (("+", difference.added), ("~", difference.changed), ("-", difference.removed)):
        for path in paths:
            click.echo(f"{mark} {path}")
    if not yes:
        click.confirm(Sentence("Deploy to {address}?", address=address).translate(gettext), abort=True)
    try:
        server.deploy(read, comment)
    except remote.RemoteRefused as refused:
        show_problems(refused.problems)
        raise


@main.command()
@click.argument("pack")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@told
def export(pack: str, folder: Path) -> None:
    """Write the published files of a pack below FOLDER, as they lie in a repository."""
    with _compose().unit_of_work.read() as session:
        for path in packs.export(session, pack, folder):
            click.echo(path)


@main.command()
@click.argument("pack", required=False)
@told
def check(pack: str | None) -> None:
    """Check diagrams, tables and forms; exit code 1 when there is an error."""
    read = settings.read()
    topics.bind_all()
    problems = [
        problem
        for name in ([pack] if pack else packs.names(read.home))
        for problem in content.check(content.read_pack(read.home, name), groups=foundation.post_codes())
    ]
    show_problems(tuple(problems))
    if any(problem.severity == "error" for problem in problems):
        sys.exit(1)


@main.command()
@click.argument("pack", required=False)
@click.option("--only", help="Only scenarios whose name holds this text.")
@told
def test(pack: str | None, only: str | None) -> None:
    """Run the scenarios of the packs on the real engine, with a set clock and recorded effects."""
    read = settings.read()
    failed = False
    for name in [pack] if pack else packs.names(read.home):
        report = scenarios.run(read.home, name, names=only, language=language())
        click.echo(report.text)
        failed = failed or not report.passed
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("pack")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same quarter.")
@click.option("--matters", type=click.IntRange(1, 5000), default=300, show_default=True, help="That people start.")
@told
def simulate(pack: str, seed: int, matters: int) -> None:
    """Simulate a quarter of the demo organisation by chance; exit code 1 when something is stuck or went wrong."""
    logs.configure("error", "text")  # that a year's holidays are not known yet is no news a thousand times
    result = simulation.run(settings.read().home, pack, seed=seed, matters=matters)
    click.echo(simulation.report.text(result, catalogue.gettext_of(language())))
    sys.exit(0 if result.passed else 1)


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seals", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Seals exported earlier.")
@told
def verify(file: Path | None, seals: Path | None) -> None:
    """Recompute every history chain and seal; exit code 1 when something was altered.

    With FILE, check that file of exported matters instead; no database is needed for it.
    """
    gettext = catalogue.gettext_of(language())
    if file is not None:
        report = history.verify_exported(file, seals)
    else:
        with _compose().unit_of_work.read() as session:
            report = history.verify(session, seals=seals)
    for problem in report.problems:
        click.echo(problem.sentence.translate(gettext), err=True)
    click.echo(report.summary.translate(gettext))
    sys.exit(0 if report.is_intact else 1)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@told
def backup(file: Path) -> None:
    """Write database and var/ into one FILE, while everything goes on running."""
    backups.backup(_settings(), file)
    click.echo(file)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@told
def restore(file: Path) -> None:
    """Restore FILE into an empty place and verify it; exit code 1 when its history was altered."""
    gettext = catalogue.gettext_of(language())
    restored = backups.restore(_settings(), file)
    for problem in restored.report.problems:
        click.echo(problem.sentence.translate(gettext), err=True)
    click.echo(Sentence("The backup of {when} is restored.", when=restored.made_at).translate(gettext))
    click.echo(restored.report.summary.translate(gettext))
    sys.exit(0 if restored.report.is_intact else 1)


@main.command()
@click.option("--after", default=0, show_default=True, help="Number of the last seal that you keep already.")
@told
def seal(after: int) -> None:
    """Seal the history now and print the seals as JSON lines, to be kept on another machine for `verify --seals`."""
    composition = _migrated()
    composition.unit_of_work.run(history.seal)
    with composition.unit_of_work.read() as session:
        for line in history.export_seals(session, after=after):
            click.echo(line)


@main.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("person_id")
@click.option("--name", prompt=True, help="As colleagues know the person.")
@click.password_option()
@told
def user_add(person_id: str, name: str, password: str) -> None:
    """Add an administrator."""
    _migrated().unit_of_work.run(administrators.add, person_id, name, password)
    click.echo(person_id)


@user.command("password")
@click.argument("person_id")
@click.password_option()
@told
def user_password(person_id: str, password: str) -> None:
    """Give somebody a new password, to be changed at the next sign-in; ends all sessions of the person."""
    _migrated().unit_of_work.run(administrators.reset_password, person_id, password)
    click.echo(person_id)


def _migrated() -> Composition:
    composition = _compose()
    composition.database.migrate()
    return composition


def _compose() -> Composition:
    return compose(_settings())


def _settings() -> settings.Settings:
    read = settings.read()
    logs.configure(read.log_level, read.log_format)
    return read
