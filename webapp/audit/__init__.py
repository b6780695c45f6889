"""The auditor's desk (审计): look through all matters, read one to the last cell, take it away; change nothing.

The map: ``search`` (all matters, and the list as a workbook or as JSON lines), ``matter`` (one matter: forms as
submitted, decisions, files, its chain), ``paper`` (the same as a PDF for the file), ``workbook`` (cells that stay
text), ``journal`` (who looked at what). Whatever is shown here is written down first.
"""

from flask import Flask

from webapp.audit import journal, matter, search
from webapp.audit.rooms import blueprint

__all__ = ["blueprint", "install", "journal", "matter", "search"]


def install(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(blueprint)
