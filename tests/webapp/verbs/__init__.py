"""Every verb that changes something, and for whom: the tables that ``test_verbs`` is made from.

A verb is a route (a page or an operation of the API) used on one kind of object, of which there are several: one's
own, one of the same area, one of another area; a procedure of one owner and of another. ``RELATIONS`` in
:mod:`.relations` says what each role is to each of them, and a verb names the relations for which it changes
something. For everybody else it changes nothing, whatever the answer says: what counts is the database.

A new route belongs into one of the tables; a route without an entry fails the test. A verb about ``nothing`` answers
and changes nothing for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Verb:
    """A route used on one kind of object: for whom it changes something, and what is sent.

    ``$name`` in a text that is sent stands for a value of the object (its key, the key of its task). ``files`` are
    sent as a form with files, ``body`` as it is; ``at`` are parts of the address that the object does not say itself.
    """

    endpoint: str
    about: str
    may: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, tuple[str, str | bytes]] = field(default_factory=dict)
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_of_programs(self) -> bool:
        """Whether it is an operation of the API."""
        return self.endpoint.startswith("api.")

    def __str__(self) -> str:
        """Its name in the report of a test."""
        return f"{self.endpoint} of {self.about}"


def verb(endpoint: str, about: str, *may: str, **sent: Any) -> Verb:
    """A verb; what is sent by its name: ``fields``, ``files``, ``body``, ``headers``."""
    return Verb(endpoint, about, frozenset(may), **sent)
