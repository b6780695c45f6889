"""What a draft's holder does with it. A save names the revision that it is based on, so that none undoes another."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.content.pack import MAXIMUM_FILE_SIZE, path_in
from engine.deployments import files
from engine.drafts import rights
from engine.drafts.reading import view
from engine.drafts.starting import checked_title
from engine.errors import Conflict, NotFound, Refused
from engine.keys import new_key
from engine.models import Draft, DraftFile
from engine.models.draft import DISCARDED, OPEN
from engine.organisation import people
from feel.sentences import Sentence


def save(session: Session, key: int, actor: Actor, path: str, content: bytes, based_on: int) -> int:
    """Keep a file; gives its new revision. ``based_on`` 0: nothing of it was in the draft yet.

    Raises :class:`Conflict` when another save came since ``based_on``: what is sent is then kept nowhere, so the
    page offers to set it aside. What is the same as before changes nothing.
    """
    draft = rights.changeable(session, key, actor, path)
    _check(draft, path, content)
    row = session.get(DraftFile, (key, path))
    if row is not None and row.content == content:
        return row.revision
    _same_revision(row, based_on)
    if row is None and content == _of_base(session, draft, path):
        return 0
    return _keep(session, draft, actor, path, content, row)


def remove(session: Session, key: int, actor: Actor, path: str, based_on: int) -> None:
    """Take a file out of the pack, or out of the draft when it is new there."""
    draft = rights.changeable(session, key, actor, path)
    row = session.get(DraftFile, (key, path))
    _same_revision(row, based_on)
    if _of_base(session, draft, path) is None:
        revert(session, key, actor, path, based_on)
        return
    _keep(session, draft, actor, path, None, row)


def revert(session: Session, key: int, actor: Actor, path: str, based_on: int) -> None:
    """Give up the changes of one file: it is again as in the base."""
    draft = rights.changeable(session, key, actor, path)
    row = session.get(DraftFile, (key, path))
    _same_revision(row, based_on)
    if row is None:
        raise NotFound(Sentence("The draft changes nothing in {file}.", file=path))
    session.delete(row)
    draft.changed_at = clock.now()
    session.flush()


def rename(session: Session, key: int, actor: Actor, title: str) -> None:
    """Call the draft something else."""
    rights.held(session, key, actor).title = checked_title(title)
    session.flush()


def set_aside(session: Session, key: int, actor: Actor, path: str, content: bytes) -> Draft:
    """Another draft over the same base that holds this file as it was sent, and everything else of the first one.

    For what a conflict kept out: nothing that somebody typed is ever lost. Whoever may change the file may do it,
    whoever holds the draft by now.
    """
    draft = rights.opened(session, key, actor)
    _check(draft, path, content)
    if not rights.owns(session, actor, draft.base_key, path):
        raise NotFound(Sentence("There is no such draft, or it is not open to you."))
    return copied(session, draft, actor, {path: content})


def copied(session: Session, draft: Draft, actor: Actor, instead: dict[str, bytes | None]) -> Draft:
    """A copy of a draft in the actor's hands, with some files as given."""
    now = clock.now()
    copy = Draft(
        key=new_key(),
        pack=draft.pack,
        title=draft.title,
        base_key=draft.base_key,
        holder=actor.person,
        created_by=actor.person,
        created_at=now,
        changed_at=now,
        state=OPEN,
    )
    session.add(copy)
    session.flush()
    contents = {path: file.content for path, file in view(session, draft).changes.items()} | instead
    session.add_all(
        DraftFile(draft_key=copy.key, path=path, content=content, revision=1, changed_by=actor.person, changed_at=now)
        for path, content in contents.items()
    )
    session.flush()
    return copy


def hand_over(session: Session, key: int, actor: Actor, to: str) -> None:
    """Give the draft to a colleague, who must be one who may work on it."""
    draft = rights.held(session, key, actor)
    receiver = people.actor(session, to, clock.now())
    if not rights.may_open(receiver):
        name = people.name(session, to)
        raise Refused(Sentence("{person} is no process owner. Give the post first.", person=Sentence(name)))
    for path in view(session, draft).changes:
        if not rights.owns(session, receiver, draft.base_key, path):
            raise Refused(Sentence("{person} does not own what the draft changes in {file}.", person=to, file=path))
    draft.holder = to
    draft.changed_at = clock.now()
    session.flush()


def discard(session: Session, key: int, actor: Actor) -> None:
    """Give the draft up. An administrator may do it for somebody who left."""
    if actor.is_administrator:
        draft = rights.opened(session, key, actor)
        if draft.state != OPEN:
            raise Conflict(Sentence("This draft is closed: it was published or discarded."))
    else:
        draft = rights.held(session, key, actor)
    draft.state = DISCARDED
    draft.changed_at = clock.now()
    session.flush()


def drop_files(session: Session, draft: Draft, paths: set[str]) -> None:
    """Forget the changes of these files."""
    session.execute(delete(DraftFile).where(DraftFile.draft_key == draft.key, DraftFile.path.in_(paths)))
    session.flush()


def _check(draft: Draft, path: str, content: bytes) -> None:
    if path != path_in(draft.pack, path.rpartition("/")[2]):
        raise Refused(
            Sentence(
                "This is no file of a pack. Diagrams end in .bpmn, tables in .dmn, forms in .form, scenarios in "
                ".scenarios.yaml, and translations of labels are named like labels.en.po."
            )
        )
    if len(content) > MAXIMUM_FILE_SIZE:
        raise Refused(
            Sentence(
                "The file has {size} bytes; at most {maximum} are accepted. Split it into several files.",
                size=len(content),
                maximum=MAXIMUM_FILE_SIZE,
            )
        )


def _same_revision(row: DraftFile | None, based_on: int) -> None:
    if (0 if row is None else row.revision) != based_on:
        who = "–" if row is None else row.changed_by
        raise Conflict(
            Sentence(
                "{person} saved this file meanwhile. What you have here is not lost: keep it as a draft of its own, "
                "or save it over the other one.",
                person=who,
            )
        )


def _of_base(session: Session, draft: Draft, path: str) -> bytes | None:
    return None if draft.base_key is None else files.pack(session, draft.base_key).files.get(path)


def _keep(
    session: Session, draft: Draft, actor: Actor, path: str, content: bytes | None, row: DraftFile | None
) -> int:
    now = clock.now()
    if row is None:
        row = DraftFile(draft_key=draft.key, path=path, revision=0)
        session.add(row)
    row.content, row.changed_by, row.changed_at = content, actor.person, now
    row.revision += 1
    draft.changed_at = now
    session.flush()
    return row.revision
