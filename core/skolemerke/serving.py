"""Serving the pages: waitress by default, with the worker in the same process."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable

import waitress
from flask import Flask

from skolemerke.applications import operations as applications
from skolemerke.config import current_config
from skolemerke.rounds import operations as rounds
from skolemerke.scoring import operations as scoring
from skolemerke.worker import running

THREADS = 8

CONNECTIONS, IDLE_SECONDS = 800, 30
"""How many connections are open at most, and how long one may be idle. A browser holds up to six, and keeps them while
its reader reads: with the hundred and the two minutes of waitress, a few dozen readers would keep everybody else out.
More connections would need more open files than a process may have on many systems."""

log = logging.getLogger("skolemerke.serving")


class PortTaken(Exception):
    """The port is in use; the text says what to do."""


def serve(app: Flask, host: str, port: int, *, ready: Callable[[], None]) -> None:
    """Serve until interrupted; `ready` is called when the port is ours. Raises `PortTaken`."""
    listener = _listener(host, port)
    with app.app_context():
        config = current_config()
        catch_up()
    server = waitress.create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        ident=None,
    )
    # It would write a line for each request that waits its turn, when there is least time for that.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    ready()
    if config.worker_in_serve:
        running.start_in_process(app)
    try:
        server.run()
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        server.close()


def catch_up() -> None:
    """Take over what changed while nothing ran: new overlays, new editions, second score sheets.

    Each is safe to repeat; the worker does the same every minute.
    """
    rounds.store_overlays()
    applications.adopt_editions()
    scoring.missing_sheets()


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # So that a server that was killed can be started again at once. On Windows the option means something else.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"port {port} of {host} can't be used ({error.strerror}): choose another with --port"
        ) from error
    listener.listen(128)
    return listener
