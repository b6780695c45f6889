"""The operations desk (运行): what is late in one's unit, what stopped, how long things take, and what will start.

The map: ``tasks`` (overdue and soon due; give to somebody else, take over), ``matters`` (suspend, send back, cancel),
``trouble`` (incidents), ``figures`` (cycle times and shares), ``times`` (waiting against working on the diagram),
``starts`` (what the calendar will start). Every command behind a button asks the engine whose unit it is.
"""

from flask import Flask

from webapp.operations import figures, matters, starts, tasks, times, trouble
from webapp.operations.rooms import blueprint

__all__ = ["blueprint", "figures", "install", "matters", "starts", "tasks", "times", "trouble"]


def install(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(blueprint)
