"""Who stands above whom, at any distance, in what people hold today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.organisation import resolvers, snapshot
from engine.organisation.resolvers import Circumstances
from engine.organisation.snapshot import Organisation

_LEVELS = 20


def is_superior(session: Session, person: str, of: Iterable[str]) -> bool:
    """Whether the person stands above one of them, at any distance."""
    organisation = snapshot.of(session)
    now = Circumstances(calendar.local_date(clock.now()))
    asked = [subordinate for subordinate in dict.fromkeys(of) if subordinate in organisation.people]
    seen: set[str] = set()
    for _ in range(_LEVELS):
        above: list[str] = []
        for subordinate in asked:
            record = resolvers.superior(organisation, subordinate, now)
            above.extend(record.persons)
            if record.owner is not None:
                above.append(record.owner)
        if person in above:
            return True
        seen.update(asked)
        asked = [found for found in dict.fromkeys(above) if found not in seen]
        if not asked:
            return False
    return False


def below(session: Session, person: str) -> tuple[str, ...]:
    """Everybody who works here and stands below the person, by id."""
    organisation = snapshot.of(session)
    if not any(post in _leading(organisation) for post in organisation.posts_of(person, _today())):
        return ()
    found = (one.id for one in organisation.people.values() if one.active and one.id != person)
    return tuple(sorted(one for one in found if is_superior(session, person, [one])))


def _leading(organisation: Organisation) -> frozenset[str]:
    """The posts that some other post stands below."""
    return frozenset(post.superior for post in organisation.posts.values() if post.superior is not None)


def _today() -> date:
    return calendar.local_date(clock.now())
