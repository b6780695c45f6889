"""The organisation room: people, units, posts, who holds what, calendars, and who a task would fall to.

Administrators change it, auditors read it. The map: ``room`` (who may enter, what its pages share), ``people``,
``accounts`` (sign-in of others), ``holdings`` (assignments and absences of others), ``register`` (who is employed, in
words) with ``employments`` (its entries), ``departures``, ``units``, ``headcounts`` (the plan of a store), ``areas``,
``posts``, ``calendars``, ``roles``, ``changes`` (history in words), ``exchange`` with ``workbook`` (Excel),
``foresight`` (who would get it?).
"""

from webapp.organisation import (  # each adds its views to the room
    accounts,
    areas,
    calendars,
    changes,
    departures,
    employments,
    exchange,
    foresight,
    headcounts,
    holdings,
    people,
    posts,
    register,
    roles,
    units,
)
from webapp.organisation.room import blueprint, opens_to

__all__ = [
    "accounts",
    "areas",
    "blueprint",
    "calendars",
    "changes",
    "departures",
    "employments",
    "exchange",
    "foresight",
    "headcounts",
    "holdings",
    "opens_to",
    "people",
    "posts",
    "register",
    "roles",
    "units",
]
