"""A demo that is really served, for a browser to walk through."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from support.installation import SHIPPED, WAIVER, install

SECONDS = 120


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(
    home: Path, *, schools: int = 200, plugins: tuple[str, ...] = (*SHIPPED, WAIVER), round_id: str = "2021-2022"
) -> Iterator[str]:
    """Fill a demo in `home` where there is none, and serve it; gives its address."""
    if not (home / "plugins").exists():
        install(home, *plugins)
    port = free_port()
    environ = {**os.environ, "SKOLEMERKE_HOME": str(home)}
    words = ["demo", "--round", round_id, "--schools", str(schools), "--port", str(port)]
    command = [sys.executable, "-c", "from skolemerke.cli import main; main()", *words]
    with (home / "served.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


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
