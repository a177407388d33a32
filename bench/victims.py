"""Servers that are there to be killed: started as an operator starts them, or forked from a process that has loaded
everything, so that a death costs little time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench.installation import free_port, start_server, wait_for

NURSERY = """
import os, queue, sys, threading
from pathlib import Path
from flask import current_app
from skolemerke import clock, database, serving
from skolemerke.app import create_app
from skolemerke.applications import operations
from skolemerke.config import load_config

def be_hasty():
    save, later, first = operations.save_answers, queue.Queue(), threading.Lock()

    def save_later(app):
        with app.app_context():
            while True:
                save(*later.get())

    def hasty(actor, application_id, answers, versions, page=""):
        if first.acquire(blocking=False):
            here = current_app._get_current_object()
            threading.Thread(target=save_later, args=(here,), daemon=True).start()
        later.put((actor, application_id, answers, versions, page))
        told = {name: versions.get(name, 0) + 1 for name in answers}
        return operations.Saved(told, tuple(told), clock.now())

    operations.save_answers = hasty

home, port, address, cookie, manner = sys.argv[1:]
app = create_app(load_config(Path(home), {}), distributions=False)
# Who has saved once knows how to: its children need not learn it anew after each death.
client = app.test_client()
client.set_cookie("session", cookie)
token = client.get(address).json["token"]
saved = client.post(address, data={"csrf_token": token, "q_group_count": "3", "v_group_count": "0", "page": "w"})
assert saved.json["versions"] == {"group_count": 1}, saved.text
# A child makes connections of its own: none is carried over a fork.
app.extensions[database.EXTENSION].close()
if manner == "hasty":
    be_hasty()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        # What it says is for its log; here its deaths are told.
        os.dup2(2, 1)
        serving.serve(app, "127.0.0.1", int(port), ready=lambda: None)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


class Victim(Protocol):
    """A server of a home, at a port that stays the same."""

    port: int

    def start(self) -> None:
        """Start it; it answers when this returns."""

    def kill(self) -> None:
        """End it by SIGKILL; it is gone when this returns."""


class Started:
    """A server as an operator starts it: a new process that loads everything."""

    def __init__(self, home: Path) -> None:
        self._home, self.port = home, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it answers when this returns."""
        self._process = start_server(self._home, self.port)

    def kill(self) -> None:
        """End it by SIGKILL; it is gone when this returns."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class Forked:
    """A server that is forked from a process that has loaded everything and has saved once."""

    def __init__(self, nursery: subprocess.Popen[str], port: int) -> None:
        self._nursery, self.port, self._child = nursery, port, 0

    def start(self) -> None:
        """Start it; it answers when this returns."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("\n")
        self._nursery.stdin.flush()
        self._child = int(self._nursery.stdout.readline())
        wait_for(f"http://127.0.0.1:{self.port}/readyz", self._nursery)

    def kill(self) -> None:
        """End it by SIGKILL; it is gone when this returns."""
        assert self._nursery.stdout is not None
        os.kill(self._child, signal.SIGKILL)
        self._nursery.stdout.readline()


@contextmanager
def forked(home: Path, address: str, cookie: str, *, hasty: bool = False) -> Iterator[Forked]:
    """Servers of a home that start fast; `hasty` ones acknowledge a save before it is stored.

    Their parent saves once, at an address with a cookie.
    """
    port = free_port()
    command = [sys.executable, "-c", NURSERY, str(home), str(port), address, cookie, "hasty" if hasty else "careful"]
    with (
        (home / "served.log").open("ab") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as nursery,
    ):
        yield Forked(nursery, port)
        assert nursery.stdin is not None
        nursery.stdin.close()
