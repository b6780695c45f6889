"""The blueprint of the workshop: its door, the policy of its editors, and what several of its pages say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flask import Blueprint, make_response

from engine import drafts
from engine.actor import Actor
from engine.errors import NotAllowed
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.security import CONTENT_SECURITY_POLICY
from webapp.surroundings import actor

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("workshop", __name__, url_prefix="/workshop")

KINDS = {".bpmn": "diagram", ".dmn": "table", ".form": "form", ".yaml": "scenarios", ".po": "labels"}


ROOMS: dict[str, Callable[[], str]] = {
    "workshop.draft": lambda: _("Files and problems"),
    "workshop.ask_trial": lambda: _("Try it"),
    "workshop.draft_difference": lambda: _("Difference"),
    "workshop.scenarios": lambda: _("Scenarios"),
    "workshop.ask_publish": lambda: _("Publish"),
}
"""The pages of one draft, in the order of work."""


@blueprint.context_processor
def rooms() -> dict[str, Any]:
    """The ways between the pages of a draft."""
    return {"rooms": [(endpoint, words()) for endpoint, words in ROOMS.items()]}


@blueprint.before_request
def door() -> None:
    """Nobody but process owners and administrators comes in; each command asks again."""
    if not opens_to(actor()):
        raise NotAllowed(Sentence("The workshop is for process owners."))


def opens_to(person: Actor) -> bool:
    """Whether the workshop shows among somebody's doors."""
    return drafts.may_open(person)


def edits(view: View) -> View:
    """Mark a page that holds an editor of bpmn.io: they set style attributes, which no other page may."""

    @wraps(view)
    def with_policy(*arguments: Any, **named: Any) -> Any:
        response = make_response(view(*arguments, **named))
        response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; style-src-attr 'unsafe-inline'"
        return response

    return with_policy  # type: ignore[return-value] # the same arguments, whatever they are


def kind_of(path: str) -> str:
    """What a file of a pack is, by the end of its name."""
    return KINDS.get(PurePosixPath(path).suffix, "")


def kind_name(kind: str) -> str:
    """The kind of a file in words."""
    return {
        "diagram": _("Diagram"),
        "table": _("Decision table"),
        "form": _("Form"),
        "scenarios": _("Scenarios"),
        "labels": _("Translations"),
    }.get(kind, "")


def file_name(path: str) -> str:
    """The name of a file without its folders."""
    return PurePosixPath(path).name
