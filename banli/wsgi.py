"""The WSGI entry for servers that want one: ``gunicorn banli.wsgi:application``.

Importing it reads the settings and composes the process; ``banli web`` does the same and prepares the database too.
"""

from __future__ import annotations

from banli import logs, settings
from banli.composition import compose
from banli.distributed import refuse_memory

_settings = settings.read()
logs.configure(_settings.log_level, _settings.log_format)
refuse_memory(_settings)
application = compose(_settings).web()
