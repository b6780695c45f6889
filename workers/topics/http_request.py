"""HTTP request (outside): asks a web service that an administrator allowed, JSON in and JSON out.

Inputs: ``url``; ``method`` (GET); ``query`` (a context); ``body`` (any value, sent as JSON with decimals digit for
digit); ``timeout`` (seconds, 10); ``header.<Name>``; ``errors``, which statuses are which BPMN errors
("404=not_found, 409=taken"). Headers of the task may name secrets (``secret:NAME``). Each request carries the job's
key as ``Idempotency-Key``. Returns ``response``: {status, headers, body}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

import simplejson

from engine import clock
from engine.errors import Refused
from engine.topics import BpmnError, TryAgain, Work
from feel.sentences import Sentence
from feel.temporal_python import duration_of
from workers.outbound import Answer, retry_after
from workers.secrets import redacted
from workers.surroundings import Surroundings

_PREFIX = "header."
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "accept-encoding", "idempotency-key"}
)
_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
_ERROR = re.compile(r"(?P<status>[1-5][0-9]{2})=(?P<code>\S{1,200})")
_BUSY = frozenset({408, 425, 429})
_GOOD = range(200, 300)
_SERVER = range(500, 600)
_TOLD = frozenset({"content-type", "location", "etag", "last-modified", "link", "retry-after", "x-request-id"})
_DEEPEST = 100


def run(work: Work, surroundings: Surroundings) -> Mapping[str, Any]:
    """Ask once; a repetition carries the same key, so that the other side can tell."""
    inputs, used = work.inputs, set[str]()
    errors = _errors(inputs.get("errors", []))
    url = inputs["url"]
    if "url" in work.headers:  # a variable may come from a form, and must not reach a secret
        url = surroundings.secrets.fill(url, used)
    headers = {"Idempotency-Key": str(work.key), "Accept": "application/json", "User-Agent": "Banli"}
    for name, value in inputs.items():
        if name.startswith(_PREFIX):
            headers[_header_name(name.removeprefix(_PREFIX))] = surroundings.secrets.fill(value, used)
    body = None
    if "body" in inputs:
        body = simplejson.dumps(_json(inputs["body"], 0), ensure_ascii=False, use_decimal=True).encode()
        headers.setdefault("Content-Type", "application/json")
    answer = surroundings.outbound.request(
        inputs.get("method", "GET"),
        _with_query(url, inputs.get("query", {})),
        headers=headers,
        body=body,
        seconds=float(inputs.get("timeout", 10)),
    )
    response = _response(answer, used)
    if answer.status in errors:
        raise BpmnError(errors[answer.status], f"HTTP {answer.status}", {"response": response})
    if answer.status not in _GOOD:
        host, status = urlsplit(url).hostname or "", answer.status
        sentence = Sentence("{host} answered with the status {status}.", host=host, status=status)
        if status in _BUSY or status in _SERVER:
            raise TryAgain(sentence, retry_after(answer.headers, clock.now()))
        raise Refused(sentence)
    return {"response": response}


def _errors(named: list[str]) -> dict[int, str]:
    found = {}
    for text in named:
        match = _ERROR.fullmatch(text)
        if match is None:
            raise Refused(
                Sentence(
                    "The header {name} names errors like this: {example}", name="errors", example="404=not_found"
                )
            )
        found[int(match["status"])] = match["code"]
    return found


def _header_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in _OURS:
        raise Refused(Sentence("The header {name} cannot be set.", name=name[:100]))
    return name


def _with_query(url: str, query: Mapping[str, Any]) -> str:
    if not query:
        return url
    pairs = [(name, _text(item)) for name, value in query.items() for item in _listed(value) if item is not None]
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    plain = _json(value, 0)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, dict | list):
        raise Refused(Sentence("The input {name} holds texts, numbers, dates and lists of these.", name="query"))
    return str(plain)


def _json(value: Any, depth: int) -> Any:
    """A value as others read it: dates and durations as ISO 8601, decimals with plain digits."""
    if depth > _DEEPEST:
        raise Refused(Sentence("The values are nested too deeply."))
    if isinstance(value, Mapping):
        return {str(name): _json(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item, depth + 1) for item in value]
    if isinstance(value, Decimal):
        return Decimal(format(value, "f"))
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(duration_of(value))
    if value is None or isinstance(value, str | int):
        return value
    raise Refused(Sentence("A value of type {type} cannot be sent.", type=type(value).__name__))


def _response(answer: Answer, used: set[str]) -> dict[str, Any]:
    headers = {name: redacted(value, used) for name, value in answer.headers.items() if name in _TOLD}
    try:
        text = answer.body.decode(errors="strict" if answer.status in _GOOD else "replace")
    except UnicodeDecodeError:
        raise Refused(Sentence("The answer is neither JSON nor text in UTF-8.")) from None
    text = redacted(text, used).replace("\0", "�")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    body: Any = text
    if is_json and text.strip():
        try:
            body = _parsed(text)
        except Refused:
            if answer.status in _GOOD:  # of a failure the status says enough
                raise
    return {"status": answer.status, "headers": headers, "body": body}


def _parsed(text: str) -> Any:
    try:
        value = simplejson.loads(text, parse_float=Decimal, parse_constant=_no_number)
        return _json(value, 0)
    except (ValueError, RecursionError):
        raise Refused(Sentence("The answer says that it is JSON, but is not.")) from None


def _no_number(name: str) -> Any:
    raise ValueError(name)
