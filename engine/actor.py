"""Who acts, and for whom. Every command takes an actor and decides by it whether it may run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a part of the system that acts.

    ``person`` is a person id ("U19"), or "system:<part>" for timers, workers and migrations.
    ``posts`` are the posts that the person holds today ("store_manager"); ``groups`` the candidate groups
    (a post that is worked as a queue, "purchaser"). ``token`` names the access token that was used, if any.
    """

    person: str
    posts: frozenset[str] = field(default=frozenset())
    groups: frozenset[str] = field(default=frozenset())
    token: str | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind the act."""
        return self.person.startswith("system:")

    @property
    def is_administrator(self) -> bool:
        """Whether the person administers the system."""
        return "sysadmin" in self.posts

    @property
    def is_auditor(self) -> bool:
        """Whether the person reads everything and changes nothing."""
        return "auditor" in self.posts

    @property
    def is_process_owner(self) -> bool:
        """Whether the person may change and publish procedures."""
        return "process_owner" in self.posts


def system(part: str) -> Actor:
    """The actor for work that no person asked for, e.g. ``system("timer")``."""
    return Actor(person=f"system:{part}")
