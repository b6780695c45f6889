"""Runs of a draft's scenarios: begun, seen to live, ended with a report; only the last one counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.drafts import rights
from engine.drafts.reading import view
from engine.errors import Conflict, NotAllowed
from engine.keys import new_key
from engine.models import Draft, DraftRun
from feel.sentences import Sentence

_SILENCE = timedelta(minutes=2)


def begin_run(session: Session, key: int, actor: Actor) -> DraftRun:
    """Note that a run begins on the files as they are now; :class:`Conflict` while one runs on them already."""
    draft = rights.opened(session, key, actor)
    session.get_one(Draft, key, with_for_update=True)  # two clicks are one run
    fingerprint = view(session, draft).fingerprint
    last = last_run(session, key)
    if last is not None and last.passed is None and last.fingerprint == fingerprint and not run_is_lost(last):
        raise Conflict(Sentence("The scenarios of this draft are being run already."))
    now = clock.now()
    run = DraftRun(
        key=new_key(),
        draft_key=key,
        fingerprint=fingerprint,
        started_by=actor.person,
        started_at=now,
        beat_at=now,
        done=0,
        total=0,
        passed=None,
    )
    session.add(run)
    session.flush()
    return run


def beat(session: Session, run_key: int, actor: Actor, done: int, total: int) -> None:
    """Note how far a run got; only the system does this."""
    run = _of_system(session, run_key, actor)
    run.done, run.total, run.beat_at = done, total, clock.now()
    session.flush()


def end_run(session: Session, run_key: int, actor: Actor, *, passed: bool, report: Any) -> None:
    """Note how a run ended; only the system does this, so that nobody passes by saying so."""
    run = _of_system(session, run_key, actor)
    run.passed, run.report = passed, report
    run.ended_at = run.beat_at = clock.now()
    session.flush()


def last_run(session: Session, key: int) -> DraftRun | None:
    """The last run of a draft."""
    return session.scalars(
        select(DraftRun).where(DraftRun.draft_key == key).order_by(DraftRun.key.desc()).limit(1)
    ).one_or_none()


def run_is_lost(run: DraftRun) -> bool:
    """Whether a run that did not end gives no sign of life any more: its process was stopped."""
    return run.passed is None and clock.now() - run.beat_at > _SILENCE


def _of_system(session: Session, run_key: int, actor: Actor) -> DraftRun:
    if not actor.is_system:
        raise NotAllowed(Sentence("How scenarios went is told by the system alone."))
    return session.get_one(DraftRun, run_key, with_for_update=True)
