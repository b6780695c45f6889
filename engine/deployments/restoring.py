"""Back to an earlier version: its files are published again as a new deployment, so that nothing is ever undone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.content import Pack
from engine.deployments import files
from engine.deployments.current import current_deployment
from engine.deployments.publish import publish_pack
from engine.errors import Conflict, Refused
from engine.models import Deployment
from feel.sentences import Sentence


def restore(
    session: Session, deployment_key: int, actor: Actor, comment: str, paths: Collection[str], based_on: int
) -> Deployment:
    """Publish these files as they were in an earlier deployment; one that was not there then is taken out.

    ``based_on`` is the deployment that the person saw as the current one: :class:`Conflict` when somebody published
    since. Whoever may change these files may bring them back. Raises :class:`Refused` without a comment or files.
    """
    if not comment.strip():
        raise Refused(Sentence("Please say why you go back; it stands in the history."))
    if not paths:
        raise Refused(Sentence("Choose at least one file to bring back."))
    old = files.pack(session, deployment_key)
    current = current_deployment(session, old.name)
    if current is None or current.key != based_on:
        raise Conflict(Sentence("Somebody published this pack meanwhile. Look at the difference again."))
    now = files.pack(session, current.key).files
    kept = {path: content for path, content in now.items() if path not in paths}
    back = {path: content for path, content in old.files.items() if path in paths}
    whole = Pack(old.name, dict(sorted((kept | back).items())), is_whole=True)
    return publish_pack(session, whole, actor, comment.strip(), restores=deployment_key)
