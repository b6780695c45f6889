"""The pages of the archive: all documents, one with its values and files, and the package to take along."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file, url_for

from engine import archive, archive_package, audit, deployments, process_instances, values
from engine.models import ArchiveEntry
from webapp import entries, glossary
from webapp.facts import Fact, fact
from webapp.file_links import size_words
from webapp.formats import day, exact
from webapp.people import person_name, unit_name
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("archive", __name__)
_PAGE = 30
_LONGEST_TEXT = 80
_IN_MEMORY = 5_000_000
_BESIDE = frozenset({"starter", "store"})
"""Variables that stand beside the values already."""


@blueprint.get("/archive")
def index() -> str:
    """Documents, the latest first, of one archive or of all."""
    name, text = request.args.get("archive") or None, request.args.get("text", "")[:_LONGEST_TEXT]
    number = entries.page_number()
    found = archive.listed(reading(), actor(), archive=name, text=text, page=number, size=_PAGE)
    return render_template(
        "archive/index.html",
        rows=[_row(entry) for entry in found.rows],
        names=archive.names(reading(), actor()),
        chosen={"archive": name or "", "text": text},
        pages=entries.pages(number, max(1, -(-found.total // _PAGE))),
    )


@blueprint.get("/archive/<int:key>")
def show(key: int) -> str:
    """One document as it was archived."""
    _looked("document", archive.get(reading(), key, actor()))
    entry = archive.get(reading(), key, actor())
    document = values.loads(entry.document)
    matter = process_instances.get(reading(), entry.root_key, actor())
    return render_template(
        "archive/show.html",
        entry=_row(entry),
        is_whole=archive.digest(entry.document) == entry.sha256,
        matter={"title": entries.title_of(matter), "number": matter.business_id},
        procedure=entries.procedure_name(matter),
        version=document["matter"]["version"],
        history=document["history"],
        starter=person_name(document["matter"]["starter"]),
        facts=_facts(document, matter.definition_key),
        withheld=[_label(name, matter.definition_key) for name in document["withheld"]],
        files=[{**file, "size": size_words(file["size"])} for file in document["files"]],
        may_look_through=archive.may_look_through(actor()),
    )


@blueprint.get("/archive/<int:key>/package")
def package(key: int) -> Response:
    """The document with its files and their digests, as one ZIP file."""
    written = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - whoever reads it last closes it
    try:
        entry = archive_package.write(reading(), key, actor(), written)
        name = f"{entry.number}.zip"
        _looked("package", entry)
    except BaseException:
        written.close()
        raise
    written.seek(0)
    response = send_file(written, mimetype="application/zip", as_attachment=True, download_name=name, etag=False)
    response.call_on_close(written.close)
    response.headers["Cache-Control"] = "no-store"
    return response


def _looked(kind: str, entry: ArchiveEntry) -> None:
    """Write down that the reader looks at a document, or takes it away."""
    write(audit.viewed, actor(), kind, entry.root_key, {"number": entry.number})


def _row(entry: ArchiveEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "url": url_for("archive.show", key=entry.key),
        "root_key": entry.root_key,
        "number": entry.number,
        "archive": entry.archive,
        "title": entry.title,
        "unit": unit_name(entry.unit_id),
        "archived": exact(entry.archived_at),
        "keep_until": "" if entry.keep_until is None else day(entry.keep_until),
        "sha256": entry.sha256,
    }


def _facts(document: Mapping[str, Any], definition_key: int) -> list[Fact]:
    """Every value of the document: what forms name first, in their order, then the rest by name."""
    words = glossary.of(definition_key).entries
    given = {n: v for n, v in document["values"].items() if v not in (None, "", []) and n not in _BESIDE}
    order = [*(name for name in words if name in given), *sorted(set(given) - set(words))]
    return [fact(name, given[name], words.get(name) or glossary.Entry(name, name)) for name in order]


def _label(name: str, definition_key: int) -> str:
    pack = deployments.definition(reading(), definition_key).pack
    return glossary.translated(glossary.of(definition_key).label(name), pack)
