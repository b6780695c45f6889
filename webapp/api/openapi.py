"""The OpenAPI document of exactly what is served, made from the operations and the shapes that serve it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.api import problems
from webapp.api.bodies import JSON
from webapp.api.operations import NO_CONTENT, Operation

_REF = "#/components/schemas/{model}"
_ALWAYS = (400, 500)
_WORDS = {
    200: "Done.",
    204: "Done; there is nothing to tell.",
    400: "The request cannot be accepted; the problem names the fields.",
    401: "Nobody knows who asks.",
    403: "This is not yours to see or to do.",
    404: "There is nothing of that key, or it is not open to you.",
    409: "It is no longer, or not yet, in the state that this needs.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    500: "Something went wrong on our side.",
    501: "Not served here.",
    503: "Not ready.",
}
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "A problem of RFC 9457, in the language of Accept-Language (zh or en).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The document, as plain values."""
    shapes, definitions = _shapes(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Banli",
            "version": version,
            "description": "The part of Camunda 8's Orchestration Cluster REST API that Banli serves.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/v2"}],
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": noun} for noun in dict.fromkeys(operation.noun for operation in operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {**definitions, "ProblemDetail": _PROBLEM},
        },
    }


def _shapes(operations: Iterable[Operation]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {}
    for operation in operations:
        for model in (operation.body, operation.query):
            if model is not None:
                wanted[model, "validation"] = None
        if operation.answer is not None:
            wanted[operation.answer, "serialization"] = None
    shapes, found = models_json_schema(list(wanted), ref_template=_REF)
    return shapes, found.get("$defs", {})


def _operation(operation: Operation, shapes: Mapping[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.noun],
        "summary": operation.summary,
        "parameters": [*_segments(operation), *_query(operation)],
        "responses": _responses(operation, shapes),
    }
    if operation.right is None:
        described["security"] = []
    else:
        described["x-banli-token-right"] = operation.right
    if operation.body is not None:
        schema = shapes[operation.body, "validation"]
        described["requestBody"] = {"required": False, "content": {JSON: {"schema": schema}}}
    if operation.files:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _files()}}}
    return described


def _segments(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": operation.segment_schema(name)}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(by_alias=True)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _responses(operation: Operation, shapes: Mapping[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": _WORDS[operation.status]}
    if operation.answer is not None:
        good["content"] = {JSON: {"schema": shapes[operation.answer, "serialization"]}}
    elif operation.status != NO_CONTENT:
        good["content"] = {operation.media_type: {"schema": {"type": "string"}}}
    found = {str(operation.status): good}
    if operation.may_be_empty:
        found[str(NO_CONTENT)] = {"description": _WORDS[NO_CONTENT]}
    who = () if operation.right is None else (401, 403)
    kind = (415, 413) if operation.body is not None else ()
    for status in sorted({*_ALWAYS, *who, *kind, *operation.errors}):
        content = {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemDetail")}}}
        found[str(status)] = {"description": _WORDS[status], "content": content}
    return found


def _files() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["resources"],
        "properties": {
            "resources": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "tenantId": {"const": "<default>"},
        },
    }
