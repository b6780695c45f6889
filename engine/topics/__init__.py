"""The registry of topics: what a service task may ask for, declared here and implemented in ``workers``.

*Inside* topics touch the database only and run in the transaction of the click; *outside* topics become a Job
that a worker runs after the commit. A diagram that names an undeclared topic is refused at deployment, unless its
element says ``external=true`` (a worker that comes through the API). A topic says which inputs it takes
(:mod:`engine.topics.inputs`), and they are checked before its function runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import EngineError
from engine.topics import shipped
from engine.topics.inputs import Declaration, Input, Placement, checked
from feel.sentences import Sentence

__all__ = [
    "SHIPPED",
    "BpmnError",
    "Declaration",
    "Input",
    "Inside",
    "Outside",
    "Topic",
    "TryAgain",
    "Work",
    "answered_by",
    "bind",
    "declare",
    "find",
    "names",
    "with_inputs",
]

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What a topic's function is given: the job key (its idempotency key), headers and visible variables.

    ``inputs`` are those that the topic declares, taken from headers and variables, checked and typed.
    """

    key: int
    topic: str
    process_instance_key: int
    root_key: int
    element_id: str
    headers: Mapping[str, str]
    variables: Variables
    inputs: Variables = field(default_factory=dict)


class BpmnError(Exception):
    """A topic's function found what the diagram foresees: caught by the error event of that ``code``."""

    def __init__(self, code: str, message: str = "", variables: Variables | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class TryAgain(EngineError):  # noqa: N818 - it reads as what it asks for
    """The work may succeed later: the other side was away or busy. ``after``: when it asked to be tried again."""

    def __init__(self, sentence: Sentence, after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.after = after


Inside = Callable[[Session, Work], Variables]
Outside = Callable[[Work], Variables]


@dataclass(slots=True)
class Topic:
    """A declared topic: where it runs, what it needs, and the function once an edge has bound it."""

    name: str
    declaration: Declaration
    function: Callable[..., Variables] | None = None

    @property
    def placement(self) -> Placement:
        """Where it runs."""
        return self.declaration.placement


_topics: dict[str, Topic] = {}


def declare(name: str, declaration: Declaration | Placement) -> Topic:
    """Declare a topic, with its inputs or by its place alone; declaring it twice is harmless."""
    full = declaration if isinstance(declaration, Declaration) else Declaration(declaration)
    return _topics.setdefault(name, Topic(name, full))


def bind(name: str, function: Callable[..., Variables]) -> None:
    """Give a declared topic its function."""
    _topics[name].function = function


def find(name: str) -> Topic | None:
    """The topic of that name, or None; within :func:`answered_by` one that leads outside has the stand-in."""
    topic, stand_in = _topics.get(name), _stand_in.get()
    if topic is not None and stand_in is not None and topic.placement == "outside":
        return replace(topic, function=stand_in)
    return topic


_stand_in: ContextVar[Outside | None] = ContextVar("banli_outside_stand_in", default=None)


@contextmanager
def answered_by(function: Outside) -> Iterator[None]:
    """Within the block, in this thread alone, every outside topic is answered by ``function``: nothing leaves."""
    before = _stand_in.set(function)
    try:
        yield
    finally:
        _stand_in.reset(before)


def names() -> frozenset[str]:
    """All topics that a diagram may name."""
    return frozenset(name for name, topic in _topics.items() if not topic.declaration.internal)


def with_inputs(work: Work) -> Work:
    """The work with the inputs that its topic declares. Raises :class:`Refused` naming the one that is wrong."""
    topic = find(work.topic)
    if topic is None:
        return work
    return replace(work, inputs=checked(work.topic, topic.declaration, work.headers, work.variables))


#: The topics that this product ships; ``workers.topics`` implements each in a file of its name.
SHIPPED: Mapping[str, Declaration] = shipped.DECLARATIONS
for _name, _declaration in SHIPPED.items():
    declare(_name, _declaration)
