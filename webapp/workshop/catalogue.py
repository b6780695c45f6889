"""The catalogue of the workshop: the open drafts, and every procedure by category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template
from markupsafe import Markup

from engine import drafts
from engine.models import Draft
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.people import person_name
from webapp.surroundings import actor, reading
from webapp.workshop import published
from webapp.workshop.room import blueprint


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft in a list."""

    key: int
    title: str
    pack: str
    holder: str
    is_mine: bool
    changed: Markup


@blueprint.get("")
def catalogue() -> str:
    """What is being changed, and what is published."""
    packs = []
    for pack in published.packs():
        found = published.procedures(pack)
        headed = [(name or _("Other"), list(group)) for name, group in groupby(found, key=lambda one: one.category)]
        packs.append((pack, published.publication(published.current(pack)), headed))
    return render_template("workshop/catalogue.html", packs=packs, drafts=open_drafts())


def open_drafts(pack: str | None = None) -> Sequence[OpenDraft]:
    """The open drafts, one's own first."""
    found = [listed_draft(draft) for draft in drafts.open_drafts(reading(), actor(), pack)]
    return sorted(found, key=lambda draft: not draft.is_mine)


def listed_draft(draft: Draft) -> OpenDraft:
    """A draft as lists show it."""
    return OpenDraft(
        draft.key,
        draft.title,
        draft.pack,
        person_name(draft.holder),
        draft.holder == actor().person,
        ago(draft.changed_at),
    )
