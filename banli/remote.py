"""``banli deploy --to``: show what another server would get, then publish a pack to it through its API.

The credential comes from the environment alone (``BANLI_REMOTE_TOKEN``, an access token for deploying), so that it
stands in no command line, no list of processes and no log.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.content import Pack
from engine.content.pack import sha256
from engine.errors import Problem, Refused, SettingRefused
from feel.sentences import Sentence

TOKEN = "BANLI_REMOTE_TOKEN"  # noqa: S105 - the name of the setting
_TIMEOUT_SECONDS = 120
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ERROR_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """The paths that are new there, that change, and that are taken out of use."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the server has the very same files."""
        return not (self.added or self.changed or self.removed)


class RemoteRefused(Refused):
    """The other server said no; ``problems`` are those of the content, where there are any."""

    def __init__(self, sentence: Sentence, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(sentence)
        self.problems = problems


class Remote:
    """The API of another server. ``address`` is what one opens in a browser, such as https://banli.example.org."""

    def __init__(self, address: str, language: str, environment: Mapping[str, str] = os.environ) -> None:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise Refused(
                Sentence("{address} is no address of a server, such as https://example.org.", address=address)
            )
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise Refused(Sentence("A token is sent to another machine by https only."))
        self._token = environment.get(TOKEN, "")
        if not self._token:
            raise SettingRefused(
                Sentence("Set {name} to an access token of the other server that may deploy.", name=TOKEN)
            )
        self._base = f"{address.rstrip('/')}/v2"
        self._language = language

    def difference(self, pack: Pack) -> Difference:
        """What publishing the whole pack would change there."""
        packs = self._ask("GET", "/deployments/packs")["items"]
        there = {file["path"]: file["sha256"] for one in packs if one["pack"] == pack.name for file in one["files"]}
        here = {path: sha256(content) for path, content in pack.files.items()}
        return Difference(
            added=tuple(sorted(here.keys() - there.keys())),
            changed=tuple(sorted(path for path in here.keys() & there.keys() if here[path] != there[path])),
            removed=tuple(sorted(there.keys() - here.keys())),
        )

    def deploy(self, pack: Pack, comment: str | None) -> str:
        """Publish the whole pack; the key of the deployment there."""
        query = {"pack": pack.name, "whole": "true", **({"comment": comment} if comment else {})}
        boundary = uuid.uuid4().hex
        parts = []
        for path, content in pack.files.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="resources"; filename="{path}"\r\n'
            parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        address = f"/deployments?{urllib.parse.urlencode(query)}"
        answer = self._ask("POST", address, body, f"multipart/form-data; boundary={boundary}")
        return str(answer["deploymentKey"])

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept-Language": self._language,
            "Content-Type": kind,
        }
        asked = urllib.request.Request(self._base + path, body, headers, method=method)  # noqa: S310 - checked above
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(asked, timeout=_TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except (OSError, ValueError) as error:
            raise Refused(
                Sentence("The server does not answer as Banli does: {reason}", reason=str(error))
            ) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: it would carry the token to wherever it points."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _refused(error: urllib.error.HTTPError) -> RemoteRefused:
    try:
        problem = json.loads(error.read())
        detail = str(problem["detail"])[:_ERROR_LENGTH]
    except (OSError, ValueError, KeyError, TypeError):
        problem, detail = {}, str(error.reason)
    sentence = Sentence("The server refused ({status}): {detail}", status=error.code, detail=detail)
    problems = tuple(
        Problem(one["severity"], one["file"], one["element"], Sentence("{detail}", detail=one["detail"]))
        for one in problem.get("problems", ())
    )
    return RemoteRefused(sentence, problems)
