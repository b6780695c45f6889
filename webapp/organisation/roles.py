"""The posts that open rooms of the system, with their limits and who holds them today."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from webapp.languages import gettext as _
from webapp.organisation.room import blueprint, reader, today
from webapp.people import organisation, person_name, post_name


@dataclass(frozen=True, slots=True)
class Role:
    """One such post: what its holder may, and what not."""

    code: str
    name: str
    may: str
    may_not: str
    holders: list[tuple[str, str]]


@blueprint.get("/roles")
def roles_page() -> str:
    """The three roles of the system."""
    reader()
    described = (
        (
            "process_owner",
            _("Changes and publishes the diagrams, tables and forms of his own procedures; tries them out."),
            _("Cannot decide in a matter that is not his task, nor change people, posts or units."),
        ),
        (
            "auditor",
            _("Reads everything: matters, forms, decisions, history, the organisation."),
            _("Changes nothing: is never given a task, stands in for nobody, holds no other post."),
        ),
        (
            "sysadmin",
            _("Keeps people, posts, units and calendars; assigns tasks that nobody can do; watches the operation."),
            _("Cannot decide for others: he assigns a task to a person, with a reason that everybody can read."),
        ),
    )
    house, day = organisation(), today()
    roles = [
        Role(
            code,
            post_name(code),
            may,
            may_not,
            [(person, person_name(person)) for person in house.holders(code, None, day)],
        )
        for code, may, may_not in described
    ]
    return render_template("organisation/roles.html", folder="roles", roles=roles)
