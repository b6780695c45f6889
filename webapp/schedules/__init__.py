"""The room of schedules: which procedures start by the clock, when, and what people may do about it.

The map: ``pages`` (the list, one schedule, and the acts upon it), ``telling`` (their rows and the journal, in words).
"""

from webapp.schedules.pages import blueprint

__all__ = ["blueprint"]
