"""The registry of topics: what a service task may ask for, declared here and implemented in ``workers``.

*Inside* topics touch the database only and run in the transaction of the click; *outside* topics become a Job
that a worker runs after the commit. A diagram that names an undeclared topic is refused at deployment, unless its
element says ``external=true`` (a worker that comes through the API).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What a topic's function is given: the job key (its idempotency key), headers and visible variables."""

    key: int
    topic: str
    process_instance_key: int
    root_key: int
    element_id: str
    headers: Mapping[str, str]
    variables: Variables


class BpmnError(Exception):
    """A topic's function found what the diagram foresees: caught by the error event of that ``code``."""

    def __init__(self, code: str, message: str = "", variables: Variables | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


Inside = Callable[[Session, Work], Variables]
Outside = Callable[[Work], Variables]


@dataclass(slots=True)
class Topic:
    """A declared topic: where it runs, what it needs, and the function once an edge has bound it."""

    name: str
    placement: Literal["inside", "outside"]
    function: Callable[..., Variables] | None = None


_topics: dict[str, Topic] = {}


def declare(name: str, placement: Literal["inside", "outside"]) -> Topic:
    """Declare a topic; declaring it twice in the same place is harmless."""
    return _topics.setdefault(name, Topic(name, placement))


def bind(name: str, function: Callable[..., Variables]) -> None:
    """Give a declared topic its function."""
    _topics[name].function = function


def find(name: str) -> Topic | None:
    """The topic of that name, or None."""
    return _topics.get(name)


def names() -> frozenset[str]:
    """All declared topics."""
    return frozenset(_topics)


#: The topics that this product ships, with where they run; ``workers.topics`` implements each in a file of its name.
SHIPPED: Mapping[str, Literal["inside", "outside"]] = {"purchase_split_guard": "inside", "notify": "inside"}
for _name, _placement in SHIPPED.items():
    declare(_name, _placement)
