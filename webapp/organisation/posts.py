"""The posts: what they are called, where their holders are looked for, who stands above them, who holds them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import NotFound
from engine.organisation import journal, posts
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.organisation import changes
from webapp.organisation.changes import scope_name
from webapp.organisation.room import (
    administrator,
    answer,
    attempt,
    blueprint,
    done,
    post_choices,
    reader,
    today,
)
from webapp.papers import Choices, Field, Paper
from webapp.people import named, organisation, post_name
from webapp.surroundings import reading


def grades() -> dict[str, str]:
    """The grades that procedures know, by their value."""
    return {
        "staff": _("Staff"),
        "supervisor": _("Supervisor"),
        "store_manager": _("Store manager"),
        "cadre": _("Cadre"),
        "hq": _("Head office"),
    }


@blueprint.get("/posts")
def posts_list() -> str:
    """All posts, with who holds them today."""
    reader()
    house, day = organisation(), today()
    rows = [
        (
            post,
            named(post.name, post.name_en),
            grades().get(post.grade, post.grade),
            post_name(post.superior or ""),
            scope_name(post.scope),
            len(house.holders(post.code, None, day)),
        )
        for post in house.posts.values()
    ]
    return render_template("organisation/posts.html", folder="posts", rows=rows)


@blueprint.get("/posts/<code>")
def post_page(code: str) -> str:
    """Everything about one post."""
    acting, session = reader(), reading()
    post = organisation().posts.get(code)
    if post is None:
        raise NotFound(Sentence("There is no post {post}.", post=code))
    held = [entry for entry in organisation().by_post.get(code, ()) if entry.holds_on(today())]
    return render_template(
        "organisation/post.html",
        folder="posts",
        post=post,
        name=post_name(code),
        grade=grades().get(post.grade, post.grade),
        scope=scope_name(post.scope),
        held=[entry for entry in held if organisation().is_active(entry.person_id)],
        changes=changes.told(journal.of(session, acting, "post", code, limit=20)),
    )


def _paper(post: models.Post | None) -> Paper:
    scopes: Choices = [(scope, scope_name(scope)) for scope in posts.SCOPES]
    above = [choice for choice in post_choices() if post is None or choice[0] != post.code]
    code = Field("code", _("Code"), hint=_("As diagrams write it, such as purchaser. It never changes."), span=6)
    known_grades = dict(grades())
    if post is not None:
        known_grades.setdefault(post.grade, post.grade)
    return Paper(
        [
            *([code] if post is None else []),
            Field("name", _("Name"), value=post and post.name, span=5),
            Field("name_en", _("English name"), required=False, value=post and post.name_en, span=5),
            Field("grade", _("Grade"), "choice", choices=[*known_grades.items()], value=post and post.grade, span=5),
            Field(
                "scope",
                _("Holder looked for"),
                "choice",
                choices=scopes,
                value=post.scope if post else "organisation",
                span=6,
            ),
            Field(
                "superior",
                _("Superior post"),
                "choice",
                required=False,
                choices=above,
                value=post and post.superior,
                span=5,
            ),
            Field(
                "queue",
                _("Its holders work one common queue and claim from it"),
                "tick",
                value=bool(post and post.queue),
            ),
        ]
    )


@blueprint.route("/posts/new", methods=["GET", "POST"])
def post_new() -> Any:
    """Add a post."""
    acting, paper = administrator(), _paper(None)
    if request.method == "POST":
        given = paper.read(request.form)
        code = given.pop("code")
        if attempt(paper, posts.add, acting, code, **given):
            return done(_("Saved."), url_for("organisation.post_page", code=code))
    action, back = url_for("organisation.post_new"), url_for("organisation.posts_list")
    return answer(paper, _("Add a post"), action, back, button=_("Add"), folder="posts")


@blueprint.route("/posts/<code>/edit", methods=["GET", "POST"])
def post_edit(code: str) -> Any:
    """Change a post."""
    acting, paper = administrator(), _paper(posts.get(reading(), code))
    target = url_for("organisation.post_page", code=code)
    if request.method == "POST" and attempt(paper, _edit, acting, code, paper.read(request.form)):
        return done(_("Saved."), target)
    return answer(paper, post_name(code), url_for("organisation.post_edit", code=code), target, folder="posts")


def _edit(session: Session, acting: Actor, code: str, given: dict[str, Any]) -> None:
    """Everything about a post in one act."""
    superior = given.pop("superior")
    posts.edit(session, acting, code, **given)
    posts.set_superior(session, acting, code, superior)
