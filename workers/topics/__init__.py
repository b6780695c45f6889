"""One file a topic: drop a file in, declare its name in ``engine.topics.shipped``, and diagrams may ask for it.

Each file has ``run``: for an inside topic ``run(session, work) -> variables`` (database only, in the transaction of
the click), for an outside one ``run(work, surroundings) -> variables`` (after the commit, outside any transaction).
``work.key`` is its idempotency key, ``work.inputs`` holds its inputs, checked. It may raise
:class:`~engine.topics.BpmnError` for what the diagram foresees, :class:`~engine.topics.TryAgain` for what may succeed
later, and :class:`~engine.errors.Refused` for what never will. :func:`bind_all` gives each topic its function.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import partial

from engine import topics
from workers.surroundings import Surroundings


def bind_all(surroundings: Surroundings | None = None) -> frozenset[str]:
    """Bind every file of this folder to the topic of its name; returns the names bound.

    Without ``surroundings`` only the inside topics are bound: nothing leaves the house.
    """
    names = frozenset(module.name for module in pkgutil.iter_modules(__path__))
    bound = set()
    for name in names:
        declared, run = topics.find(name), importlib.import_module(f"{__name__}.{name}").run
        if declared is not None and declared.placement == "inside":
            topics.bind(name, run)
        elif surroundings is not None:
            topics.bind(name, partial(run, surroundings=surroundings))
        else:
            continue
        bound.add(name)
    return frozenset(bound)
