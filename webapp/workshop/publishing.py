"""Publishing a draft, agreeing to it, and going back to an earlier version."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import deployments, drafts
from engine.deployments import files, owners
from engine.drafts import publishing
from engine.errors import EngineError
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import person_name
from webapp.surroundings import actor, reading, surroundings, write
from webapp.workshop import differences, published
from webapp.workshop.drafts import head
from webapp.workshop.room import blueprint, file_name

_WAYS = {
    "meanwhile": "workshop.draft",
    "errors": "workshop.draft",
    "not_run": "workshop.scenarios",
    "running": "workshop.scenarios",
    "failed": "workshop.scenarios",
}
"""Where an obstacle is cleared away."""


@blueprint.get("/drafts/<int:key>/publish")
def ask_publish(key: int) -> str:
    """What still stands in the way, and the comment that goes with it."""
    return _publish_page(key)


def _publish_page(key: int, comment: str = "", problem: str = "") -> str:
    session, settings = reading(), surroundings().settings
    found = drafts.get(session, key, actor())
    obstacles = drafts.obstacles(session, found, approval=settings.publish_approval)
    return render_template(
        "workshop/publish.html",
        head=head(found),
        fingerprint=found.fingerprint,
        obstacles=[
            (say(one.sentence), url_for(_WAYS[one.kind], key=key) if one.kind in _WAYS else "") for one in obstacles
        ],
        waits_for_approval_alone=[one.kind for one in obstacles] == ["approval"],
        files=[file_name(path) for path in found.differing],
        needs_approval=settings.publish_approval,
        approvals=[
            (person_name(one.person_id), ago(one.approved_at), one.comment or "")
            for one in publishing.approvals(session, found)
        ],
        comment=comment,
        problem=problem,
    )


@blueprint.post("/drafts/<int:key>/publish")
def publish(key: int) -> Any:
    """Publish; what was typed comes back when something stands in the way."""
    comment = request.form.get("comment", "")
    try:
        deployment = write(
            drafts.publish,
            key,
            actor(),
            comment,
            fingerprint=request.form.get("fingerprint", ""),
            approval=surroundings().settings.publish_approval,
        )
    except EngineError as error:
        return _publish_page(key, comment, say(error)), 422
    flash(_("It is published. New matters follow it from now on; those that run keep their version."), "good")
    return redirect(url_for("workshop.show_pack", pack=deployment.pack), code=303)


@blueprint.post("/drafts/<int:key>/approve")
def approve(key: int) -> Any:
    """Agree, as a second person, to exactly what was looked at."""
    try:
        write(drafts.approve, key, actor(), request.form.get("fingerprint", ""), request.form.get("comment", ""))
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(_("You agreed to this content."), "good")
    return redirect(url_for("workshop.ask_publish", key=key), code=303)


@blueprint.get("/packs/<pack>/back/<int:key>")
def ask_restore(pack: str, key: int) -> str:
    """What would change by going back, file by file."""
    return _restore_page(pack, key)


def _restore_page(pack: str, key: int, comment: str = "", problem: str = "") -> str:
    session = reading()
    now = published.current(pack)
    old, current = files.pack(session, key), files.pack(session, now.key)
    used, owned = files.users(session, now.key), owners.all_owners(session)
    shown = differences.told(
        current.files,
        old.files,
        pack,
        lambda path: url_for("workshop.version_file", pack=pack, key=key, path=path),
    )
    mine = {one.path for one in shown if owners.may_change(actor(), used.get(one.path, ()), owned)}
    return render_template(
        "workshop/restore.html",
        pack=pack,
        publication_of=published.publication(files.get(session, key), now.key),
        based_on=now.key,
        files=shown,
        mine=mine,
        comment=comment,
        problem=problem,
    )


@blueprint.post("/packs/<pack>/back/<int:key>")
def restore(pack: str, key: int) -> Any:
    """Publish the chosen files as they were."""
    comment = request.form.get("comment", "")
    based_on = request.form.get("based_on", 0, type=int)
    try:
        write(deployments.restore, key, actor(), comment, request.form.getlist("path"), based_on)
    except EngineError as error:
        return _restore_page(pack, key, comment, say(error)), 422
    flash(_("The earlier content is published again."), "good")
    return redirect(url_for("workshop.show_pack", pack=pack), code=303)
