"""Topics: what diagrams may ask for is exactly what this folder implements."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import topics as registry
from engine.unit_of_work import UnitOfWork
from workers import topics
from workers.secrets import Secrets
from workers.surroundings import Surroundings


@pytest.fixture
def surroundings(sqlite_database, tmp_path: Path) -> Surroundings:
    unit_of_work = UnitOfWork(sqlite_database, wake=lambda _keys: None)
    return Surroundings(unit_of_work=lambda: unit_of_work, secrets=Secrets(tmp_path, {}))


@pytest.fixture(autouse=True)
def unbound(monkeypatch):
    """Whatever a test binds is forgotten after it."""
    for name in registry.SHIPPED:
        monkeypatch.setattr(registry.find(name), "function", registry.find(name).function)


def test_every_shipped_topic_has_a_file_and_every_file_is_shipped(surroundings) -> None:
    assert topics.bind_all(surroundings) == frozenset(registry.SHIPPED)
    assert [name for name in registry.SHIPPED if registry.find(name).function is None] == []


def test_without_surroundings_nothing_leaves_the_house() -> None:
    bound = topics.bind_all()
    assert {registry.find(name).placement for name in bound} == {"inside"}


def test_no_diagram_can_ask_for_what_the_engine_alone_asks_for() -> None:
    assert "deliver_notification" not in registry.names()
    assert "send_email" in registry.names()


@pytest.mark.parametrize("name", sorted(registry.names() & registry.SHIPPED.keys()))
def test_the_guide_tells_of_every_topic_and_input(name) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs/service-tasks.md").read_text(encoding="utf-8")
    (told,) = [part for part in guide.split("\n\n") if part.startswith(f"**`{name}`**")]
    declaration = registry.SHIPPED[name]
    named = [*declaration.inputs, *(f"{prefix}<Name>" for prefix in declaration.prefixes)]
    assert [one for one in named if f"`{one}`" not in told] == []
