"""Topics: what diagrams may ask for is exactly what this folder implements."""

from __future__ import annotations

from engine import topics as registry
from workers import topics


def test_every_shipped_topic_has_a_file_and_every_file_is_shipped() -> None:
    assert topics.bind_all() == frozenset(registry.SHIPPED)
    assert [name for name in registry.SHIPPED if registry.find(name).function is None] == []
