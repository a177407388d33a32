"""The same work on ours and on a plain application with Flask-WTF: what the server takes for it, on the same server.

A sitting is what a teacher does: open the section, change an answer five times and have each change saved, look at
submitting now and then. Ours saves four of the five changes while somebody writes; the peer, like most, can only be
sent the whole page and shows it once more. The pages alone, without saving while writing, are compared as well.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skolemerke.applications import operations
from skolemerke.serving import THREADS

from bench import forty
from bench.form_site import add_section
from bench.frame import Row
from bench.installation import (
    ROOT,
    actor_of,
    application_of,
    cookie_of,
    free_port,
    make_home,
    running,
    served,
    wait_for,
    writers,
)
from bench.newest import python_of_today, version_of_today
from bench.rush_clients import Client, together

TIMES = 8
CHANGES, BY_SCRIPT = 5, 4
VERSION = re.compile(r'name="(v_[^"]+)"[^>]* value="([^"]*)"')
TOLD = re.compile(r'"text0":\s*(\d+)')


class Browser:
    """A teacher at one of the two applications; without `autosave` every save is a whole page."""

    def __init__(self, client: Client, section: str, submit: str, autosave: str = "") -> None:
        self.client, self._section, self._submit, self._autosave = client, section, submit, autosave
        self._answers: dict[str, Any] = forty.answers()
        self._versions: dict[str, str] = {}
        self.sittings = self._changes = 0

    def page(self, path: str = "") -> str:
        """The section's page."""
        answer = self.client.get(path or self._section)
        assert answer.status == 200, answer.text[:300]
        self._versions = dict(VERSION.findall(answer.text))
        return answer.text

    def sit(self, *, by_script: int) -> None:
        """One sitting, in which the page's script saves so many of the changes."""
        self.page()
        for number in range(CHANGES):
            self._changes += 1
            self._answers["text0"] = f"{forty.WORDS}{self._changes}"
            if self._autosave and number < by_script:
                self._write_on()
            else:
                self._press()
        if self.sittings % CHANGES == 0:
            assert self.client.get(self._submit).status == 200
        self.sittings += 1

    def _press(self) -> None:
        answer = self.client.post(self._section, [*forty.posted(self._answers), *self._versions.items()])
        assert answer.status == 302, (answer.status, answer.text[:300])
        shown = self.page(answer.location)
        assert str(self._answers["text0"]) in shown

    def _write_on(self) -> None:
        typed, version = str(self._answers["text0"]), self._versions["v_text0"]
        answer = self.client.post(self._autosave, [("q_text0", typed), ("v_text0", version), ("page", "p")])
        told = TOLD.search(answer.text)
        assert answer.status == 200, answer.text[:300]
        assert told is not None, answer.text[:300]
        self._versions["v_text0"] = told.group(1)


def compared(folder: Path, *, clients: int, turns: int, seconds: float) -> list[Row]:
    """Ours and the peers in turns: what a request and a sitting cost their servers.

    The bound is that of Flask-WTF as it is installed today, and stands at both: at the pages alone, where both do the
    same to the letter, and at the same work. Beside the WTForms that the project is held below, the ratio only informs.
    """
    pythons = {f"Flask-WTF, WTForms {version('wtforms')}": Path(sys.executable)}
    today = python_of_today()
    if today is not None:
        pythons[f"Flask-WTF, WTForms {version_of_today()}"] = today
    with ExitStack() as stack:
        ours = stack.enter_context(_ours(folder / "ours", clients))
        peers = [stack.enter_context(_peer(folder / f"peer{at}", clients, python)) for at, python in
                 enumerate(pythons.values())]  # fmt: skip
        sides = [ours, *peers]
        shown = [forty.filled_in(browsers[0].page()) for _process, browsers in sides]
        assert all(one == shown[0] for one in shown)
        # What is made once, with the first request of its kind, is not part of the rush.
        for _process, browsers in sides:
            for browser in browsers:
                browser.sit(by_script=BY_SCRIPT)
        rows = []
        for name, by_script in (("the pages alone", 0), ("the same work", BY_SCRIPT)):
            taken = [_Taken(*side) for side in sides]
            for _ in range(turns):
                for one in taken:
                    one.turn(seconds, by_script)
            for peer, theirs in zip(pythons, taken[1:], strict=True):
                is_today = peer == list(pythons)[-1]
                rows += _rows(name, taken[0], theirs, peer, bounded=is_today)
    return rows


def _rows(name: str, mine: _Taken, theirs: _Taken, peer: str, *, bounded: bool) -> list[Row]:
    cpu, peer_cpu = 1_000 * mine.cpu / mine.requests, 1_000 * theirs.cpu / theirs.requests
    sitting, peer_sitting = 1_000 * mine.cpu / mine.sittings, 1_000 * theirs.cpu / theirs.sittings
    return [
        Row(f"{name}: a request", cpu, "CPU ms", peer=peer, peer_figure=peer_cpu),
        Row(f"{name}: a second (wall)", mine.requests / mine.wall, "requests", peer=peer,
            peer_figure=theirs.requests / theirs.wall),
        Row(f"{name}: requests for the CPU, times the peer's", peer_cpu / cpu, "times",
            TIMES if bounded else None, "at least", peer=peer),
        Row(f"{name}: sittings for the CPU, times the peer's", peer_sitting / sitting, "times", peer=peer),
    ]  # fmt: skip


class _Taken:
    """What a server took for what its browsers did."""

    def __init__(self, process: subprocess.Popen[bytes], browsers: list[Browser]) -> None:
        self._process, self._browsers = process, browsers
        self.cpu = self.wall = 0.0
        self.requests = self.sittings = 0

    def turn(self, seconds: float, by_script: int) -> None:
        """Let every browser sit again and again for so long."""
        cpu, requests, sittings = self._state()
        self.wall += together([_sitting(browser, by_script) for browser in self._browsers], seconds)
        after = self._state()
        self.cpu += after[0] - cpu
        self.requests += after[1] - requests
        self.sittings += after[2] - sittings

    def _state(self) -> tuple[float, int, int]:
        return (
            _cpu_of(self._process.pid),
            sum(browser.client.requests for browser in self._browsers),
            sum(browser.sittings for browser in self._browsers),
        )


def _sitting(browser: Browser, by_script: int) -> Any:
    return lambda: browser.sit(by_script=by_script)


def _cpu_of(pid: int) -> float:
    """The CPU seconds, user and system, that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _ours(home: Path, clients: int) -> Iterator[tuple[subprocess.Popen[bytes], list[Browser]]]:
    make_home(home)
    add_section(home)
    with running(home) as app:
        everybody = writers(clients, 1)
        for writer in everybody:
            operations.save_answers(actor_of(writer), application_of(writer).id, forty.answers(), {})
        cookies = [cookie_of(app, writer) for writer in everybody]
    with served(home) as (process, port):
        browsers = []
        for writer, cookie in zip(everybody, cookies, strict=True):
            address = f"/applications/{writer.public_id}"
            client = Client(port, f"session={cookie}")
            browsers.append(Browser(client, f"{address}/forty", f"{address}/submit", f"{address}/forty/autosave"))
        yield process, browsers


@contextmanager
def _peer(folder: Path, clients: int, python: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[Browser]]]:
    folder.mkdir()
    port = free_port()
    with (folder / "peer.log").open("ab") as log:
        process = subprocess.Popen(
            [str(python), "-m", "bench.rush_peer", str(folder), str(port), str(clients), str(THREADS)],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    browsers = []
    try:
        wait_for(f"http://127.0.0.1:{port}/sign-in/0", process)
        for number in range(clients):
            client = Client(port)
            client.get(f"/sign-in/{number}")
            browsers.append(Browser(client, "/section", "/submit"))
        yield process, browsers
    finally:
        process.kill()
        process.wait()
