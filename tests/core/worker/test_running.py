"""The worker in a process: called when there is mail, doing the sweeps, and gone when it is stopped."""

import os
import signal
import subprocess
import sys
import threading
import time as stopwatch

import pytest
from skolemerke import config, outbox
from skolemerke.worker import running
from skolemerke.worker.running import start_in_process
from skolemerke.worker.sweeping import register_sweep
from support.house import ROOT

from .conftest import queue


def until(condition, seconds=15):
    end = stopwatch.monotonic() + seconds
    while not condition():
        assert stopwatch.monotonic() < end, "it did not happen"
        stopwatch.sleep(0.05)


def files(app):
    return list((app.extensions[config.EXTENSION].instance / "mail").glob("*.eml"))


@pytest.fixture
def worker(filing, monkeypatch):
    """A running worker whose timer never comes by, so that only a call makes it look."""
    monkeypatch.setattr(running._Scheduler, "periodic_task_seconds", 3600)
    monkeypatch.setattr(running._Scheduler, "enqueue_periodic_tasks", lambda *_: None)
    started = start_in_process(filing)
    yield started
    started.stop()


def test_mail_is_sent_soon_after_the_operation_that_queued_it(filing, worker):
    queue("kari@school.example")
    until(lambda: len(files(filing)) == 1)


def test_much_mail_is_sent_in_shares_one_after_the_other(filing, worker, monkeypatch):
    settings = filing.extensions[config.EXTENSION]
    slow = settings.mail.model_copy(update={"per_minute": 12})
    filing.extensions[config.EXTENSION] = settings.model_copy(update={"mail": slow})
    queue(*(f"t{number}@school.example" for number in range(7)))
    until(lambda: len(files(filing)) == 7)


def test_a_call_that_fails_does_not_fail_the_operation(filing, worker, monkeypatch):
    def full(_self):
        raise OSError("the disk is full")

    monkeypatch.setattr(worker, "_send", lambda: full(worker))
    queue("kari@school.example")
    monkeypatch.undo()
    queue("ola@school.example")
    until(lambda: len(files(filing)) == 2)


def test_the_worker_leaves_signals_and_threads_as_they_were(filing):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], threading.active_count()
    started = start_in_process(filing)
    during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    started.stop()
    assert during == before[0]
    assert threading.active_count() == before[1]
    assert outbox.of(filing).on_queued is None


def test_the_timer_sends_what_nobody_called_for_and_does_the_sweeps(filing):
    done = []
    register_sweep(filing, "broken", lambda: 1 / 0)
    register_sweep(filing, "good", lambda: done.append("swept"))
    queue("kari@school.example")
    started = start_in_process(filing)
    until(lambda: done and files(filing))
    started.stop()
    assert done == ["swept"]


WORKER = """
import sys
from pathlib import Path
from skolemerke.worker import running
from skolemerke.app import create_app
from skolemerke.config import load_config
print("ready", flush=True)
running.run_worker(create_app(load_config(Path(sys.argv[1]), {}), distributions=False))
print("ended", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_a_worker_of_its_own_ends_when_it_is_told_to(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    until((tmp_path / "instance" / "huey.db").exists)
    stopwatch.sleep(0.5)
    process.terminate()
    out, _ = process.communicate(timeout=20)
    assert (out, process.returncode) == ("ended\n", 0)
