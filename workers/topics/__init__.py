"""One file a topic: drop a file in, declare its name in ``engine.topics``, and diagrams may ask for it.

Each file has ``run``: for an inside topic ``run(session, work) -> variables`` (database only, in the transaction of
the click), for an outside one ``run(work) -> variables`` (after the commit, outside any transaction; ``work.key`` is
its idempotency key). :func:`bind_all` gives each declared topic its function.
"""

from __future__ import annotations

import importlib
import pkgutil

from engine import topics


def bind_all() -> frozenset[str]:
    """Bind every file of this folder to the topic of its name; returns the names bound."""
    bound = frozenset(module.name for module in pkgutil.iter_modules(__path__))
    for name in bound:
        topics.bind(name, importlib.import_module(f"{__name__}.{name}").run)
    return bound
