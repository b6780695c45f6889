"""Static files with their digest in the address: a browser may keep them for a year and never shows old ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

_DIGITS = 10


def install(app: Flask) -> None:
    """Offer ``asset(path)`` to templates and let digested addresses be cached."""
    folder = Path(app.static_folder or "")
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

    def asset(path: str) -> str:
        return url_for("static", filename=path, v=digests[path])

    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def cache(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            digested = request.args.get("v") == digests.get((request.view_args or {}).get("filename", ""))
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if digested else "no-cache"
        return response
