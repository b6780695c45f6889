"""What differs, in words and on the diagram: a draft against what is published, or one version against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from engine import differences, drafts
from engine.deployments import files
from engine.differences import Change, FileDifference
from engine.errors import NotFound
from feel.sentences import Sentence
from webapp import glossary
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import actor, reading
from webapp.workshop import published
from webapp.workshop.drafts import head
from webapp.workshop.procedures import drawn
from webapp.workshop.room import blueprint, file_name, kind_name, kind_of

_LOOK = {"added": "done", "changed": "active", "moved": "returned"}
"""How the drawing shows a change; what was taken out is listed, since it is drawn no more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words."""

    kind: str
    word: str
    element: str
    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How one file differs, as a page shows it; a diagram is drawn with its changes coloured."""

    path: str
    name: str
    kind_name: str
    word: str
    lines: Sequence[Line]
    layout: int
    drawing: Markup
    diagram_url: str
    states: Mapping[str, Any]


@blueprint.get("/drafts/<int:key>/difference")
def draft_difference(key: int) -> str:
    """What a draft changes of the version that it stands on."""
    found = drafts.get(reading(), key, actor())
    base = None if found.draft.base_key is None else files.get(reading(), found.draft.base_key)
    shown = told(
        found.base,
        found.pack.files,
        found.draft.pack,
        lambda path: url_for("workshop.draft_file", key=key, path=path),
    )
    return render_template(
        "workshop/draft_difference.html",
        head=head(found),
        files=shown,
        published=None if base is None else published.publication(base),
    )


@blueprint.get("/packs/<pack>/difference")
def pack_difference(pack: str) -> str:
    """What differs between two deployments of a pack."""
    now = published.current(pack).key
    old, new = (request.args.get(name, now, type=int) for name in ("before", "after"))
    before, after = (_of_pack(pack, key) for key in (old, new))
    return render_template(
        "workshop/difference.html",
        pack=pack,
        before=published.publication(files.get(reading(), old), now),
        after=published.publication(files.get(reading(), new), now),
        publications=published.publications(pack),
        files=told(before, after, pack, lambda path: url_for("workshop.version_file", pack=pack, key=new, path=path)),
    )


@blueprint.get("/packs/<pack>/versions/<int:key>/<path:path>")
def version_file(pack: str, key: int, path: str) -> Response:
    """A file of a deployment for the viewer, byte for byte."""
    found = _of_pack(pack, key).get(path)
    if found is None:
        raise NotFound(Sentence("The pack has no file {file}.", file=path))
    from webapp.workshop.packs import download  # noqa: PLC0415 - both pages give files out

    return download(found, file_name(path), "application/octet-stream")


def _of_pack(pack: str, key: int) -> Mapping[str, bytes]:
    found = files.pack(reading(), key)
    if found.name != pack:
        raise NotFound(Sentence("There is no deployment {key}.", key=str(key)))
    return found.files


def told(before: Mapping[str, bytes], after: Mapping[str, bytes], pack: str, url: Any) -> Sequence[Shown]:
    """The differences in the reader's language; ``url`` says where the viewer finds a file as it is afterwards."""
    return [_shown(one, after, pack, url) for one in differences.compare(before, after)]


def _shown(one: FileDifference, after: Mapping[str, bytes], pack: str, url: Any) -> Shown:
    kind = kind_of(one.path)
    is_drawn = kind == "diagram" and one.path in after
    looks = {change.element_id: change.kind for change in one.changes if change.kind in _LOOK}
    states = {id_: _LOOK[kind_] for id_, kind_ in looks.items()}
    return Shown(
        one.path,
        file_name(one.path),
        kind_name(kind),
        word_of(one.kind),
        [_line(change, pack) for change in one.changes],
        len(one.layout),
        drawn(after[one.path], file_name(one.path), pack, states) if is_drawn else Markup(),
        url(one.path) if is_drawn else "",
        {
            "elements": {id_: {"state": states[id_], "words": word_of(kind_)} for id_, kind_ in looks.items()},
            "taken": [],
        },
    )


def word_of(kind: str) -> str:
    """What happened, in words."""
    return {"added": _("added"), "removed": _("removed"), "changed": _("changed"), "moved": _("moved")}[kind]


def _line(change: Change, pack: str) -> Line:
    part = "" if change.part is None else say(change.part)
    element = glossary.translated(change.element, pack)
    return Line(
        change.kind, word_of(change.kind), element, glossary.translated(part, pack), change.before, change.after
    )
