"""The API in readable form: every operation with what it takes and gives, from the document that is served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from webapp import api
from webapp.languages import gettext as _

blueprint = Blueprint("api_pages", __name__)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a shape: its name, what it holds, whether it must be there."""

    name: str
    holds: str
    required: bool


@blueprint.get("/account/api")
def reference() -> str:
    """The page of the API."""
    document = api.openapi_document()
    nouns: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            summary = operation["summary"]  # the first line of the view: a test finds one that is not translated
            nouns.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": f"{api.PREFIX}{path}",
                    "summary": _(summary),
                    "right": operation.get("x-banli-token-right"),
                    "parameters": list(_parameters(document, operation)),
                    "takes": list(_fields(document, _content(operation.get("requestBody", {})))),
                    "gives": list(_fields(document, _content(operation["responses"].get("200", {})))),
                    "statuses": sorted(operation["responses"]),
                }
            )
    return render_template("account/api.html", nouns=nouns)


def _content(described: Mapping[str, Any]) -> Mapping[str, Any]:
    for content in described.get("content", {}).values():
        found: Mapping[str, Any] = content["schema"]
        return found
    return {}


def _parameters(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Field]:
    for one in operation["parameters"]:
        yield Field(one["name"], _holds(document, one["schema"]), one["required"])


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Field]:
    shape = _resolved(document, schema)
    for name, field in shape.get("properties", {}).items():
        yield Field(name, _holds(document, field), name in shape.get("required", ()))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _holds(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a field holds, in a few words."""
    if "$ref" in schema:
        shape = _resolved(document, schema)
        return "{ " + ", ".join(shape.get("properties", {})) + " }"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_holds(document, one) for one in schema[several]))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"[ {_holds(document, schema.get('items', {}))} ]"
    return str(schema.get("format") or schema.get("type") or "…")
