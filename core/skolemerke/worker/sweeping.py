"""What the rooms asked to have done every minute."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask

EXTENSION = "skolemerke.worker"

Sweep = Callable[[], object]

log = logging.getLogger("skolemerke.worker")


def register_sweep(app: Flask, name: str, function: Sweep) -> None:
    """Have a function called every minute, in the application's context; it must be safe to repeat.

    What it raises is logged and keeps nothing else from being done.
    """
    _sweeps(app)[name] = function


def sweep(app: Flask) -> None:
    """Call everything that was registered, each by itself."""
    for name, function in list(_sweeps(app).items()):
        try:
            with app.app_context():
                function()
        except Exception:
            log.exception("the sweep %s failed", name)


def _sweeps(app: Flask) -> dict[str, Sweep]:
    sweeps: dict[str, Sweep] = app.extensions.setdefault(EXTENSION, {})
    return sweeps
