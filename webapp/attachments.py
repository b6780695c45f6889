"""Files at forms: they come with the form or one by one, are kept the moment they come, and are given out safely.

A page posts the keys of what is attached under the field's path, and new files under that path behind ``_file.``; so
the form works without any script. What came is stored before anything else is looked at: an error elsewhere in the
form never loses a file. Nothing is given out that a browser would run.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, send_file

from engine import attachments, audit, user_tasks
from engine.attachments import MAXIMUM_SIZE
from engine.errors import Conflict, FormRefused
from engine.task_forms import FileField, Node, TaskForm
from engine.task_forms.files import find
from engine.user_tasks import TaskView
from feel.sentences import Sentence
from webapp import task_pages
from webapp.file_links import PICTURES, links_of
from webapp.settings import WebSettings
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("attachments", __name__)

_CARRYING = frozenset({"tasks.complete", "tasks.recalculate", "attachments.upload"})
_PREFIX = re.compile(r"(?:f|t[0-9]{1,20})-")
# As for raw files of strangers elsewhere: even what a browser takes for a page runs nothing and belongs to nobody.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

Refusals = dict[str, list[Sentence]]


def install(app: Flask, settings: WebSettings) -> None:
    """Let requests that carry files be larger than others; their other fields are not."""

    @app.before_request
    def widen() -> None:
        if request.endpoint in _CARRYING:
            request.max_content_length = settings.maximum_upload


def came_with_files() -> bool:
    """Whether a file was chosen in the form that was posted."""
    return any(file.filename for file in request.files.values())


def received(
    view: TaskView, form: TaskForm | None, given: Mapping[str, Sequence[str]]
) -> tuple[TaskView, dict[str, list[str]], Refusals]:
    """Store what came with the form: the task anew, what was posted with the new keys, and refusals by path."""
    texts = {name: list(values) for name, values in given.items()}
    refused: Refusals = {}
    if form is None or not view.may_complete or not came_with_files():
        return view, texts, refused
    for name in request.files:
        path = name.removeprefix(task_pages.FILE)
        found = find(form.fields, path)
        if path == name or found is None:
            continue
        keys = []
        for file in request.files.getlist(name):
            if not file.filename:
                continue  # the browser's way to say that nothing was chosen
            content = file.stream.read(MAXIMUM_SIZE + 1)
            try:
                one = write(attachments.upload, view.task.key, path, file.filename, content, actor())
            except FormRefused as error:
                for sentences in error.fields.values():
                    refused.setdefault(path, []).extend(sentences)
            except Conflict:
                break  # the command that follows meets the same, and says it with what was typed
            else:
                keys.append(one.key)
        if keys:
            texts[path] = [*texts.get(path, []), *keys] if found[1].multiple else keys[-1:]
    return user_tasks.get(reading(), view.task.key, actor()), texts, refused


def check(refused: Refusals) -> None:
    """Raise :class:`FormRefused` if a file that came with the form cannot be kept."""
    if refused:
        raise FormRefused(refused)


def both(errors: Mapping[str, Sequence[Sentence]], refused: Refusals) -> dict[str, list[Sentence]]:
    """What is wrong with the form, and with the files that came with it, each once."""
    told = {path: list(sentences) for path, sentences in errors.items()}
    for path, sentences in refused.items():
        told[path] = [*sentences, *(one for one in told.get(path, []) if one not in sentences)]
    return told


def named(nodes: Sequence[Node], texts: Sequence[str]) -> list[str]:
    """What stood in a field as people read it: files by their names, all else as it was typed."""
    names = {file.key: file.name for node in _every(nodes) for file in links_of(node.value)}
    return [names.get(text, text) for text in texts]


def _every(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node.entry, FileField):
            yield node
        yield from _every(node.children)
        for row in node.rows:
            yield from _every(row)


@blueprint.post("/tasks/<int:key>/attachments")
def upload(key: int) -> Any:
    """Keep the files of one field while the rest of the form is still being filled in; gives the field as it is."""
    path = request.args.get("field", "")
    prefix = request.args.get("prefix", "f-")
    view = user_tasks.get(reading(), key, actor())
    form = task_pages.form_of(view)
    view, given, refused = received(view, form, task_pages.posted())
    if form is None or find(form.fields, path) is None or not _PREFIX.fullmatch(prefix):
        raise FormRefused({path[:200]: [Sentence("This form has no such field.")]})
    if not (view.is_open and view.may_complete):
        raise Conflict(Sentence("This task is no longer yours to do; the file was not kept."))
    filled = task_pages.from_posted(form, view, given)
    painted, _problems = task_pages.parts(view, filled, task_pages.in_words(refused), prefix=prefix)
    part = next((one for node in painted for one in node.walk() if one.path == path), None)
    return render_template("files.html", task=view.task, node=part) if part else ""


@blueprint.get("/attachments/<int:key>")
def show(key: int) -> Response:
    """A file as it was uploaded: pictures may be looked at in place, all else is downloaded."""
    file = attachments.read(reading(), key, actor())
    if file.is_submitted:
        write(audit.viewed, actor(), "file", file.root_key, {"file": file.name, "sha256": file.sha256})
    # A PDF as well: within a sandbox browsers refuse to show it, and without one it is not to be had.
    response = send_file(
        io.BytesIO(file.content),
        mimetype=file.type,
        as_attachment=file.type not in PICTURES,
        download_name=file.name,
        etag=False,
        conditional=False,
    )
    response.headers["Content-Type"] = file.type  # without a guess at the encoding of a text
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
