"""A pack: its publications, its files, and the ways in and out: a zip file, or one file."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from engine import content, drafts
from engine.content import archive
from engine.deployments import files
from engine.errors import DeploymentRefused, EngineError, NotFound, Problem
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import actor, reading, write
from webapp.workshop import catalogue, published
from webapp.workshop.room import blueprint, file_name

_NO_SCRIPT = "default-src 'none'; frame-ancestors 'none'; sandbox"


@blueprint.get("/packs/<pack>")
def show_pack(pack: str) -> str:
    """What a pack holds, and its history."""
    return render_template(
        "workshop/pack.html",
        pack=pack,
        publications=published.publications(pack),
        files=published.files_of(pack),
        drafts=catalogue.open_drafts(pack),
    )


@blueprint.get("/packs/<pack>/export")
def export_pack(pack: str) -> Response:
    """A deployment of a pack (the current one, or ``?version=``) as a zip file: the same bytes for the same files."""
    key = request.args.get("version", type=int) or published.current(pack).key
    found = files.pack(reading(), key)
    if found.name != pack:
        raise NotFound(Sentence("There is no deployment {key}.", key=str(key)))
    return download(archive.packed(found), f"{pack}.zip", "application/zip")


@blueprint.get("/packs/<pack>/files/<path:path>")
def export_file(pack: str, path: str) -> Response:
    """One file as it is published, byte for byte."""
    found = files.pack(reading(), published.current(pack).key).files.get(path)
    if found is None:
        raise NotFound(Sentence("The pack has no file {file}.", file=path))
    return download(found, file_name(path), "application/octet-stream")


def download(body: bytes, name: str, media_type: str) -> Response:
    """A file to be kept, never to be shown as a page."""
    response = Response(body, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = _NO_SCRIPT
    return response


@blueprint.get("/import")
def ask_import() -> str:
    """Choose a zip file, or files of one pack."""
    return _import_page()


@blueprint.post("/import")
def import_pack() -> Any:
    """Make a draft of what was brought along; nothing is published by it."""
    given = [file for file in request.files.getlist("files") if file.filename]
    title = request.form.get("title", "")
    pack_name = request.form.get("pack", "")
    if not given:
        return _import_page(title, pack_name, say(Sentence("Choose a zip file, or files of a pack."))), 422
    try:
        if len(given) == 1 and str(given[0].filename).lower().endswith(".zip"):
            pack = archive.unpacked(given[0].read())
        else:
            pack = content.pack_of(pack_name, {str(file.filename): file.read() for file in given})
        draft = write(drafts.from_pack, actor(), pack, title or _("Import of %(pack)s", pack=pack.name))
    except DeploymentRefused as refused:
        return _import_page(title, pack_name, say(refused), refused.problems), 422
    except EngineError as error:
        return _import_page(title, pack_name, say(error)), 422
    flash(_("The files are a draft now. Look at the difference before you publish."), "good")
    return redirect(url_for("workshop.draft", key=draft.key), code=303)


def _import_page(title: str = "", pack: str = "", problem: str = "", problems: tuple[Problem, ...] = ()) -> str:
    told = [(one.file, say(one.sentence)) for one in problems]
    return render_template(
        "workshop/import.html", packs=published.packs(), title=title, pack=pack, problem=problem, problems=told
    )
