"""A demo that is really served, for a browser to walk through."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from support.installation import SHIPPED, WAIVER, install
from support.ports import free_port

SECONDS = 120


@contextmanager
def served(
    home: Path, *, schools: int = 200, plugins: tuple[str, ...] = (*SHIPPED, WAIVER), round_id: str = "2021-2022"
) -> Iterator[str]:
    """Serve a filled demo of this test alone from `home`; gives its address."""
    shutil.copytree(_filled(schools, plugins, round_id), home, dirs_exist_ok=True)
    port = free_port()
    with (home / "served.log").open("ab") as log:
        process = subprocess.Popen(_demo("--port", str(port)), env=_environ(home), stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


@cache
def _filled(schools: int, plugins: tuple[str, ...], round_id: str) -> Path:
    """A demo that was filled once in this process of tests, and that nobody serves: its copies are served."""
    home = Path(tempfile.mkdtemp(prefix="filled-demo-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    install(home, *plugins)
    command = _demo("--round", round_id, "--schools", str(schools), "--no-serve")
    done = subprocess.run(command, env=_environ(home), capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return home


def _demo(*words: str) -> list[str]:
    return [sys.executable, "-c", "from skolemerke.cli import main; main()", "demo", *words]


def _environ(home: Path) -> dict[str, str]:
    return {**os.environ, "SKOLEMERKE_HOME": str(home)}


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the demo ended before it served; see served.log in its home")
        try:
            with urlopen(f"{address}/readyz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"the demo did not answer within {SECONDS} seconds")
