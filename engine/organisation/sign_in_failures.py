"""Guessing slowed down by address: failures within ten minutes, counted in the database for all processes together.

One row an address, added to by one statement, so that no two processes count past one another; an IPv6 address counts
with its whole /64 network, which one household or attacker holds. Rows whose window is over are deleted with the next
failure and with the next success.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from sqlalchemy import Table, case, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine import clock
from engine.models import SignInFailures

MOST = 30
WINDOW = timedelta(minutes=10)
_TABLE: Table = SignInFailures.__table__  # type: ignore[assignment] # declarative's type says FromClause
_LONGEST = 64


def too_many(session: Session, address: str) -> bool:
    """Whether sign-ins from this address must wait. Reads only."""
    since = clock.now() - WINDOW
    counted = select(_TABLE.c.failures).where(_TABLE.c.address == counted_as(address), _TABLE.c.since > since)
    return (session.execute(counted).scalar() or 0) >= MOST


def add(session: Session, address: str) -> None:
    """One more failure from this address."""
    connection, now = session.connection(), clock.now()
    over = _TABLE.c.since <= now - WINDOW
    insert_new = (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(_TABLE)
    connection.execute(
        insert_new.values(address=counted_as(address), failures=1, since=now).on_conflict_do_update(
            index_elements=[_TABLE.c.address],
            set_={
                "failures": case((over, 1), else_=_TABLE.c.failures + 1),
                "since": case((over, now), else_=_TABLE.c.since),
            },
        )
    )
    forget(session)


def forget(session: Session) -> None:
    """Delete what no longer counts: addresses of people are kept for no longer than they are needed."""
    session.connection().execute(delete(_TABLE).where(_TABLE.c.since <= clock.now() - WINDOW))


def counted_as(address: str) -> str:
    """What stands for an address in the count."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:_LONGEST]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(found), 64), strict=False))
    return str(found)
