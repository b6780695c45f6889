"""One procedure: its drawing, its versions with who, when and why, its files, and its owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import calendar, clock, deployments
from engine.deployments import files, owners
from engine.errors import EngineError
from webapp import diagram_svg, glossary
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import organisation, person_name
from webapp.steps import in_words
from webapp.surroundings import actor, reading, write
from webapp.workshop import published
from webapp.workshop.room import blueprint

PROCESS_OWNER = "process_owner"


@blueprint.get("/procedures/<process_id>")
def procedure(process_id: str) -> str:
    """The page of a procedure."""
    session = reading()
    versions = published.versions(process_id)
    definition = deployments.definition(session, versions[0].definition_key)
    now = published.current(definition.pack)
    owned = owners.all_owners(session)
    mine = [
        file
        for file in published.files_of(definition.pack)
        if process_id in files.users(session, now.key).get(file.path, ())
    ]
    return render_template(
        "workshop/procedure.html",
        process_id=process_id,
        name=glossary.translated(definition.name, definition.pack),
        pack=definition.pack,
        versions=versions,
        files=mine,
        drawing=drawing_of(definition.key),
        steps=in_words(
            deployments.process(session, definition.key), {}, lambda text: glossary.translated(text, definition.pack)
        ),
        owners=published.owner_names(process_id, owned),
        may_edit=owners.may_change(actor(), [process_id], owned),
        may_give=actor().is_administrator,
        candidates=_candidates(owned.get(process_id, frozenset())),
    )


def drawing_of(definition_key: int) -> Markup:
    """The diagram of a process definition as the server draws it; "" for one without coordinates."""
    session = reading()
    definition = deployments.definition(session, definition_key)
    return drawn(deployments.source(session, definition_key), definition.name, definition.pack)


def drawn(source: bytes, name: str, pack: str, states: Mapping[str, str] | None = None) -> Markup:
    """A diagram as the server draws it, coloured by ``states``; "" for one without coordinates or that is no XML."""

    def translate(text: str) -> str:
        return glossary.translated(text, pack)

    try:
        svg = diagram_svg.draw(source, states=states or {}, title=translate(name), translate=translate)
    except (ValueError, SyntaxError):
        return Markup()
    return Markup(svg)  # noqa: S704 - escaped part by part when it was drawn


def _candidates(chosen: frozenset[str]) -> list[tuple[str, str, bool]]:
    """Who may own a procedure: (person, name, whether he does)."""
    today = calendar.local_date(clock.now())
    found = set(organisation().holders(PROCESS_OWNER, None, today)) | chosen
    return [(person, person_name(person), person in chosen) for person in sorted(found)]


@blueprint.post("/procedures/<process_id>/owners")
def set_owners(process_id: str) -> Any:
    """Say who owns a procedure; administrators only."""
    try:
        write(owners.set_owners, actor(), process_id, request.form.getlist("owner"))
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(_("The owners are kept."), "good")
    return redirect(url_for("workshop.procedure", process_id=process_id), code=303)
