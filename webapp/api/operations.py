"""One operation of the API: what it is called, what it takes and gives, and how a request becomes a call of its view.

The same description serves the request and the OpenAPI document, so the document says exactly what is served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from engine.errors import FormRefused
from feel.sentences import Sentence
from webapp.api import bodies, identity
from webapp.api.schema import Key, to_snake

NO_CONTENT = 204
_KEY: TypeAdapter[Any] = TypeAdapter(Key)


@dataclass(frozen=True, slots=True)
class Operation:
    """``right`` is what a token must be for; None: anybody may ask. ``segments``: kinds of keys in the address.

    ``may_be_empty``: it answers with 204 where there is nothing.
    """

    name: str
    method: str
    path: str
    noun: str
    summary: str
    right: str | None
    view: Callable[..., Any]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    media_type: str = bodies.JSON
    files: bool = False
    may_be_empty: bool = False
    segments: Mapping[str, TypeAdapter[Any]] = field(default_factory=dict)
    errors: tuple[int, ...] = ()

    def __call__(self, **segments: str) -> Response:
        """Answer a request."""
        identity.identify(self.right)
        given: dict[str, Any] = {to_snake(name): self._segment(name, text) for name, text in segments.items()}
        if self.query is not None:
            given["query"] = self.query.model_validate(_query())
        if self.body is not None:
            given["body"] = self.body.model_validate(bodies.read())
        answer = self.view(**given)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status=NO_CONTENT)
        return bodies.write(answer.model_dump(by_alias=True), self.status)

    def segment_schema(self, name: str) -> dict[str, Any]:
        """What a part of the address looks like."""
        return self.segments.get(name, _KEY).json_schema()

    def _segment(self, name: str, text: str) -> Any:
        try:
            return self.segments.get(name, _KEY).validate_python(text)
        except ValidationError as error:
            raise FormRefused({name: [Sentence("A key is a text of digits.")]}) from error


def serves(  # noqa: PLR0913 - an operation has this many sides
    method: str,
    path: str,
    *,
    right: str | None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    media_type: str = bodies.JSON,
    files: bool = False,
    may_be_empty: bool = False,
    segments: Mapping[str, TypeAdapter[Any]] | None = None,
    errors: tuple[int, ...] = (),
) -> Callable[[Callable[..., Any]], Operation]:
    """Make a view the operation of its name; its docstring's first line is the summary."""

    def described(view: Callable[..., Any]) -> Operation:
        gives_nothing = answer is None and media_type == bodies.JSON
        return Operation(
            name=to_camel(view.__name__),
            method=method,
            path=path,
            noun=path.split("/")[1],
            summary=(view.__doc__ or "").strip().splitlines()[0],
            right=right,
            view=view,
            body=body,
            query=query,
            answer=answer,
            status=NO_CONTENT if gives_nothing else 200,
            media_type=media_type,
            files=files,
            may_be_empty=may_be_empty,
            segments=segments or {},
            errors=errors,
        )

    return described


def _query() -> dict[str, Any]:
    """The query string as values: true, false, whole numbers, texts."""
    words = {"true": True, "false": False}
    return {name: words.get(text.lower(), text) for name, text in request.args.items()}
