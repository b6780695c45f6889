"""The editors' pages and what their scripts ask: the file as it is, saving it, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time

from engine import clock, drafts
from engine.content.pack import path_in
from engine.drafts import DraftView
from engine.errors import Conflict, EngineError
from webapp.errors import status_of
from webapp.formats import local
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import actor, reading, write
from webapp.workshop import blank, findings
from webapp.workshop.drafts import head
from webapp.workshop.packs import download
from webapp.workshop.procedures import drawn
from webapp.workshop.room import blueprint, edits, file_name, kind_name, kind_of


@blueprint.get("/drafts/<int:key>/edit/<path:path>")
@edits
def editor(key: int, path: str) -> Any:
    """The editor of one file; whoever may not change it sees it all the same."""
    session = reading()
    found = drafts.get(session, key, actor())
    file = found.file(path)
    if file.content is None:
        flash(_("This file is taken out of the pack. Bring it back to edit it."), "info")
        return redirect(url_for("workshop.draft", key=key), code=303)
    kind = kind_of(path)
    problems = findings.of_draft(found)
    drawing = drawn(file.content, file_name(path), found.draft.pack) if kind == "diagram" else ""
    return render_template(
        f"workshop/edit_{'text' if kind in ('scenarios', 'labels') else kind}.html",
        head=head(found),
        path=path,
        name=file_name(path),
        kind=kind,
        kind_name=kind_name(kind),
        revision=file.revision,
        may_edit=drafts.may_edit(session, actor(), found.draft, path),
        text=file.content.decode("utf-8", "replace") if kind in ("scenarios", "labels") else "",
        drawing=drawing,
        findings=findings.told(key, problems, found.pack.files, path),
        elsewhere=findings.told(key, [one for one in problems if one.file != path], found.pack.files),
    )


@blueprint.get("/drafts/<int:key>/files/<path:path>")
def draft_file(key: int, path: str) -> Response:
    """A file of the draft, byte for byte."""
    file = drafts.get(reading(), key, actor()).file(path)
    response = download(file.content or b"", file_name(path), "application/octet-stream")
    response.headers["X-Revision"] = str(file.revision)
    return response


@blueprint.post("/drafts/<int:key>/files/<path:path>")
def save_file(key: int, path: str) -> Any:
    """Keep what an editor sends (the body as it is); ``X-Based-On`` is the revision that it had opened."""
    based_on = request.headers.get("X-Based-On", 0, type=int)
    try:
        revision = write(drafts.save, key, actor(), path, request.get_data(), based_on)
    except EngineError as error:
        return _refused(key, path, error)
    at = format_time(local(clock.now()), "HH:mm:ss", rebase=False)
    return jsonify(revision=revision, saved=_("Saved at %(time)s", time=at), **_findings(key, path))


def _refused(key: int, path: str, error: EngineError) -> Any:
    """Why nothing was kept; for a conflict with the revision that stands there now."""
    told: dict[str, Any] = {"sentence": say(error), "conflict": isinstance(error, Conflict)}
    found = drafts.get(reading(), key, actor())
    if path in found.changes:
        told["revision"] = found.changes[path].revision
    return jsonify(told), status_of(error)


@blueprint.get("/drafts/<int:key>/findings/<path:path>")
def file_findings(key: int, path: str) -> Any:
    """What is wrong with a file of the draft as it is kept."""
    return jsonify(_findings(key, path))


def _findings(key: int, path: str) -> dict[str, Any]:
    session = reading()
    found: DraftView = drafts.get(session, key, actor())
    problems = findings.of_draft(found)
    here = findings.told(key, problems, found.pack.files, path)
    elsewhere = findings.told(key, [one for one in problems if one.file != path], found.pack.files)
    return {
        "list": render_template("workshop/_findings.html", findings=here, elsewhere=elsewhere),
        "marks": [
            {"id": one.element_id, "severity": one.severity, "word": one.word, "sentence": one.sentence}
            for one in here.shown
            if one.element_id
        ],
    }


@blueprint.post("/drafts/<int:key>/aside/<path:path>")
def set_aside(key: int, path: str) -> Any:
    """Keep what a conflict kept out as a draft of its own."""
    try:
        copy = write(drafts.set_aside, key, actor(), path, request.get_data())
    except EngineError as error:
        return jsonify(sentence=say(error), conflict=False), status_of(error)
    return jsonify(url=url_for("workshop.editor", key=copy.key, path=path))


@blueprint.post("/drafts/<int:key>/new")
def new_file(key: int) -> Any:
    """Add a file to the draft: an empty one of a kind, or one from this machine."""
    found = drafts.get(reading(), key, actor())
    brought = request.files.get("file")
    name, body = request.form.get("name", "").strip(), b""
    if brought is not None and brought.filename:
        name, body = brought.filename, brought.read()
    path = path_in(found.draft.pack, name)
    if path is None:
        flash(_("Give the name with its end: .bpmn, .dmn, .form, .scenarios.yaml, or labels.en.po."), "wrong")
        return redirect(url_for("workshop.draft", key=key), code=303)
    based_on = found.changes[path].revision if path in found.changes else 0
    if not body and path in found.pack.files:
        flash(_("The pack has a file of this name already."), "info")
        return redirect(url_for("workshop.editor", key=key, path=path), code=303)
    try:
        write(drafts.save, key, actor(), path, body or blank.file(path), based_on)
    except EngineError as error:
        flash(say(error), "wrong")
        return redirect(url_for("workshop.draft", key=key), code=303)
    return redirect(url_for("workshop.editor", key=key, path=path), code=303)


@blueprint.post("/drafts/<int:key>/revert/<path:path>")
def revert_file(key: int, path: str) -> Any:
    """Give up the changes of one file."""
    return _undone(key, drafts.revert, path, _("%(file)s is as published again.", file=file_name(path)))


@blueprint.post("/drafts/<int:key>/remove/<path:path>")
def remove_file(key: int, path: str) -> Any:
    """Take a file out of the pack."""
    return _undone(key, drafts.remove, path, _("%(file)s goes with this draft.", file=file_name(path)))


def _undone(key: int, command: Any, path: str, told: str) -> Any:
    try:
        write(command, key, actor(), path, request.form.get("revision", 0, type=int))
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(told, "good")
    return redirect(url_for("workshop.draft", key=key), code=303)
