"""The organisation room: people, units, posts, who holds what, calendars, and who a task would fall to.

Administrators change it, auditors read it. The map: ``room`` (who may enter, what its pages share), ``people``,
``accounts`` (sign-in of others), ``holdings`` (assignments and absences of others), ``departures``, ``units``,
``areas``, ``posts``, ``calendars``, ``roles``, ``changes`` (history in words), ``exchange`` with ``workbook``
(Excel), ``foresight`` (who would get it?).
"""

from webapp.organisation import (  # each adds its views to the room
    accounts,
    areas,
    calendars,
    changes,
    departures,
    exchange,
    foresight,
    holdings,
    people,
    posts,
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
    "exchange",
    "foresight",
    "holdings",
    "opens_to",
    "people",
    "posts",
    "roles",
    "units",
]
