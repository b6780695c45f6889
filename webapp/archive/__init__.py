"""The room of the archive: documents that matters left for good, to look through, read and take along."""

from webapp.archive.pages import blueprint

__all__ = ["blueprint"]
