"""Somebody as the commands know him, without a browser."""

from __future__ import annotations

from engine import clock
from engine.actor import Actor
from engine.organisation import people
from tests.webapp.house import House


def actor_of(house: House, person: str) -> Actor:
    """Who acts when this person does."""
    with house.unit_of_work.read() as session:
        return people.actor(session, person, clock.now())
