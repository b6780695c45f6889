"""A web server of this machine that can go away and come back at the same address."""

from __future__ import annotations

import threading

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server


class Server:
    """It serves an application from its making on, until it is stopped; ``start`` serves it again."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._port = 0
        self.start()

    def start(self) -> None:
        """Listen: at a free port the first time, at the same one ever after."""
        self._server = create_server(self._app, host="127.0.0.1", port=self._port, threads=8, ident=None)
        self._port = self._server.effective_port
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        # everything is closed by the thread that waits for it: from here it would wait for what is no more
        server = self._server
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        self._thread.join(5)
        server.task_dispatcher.shutdown()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"
