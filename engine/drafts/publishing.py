"""What still stands between a draft and its publication, told one by one; and publishing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.deployments import publish_pack
from engine.drafts import rights, runs
from engine.drafts.reading import DraftView, problems, view
from engine.drafts.updating import meanwhile
from engine.errors import Conflict, NotAllowed, Refused
from engine.models import Deployment, DraftApproval
from engine.models.draft import OPEN, PUBLISHED
from feel.sentences import Sentence

Kind = Literal["nothing", "meanwhile", "errors", "not_run", "running", "failed", "approval"]
_COMMENT_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way of publishing, and what to do."""

    kind: Kind
    sentence: Sentence


def obstacles(session: Session, found: DraftView, *, approval: bool) -> tuple[Obstacle, ...]:
    """Everything in the way of publishing a draft. ``approval``: a second person must agree to these very files."""
    draft = found.draft
    if not found.differing:
        return (Obstacle("nothing", Sentence("The draft changes nothing yet.")),)
    told: list[Obstacle] = []
    if meanwhile(session, draft) is not None:
        sentence = Sentence("Somebody published this pack meanwhile. Bring the draft up to date first.")
        told.append(Obstacle("meanwhile", sentence))
    errors = [problem for problem in problems(session, found)[1] if problem.severity == "error"]
    if errors:
        told.append(Obstacle("errors", Sentence("There are {count} errors to put right.", count=len(errors))))
    told += _of_runs(session, found)
    if approval and not approvals(session, found):
        sentence = Sentence("A second process owner has to agree to exactly this content.")
        told.append(Obstacle("approval", sentence))
    return tuple(told)


def _of_runs(session: Session, found: DraftView) -> list[Obstacle]:
    if not found.pack.of_kind(".yaml"):
        return []
    run = runs.last_run(session, found.draft.key)
    if run is None or run.fingerprint != found.fingerprint or runs.run_is_lost(run):
        return [Obstacle("not_run", Sentence("The scenarios have not been run on this content yet."))]
    if run.passed is None:
        return [Obstacle("running", Sentence("The scenarios are being run."))]
    if not run.passed:
        return [Obstacle("failed", Sentence("Scenarios fail. Correct the procedure, or what the scenarios expect."))]
    return []


def approvals(session: Session, found: DraftView) -> tuple[DraftApproval, ...]:
    """Who agreed to exactly these files, other than whoever holds the draft."""
    rows = session.scalars(
        select(DraftApproval).where(
            DraftApproval.draft_key == found.draft.key,
            DraftApproval.fingerprint == found.fingerprint,
            DraftApproval.person_id != found.draft.holder,
        )
    )
    return tuple(rows)


def approve(session: Session, key: int, actor: Actor, fingerprint: str, comment: str = "") -> None:
    """Agree, as a second person, to exactly the files that ``fingerprint`` names.

    Whoever holds the draft or saved any file of it cannot; nor may somebody who could not publish them himself.
    """
    draft = rights.opened(session, key, actor)
    found = view(session, draft)
    if draft.state != OPEN:
        raise Conflict(Sentence("This draft is closed: it was published or discarded."))
    if found.fingerprint != fingerprint:
        raise Conflict(Sentence("The draft was changed since you looked at it. Look at the difference again."))
    if actor.person in {draft.holder, *(file.changed_by for file in found.changes.values())}:
        raise NotAllowed(Sentence("Nobody approves what he changed himself. Ask another process owner."))
    for path in found.differing:
        if not rights.owns(session, actor, draft.base_key, path):
            raise NotAllowed(Sentence("Only somebody who may publish {file} may agree to it.", file=path))
    if session.get(DraftApproval, (key, fingerprint, actor.person)) is None:
        session.add(
            DraftApproval(
                draft_key=key,
                fingerprint=fingerprint,
                person_id=actor.person,
                approved_at=clock.now(),
                comment=comment.strip()[:_COMMENT_LENGTH] or None,
            )
        )
        session.flush()


def publish(
    session: Session, key: int, actor: Actor, comment: str, *, fingerprint: str, approval: bool
) -> Deployment:
    """Publish the draft whole. Raises :class:`Refused` for the first obstacle, and without a comment.

    ``fingerprint`` is what the person saw: :class:`Conflict` when the draft is another by now.
    """
    draft = rights.held(session, key, actor)
    found = view(session, draft)
    if found.fingerprint != fingerprint:
        raise Conflict(Sentence("The draft was changed since you looked at it. Look at the difference again."))
    if not comment.strip():
        raise Refused(Sentence("Please say what changes and why; it stands in the history."))
    for obstacle in obstacles(session, found, approval=approval):
        raise Refused(obstacle.sentence)
    approved_by = [approved.person_id for approved in approvals(session, found)]
    deployment = publish_pack(session, found.pack, actor, comment.strip()[:_COMMENT_LENGTH], approved_by=approved_by)
    draft.state, draft.deployment_key, draft.changed_at = PUBLISHED, deployment.key, clock.now()
    session.flush()
    return deployment
