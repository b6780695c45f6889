"""Attachments: upload a file to a field of an open task, read it, take it back, list those of a matter.

The map: ``uploading`` (upload, remove: rights are those of who may do the task), ``reading`` (read, of_matter: rights
are those of the matter), ``names`` (harmless names). What a file is, ``engine.media_types`` says by its content; its
bytes are in ``engine.stored_files``; what a form accepts of them, ``engine.task_forms.files`` decides; what an open
task keeps of them, ``engine.user_tasks.attached``.
"""

from engine.attachments.reading import Download, Shown, of_matter, read
from engine.attachments.uploading import MAXIMUM_SIZE, remove, upload

__all__ = ["MAXIMUM_SIZE", "Download", "Shown", "of_matter", "read", "remove", "upload"]
