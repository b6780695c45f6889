"""Sign-in: Argon2id hashes, a growing pause after repeated failures, and no hint whether an id exists.

Guessing is slowed down twice, by person (here) and by address (``sign_in_failures``), both in the database.
Checking a password takes some 30 milliseconds of computing, so it is a step of its own that needs no write
transaction: ``verify`` (read) and then ``sign_in`` (write). ``authenticate`` does both at once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock, models
from engine.errors import Refused
from engine.organisation import sign_in_failures
from feel.sentences import Sentence

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 1_024
FREE_FAILURES = 5
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like another
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)

# OWASP's second recommendation for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What ``verify`` found; only ``sign_in`` decides, because others may have failed meanwhile."""

    person_id: str
    correct: bool
    hash_checked: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome: ``person_id`` if it succeeded, else None and the ``sentence`` to show.

    ``session_version`` belongs into the session: a session of an older version is over.
    """

    person_id: str | None
    session_version: int = 0
    must_change_password: bool = False
    sentence: Sentence | None = None


def one_time() -> str:
    """A password that nobody guesses and everybody can read out; whoever gets it chooses another one at sign-in."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The Argon2id hash of a password; raises :class:`Refused` if it is too short or too long."""
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise Refused(
            Sentence(
                "A password has {minimum} to {maximum} characters.", minimum=MINIMUM_LENGTH, maximum=MAXIMUM_LENGTH
            )
        )
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password has that hash; takes as long when there is none."""
    nobody = _of_nobody()  # asked for whoever it is: the first answer takes longer, and tells nothing by that
    try:
        correct = _hasher.verify(password_hash or nobody, password[:MAXIMUM_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return correct and password_hash is not None and len(password) <= MAXIMUM_LENGTH


@cache
def _of_nobody() -> str:
    """Checked for an unknown id or one without a password, so that the answer takes as long as for a known one."""
    return _hasher.hash("nobody has this password")


def verify(session: Session, person_id: str, password: str) -> Attempt:
    """Check a password; reads only. Hand the result to :func:`sign_in`."""
    table = models.Person
    query = select(table.password_hash).where(table.id == person_id, table.active.is_(True))
    stored = session.scalar(query)
    return Attempt(person_id, matches(stored, password), stored)


def sign_in(session: Session, attempt: Attempt, address: str | None = None) -> SignIn:
    """Count a failure, of the person and of the address that it came from, or let the person in.

    It never raises for a wrong password: a raised error would roll the count back.
    """
    outcome = _decide(session, attempt)
    if address is not None:
        if outcome.person_id is None:
            sign_in_failures.add(session, address)
        else:
            sign_in_failures.forget(session)
    return outcome


def _decide(session: Session, attempt: Attempt) -> SignIn:
    table = models.Person
    columns = (
        table.password_hash, table.active, table.failed_sign_ins, table.locked_until, table.session_version,
        table.must_change_password, table.locked_at,
    )  # fmt: skip
    person = session.execute(select(*columns).where(table.id == attempt.person_id).with_for_update()).one_or_none()
    now = clock.now()
    refused = SignIn(
        None,
        sentence=Sentence(
            "The id or the password is wrong. After {count} failures the sign-in pauses, each time for longer.",
            count=FREE_FAILURES,
        ),
    )
    if person is None or not person.active or person.locked_at is not None or person.password_hash is None:
        return refused
    if person.locked_until is not None and now < person.locked_until:
        return refused  # even for the right password: else the pause would not slow down guessing
    if not attempt.correct or attempt.hash_checked != person.password_hash:
        failures = person.failed_sign_ins + 1
        session.execute(
            update(table)
            .where(table.id == attempt.person_id)
            .values(failed_sign_ins=failures, locked_until=_locked_until(failures, now))
        )
        return refused
    if person.failed_sign_ins or person.locked_until is not None:
        session.execute(
            update(table).where(table.id == attempt.person_id).values(failed_sign_ins=0, locked_until=None)
        )
    return SignIn(attempt.person_id, person.session_version, person.must_change_password)


def authenticate(session: Session, person_id: str, password: str, address: str | None = None) -> SignIn:
    """Both steps in one writer session: for few sign-ins at a time (command line, API with Basic)."""
    return sign_in(session, verify(session, person_id, password), address)


def _locked_until(failures: int, now: datetime) -> datetime | None:
    if failures < FREE_FAILURES:
        return None
    pause = _FIRST_PAUSE * (1 << min(failures - FREE_FAILURES, 10))
    return now + min(pause, _LONGEST_PAUSE)
