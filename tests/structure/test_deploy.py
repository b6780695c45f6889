"""What deploy/ says is what the program understands: its commands, and its settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from banli import cli, settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))


def understood(arguments: list[str]) -> bool:
    """Whether ``banli`` has such a command with such options."""
    command = cli.main.commands[arguments[0]]
    with click.Context(command) as context:
        command.parse_args(context, arguments[1:])
    return True


def compose() -> dict[str, object]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]


def test_the_services_of_compose_run_commands_that_there_are() -> None:
    ours = {name: service for name, service in compose().items() if "build" in service}
    assert set(ours) == {"web", "worker", "beat"}
    assert all(understood(service["command"]) for service in ours.values())


def test_compose_and_the_example_name_settings_that_there_are() -> None:
    named = set(compose()["web"]["environment"])
    example = (DEPLOY / "systemd/environment.example").read_text(encoding="utf-8")
    named |= set(re.findall(r"^#?(BANLI_\w+)=", example, re.MULTILINE))
    assert named >= {"BANLI_DATABASE_URL", "BANLI_BROKER_URL", "BANLI_SECRET_KEY"}
    assert sorted(named - set(settings.DESCRIPTIONS)) == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    (start,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    program, *arguments = shlex.split(start)
    assert Path(program).name == "banli"
    assert understood(arguments)


def test_there_is_a_unit_for_each_way_to_run() -> None:
    assert sorted(unit.stem for unit in UNITS) == ["banli", "banli-beat", "banli-web", "banli-worker"]
