"""One draft: what it changes, what is wrong with it, and what its holder may do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import calendar, clock, deployments, drafts
from engine.content import Pack, archive
from engine.drafts import DraftView
from engine.errors import EngineError
from engine.models.draft import OPEN
from webapp import glossary
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import organisation, person_name
from webapp.surroundings import actor, reading, write
from webapp.workshop import findings, published
from webapp.workshop.packs import download
from webapp.workshop.room import blueprint, file_name, kind_name, kind_of


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft in a list. ``state``: changed, new, removed or "" for one that is as published."""

    path: str
    name: str
    kind: str
    kind_name: str
    title: str
    state: str
    revision: int
    person: str
    moment: Markup | None
    may_edit: bool


@blueprint.post("/drafts")
def create_draft() -> Any:
    """Begin a draft of a pack; with ``path`` it opens at that file."""
    pack, path = request.form.get("pack", ""), request.form.get("path", "")
    title = request.form.get("title", "").strip() or _("Change of %(file)s", file=file_name(path) or pack)
    draft = write(drafts.create, actor(), pack, title)
    if path:
        return redirect(url_for("workshop.editor", key=draft.key, path=path), code=303)
    return redirect(url_for("workshop.draft", key=draft.key), code=303)


@blueprint.get("/drafts/<int:key>")
def draft(key: int) -> str:
    """The page of a draft."""
    session = reading()
    found = drafts.get(session, key, actor())
    listed = files_of(found)
    problems = findings.of_draft(found)
    return render_template(
        "workshop/draft.html",
        draft=found.draft,
        head=head(found),
        changed=[file for file in listed if file.state],
        others=[file for file in listed if not file.state],
        problems=findings.told(key, problems, found.pack.files),
        meanwhile=_meanwhile(found),
        colleagues=_colleagues(found.draft.holder),
    )


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every page of a draft."""

    key: int
    title: str
    pack: str
    holder: str
    is_mine: bool
    is_open: bool
    changed: Markup
    state: str


def head(found: DraftView) -> Head:
    """The head of a draft."""
    draft = found.draft
    states = {"open": _("open"), "published": _("published"), "discarded": _("discarded")}
    return Head(
        draft.key,
        draft.title,
        draft.pack,
        person_name(draft.holder),
        draft.holder == actor().person,
        draft.state == OPEN,
        ago(draft.changed_at),
        states[draft.state],
    )


def files_of(found: DraftView) -> Sequence[DraftFile]:
    """Every file of a draft, those that are taken out included."""
    titles = published.titles_of(found.draft.base_key) if found.draft.base_key is not None else {}
    listed = []
    for path in sorted({*found.base, *found.changes}):
        file = found.file(path)
        state = "" if file.content == found.base.get(path) else "changed"
        if state and path not in found.base:
            state = "new"
        elif state and file.content is None:
            state = "removed"
        kind = kind_of(path)
        listed.append(
            DraftFile(
                path,
                file_name(path),
                kind,
                kind_name(kind),
                glossary.translated(titles.get(path, ""), found.draft.pack),
                state,
                file.revision,
                person_name(file.changed_by),
                ago(file.changed_at) if file.changed_at else None,
                drafts.may_edit(reading(), actor(), found.draft, path),
            )
        )
    order = {kind: place for place, kind in enumerate(("diagram", "table", "form", "scenarios", "labels"))}
    return sorted(listed, key=lambda one: (order.get(one.kind, 9), one.name))


@dataclass(frozen=True, slots=True)
class News:
    """What somebody published since the draft began."""

    publication: published.Publication
    theirs: Sequence[str]
    both: Sequence[str]


def _meanwhile(found: DraftView) -> News | None:
    if found.draft.state != OPEN:
        return None
    news = drafts.meanwhile(reading(), found.draft)
    return None if news is None else News(published.publication(news.deployment), news.theirs, news.both)


def _colleagues(holder: str) -> list[tuple[str, str]]:
    today = calendar.local_date(clock.now())
    people = {*organisation().holders("process_owner", None, today), *organisation().holders("sysadmin", None, today)}
    return [(person, person_name(person)) for person in sorted(people - {holder})]


@blueprint.post("/drafts/<int:key>/title")
def rename_draft(key: int) -> Any:
    """Call the draft something else."""
    return _done(key, drafts.rename, request.form.get("title", ""), told=_("The title is kept."))


@blueprint.post("/drafts/<int:key>/holder")
def hand_over_draft(key: int) -> Any:
    """Give the draft to a colleague."""
    to = request.form.get("to", "")
    return _done(key, drafts.hand_over, to, told=_("The draft is with %(person)s now.", person=person_name(to)))


@blueprint.post("/drafts/<int:key>/update")
def update_draft(key: int) -> Any:
    """Lay the draft over what was published meanwhile."""
    seen = request.form.get("seen", 0, type=int)
    try:
        kept = write(drafts.bring_up_to_date, key, actor(), seen, request.form.getlist("keep"))
    except EngineError as error:
        flash(say(error), "wrong")
        return redirect(url_for("workshop.draft", key=key), code=303)
    if kept is None:
        flash(_("The draft stands on the published version again."), "good")
    else:
        flash(
            _("The draft stands on the published version again. As it was, it is kept as a draft beside it."), "good"
        )
    return redirect(url_for("workshop.draft", key=key), code=303)


@blueprint.post("/drafts/<int:key>/discard")
def discard_draft(key: int) -> Any:
    """Give the draft up."""
    return _done(key, drafts.discard, told=_("The draft is discarded."), to="workshop.catalogue")


@blueprint.get("/drafts/<int:key>/export")
def export_draft(key: int) -> Any:
    """The pack as the draft has it, as a zip file."""
    found = drafts.get(reading(), key, actor())
    pack: Pack = found.pack
    return download(archive.packed(pack), f"{pack.name}-draft.zip", "application/zip")


def _done(key: int, command: Callable[..., Any], *arguments: Any, told: str, to: str = "workshop.draft") -> Any:
    try:
        write(command, key, actor(), *arguments)
    except EngineError as error:
        flash(say(error), "wrong")
        to = "workshop.draft"
    else:
        flash(told, "good")
    target = url_for(to) if to == "workshop.catalogue" else url_for(to, key=key)
    return redirect(target, code=303)


def current_key(pack: str) -> int | None:
    """The key of the current deployment of a pack, if it was ever published."""
    now = deployments.current_deployment(reading(), pack)
    return None if now is None else now.key
