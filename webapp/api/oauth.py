"""OAuth 2.0 client credentials, for clients that know nothing else: an access token's secret for a short-lived JWT.

The client id is the person's id, the client secret one of his access tokens. What is issued only names that token and
ends with it, so revoking the token ends everything that was made of it. No session, no store: the JWT is signed with
the key of this installation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from engine import clock

LIFETIME_SECONDS = 3600
_PURPOSE = b"banli-api-token"
_HEADER = {"alg": "HS256", "typ": "JWT"}


def issue(person_id: str, token_key: int, secret_key: str) -> str:
    """A JWT that stands for a token for an hour."""
    now = int(clock.now().timestamp())
    claims = {"sub": person_id, "jti": str(token_key), "iat": now, "exp": now + LIFETIME_SECONDS, "iss": "banli"}
    signed = f"{_encoded(_HEADER)}.{_encoded(claims)}"
    return f"{signed}.{_signature(signed, secret_key)}"


def read(token: str, secret_key: str) -> int | None:
    """The key of the token behind a JWT of ours that is still valid."""
    signed, separator, signature = token.rpartition(".")
    if (
        not separator
        or not signed.isascii()
        or not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(signed, secret_key).encode())
    ):
        return None
    try:
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        living = header == _HEADER and claims["iss"] == "banli" and claims["exp"] > clock.now().timestamp()
        return int(claims["jti"]) if living else None
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _signature(signed: str, secret_key: str) -> str:
    key = hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256)  # not the key that signs cookies
    return _base64(hmac.digest(key, signed.encode(), hashlib.sha256))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
