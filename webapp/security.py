"""The door before every page: sign-in demanded unless a view is marked public, strict headers, bounded requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map

from webapp.settings import WebSettings

View = TypeVar("View", bound=Callable[..., object])

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Key(IntegerConverter):
    """A number in an address: a key of the database, so one that no column holds leads nowhere."""

    def __init__(self, url_map: Map) -> None:
        """Take the whole range of keys; ``url_map`` is the routing it belongs to."""
        super().__init__(url_map, max=2**63 - 1)


def public(view: View) -> View:
    """Mark a view that needs no sign-in. Every other one does, without being asked."""
    view.is_public = True  # type: ignore[attr-defined] # a mark on the function, read by the door below
    return view


def own_door(view: View) -> View:
    """Mark a view of the API: it finds out by itself who asks, in every request, and never by a cookie."""
    view.has_own_door = True  # type: ignore[attr-defined] # a mark on the function, read by the door below
    return view


def has_own_door(endpoint: str) -> bool:
    """Whether an endpoint was marked with :func:`own_door`."""
    return bool(getattr(current_app.view_functions.get(endpoint), "has_own_door", False))


def is_public(endpoint: str) -> bool:
    """Whether an endpoint was marked with :func:`public` (the static files are)."""
    return endpoint == "static" or bool(getattr(current_app.view_functions[endpoint], "is_public", False))


def install(app: Flask, settings: WebSettings, ask: Callable[[], Any]) -> None:
    """Set limits, cookies and headers, and put the door in front; ``ask`` answers who is not signed in."""
    app.url_map.converters["int"] = Key
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.maximum_body,
        MAX_FORM_MEMORY_SIZE=settings.maximum_body,
        MAX_FORM_PARTS=settings.maximum_fields,
        SESSION_COOKIE_NAME="__Host-banli" if settings.secure_cookies else "banli",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session: a form left open overnight is not lost
        WTF_CSRF_SSL_STRICT=True,
    )

    @app.before_request
    def door() -> Any:
        if request.endpoint is None or has_own_door(request.endpoint) or is_public(request.endpoint):
            return None
        if current_user.is_authenticated:
            return None
        return ask()

    app.after_request(_headers)


def _headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Tablets are shared in a store: after signing out, Back must show nothing.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def safe_next(target: str | None, default: str) -> str:
    """``target`` when it is a path of this site, else ``default``."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if any(ord(character) < ord(" ") for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def from_this_site() -> bool:
    """Whether the browser says that this request came from one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.host
