"""Runs the worker: one thread of huey, beside the pages or in a process of its own.

huey gives the queue (a SQLite file in the instance), the worker and the timer. What is to be done lies in the
outbox and in the rooms' own tables, so a lost or doubled task of huey loses and doubles nothing.
"""

from __future__ import annotations

import atexit
import logging
import signal
import threading
from datetime import datetime
from types import FrameType

from flask import Flask
from huey import SqliteHuey
from huey.consumer import Consumer, Scheduler

from skolemerke import outbox
from skolemerke.config import EXTENSION as CONFIG
from skolemerke.worker.sending import send_due
from skolemerke.worker.sweeping import sweep

FILE = "huey.db"
TICK = 10
"""Seconds between two looks at the outbox. Other processes queue mail without a call."""
SWEEPS_EVERY = 60
PATIENCE = 35
"""Seconds that the end waits for the mail that is being handed over."""

log = logging.getLogger("skolemerke.worker")


class Running:
    """A worker that runs in this process until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._called = threading.Event()
        self._ticks = 0
        folder = app.extensions[CONFIG].instance
        folder.mkdir(parents=True, exist_ok=True)
        # It would tell of every look at the outbox.
        logging.getLogger("huey").setLevel(logging.WARNING)
        self._huey = SqliteHuey("skolemerke", filename=str(folder / FILE), results=False)
        self._send = self._huey.task(name="send_due")(self._send_due)
        self._huey.periodic_task(_always, name="tick")(self._tick)
        self._consumer = _Consumer(
            self._huey, workers=1, max_delay=1.0, scheduler_interval=TICK, shutdown_timeout=PATIENCE
        )

    def start(self) -> None:
        """Begin, and be called from now on when mail was queued in this process."""
        outbox.of(self._app).on_queued = self.call
        self._consumer.start()
        atexit.register(self.stop)

    def call(self) -> None:
        """Say that there is mail. Never fails: whoever queued it has committed, and the timer comes by anyway."""
        if self._called.is_set():
            return
        self._called.set()
        try:
            self._send()
        except Exception:
            self._called.clear()
            log.exception("the worker could not be called; it will see the mail at its next look")

    def stop(self) -> None:
        """Finish the mail that is being sent, and end."""
        atexit.unregister(self.stop)
        outbox.of(self._app).on_queued = None
        self._consumer.stop(graceful=True)
        self._huey.storage.close()

    def _send_due(self) -> None:
        self._called.clear()
        share = max(1, self._app.extensions[CONFIG].mail.per_minute * TICK // 60)
        with self._app.app_context():
            report = send_due(share, stopping=self._consumer.stop_flag)
        # Many mails are sent in shares, so that the sweeps get their turn in between.
        if report.sent + report.failed + report.withheld >= share:
            self.call()

    def _tick(self) -> None:
        due = self._ticks % (SWEEPS_EVERY // TICK) == 0
        self._ticks += 1
        if due:
            sweep(self._app)
        self.call()


def start_in_process(app: Flask) -> Running:
    """Start the worker beside the pages; it ends with the process."""
    running = Running(app)
    running.start()
    return running


def run_worker(app: Flask) -> None:
    """Be the worker until interrupted or told to end (SIGTERM)."""
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    running = start_in_process(app)
    try:
        # With a time limit, since some systems deliver signals only between two waits.
        while not ending.wait(1):
            pass
    finally:
        running.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Scheduler(Scheduler):  # type: ignore[misc] # huey ships no types
    periodic_task_seconds = TICK


class _Consumer(Consumer):  # type: ignore[misc] # huey ships no types
    scheduler_class = _Scheduler

    def _set_signal_handlers(self) -> None:
        """Leave signals to the process: it may be a web server."""


def _always(_instant: datetime) -> bool:
    return True
