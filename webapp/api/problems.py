"""Every error of the API as a problem of RFC 9457, in the client's language, naming the fields that are wrong."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import simplejson
from flask import Blueprint, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from engine.errors import (
    Conflict,
    DeploymentRefused,
    EngineError,
    ExecutionFailed,
    FormRefused,
    NotAllowed,
    NotFound,
    Refused,
)
from feel.sentences import Sentence
from webapp.api.bodies import NotJson
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import close_reading

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
_STATUS: tuple[tuple[type[EngineError], int], ...] = (
    (NotJson, 415),
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (ExecutionFailed, 409),
    (Refused, 400),
)
_MOST_ERRORS = 100
_FIELD = re.compile(r"\$?[a-z][A-Za-z0-9]*")
_SHAPES = frozenset({"str", "int", "bool", "datetime", "tuple"})

Errors = Sequence[Mapping[str, str]]


class NotServed(EngineError):  # noqa: N818 - the nouns read as what they are
    """The operation exists elsewhere, and not here; the sentence says why."""


class Unauthorized(EngineError):  # noqa: N818
    """Nobody knows who asks."""


class TooMany(EngineError):  # noqa: N818
    """Too many failures from one place."""


def install(blueprint: Blueprint) -> None:
    """Answer every error of the blueprint with a problem."""
    blueprint.register_error_handler(EngineError, _engine_error)
    blueprint.register_error_handler(ValidationError, _validation_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(Exception, _unexpected)


def problem(
    status: int, detail: str, errors: Errors = (), headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem; ``errors`` name the fields, with what is wrong with each."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "instance": request.path,
        **more,
    }
    if errors:
        body["errors"] = list(errors)[:_MOST_ERRORS]
    return Response(simplejson.dumps(body, ensure_ascii=False), status, headers, mimetype=MEDIA_TYPE)


def _engine_error(error: EngineError) -> Response:
    if isinstance(error, Unauthorized):
        challenge = {"WWW-Authenticate": 'Basic realm="Banli", charset="UTF-8"'}
        return problem(401, say(error), headers=challenge)
    if isinstance(error, TooMany):
        return problem(429, say(error), headers={"Retry-After": "600"})
    if isinstance(error, NotServed):
        return problem(501, say(error))
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    if isinstance(error, FormRefused):
        return _refused_fields(status, error)
    if isinstance(error, DeploymentRefused):
        problems = [
            {"severity": one.severity, "file": one.file, "element": one.element_id, "detail": say(one.sentence)}
            for one in error.problems
        ]
        return problem(status, " ".join([say(error), *(one["detail"] for one in problems[:3])]), problems=problems)
    return problem(status, say(error))


def _refused_fields(status: int, error: FormRefused) -> Response:
    errors = [
        {"field": path, "detail": say(sentence)} for path, sentences in error.fields.items() for sentence in sentences
    ]
    named = [f"{one['field']}: {one['detail']}" if one["field"] else one["detail"] for one in errors[:3]]
    return problem(status, " ".join(named), [one for one in errors if one["field"]])


def _validation_error(error: ValidationError) -> Response:
    errors = [
        {"field": ".".join(_path(one["loc"])), "detail": _told(one)}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    errors = list({(one["field"], one["detail"]): one for one in errors}.values())
    named = [f"{one['field']}: {one['detail']}" if one["field"] else one["detail"] for one in errors[:3]]
    return problem(400, " ".join(named), errors)


def _path(location: Sequence[int | str]) -> list[str]:
    """The field as the client wrote it: without the names of the shapes that pydantic tried there."""
    return [str(part) for part in location if not (isinstance(part, str) and _is_shape(part))]


def _is_shape(part: str) -> bool:
    return part in _SHAPES or not _FIELD.fullmatch(part)


def _told(one: Any) -> str:
    """Pydantic's reason in a sentence of ours."""
    known = {
        "missing": _("This field is required."),
        "extra_forbidden": _("This field is not known here."),
        "json_invalid": _("The body is no JSON that can be read."),
        "string_type": _("A text is expected."),
        "int_type": _("A whole number is expected."),
        "bool_type": _("true or false is expected."),
        "list_type": _("A list is expected."),
        "dict_type": _("An object is expected."),
        "model_type": _("An object is expected."),
        "model_attributes_type": _("An object is expected."),
    }
    found = known.get(one["type"])
    return found if found is not None else _("This value is not accepted: %(reason)s.", reason=str(one["msg"]))


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST:
        return error
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return problem(code, _("The body is larger than what is accepted here."))
    return problem(code, _("This request could not be understood"))


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    _log.error("reference %s: %s %s", reference, request.method, request.path, exc_info=error)
    close_reading()
    return problem(
        500, say(Sentence("Something went wrong on our side. Reference: {reference}.", reference=reference))
    )


def _title(status: int) -> str:
    return {
        400: _("This request could not be understood"),
        401: _("Who are you?"),
        403: _("This is not yours to see or to do"),
        404: _("There is nothing here"),
        405: _("This cannot be done here"),
        409: _("This cannot be done now"),
        413: _("This is too large"),
        415: _("This kind of body is not accepted"),
        429: _("Too many failed attempts"),
        501: _("This is not served here"),
    }.get(status, _("Something went wrong on our side"))
