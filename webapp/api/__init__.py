"""The REST API under ``/v2`` that clients of Camunda 8 speak, over the same commands and form rules as the pages.

The map: one noun a file, each with its shapes and its operations; ``operations`` (from a request to a view),
``schema`` (shapes that all share), ``identity`` and ``oauth`` (who asks), ``problems`` (errors), ``bodies`` (JSON),
``searching`` (filters, order, pages), ``unserved`` (what others serve and we do not, and why), ``openapi``.

There are no sessions here and no cookies: each request says who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import Blueprint, Flask, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine import access_tokens
from engine.errors import NotFound
from feel.sentences import Sentence
from webapp.api import (
    bodies,
    cluster,
    decision_definitions,
    decision_evaluation,
    decision_instances,
    deployments,
    element_instances,
    forms,
    identity,
    incidents,
    jobs,
    messages,
    oauth,
    openapi,
    problems,
    process_definitions,
    process_instance_changes,
    process_instances,
    unserved,
    user_tasks,
    variables,
)
from webapp.api.operations import Operation
from webapp.security import own_door
from webapp.surroundings import surroundings

PREFIX = "/v2"
OPERATIONS: Sequence[Operation] = (
    *cluster.OPERATIONS,
    *deployments.OPERATIONS,
    *process_definitions.OPERATIONS,
    *process_instances.OPERATIONS,
    *process_instance_changes.OPERATIONS,
    *user_tasks.OPERATIONS,
    *variables.OPERATIONS,
    *element_instances.OPERATIONS,
    *incidents.OPERATIONS,
    *jobs.OPERATIONS,
    *messages.OPERATIONS,
    *decision_definitions.OPERATIONS,
    *decision_evaluation.OPERATIONS,
    *decision_instances.OPERATIONS,
    *forms.OPERATIONS,
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Serve the API from this application."""
    blueprint = Blueprint("api", __name__)
    problems.install(blueprint)
    for operation in OPERATIONS:
        blueprint.add_url_rule(
            PREFIX + operation.path.replace("{", "<").replace("}", ">"),
            endpoint=operation.name,
            view_func=own_door(_view(operation)),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    blueprint.add_url_rule("/oauth/token", view_func=own_door(token), methods=["POST"])
    blueprint.add_url_rule(f"{PREFIX}/openapi.json", view_func=own_door(description), methods=["GET"])
    for rest in ("/", "/<path:rest>"):
        blueprint.add_url_rule(PREFIX + rest, endpoint="nothing", view_func=own_door(nothing), methods=list(_METHODS))
    csrf.exempt(blueprint)
    jobs.install(app, app.extensions["banli"].settings)
    app.register_blueprint(blueprint)
    app.extensions["banli_known_passwords"] = identity.Known()
    app.wsgi_app = identity.WithoutCookies(app.wsgi_app)  # type: ignore[method-assign]


def _view(operation: Operation) -> Any:
    def view(**segments: str) -> Any:
        return operation(**segments)

    return view


def description() -> Any:
    """The OpenAPI document."""
    return bodies.write(openapi_document())


@cache
def openapi_document() -> dict[str, Any]:
    """The document, made once."""
    return openapi.document(OPERATIONS, cluster.version())


def token() -> Any:
    """OAuth's client credentials: id and access token for an hour's JWT, as RFC 6749 wants it."""
    client, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    if request.authorization is not None and request.authorization.type == "basic":
        client, secret = request.authorization.username or "", request.authorization.password or ""
    if request.form.get("grant_type") != "client_credentials":
        return bodies.write({"error": "unsupported_grant_type"}, 400)
    recognised = identity.recognised(client, secret)
    if recognised is None:
        return bodies.write({"error": "invalid_client"}, 401)
    issued = oauth.issue(recognised.person_id, recognised.key, surroundings().settings.secret_key)
    return bodies.write({"access_token": issued, "token_type": "Bearer", "expires_in": oauth.LIFETIME_SECONDS})


def nothing(rest: str = "") -> Any:
    """What is not served says so: 501 where other implementations serve it, 405 for another method, else 404."""
    identity.identify(access_tokens.READ)
    path = f"/{rest}"
    reason = unserved.reason(request.method, path)
    if reason is not None:
        raise problems.NotServed(reason)
    allowed = _allowed(request.path)
    if allowed:
        raise MethodNotAllowed(valid_methods=allowed)
    raise NotFound(Sentence("The API has no such address: {path}.", path=path[:200]))


def _allowed(path: str) -> list[str]:
    adapter = current_app.url_map.bind("")
    found = []
    for method in _METHODS:
        try:
            endpoint, _arguments = adapter.match(path, method=method)
        except HTTPException:
            continue
        if endpoint != "api.nothing":
            found.append(method)
    return found
